"""Rules of "Trap Cause Codes": the causes that H adds, and illegal or virtual instruction."""

import itertools

from isa import csrs
from isa.causes import VS, VU, M, S, U
from isa.insns import BY_NAME
from sim.model.masks import TSR, TVM, TW, VTSR, VTVM, VTW
from tests.rules.guest import FETCH, LOAD, STORE, Guest, full, opened, trapped
from tests.rules.mutants import mutant
from tests.sim.model.bare import Bare, asm

ILLEGAL, VIRTUAL = 2, 22
ECALL, SRET, WFI, SFENCE = asm("ecall"), asm("sret"), asm("wfi"), asm("sfence.vma")
STCE = 1 << 63
COUNTERS = {"cycle": 1, "time": 2, "instret": 4, "hpmcounter3": 8}
ALL = 15                                # counters
RESERVED = 0x7FF                        # a CSR number that no extension defines


def read(name: str) -> int:
    return asm("csrrs", rd=1, csr=name)


def write(name: str) -> int:
    return asm("csrrw", rd=1, csr=name)


def numbered(number: int) -> int:
    """Read a CSR of this number."""
    return read("cycle") & 0xF_FFFF | number << 20


@mutant("translate.py", 'EXC["STORE_GUEST_PAGE_FAULT"]', 'EXC["STORE_PAGE_FAULT"]')
@mutant("isa/causes.py", 'Cause(22, "VIRTUAL_INSTRUCTION"', 'Cause(14, "VIRTUAL_INSTRUCTION"')
@mutant("isa/causes.py", 'Cause(6,  "VSTI"', 'Cause(4,  "VSTI"')
def test_codes_of_the_causes_that_h_adds() -> None:
    g = Guest(second=0)
    assert [g.access(kind, VS)["cause"] for kind in (FETCH, LOAD, STORE)] == [20, 21, 23]
    assert trapped(Bare(), read("hstatus"), VS) == 22
    assert (trapped(Bare(), ECALL, VS), trapped(Bare(), ECALL, S)) == (10, 9)
    for code in (2, 6, 10):
        b = Bare()
        b.csr(hvip=1 << code, hie=1 << code)
        b.mode(VU)
        b.step()
        assert b.m.read_csr("scause") == 1 << 63 | code


@mutant("execute_system.py", 'VS: EXC["ECALL_VS"]', 'VS: EXC["ECALL_S"]')
def test_environment_calls_of_hs_and_vs_are_delegated_separately() -> None:
    for delegated, to in ((9, {S: S, VS: M}), (10, {S: M, VS: S})):
        for mode, handler in to.items():
            b = Bare()
            b.csr(medeleg=1 << delegated)
            assert b.do(ECALL, mode)["next_mode"] == handler


@mutant("csr_access.py", "raise virtual(i)", "raise illegal(i)")
@mutant("csr_access.py", "if level == MACHINE or not enabled_by_m(h, i.csr):\n            raise illegal(i)",
        "if level == MACHINE or not enabled_by_m(h, i.csr):\n            raise virtual(i) if h.mode & V else illegal(i)")
def test_a_guest_gets_virtual_instruction_for_what_hs_could_execute_and_else_illegal() -> None:
    qualified = (read("hstatus"), write("vsstatus"), read("vsatp"), asm("hlv.d"), asm("hfence.gvma"))
    by_enables = (read("cycle"), read("time"))
    never = (read("mstatus"), write("cycle"), numbered(RESERVED), asm("mret"), 0)
    for mode in (VS, VU):
        for word, enables in itertools.product((*qualified, *by_enables), (0, TVM | TSR)):
            b = Bare()
            b.csr(mcounteren=7, scounteren=7, mstatus=enables)
            assert trapped(b, word, mode) == VIRTUAL
        for word in never:
            assert trapped(Bare(), word, mode) == ILLEGAL


