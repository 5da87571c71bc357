"""sim/fuzz/encode.py against the model's decoder and executor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.profile import PROFILES
from sim.fuzz.encode import Code, comp, la, li, op
from sim.model import Machine
from sim.model.decode import Decoder

RAM = 0x8000_0000
decode = Decoder(PROFILES["spike"]).decode


def run(code: list[Code], base: int = RAM, labels: dict[str, int] | None = None) -> Machine:
    """Execute a listing on the model."""
    machine = Machine(ram_size=1 << 16)
    pc = base
    for c in code:
        machine.write_memory(pc, c.at(pc, labels or {}))
        pc += c.size
    machine.hart.pc = base
    for _ in code:
        machine.step()
    return machine


@given(st.integers(-(1 << 63), (1 << 64) - 1) | st.integers(-5000, 5000) | st.integers(0, 63).map(lambda n: 1 << n))
def test_li_loads_any_constant(value: int) -> None:
    code = li(5, value)
    assert len(code) <= 8
    assert run(code).hart.x[5] == value - ((value & 1 << 63) << 1) if value > 0 else run(code).hart.x[5] == value


@pytest.mark.parametrize("code, name, operands", [
    (op("addi", 3, 4, imm=-7), "addi", (3, 4, 0)),
    (op("srai", 3, 4, imm=63), "srai", (3, 4, 0)),
    (op("amoadd.d", 3, 4, 5, aqrl=3), "amoadd_d", (3, 4, 5)),
    (op("hsv.w", rs1=4, rs2=5), "hsv_w", (0, 4, 5)),
    (comp("c.ld", 248, rd=8, rs1=15), "ld", (8, 15, 0)),
    (comp("c.sdsp", 504, rs2=31), "sd", (0, 2, 31)),
    (comp("c.addi16sp", -512), "addi", (2, 2, 0)),
])
def test_the_model_decodes_it(code: Code, name: str, operands: tuple[int, int, int]) -> None:
    insn = decode(code.bits)
    assert type(insn).__name__ == name
    assert (insn.rd, insn.rs1) == operands[:2]
    assert insn.length == code.size
    assert operands[2] in (0, insn.rs2)


def test_a_csr_goes_by_name_or_number() -> None:
    assert op("csrrw", 1, 2, csr="hstatus") == op("csrrw", 1, 2, csr=0x600)
    assert decode(op("csrrsi", 1, imm=31, csr="vsatp").bits).csr == 0x280


@pytest.mark.parametrize("distance", [-4096, 4094])
def test_a_branch_reaches_its_label(distance: int) -> None:
    base = RAM + 0x2000
    assert run([op("beq", label="x")], base, {"x": base + distance}).hart.pc & (1 << 64) - 1 == base + distance


def test_a_label_out_of_reach_is_an_error() -> None:
    with pytest.raises(ValueError, match="'x' is 4096 bytes away"):
        op("beq", label="x").at(RAM, {"x": RAM + 4096})


@pytest.mark.parametrize("distance", [0, 2, 0x7FE, 0x800, -0x802, 0x1234_5678])
def test_la_is_relative_to_its_own_pc(distance: int) -> None:
    assert run(la(5, "x"), RAM + 0x100, {"x": RAM + 0x100 + distance}).hart.x[5] == RAM + 0x100 + distance


def test_a_literal_holds_an_address() -> None:
    assert Code(3, 8, "x", "abs").at(0, {"x": RAM}) == (RAM + 3).to_bytes(8, "little")


@pytest.mark.parametrize("call, text", [
    (lambda: op("addi", 1, 1, imm=2048), "addi: immediate 2048 does not fit"),
    (lambda: op("add", 32), "add: rd = 32 does not fit"),
    (lambda: comp("c.lw", 2, rd=8, rs1=8), "c.lw: immediate 2 does not fit"),
    (lambda: comp("c.lw", 4, rd=7, rs1=8), "c.lw: x7 cannot be rd"),
])
def test_what_does_not_fit_is_an_error(call, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        call()
