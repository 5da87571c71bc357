"""The CSRs that H adds, and who reaches them ("Hypervisor and Virtual Supervisor CSRs")."""

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from tests.rules.csr import ALL, ILLEGAL, VIRTUAL, held, read, write
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, HANDLER, LEAF, RAM_BASE, Bare, asm, sv39

HS_ONLY = {"hstatus": 0x600, "hedeleg": 0x602, "hideleg": 0x603, "hvip": 0x645, "hip": 0x644, "hie": 0x604, "hgeip": 0xE12,
           "hgeie": 0x607, "henvcfg": 0x60A, "hcounteren": 0x606, "htimedelta": 0x605, "htval": 0x643, "htinst": 0x64A,
           "hgatp": 0x680}
VS_CSRS = {"sstatus": 0x200, "sie": 0x204, "stvec": 0x205, "sscratch": 0x240, "sepc": 0x241, "scause": 0x242, "stval": 0x243,
           "sip": 0x244, "stimecmp": 0x24D, "satp": 0x280}
NOWHERE = sv39(RAM_BASE - 4096)         # a root table where there is no memory
SIE, MXR, TM, STCE = 1 << 1, 1 << 19, 1 << 1, 1 << 63


def sstc() -> Bare:
    """A machine whose timer CSRs are open to all modes."""
    b = Bare()
    b.csr(menvcfg=STCE, henvcfg=STCE, mcounteren=TM, hcounteren=TM, stimecmp=ALL, vstimecmp=ALL)
    return b


@mutant("trap.py", "h.mtval = t.tval", "h.mtval = 0")
def test_mtval_is_not_read_only_zero():
    b = Bare()
    assert held(b, "mtval", ALL, M) == ALL
    b.do(asm("hfence.gvma"), VS)
    assert b.m.read_csr("mtval") == asm("hfence.gvma")


@mutant("translate.py", "field(atp, 43, 0)", "field(atp, 43, 1)")
def test_sv39_is_supported():
    b = Bare()
    root = b.table()
    b.map(root, RAM_BASE, RAM_BASE, LEAF, 1)
    b.map(root, 0x12_3456_7000, DATA, LEAF)
    assert held(b, "satp", sv39(root)) == sv39(root)
    b.x(x5=0x12_3456_7008)
    assert b.do(asm("ld", rd=1, rs1=5), S)["mem_paddr"] == DATA + 8


@mutant("csr.py", "in profile.letters", 'in "IMAC"')
@mutant("csr.py", 'profile.has("H"))', "True)")
def test_bit_7_of_misa_says_whether_there_is_a_hypervisor_extension():
    b, without = Bare(), Bare(PROFILES["default"].without("H"))
    assert held(b, "misa", 0, M) >> 7 & 1 == 1 and read(b, "hstatus") >= 0
    assert held(without, "misa", ALL, M) >> 7 & 1 == 0
    assert [read(without, number, M) for number in (*HS_ONLY.values(), *VS_CSRS.values())] == [ILLEGAL] * 24


@mutant("csr_access.py", "level == HYPERVISOR", "level == HYPERVISOR and number < 0x600")
def test_hypervisor_csrs_are_for_hs_mode_and_not_for_vs_mode():
    b = Bare()
    for name, number in HS_ONLY.items():
        assert read(b, number) >= 0 and read(b, number, VS) == VIRTUAL, name
        if name != "hgeip":
            assert write(b, number, 0) == 0 and write(b, number, 0, VS) == VIRTUAL, name


@mutant("csr_access.py", "SUBSTITUTE.get(number, number)", "number")
def test_vs_csrs_substitute_for_those_of_the_supervisor_when_v_is_1():
    b = sstc()
    b.csr(hideleg=0x444)
    for name, number in VS_CSRS.items():
        host, guest = read(b, name), read(b, number)
        assert write(b, name, {"sip": 2, "sie": 2, "sstatus": 1 << 8}.get(name, 0x14), VS) == 0
        assert read(b, number) == read(b, name, VS) != guest, name
        assert read(b, name) == host, name


@mutant("csr_access.py", "level == HYPERVISOR", "level == HYPERVISOR and number >= 0x600")
def test_the_own_number_of_a_vs_csr_is_a_virtual_instruction_when_v_is_1():
    b = sstc()
    for number in VS_CSRS.values():
        assert [read(b, number, VS), write(b, number, 0, VS), read(b, number, VU), write(b, number, 0, VU)] == [VIRTUAL] * 4


@mutant("csr_access.py", "if h.mode == U:", "if h.mode == U and number >> 8 != 2:")
def test_the_own_number_of_a_vs_csr_is_illegal_in_u_mode():
    b = sstc()
    for number in VS_CSRS.values():
        assert [read(b, number, U), write(b, number, 0, U)] == [ILLEGAL] * 2


@mutant("csr_access.py", "return not (number in (SATP, HGATP)", "return number >> 8 != 2 and not (number in (SATP, HGATP)")
def test_vs_csrs_are_read_and_written_as_themselves_from_m_and_hs():
    for mode in (M, S):
        b = sstc()
        for name, number in VS_CSRS.items():
            before = read(b, name, mode)
            assert write(b, number, 4, mode) == 0 and read(b, number, mode) >= 0
            assert read(b, name, mode) == before, name


@mutant("translate.py", "h.vsatp if guest else h.satp", "h.satp")
@mutant("trap.py", "_vector(h.vstvec, t)", "_vector(h.stvec, t)")
def test_supervisor_csrs_rest_while_v_is_1():
    b = Bare()
    b.csr(satp=NOWHERE, sepc=2, scause=3, stval=4, mstatus=SIE, medeleg=1 << 2, hedeleg=1 << 2)
    r = b.do(0, VS, size=2)
    assert (r["next_mode"], r["next_pc"], r["cause"]) == (VS, HANDLER + 0x200, 2)
    assert [b.m.read_csr(name) for name in ("satp", "sepc", "scause", "stval", "stvec")] == [
        NOWHERE, 2, 3, 4, HANDLER + 0x100]
    assert b.h.mstatus & SIE


@mutant("translate.py", "h.vsatp if guest else h.satp", "h.vsatp")
@mutant("trap.py", "_vector(h.stvec, t)", "_vector(h.vstvec, t)")
def test_vs_csrs_do_nothing_while_v_is_0():
    b = Bare()
    b.csr(vsatp=NOWHERE, vsepc=2, vscause=3, vstval=4, vsstatus=SIE, medeleg=1 << 2, hedeleg=1 << 2)
    r = b.do(0, S, size=2)
    assert (r["next_mode"], r["next_pc"], r["cause"]) == (S, HANDLER + 0x100, 2)
    assert [read(b, number) for number in (0x280, 0x241, 0x242, 0x243)] == [NOWHERE, 2, 3, 4]
    assert b.h.vsstatus & SIE


@mutant("csr_access.py", "h.scounteren if h.mode == VU else -1", "-1")
@mutant("isa/csrs.py", '"stval": "vstval",', '"stval": "vstval", "scounteren": "hcounteren",')
def test_senvcfg_and_scounteren_serve_vs_and_vu_as_they_are():
    b = Bare()
    b.csr(mcounteren=TM, hcounteren=TM)
    for value in (TM, 0):
        assert write(b, "scounteren", value, VS) == 0 and write(b, "senvcfg", value >> 1, VS) == 0
        assert read(b, "scounteren") == value and read(b, "senvcfg") == value >> 1
        assert read(b, "scounteren", VS) == value and read(b, "scounteren", VU) == VIRTUAL
        assert (read(b, "time", VU) == VIRTUAL) == (value == 0)