@mutant("isa/csrs.py", "cycle           0xC00", "cycle           0xC80")
@mutant("isa/csrs.py", "htimedelta      0x605", "htimedelta      0x615")
def test_high_half_csrs_are_illegal_at_any_privilege() -> None:
    cycleh, timeh, instreth, hpmcounter3h = 0xC80, 0xC81, 0xC82, 0xC83
    hedelegh, htimedeltah, henvcfgh, hstateen0h, stimecmph, vstimecmph = 0x612, 0x615, 0x61A, 0x61C, 0x15D, 0x25D
    for number in (cycleh, timeh, instreth, hpmcounter3h, hedelegh, htimedeltah, henvcfgh, hstateen0h, stimecmph, vstimecmph):
        for mode in (M, S, U, VS, VU):
            b = opened(full(), mcounteren=ALL, hcounteren=ALL, scounteren=ALL, menvcfg=STCE)
            assert trapped(b, numbered(number), mode) == ILLEGAL


@mutant("csr_access.py", "allowed = h.hcounteren &", "allowed = -1 &")
@mutant("csr_access.py", "level == MACHINE or not enabled_by_m(h, i.csr)", "level == MACHINE")
def test_vs_gets_virtual_instruction_for_a_counter_that_m_enables_and_hcounteren_does_not() -> None:
    for name, bit in COUNTERS.items():
        for m, h, s in itertools.product((0, bit), (0, bit), (0, bit)):
            b = full()
            b.csr(mcounteren=ALL ^ bit | m, hcounteren=ALL ^ bit | h, scounteren=ALL ^ bit | s)
            assert trapped(b, read(name), VS) == (ILLEGAL if not m else 0 if h else VIRTUAL)


@mutant("csr_access.py", "(h.scounteren if h.mode == VU else -1)", "-1")
@mutant("csr_access.py", "allowed = h.hcounteren & (", "allowed = (")
def test_vu_gets_virtual_instruction_for_a_counter_unless_hcounteren_and_scounteren_enable_it() -> None:
    for name, bit in COUNTERS.items():
        for m, h, s in itertools.product((0, bit), (0, bit), (0, bit)):
            b = full()
            b.csr(mcounteren=ALL ^ bit | m, hcounteren=ALL ^ bit | h, scounteren=ALL ^ bit | s)
            assert trapped(b, read(name), VU) == (ILLEGAL if not m else 0 if h and s else VIRTUAL)


@mutant("execute_hypervisor.py", "if h.mode & V:", "if h.mode & V and h.mode & S:")
def test_hypervisor_instructions_are_virtual_instructions_for_vs_and_vu() -> None:
    names = [name for name in BY_NAME if name.startswith(("hlv", "hsv", "hfence"))]
    assert len(names) == 15
    for name, mode, hu in itertools.product(names, (VS, VU), (0, 1 << 9)):
        b = Bare()
        b.csr(hstatus=hu)
        assert trapped(b, asm(name), mode) == VIRTUAL


@mutant("csr_access.py", "h.mode == VU or level == HYPERVISOR", "h.mode == VU")
@mutant("csr_access.py", "(write and register.row.read_only)", "(write and register.row.read_only and h.mode != 5)")
def test_hypervisor_and_vs_csrs_are_virtual_instructions_for_guests_if_hs_could_make_the_access() -> None:
    rows = [row for row in csrs.CSRS if row.level == 2 and row.ext != "Xdoppel"]
    assert len(rows) > 25
    for row, mode, tvm in itertools.product(rows, (VS, VU), (0, TVM)):
        b = opened(full(), menvcfg=STCE, mcounteren=ALL, mstatus=tvm)
        assert trapped(b, read(row.name), mode) == VIRTUAL
        assert trapped(b, write(row.name), mode) == (ILLEGAL if row.name == "hgeip" else VIRTUAL)


@mutant("execute_system.py", "h.mode == VU or (h.mode == VS and h.hstatus & VTW)", "h.mode == VS and h.hstatus & VTW")
def test_wfi_in_vu_is_a_virtual_instruction_unless_tw_makes_it_illegal() -> None:
    for vtw in (0, VTW):
        for tw, expected in ((0, VIRTUAL), (TW, ILLEGAL)):
            b = Bare()
            b.csr(mstatus=tw, hstatus=vtw)
            assert trapped(b, WFI, VU) == expected


