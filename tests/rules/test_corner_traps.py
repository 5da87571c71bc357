"""Corner cases of traps, interrupts and returns.

The number in a name is the row of docs/corner-cases.md.
"""

import itertools

from isa.causes import VS, VU, M, S, U
from isa.insns import BY_NAME
from sim.model.masks import MPP_LSB, MPRV, MPV, MSTATUS_GVA, MXR, SIE, SPP, SPV, SPVP, TW, VTW
from tests.rules.guest import GPA, KINDS, LOAD, VA, Guest, trapped
from tests.rules.mutants import mutant
from tests.sim.model.bare import CODE, HANDLER, Bare, asm

EBREAK, ECALL, WFI, MRET, SRET = (asm(name) for name in ("ebreak", "ecall", "wfi", "mret", "sret"))
READ_PTE = 0x3000
STCE = 1 << 63


def away(level: int, flags: int = 0) -> Guest:
    """A guest with a table of its own on a page that the G-stage maps with these flags."""
    g = Guest()
    g.move(level, flags)
    return g


@mutant("trap.py", "    if mode & V:\n        pushed = pushed & ~SPVP", "    if True:\n        pushed = pushed & ~SPVP")
def test_12_spvp_stays_when_the_trap_comes_from_v_0() -> None:
    for mode, spvp in itertools.product((U, S), (0, SPVP)):
        b = Bare()
        b.csr(medeleg=-1, hstatus=spvp)
        b.do(EBREAK, mode)
        assert b.h.hstatus & SPVP == spvp


@mutant("execute_system.py", "if mode != M and h.mstatus & MPV:", "if h.mstatus & MPV:\n            mode &= S")
def test_14_mret_to_m_leaves_v_0() -> None:
    b = Bare()
    b.csr(mstatus=MPV | M << MPP_LSB, mepc=CODE)
    assert b.do(MRET)["next_mode"] == M


@mutant("execute_system.py", "gva=bool(h.mode & V)", "gva=bool(h.data_mode & V)")
@mutant("translate.py", "gva=bool(self.mode & V)", "gva=False")
@mutant("trap.py", "~(SPV | HSTATUS_GVA)", "~SPV")
def test_15_gva_is_1_exactly_when_a_guest_virtual_address_is_in_xtval() -> None:
    b = Bare()
    b.csr(mstatus=MPRV | MPV | S << MPP_LSB)
    assert not b.do(EBREAK)["gva"]                  # pc is an address of M-mode
    for word, gva in ((0, 0), (asm("hlv.w"), 0), (ECALL, 0), (EBREAK, 1)):
        assert Bare().do(word, VS)["gva"] == gva
    g = Guest(second=0)
    g.csr(medeleg=-1, hstatus=SPVP)
    g.x(x5=VA)
    g.do(asm("hlv.w", rs1=5), S)
    assert g.h.hstatus & SPV == 0 and g.h.hstatus & 1 << 6      # GVA without SPV
    g.do(ECALL, U)
    assert not g.h.hstatus & 1 << 6
    g.csr(medeleg=0)
    g.access(LOAD, VS)
    assert g.h.mstatus & MSTATUS_GVA
    g.do(ECALL)                                     # a trap inside of M-mode clears it
    assert not g.h.mstatus & MSTATUS_GVA


@mutant("translate.py", "if purpose != EXPLICIT:", "if False:")
def test_16_the_fault_of_a_walk_must_write_the_pseudoinstruction() -> None:
    for level, kind in itertools.product((0, 1), KINDS):
        assert away(level).access(kind, VS)["tinst"] == READ_PTE


@mutant("translate.py", "trap.tval2 = lsr(gpa, 2)", "trap.tval2 = lsr(gpa & -4096, 2)")
@mutant("trap.py", "h.htval, h.htinst = t.tval2, t.tinst", "h.htval, h.htinst = t.tval2 or h.htval, t.tinst")
def test_17_htval_has_the_address_of_the_entry_itself_and_0_for_other_traps() -> None:
    for level in (0, 1):
        g = away(level)
        g.csr(medeleg=-1)
        g.access(LOAD, VS)
        assert g.m.read_csr("htval") << 2 == GPA + 0x1000 + 8 * (VA >> 12 + 9 * level & 511)
        g.do(ECALL, U)
        assert g.m.read_csr("htval") == 0


@mutant("trap.py", "h.mode != M and delegated and delegated_on", "h.mode != M and delegated_on")
@mutant("isa/causes.py", '"hardware error",                             True,  True)',
        '"hardware error",                             True,  False)')
def test_20_delegation_has_two_levels() -> None:
    b = Bare()
    b.csr(hedeleg=-1)
    assert b.do(EBREAK, VS)["next_mode"] == M
    b.csr(mideleg=0)
    assert b.m.read_csr("mideleg") == 0x444
    b.csr(mideleg=-1)
    assert b.m.read_csr("mideleg") == 0x666
    assert b.m.read_csr("hedeleg") >> 18 & 3 == 3


@mutant("trap.py", "t.cause -= t.interrupt", "pass")
@mutant("trap.py", "base + 4 * t.cause", "base + 4 * t.cause + 4")
def test_21_codes_of_vs_level_interrupts_are_one_less_for_the_guest_also_in_the_vector() -> None:
    for code in (2, 6, 10):
        b = Bare()
        b.csr(hvip=1 << code, hie=1 << code, hideleg=1 << code, vstvec=HANDLER + 0x200 | 1)
        b.mode(VU)
        r = b.step()
        assert (r["cause"], r["next_pc"]) == (code - 1, HANDLER + 0x200 + 4 * (code - 1))
        assert b.m.read_csr("vscause") == 1 << 63 | code - 1


