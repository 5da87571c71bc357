"""The commands behind `monitor`."""

import pytest

from isa.causes import VS, VU
from sim.gdb.memory import DebugMemory
from sim.gdb.monitor import HELP, Monitor
from sim.history import History
from tests.sim.model.bare import DATA, LEAF, Bare, sv39


@pytest.fixture
def bare() -> Bare:
    return Bare()


@pytest.fixture
def monitor(bare: Bare) -> Monitor:
    return Monitor(bare.m, History(bare.m), DebugMemory(bare.m))


def test_info(bare: Bare, monitor: Monitor) -> None:
    assert monitor.run("info") == "M-mode, 0 instructions and traps, running\n"
    bare.m["mode"] = VS
    bare.m.finisher.write(0, 4, 0x3333 | 7 << 16)
    assert monitor.run("info") == "VS-mode, 0 instructions and traps, ended with code 7\n"


def test_memory(bare: Bare) -> None:
    memory = DebugMemory(bare.m)
    monitor = Monitor(bare.m, History(bare.m), memory)
    assert monitor.run("memory") == "addresses are those of the current mode\n" and memory.mode is None
    assert monitor.run("memory VS") == "addresses are those of VS-mode\n" and memory.mode == VS
    assert monitor.run("memory physical") == "addresses are physical\n"
    assert "'XS' is none of current, physical" in monitor.run("memory XS")
    assert monitor.run("memory current") == "addresses are those of the current mode\n" and memory.mode is None


def test_walk(bare: Bare, monitor: Monitor) -> None:
    assert monitor.run("walk 0x5000") == "0x5000 is not translated\n"
    root = bare.table()
    bare.map(root, 0x5000, DATA, LEAF)
    bare.csr(satp=sv39(root))
    bare.m["mode"] = 1
    assert monitor.run("walk 0x5008").endswith(f"S-stage: leads to {DATA + 8:#x}\n")
    assert "'five' is not an address" in monitor.run("walk five") and "is not an address" in monitor.run("walk")


def test_break(monitor: Monitor) -> None:
    assert len(monitor.modes) == 5
    assert monitor.run("break VS VU") == "breakpoints stop in VU, VS\n" and monitor.modes == {VS, VU}
    assert "'HS' is none of" in monitor.run("break HS") and monitor.modes == {VS, VU}
    monitor.run("break")
    assert len(monitor.modes) == 5


def test_type(bare: Bare, monitor: Monitor) -> None:
    assert monitor.run("type two words") == ""
    assert bytes(bare.m.uart.queue) == b"two words\n"


def test_help(monitor: Monitor) -> None:
    assert monitor.run("") == monitor.run("help") == monitor.run("nonsense") == HELP
    assert {line.split()[1] for line in HELP.splitlines()} == {"info", "memory", "walk", "break", "type"}
