"""Memory through the page tables of a mode: no permission is asked for, and nothing changes."""

import pytest

from isa.causes import VS, M, S, U
from isa.platform import BOOT_ROM, UART
from sim.gdb.memory import DebugMemory
from tests.sim.model.bare import DATA, PD, PV, PX, Bare, sv39

VA, GPA = 0x1234_5000, 0x4000_0000


@pytest.fixture
def bare() -> Bare:
    """Two pages at DATA and two pages further on are at VA for S and, over GPA, for VS; execute-only, A and D clear."""
    b = Bare()
    b.put(DATA, [0x1111, 0x2222], 8)
    b.put(DATA + 0x3000, [0x3333], 8)
    root, guest, stage2 = b.table(), b.table(), b.table(1 << 14)
    for page, target in ((0, DATA), (0x1000, DATA + 0x3000)):
        b.map(root, VA + page, target, PV | PX)
        b.map(guest, VA + page, GPA + page, PV | PX)
        b.map(stage2, GPA + page, target, PV | PX)
    b.map(stage2, guest, guest, PV | PX | PD, level=1)
    b.csr(satp=sv39(root), vsatp=sv39(guest), hgatp=sv39(stage2))
    return b


@pytest.mark.parametrize("mode", [U, S, VS])
def test_the_mode_s_addresses(bare: Bare, mode: int) -> None:
    bare.mode(mode)
    memory, before = DebugMemory(bare.m), bare.m.snapshot()
    assert memory.read(VA + 8, 2) == b"\x22\x22"
    assert memory.read(VA + 0xFFE, 4) == b"\0\0\x33\x33"            # on two pages that are apart
    assert memory.places(VA + 0xFFF, b"ab") == [(DATA + 0xFFF, b"a"), (DATA + 0x3000, b"b")]
    assert bare.m.snapshot() == before
    with pytest.raises(ValueError, match="0x12347000"):
        memory.read(VA + 0x1FFF, 2)


def test_another_mode_s_addresses(bare: Bare) -> None:
    memory = DebugMemory(bare.m)
    assert bare.m["mode"] == M and memory.read(DATA, 2) == b"\x11\x11"
    memory.mode = VS
    assert memory.read(VA, 2) == b"\x11\x11"
    bare.mode(S)
    memory.mode = M
    assert memory.read(DATA + 0x3000, 2) == b"\x33\x33"


def test_only_ram_and_rom(bare: Bare) -> None:
    memory = DebugMemory(bare.m)
    assert memory.read(BOOT_ROM.base, 4) == bytes(4)
    for address in (UART.base, 0, (1 << 64) - 8):
        with pytest.raises(ValueError):
            memory.read(address, 4)
        with pytest.raises(ValueError):
            memory.places(address, b"abcd")


def test_walks_are_told(bare: Bare) -> None:
    memory = DebugMemory(bare.m)
    assert memory.walk(VA) == []
    memory.mode = VS
    lines = "\n".join(memory.walk(VA))
    assert "VS-stage: leads to 0x40000000" in lines and f"G-stage: leads to {DATA:#x}" in lines
