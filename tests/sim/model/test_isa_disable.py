"""The instruction-set mask: what a bit of hisadis takes from a guest, and from nobody else."""

import pytest

from isa.causes import EXC, VS, VU, M, S, U
from isa.csrs import BY_NAME
from isa.insns import INSNS
from isa.profile import PROFILES
from tests.sim.model.bare import CODE, DATA, Bare, asm

FULL = PROFILES["full"]
ILLEGAL, VIRTUAL = EXC["ILLEGAL_INSTRUCTION"], EXC["VIRTUAL_INSTRUCTION"]
# Bit and a few instructions of each extension; Zicntr and Zihpm are CSRs, read with csrrs.
CODE_OF = {
    "M": (0, ("mul", "mulhsu", "div", "remuw")), "A": (1, ("lr.w", "sc.d", "amoswap.w", "amomaxu.d")),
    "Zba": (2, ("add.uw", "sh3add")), "Zbb": (3, ("clz", "rol", "zext.h")), "Zbs": (4, ("bset", "bexti")),
    "Zicond": (5, ("czero.eqz",)), "Zicbom": (6, ("cbo.clean", "cbo.inval")), "Zicboz": (7, ("cbo.zero",)),
}
CSRS_OF = {"Zicntr": (8, ("cycle", "time", "instret")), "Zihpm": (9, ("hpmcounter3", "hpmcounter6"))}
EVERYTHING = (1 << 10) - 1
CBIE, CBCFE, CBZE = 3 << 4, 1 << 6, 1 << 7


def bare(hisadis: int) -> Bare:
    """Everything is allowed everywhere."""
    b = Bare(FULL)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F, mstateen0=-1, hstateen0=-1, mcounteren=-1, hcounteren=-1, scounteren=-1,
          menvcfg=CBIE | CBCFE | CBZE, henvcfg=CBIE | CBCFE | CBZE, senvcfg=CBIE | CBCFE | CBZE, hisadis=hisadis)
    b.x(x5=DATA, x6=DATA + 64)
    return b


def words(extension: str) -> list[int]:
    if extension in CSRS_OF:
        return [asm("csrrs", rd=7, csr=name) for name in CSRS_OF[extension][1]]
    return [asm(name, rd=7, rs1=5, rs2=6) for name in CODE_OF[extension][1]]


BITS = {name: bit for name, (bit, _) in {**CODE_OF, **CSRS_OF}.items()}


@pytest.mark.parametrize("extension", BITS)
def test_a_bit_takes_its_extension_from_guests_alone(extension: str) -> None:
    b = bare(1 << BITS[extension])
    for word in words(extension):
        for mode in (VS, VU, M, S, U, VS):
            r = b.do(word, mode)
            if mode in (VS, VU):
                assert (r["cause"], r["tval"], r["tinst"]) == (ILLEGAL, word, 0), (hex(word), mode)
            else:
                assert r["trap"] == 0, (hex(word), mode)


def test_what_was_decoded_for_one_is_not_for_the_other() -> None:
    b = bare(1)
    b.put(CODE, [asm("mul", rd=7, rs1=5, rs2=6)])
    for mode, trap in ((S, 0), (VS, 1), (U, 0), (VU, 1), (M, 0)):
        b.h.pc = CODE
        b.mode(mode)
        assert b.step()["trap"] == trap, mode


@pytest.mark.parametrize("extension", BITS)
def test_other_bits_leave_it(extension: str) -> None:
    b = bare(EVERYTHING & ~(1 << BITS[extension]))
    for word in words(extension):
        assert b.do(word, VS)["trap"] == b.do(word, VU)["trap"] == 0


def test_every_instruction_with_everything_taken() -> None:
    """What is left: I, C, Zicsr, Zifencei, S, H, hints; each row by its extension."""
    b = bare(EVERYTHING)
    for row in INSNS:
        taken = row.ext in CODE_OF
        word = asm(row.name, rd=7, rs1=5, rs2=6, **({"csr": "sscratch"} if "csr" in row.operands else {}))
        r = b.do(word, VS)
        assert (r["cause"] == ILLEGAL) == (taken or row.name == "mret"), row.name


def test_illegal_comes_before_virtual() -> None:
    b = bare(EVERYTHING)
    b.csr(hcounteren=0, henvcfg=0)
    for word in (*words("Zicntr"), *words("Zihpm"), *words("Zicbom"), *words("Zicboz")):
        assert b.do(word, VU)["cause"] == ILLEGAL
    b.csr(hisadis=0)
    for word in (*words("Zicntr"), *words("Zihpm"), *words("Zicbom"), *words("Zicboz")):
        assert b.do(word, VU)["cause"] == VIRTUAL


def test_a_compressed_instruction_is_of_its_own_extension() -> None:
    assert bare(EVERYTHING).do(0x95AA, VS, size=2)["trap"] == 0       # c.add


def test_a_write_counts_for_the_next_instruction() -> None:
    b = bare(0)
    b.put(CODE, [asm("mul", rd=7, rs1=5, rs2=6)] * 4)
    b.mode(VS)
    assert b.step()["trap"] == 0
    b.csr(hisadis=1)
    b.h.pc = CODE
    assert b.step()["cause"] == ILLEGAL
    b.csr(hisadis=0)
    b.h.pc = CODE
    b.mode(VS)
    assert b.step()["trap"] == 0


def test_guests_see_zero_in_the_fields_and_cannot_change_them() -> None:
    for register, value, by_bit in (
            ("senvcfg", CBIE | CBCFE | CBZE | 1, {6: CBIE | CBCFE, 7: CBZE}),
            ("scounteren", 0xFFFF_FFFF, {8: 7, 9: 0xFFFF_FFF8})):
        b = bare(0)
        b.csr(**{register: value})
        value = b.m.read_csr(register)                          # as far as this hart has it
        for bit, hidden in by_bit.items():
            b.csr(hisadis=1 << bit)
            r = b.do(asm("csrrs", rd=7, csr=register), VS)
            assert (r["trap"], r["rd_value"]) == (0, value & ~hidden), (register, bit)
            r = b.do(asm("csrrw", rd=7, rs1=0, csr=register), VS)
            assert (r["rd_value"], r["csr_value"]) == (value & ~hidden, 0)
            assert b.do(asm("csrrs", rd=7, csr=register), S)["rd_value"] == value & hidden
            assert b.m.read_csr(register) == value & hidden
            b.x(x8=-1)
            assert b.do(asm("csrrw", rs1=8, csr=register), VS)["csr_value"] == value & ~hidden
            b.mode(M)
            assert b.m.read_csr(register) == value


def test_bits_of_missing_extensions_are_read_only_zero() -> None:
    b = Bare(FULL)
    b.csr(hisadis=-1)
    assert b.m.read_csr("hisadis") == EVERYTHING
    b = Bare(FULL.without("Zba", "Zicboz"))
    b.csr(hisadis=-1)
    assert b.m.read_csr("hisadis") == EVERYTHING & ~(1 << 2 | 1 << 7)


def test_the_register_has_a_bit_for_each() -> None:
    assert {f.ext: f.lsb for f in BY_NAME["hisadis"].fields} == BITS
