"""CVA6 through its RVFI port: it agrees where it implements what a program tests, and where it does not, that is found.

Its reports have no rvfi_trap for exceptions, no rvfi_order, no rvfi_pc_wdata, and no data of stores.
"""

from pathlib import Path

import pytest

from sim.bench import foreign
from sim.model.elf import read_elf
from sim.programs import SOURCES, build_program
from tests.foreign import cva6

RAM_BASE, RAM_SIZE = 0x8000_0000, 1 << 20       # as in cva6_top.sv


@pytest.fixture(scope="module")
def program() -> Path:
    return cva6.build()


def trouble(program: Path, name: str, scratch: Path) -> str:
    """What the comparison found while CVA6 ran a test program; empty for nothing."""
    elf = build_program(SOURCES / name)
    ram = bytearray(RAM_SIZE)
    for address, data in read_elf(elf).segments:
        ram[address - RAM_BASE:address - RAM_BASE + len(data)] = data
    image = scratch / "image.hex"
    image.write_text("\n".join(ram[i:i + 8][::-1].hex() for i in range(0, RAM_SIZE, 8)))
    found = foreign.simulate(program, "tests.foreign.tb_cva6", scratch, {"PROGRAM": str(elf)}, f"+image={image}")
    assert list(found) == ["agrees_with_the_model"]
    return found["agrees_with_the_model"]


@pytest.mark.parametrize("name", ["alu.S", "muldiv.S", "branches.S", "fencei.S", "tlb.S"])
def test_agrees(program: Path, name: str, tmp_path: Path) -> None:
    assert trouble(program, name, tmp_path) == ""


def test_a_difference_is_found(program: Path, tmp_path: Path) -> None:
    """CVA6 writes the instruction to mtval at an ECALL; the manual wants zero."""
    found = trouble(program, "traps.S", tmp_path)
    assert "rd_value: the model has 0x0, the core 0x73" in found and "insn=0x34302f73" in found
