"""Rules of "Trap Entry" and of the priority among exceptions."""

from isa.causes import VS, VU, M, S, U
from sim.model.masks import HSTATUS_GVA, MIE, MPIE, MPP_LSB, MPV, MSTATUS_GVA, SIE, SPIE, SPP, SPV, SPVP
from tests.rules.guest import FETCH, LOAD, STORE, VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import CODE, HANDLER, LEAF, PR, PW, Bare, asm

EBREAK, ECALL = asm("ebreak"), asm("ecall")


@mutant("access.py", "raise a.fault(MISALIGNED)", "translate(h, a)\n        raise a.fault(MISALIGNED)")
@mutant("translate.py", "address = first_stage(h, a)", "address = first_stage(h, a) if a.kind == LOAD else a.va")
def test_the_exception_of_highest_priority_is_taken() -> None:
    g = Guest(first=0)
    # The fetch comes first, then the instruction itself, then the address, then what the address reaches.
    assert g.access(FETCH, VS)["cause"] == 12                           # not 2: what it is, nobody knows
    g.x(x5=VA + 1)
    assert g.do(asm("hlv.w", rs1=5), VU)["cause"] == 12                 # CODE is no page for VU
    assert g.do(asm("hlv.w", rs1=5), VS)["cause"] == 22                 # not 4
    assert g.access(LOAD, VS, VA + 1)["cause"] == 4                     # not 13
    assert Guest(first=LEAF & ~PW, second=0).access(STORE, VS)["cause"] == 15     # not 23
    assert Guest(second=PR).access(LOAD, VS)["cause"] == 21
    g = Guest()
    g.csr(hgatp=0)
    assert g.access(LOAD, VS)["cause"] == 5                             # GPA is a hole of the address map


@mutant("trap.py", "h.mode != M and delegated and delegated_on and h.mode & V", "h.mode != M and delegated_on and h.mode & V")
@mutant("trap.py", "h.mode != M and delegated and delegated_on and h.mode & V", "h.mode != M and delegated and delegated_on")
@mutant("trap.py", "    elif h.mode != M and delegated:", "    elif delegated:")
def test_traps_go_to_m_to_hs_where_delegated_and_to_vs_where_delegated_further() -> None:
    for mode in (M, S, U, VS, VU):
        for medeleg in (0, 1 << 3):
            for hedeleg in (0, 1 << 3):
                b = Bare()
                b.csr(medeleg=medeleg, hedeleg=hedeleg)
                to = M if mode == M or not medeleg else VS if mode & 4 and hedeleg else S
                r = b.do(EBREAK, mode)
                assert (r["next_mode"], r["next_pc"]) == (to, HANDLER + {M: 0, S: 0x100, VS: 0x200}[to])


@mutant("trap.py", "_push_m(h.mstatus, h.mode, t.gva)", "_push_m(h.mstatus, h.mode & M, t.gva)")
@mutant("trap.py", "h.mepc = h.pc", "h.sepc = h.pc")
@mutant("trap.py", "h.mtval2, h.mtinst = t.tval2, t.tinst", "pass")
def test_what_a_trap_to_m_writes() -> None:
    for mode, mpv, mpp in ((U, 0, 0), (S, 0, 1), (M, 0, 3), (VU, 1, 0), (VS, 1, 1)):
        for enabled in (0, 1):
            b = Bare()
            mask = MIE | MPIE | MPV | MSTATUS_GVA | 3 << MPP_LSB
            b.csr(mstatus=MIE if enabled else mask & ~MIE, mepc=-1, mcause=-1, mtval=-1, mtval2=-1, mtinst=-1)
            assert b.do(EBREAK, mode)["next_mode"] == M                 # so V is 0
            expected = mpv * (MPV | MSTATUS_GVA) | mpp << MPP_LSB | enabled * MPIE
            assert b.m.read_csr("mstatus") & mask == expected
            assert [b.m.read_csr(n) for n in ("mepc", "mcause", "mtval", "mtval2", "mtinst")] == [CODE, 3, CODE, 0, 0]


@mutant("trap.py", "pushed = pushed & ~SPVP | SPV", "pushed = pushed | SPV")
@mutant("trap.py", "    if mode & V:\n        pushed = pushed & ~SPVP", "    if True:\n        pushed = pushed & ~SPVP")
@mutant("trap.py", "h.htval, h.htinst = t.tval2, t.tinst", "pass")
def test_what_a_trap_to_hs_writes() -> None:
    for mode, v, spp in ((U, 0, 0), (S, 0, 1), (VU, 1, 0), (VS, 1, 1)):
        for enabled in (0, 1):
            for spvp in (0, 1):
                b = Bare()
                b.csr(medeleg=-1, mstatus=SIE if enabled else SPP | SPIE,
                      hstatus=spvp * SPVP | (0 if enabled else SPV | HSTATUS_GVA),
                      sepc=-1, scause=-1, stval=-1, htval=-1, htinst=-1)
                assert b.do(EBREAK, mode)["next_mode"] == S
                hstatus = b.m.read_csr("hstatus") & (SPV | SPVP | HSTATUS_GVA)
                assert hstatus == v * (SPV | HSTATUS_GVA) | (spp if v else spvp) * SPVP
                assert b.m.read_csr("sstatus") & (SPP | SPIE | SIE) == spp * SPP | enabled * SPIE
                assert [b.m.read_csr(n) for n in ("sepc", "scause", "stval", "htval", "htinst")] == [CODE, 3, CODE, 0, 0]


@mutant("trap.py", "h.vsstatus = _push_s(h.vsstatus, h.mode)", "h.mstatus = _push_s(h.mstatus, h.mode)")
@mutant("trap.py", "h.vsepc = h.pc", "h.sepc = h.pc")
@mutant("trap.py", "_enter_mode(h, VS, t)", "_enter_mode(h, S, t)")
def test_what_a_trap_to_vs_writes() -> None:
    for mode, spp in ((VU, 0), (VS, 1)):
        for enabled in (0, 1):
            b = Bare()
            b.csr(medeleg=-1, hedeleg=-1, vsstatus=SIE if enabled else SPP | SPIE, mstatus=SPIE, hstatus=SPVP,
                  vsepc=-1, vscause=-1, vstval=-1)
            untouched = ("mstatus", "hstatus", "sepc", "scause", "stval", "htval", "htinst")
            before = [b.m.read_csr(name) for name in untouched]
            assert b.do(EBREAK, mode)["next_mode"] == VS
            assert b.m.read_csr("vsstatus") & (SPP | SPIE | SIE) == spp * SPP | enabled * SPIE
            assert [b.m.read_csr(n) for n in ("vsepc", "vscause", "vstval")] == [CODE, 3, CODE]
            assert [b.m.read_csr(name) for name in untouched] == before
