"""sim/spike_differences.py: what random programs avoid, each shown by a few instructions that differ as long as Spike does."""

from collections import Counter
from pathlib import Path

import pytest

from isa import platform
from isa.csrs import BY_NAME
from sim import crosscheck, spike
from sim.fuzz import protection
from sim.fuzz.elf import write_elf
from sim.fuzz.encode import MASK64, Code, li, op
from sim.fuzz.values import SPIKE
from sim.model import Machine
from sim.spike_differences import AVOIDED, explained

TOHOST = platform.RAM_BASE + 0x2000
RAM = 1 << 16
STCE = 1 << 63


def written(csr: str, value: int) -> list[Code]:
    return [*li(7, value), op("csrrw", 0, 7, csr=csr), op("csrrs", 8, 0, csr=csr)]


def all_of(value: int, *names: str) -> list[Code]:
    return [code for name in names for code in written(name, value)]


def reservation() -> list[Code]:
    """An SC after a store to another word of the block."""
    return [*li(5, TOHOST + 64), op("lr.d", 6, 5), op("sd", rs1=5, rs2=6, imm=8), op("sc.d", 7, 5, 6)]


def inhibited() -> list[Code]:
    return [*li(7, 4), op("csrrw", 0, 7, csr="mcountinhibit"), op("csrrs", 8, 0, csr="minstret")]


def comparators() -> list[Code]:
    """VSTIP, then a write of stimecmp, which has nothing to do with it."""
    return [*written("menvcfg", STCE), *written("henvcfg", STCE), *written("stimecmp", MASK64), *written("vstimecmp", 0),
            *written("stimecmp", MASK64), op("csrrs", 8, 0, csr="hip")]


# By name of the row: the program, and the field in which the report must show a difference.
PROGRAMS: dict[str, tuple[list[Code], str]] = {
    "cycles": ([op("csrrs", 8, 0, csr="mcycle")] * 3, "rd_value"),
    "time": ([*li(5, 6000), op("addi", 5, 5, imm=-1), op("bne", rs1=5, imm=-4), op("csrrs", 8, 0, csr="time")], "rd_value"),
    "misa": (written("misa", 0), "misa"),
    "fiom": (written("menvcfg", 1), "menvcfg"),
    "cbo.zero": ([*li(5, 0x4001_0007), op("cbo.zero", rs1=5)], "tval"),
    "custom state": (written("mstateen0", MASK64), "mstateen0"),
    "float state": (written("mstatus", 3 << 13), "mstatus"),
    "guest external": (written("mie", 1 << 12), "mie"),
    "causes": (written("mcause", MASK64), "mcause"),
    "guest addresses": (written("mtval2", MASK64), "mtval2"),
    "transformed instructions": (written("mtinst", MASK64), "mtinst"),
    "fetch misaligned": (written("hedeleg", 1), "hedeleg"),
    "modes": (written("satp", 9 << 60), "satp"),
    "counting itself": (inhibited(), "rd_value"),
    "comparators": (comparators(), "rd_value"),
    "reset": ([op("csrrs", 8, 0, csr="pmpcfg0")], "rd_value"),
    "reservations": (reservation(), "mem_write"),
}


def differs(tmp_path: Path, code: list[Code]) -> set[str]:
    """Fields of the first event in which model and Spike differ, known differences not allowed for."""
    end = [*li(5, TOHOST), *li(6, 1), op("sd", rs1=5, rs2=6), op("jal")]
    data = b"".join(c.at(0, {}) for c in [*code, *end])
    path = tmp_path / "x.elf"
    path.write_bytes(write_elf(platform.RAM_BASE, {platform.RAM_BASE: data.ljust(0x1000, b"\0"), TOHOST: bytes(128)},
                               {"tohost": TOHOST, "fromhost": TOHOST + 8}))
    machine = Machine(SPIKE.profile, RAM)
    image = machine.load_elf(path)
    crosscheck.after_boot_rom(machine, image.entry)
    for event in spike.events(path, image.entry, 20_000, RAM, SPIKE.profile):
        machine.step()
        if found := crosscheck.mismatches(machine, machine.hart.record, event, Counter()):
            return {what for what, _, _ in found}
        if event.stores and event.stores[0][0] == TOHOST:
            break
    return set()


@pytest.mark.parametrize("row", AVOIDED, ids=lambda row: row.name)
def test_spike_still_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row) -> None:
    code, field = PROGRAMS[row.name]
    monkeypatch.setattr(crosscheck.differences, "explained", lambda *args: [])
    assert field in differs(tmp_path, code)


def test_what_is_not_avoided_agrees(tmp_path: Path) -> None:
    """The same kinds of program, where Spike does as the manual and this machine do."""
    names = ("medeleg", "mtvec", "stvec", "vstvec", "mcounteren", "scounteren", "hcounteren", "hstatus", "vsie", "minstretcfg",
             "hstateen0", "hideleg", "mstateen1")
    assert differs(tmp_path, all_of(MASK64, *names)) == set()
    assert differs(tmp_path, [*li(5, 0x4001_0007), op("cbo.flush", rs1=5)]) == set()


def test_every_row_has_its_program_and_every_limit_its_row() -> None:
    assert list(PROGRAMS) == [row.name for row in AVOIDED]
    limited = SPIKE.unseen | SPIKE.constant | SPIKE.flags.keys() | SPIKE.writable.keys()
    assert limited <= {name for row in AVOIDED for name in row.csrs} <= BY_NAME.keys()
    assert SPIKE.writable["pmpcfg0"] == protection.UNLOCKED


@pytest.mark.parametrize(("name", "model", "shown", "beside", "rows"), [
    ("mideleg", 0x444, 0x1444, (), ["mideleg"]), ("mideleg", 0x1444, 0x444, (), []), ("mideleg", 0x444, 0x1446, (), []),
    ("mip", 0, 0x40, ("hvip",), ["mip"]), ("mip", 0, 0x40, (), []), ("mip", 0, 0x44, ("hvip",), []),
    ("marchid", 0, 5, (), ["marchid"]), ("marchid", 0, 6, (), []), ("mcycle", 9, 1, (), ["mcycle"]), ("mtvec", 4, 8, (), []),
])
def test_a_row_explains_its_own_bits_alone(name: str, model: int, shown: int, beside: tuple[str, ...], rows: list[str]) -> None:
    numbers = [BY_NAME[other].number for other in (name, *beside)]
    assert [row.csr for row in explained(BY_NAME[name].number, model, shown, numbers)] == rows