@mutant("execute_system.py", "h.mode == VU or (h.mode == VS and h.hstatus & VTSR)", "h.mode == VS and h.hstatus & VTSR")
@mutant("execute_system.py", "h.mode == VU or (h.mode == VS and h.hstatus & VTVM)", "h.mode == VS and h.hstatus & VTVM")
def test_sret_and_sfence_in_vu_are_virtual_instructions() -> None:
    for word, mstatus in itertools.product((SRET, SFENCE, asm("sinval.vma")), (0, TSR | TVM)):
        b = full()
        b.csr(mstatus=mstatus)
        assert trapped(b, word, VU) == VIRTUAL


@mutant("csr_access.py", "h.mode == VU or level == HYPERVISOR", "level == HYPERVISOR")
def test_supervisor_csrs_are_virtual_instructions_for_vu() -> None:
    rows = [row for row in csrs.CSRS if row.level == 1]
    assert len(rows) > 15
    for row, tvm in itertools.product(rows, (0, TVM)):
        b = opened(full(), mstatus=tvm, menvcfg=STCE, mcounteren=ALL)
        b.csr(henvcfg=STCE, hcounteren=ALL)
        assert trapped(b, read(row.name), VU) == VIRTUAL
        assert trapped(b, write(row.name), VU) == VIRTUAL


@mutant("execute_system.py", "(h.mode == VS and h.hstatus & VTW)",
        "(h.mode == VS and h.hstatus & VTW and not h.pending() & h.mie)")
@mutant("execute_system.py", "(h.mode == VS and h.hstatus & VTW)", "False")
def test_wfi_in_vs_with_vtw_is_a_virtual_instruction_at_once() -> None:
    for vtw, tw, pending in itertools.product((0, VTW), (0, TW), (0, 4)):
        b = Bare()
        # One that is pending and enabled, but not taken: vsstatus.SIE is 0.
        b.csr(mstatus=tw, hstatus=vtw, hideleg=0x444, hvip=pending, hie=pending, vsstatus=0)
        assert trapped(b, WFI, VS) == (ILLEGAL if tw else VIRTUAL if vtw else 0)


@mutant("execute_system.py", "(h.mode == VS and h.hstatus & VTSR)", "(h.mode == VS and h.mstatus & TSR)")
def test_sret_in_vs_with_vtsr_is_a_virtual_instruction() -> None:
    for vtsr, tsr in itertools.product((0, VTSR), (0, TSR)):
        b = Bare()
        b.csr(hstatus=vtsr, mstatus=tsr)
        assert trapped(b, SRET, VS) == (VIRTUAL if vtsr else 0)


@mutant("execute_system.py", "(h.mode == VS and h.hstatus & VTVM)", "False")
@mutant("csr_access.py", "return not (number == SATP and h.hstatus & VTVM)", "return True")
@mutant("execute_system.py", "class sinval_vma(sfence_vma):\n    pass",
        "class sinval_vma(Insn):\n    def run(self, h):\n        h.flush()")
def test_sfence_and_satp_in_vs_with_vtvm_are_virtual_instructions() -> None:
    for word in (SFENCE, asm("sinval.vma"), read("satp"), write("satp")):
        for vtvm, tvm in itertools.product((0, VTVM), (0, TVM)):
            b = full()
            b.csr(hstatus=vtvm, mstatus=tvm)
            assert trapped(b, word, VS) == (VIRTUAL if vtvm else 0)


@mutant("trap.py", 'Trap(EXC["VIRTUAL_INSTRUCTION"], insn.word)', 'Trap(EXC["VIRTUAL_INSTRUCTION"])')
def test_xtval_of_a_virtual_instruction_is_that_of_an_illegal_one() -> None:
    for word in (asm("hlv.d", rd=3, rs1=4), asm("hfence.vvma", rs1=9), WFI, read("hstatus")):
        for medeleg, mode in ((0, VU), (0, U), (-1, VU), (-1, U)):
            b = Bare()
            b.csr(medeleg=medeleg)
            assert b.do(word, mode)["cause"] == (VIRTUAL if mode == VU else ILLEGAL)
            assert b.m.read_csr("stval" if medeleg else "mtval") == word