@mutant("interrupts.py", "(h.mode != S or h.mstatus & SIE)", "(h.mode & S == 0 or h.mstatus & SIE)")
@mutant("interrupts.py", "(h.mode == VU or", "(h.mode != VS or")
def test_22_interrupts_for_hs_are_enabled_while_v_is_1_and_those_for_vs_never_while_v_is_0() -> None:
    for mode in (VS, VU):
        b = Bare()
        b.csr(mideleg=2, sie=2, mip=2, mstatus=0)
        b.mode(mode)
        assert b.step()["interrupt"]
    for mode in (M, S, U):
        b = Bare()
        b.csr(hideleg=4, hie=4, hvip=4, vsstatus=SIE, mstatus=SIE | 8)
        b.mode(mode)
        assert not b.step()["interrupt"]


@mutant("csr.py", "value & mask & VSSIP", "value & self.bits")
@mutant("hart.py", "mip |= VSTIP", "mip |= VSTIP\n                self.hvip |= VSTIP")
def test_23_hvip_is_not_hip() -> None:
    b = Bare()
    b.csr(menvcfg=STCE)
    b.csr(henvcfg=STCE, vstimecmp=0)
    assert (b.m.read_csr("hip"), b.m.read_csr("hvip")) == (1 << 6, 0)
    b.csr(hip=0x444)
    assert b.m.read_csr("hvip") == 4                # VSSIP alone is the same bit
    b.csr(hvip=0x444, vstimecmp=-1)
    b.csr(hip=0)
    assert (b.m.read_csr("hip"), b.m.read_csr("hvip")) == (0x440, 0x440)


@mutant("csr_access.py", "    if register is None or (write",
        "    if register and write and register.row.read_only and h.mode & V:\n        raise virtual(i)\n"
        "    if register is None or (write")
@mutant("csr_access.py", "h.mode == VU or level == HYPERVISOR", "level == HYPERVISOR")
@mutant("csr_access.py", "level == MACHINE or not enabled_by_m(h, i.csr)", "level == MACHINE")
def test_24_illegal_or_virtual_instruction() -> None:
    def access(name: str, **enables: int) -> Bare:
        b = Bare()
        b.csr(mcounteren=7, hcounteren=7, scounteren=7)
        b.csr(**enables)
        return b

    for name, mode, word, cause in (
            ("sstatus", VU, "csrrs", 22), ("hstatus", VS, "csrrs", 22), ("cycle", VS, "csrrw", 2), ("hgeip", VS, "csrrw", 2),
            ("cycle", VS, "csrrs", 0), ("cycle", VU, "csrrs", 0)):
        assert trapped(access(name), asm(word, csr=name), mode) == cause
    for enables, cause in (({"hcounteren": 0}, 22), ({"mcounteren": 0}, 2), ({"mcounteren": 0, "hcounteren": 0}, 2)):
        for mode in (VS, VU):
            assert trapped(access("cycle", **enables), asm("csrrs", csr="cycle"), mode) == cause
    for name in ("hfence.vvma", "hfence.gvma", "hsv.w"):        # with rd, these are no instructions
        assert trapped(Bare(), BY_NAME[name].match | 1 << 7, VS) == 2
    b = access("vsscratch", vsscratch=5)
    b.x(x5=9)
    assert trapped(b, asm("csrrw", rs1=5, csr="vsscratch"), VS) == 22
    assert b.m.read_csr("vsscratch") == 5


@mutant("execute_system.py", "(h.mode != M and h.mstatus & TW)", "(h.mode == S and h.mstatus & TW)")
def test_25_tw_is_before_vtw_in_vs_and_vu() -> None:
    for mode, tw, vtw in itertools.product((VS, VU), (0, TW), (0, VTW)):
        b = Bare()
        b.csr(mstatus=tw, hstatus=vtw)
        assert trapped(b, WFI, mode) == (2 if tw else 22 if vtw or mode == VU else 0)


@mutant("isa/csrs.py", '"sstatus": "vsstatus", ', "")
def test_28_right_after_sret_sstatus_is_that_of_the_guest() -> None:
    b = Bare()
    b.csr(hstatus=SPV, mstatus=SPP | 1 << 18, vsstatus=MXR, sepc=CODE + 4)
    b.put(CODE + 4, [asm("csrrs", rd=3, csr="sstatus")])
    assert b.do(SRET, S)["next_mode"] == VS
    assert b.step()["rd_value"] == b.m.read_csr("vsstatus") == 2 << 32 | MXR


@mutant("hart.py", "self.time + self.htimedelta", "self.time")
@mutant("hart.py", "if self.henvcfg & STCE and not ult", "if not ult")
@mutant("csr_access.py", "return h.menvcfg & STCE != 0 and h.mcounteren & TM != 0", "return h.mcounteren & TM != 0")
def test_29_vstip_follows_every_write_that_matters_in_any_mode() -> None:
    def vstip(**csrs: int) -> bool:
        b.csr(**csrs)
        return bool(b.m.read_csr("hip") & 1 << 6)

    for mode in (M, S, U, VS, VU):
        b = Bare()
        b.mode(mode)
        b.csr(menvcfg=STCE, mcounteren=2, hcounteren=2)
        assert vstip(henvcfg=STCE)
        assert not vstip(vstimecmp=1000)
        assert vstip(htimedelta=1000)
        assert not vstip(henvcfg=0)
        assert vstip(henvcfg=STCE)
        assert not vstip(menvcfg=0)
        assert vstip(menvcfg=STCE)
    for menvcfg, henvcfg, cause in ((STCE, STCE, 0), (STCE, 0, 22), (0, 0, 2)):
        b.csr(menvcfg=menvcfg)
        b.csr(henvcfg=henvcfg)
        assert trapped(b, asm("csrrs", csr="stimecmp"), VS) == cause
