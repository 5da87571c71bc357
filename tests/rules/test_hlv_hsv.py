"""HLV, HLVX and HSV ("Hypervisor Virtual-Machine Load and Store Instructions")."""

from isa.causes import VS, VU, M, S, U
from isa.platform import UART
from tests.rules.guest import VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PA, PD, PR, PU, PV, PX, Bare, asm

HU, SPVP, SUM, MXR = 1 << 9, 1 << 8, 1 << 18, 1 << 19
EXECUTE_ONLY, READ_ONLY = PV | PX | PA | PD, PV | PR | PA | PD
BYTES = 0xF1E2_D3C4_B5A6_9788
LOADS = {"hlv.b": "lb", "hlv.bu": "lbu", "hlv.h": "lh", "hlv.hu": "lhu", "hlv.w": "lw", "hlv.wu": "lwu", "hlv.d": "ld"}
STORES = {"hsv.b": "sb", "hsv.h": "sh", "hsv.w": "sw", "hsv.d": "sd"}
HLVX = {"hlvx.hu": "lhu", "hlvx.wu": "lwu"}
ALL = [asm(name, rd=1, rs1=5) for name in (*LOADS, *HLVX)] + [asm(name, rs1=5, rs2=6) for name in STORES]


def hlv(g: Guest, name: str = "hlv.w") -> int:
    """Physical address that a virtual-machine load of VA in HS-mode reaches; minus the cause of its trap."""
    g.x(x5=VA)
    r = g.do(asm(name, rd=1, rs1=5), S)
    return -r["cause"] if r["trap"] else r["mem_paddr"]


@mutant("execute_hypervisor.py", "1 if h.hstatus & SPVP else 0", "1")
@mutant("execute_hypervisor.py", "1 if h.hstatus & SPVP else 0", "0")
def test_spvp_is_the_privilege_of_the_access():
    for user in (False, True):
        g = Guest(user=user)
        for spvp in (SPVP, 0):
            g.csr(hstatus=spvp)
            assert hlv(g) == (DATA if user == (spvp == 0) else -13)
            g.csr(vsstatus=SUM)
            assert hlv(g) == (DATA if user or spvp else -13)
            g.csr(vsstatus=0)


@mutant("translate.py", "not status & SUM", "not (status | h.mstatus) & SUM")
@mutant("translate.py", "h.vsatp if guest else h.satp", "h.vsatp if h.mode & V else h.satp")
@mutant("translate.py", "field(h.hgatp, 63, 60) == paging.MODE_BARE", "not h.mode & V")
def test_two_stage_translation_applies_and_sum_of_hs_does_not():
    g = Guest()
    g.csr(hstatus=SPVP)
    assert hlv(g) == DATA
    g = Guest(user=True)
    g.csr(hstatus=SPVP, mstatus=SUM)
    assert hlv(g) == -13
    g = Guest(second=0)
    g.csr(hstatus=SPVP)
    assert hlv(g) == -21


@mutant("translate.py", "(status | h.mstatus) & MXR != 0", "status & MXR != 0")
@mutant("translate.py", "mxr = h.mstatus & MXR != 0", "mxr = h.mstatus & MXR != 0 and h.mode & V != 0")
def test_mxr_of_hs_makes_execute_only_pages_readable_in_both_stages():
    for first, second, before in ((EXECUTE_ONLY, LEAF | PU, -13), (LEAF, EXECUTE_ONLY | PU, -21)):
        g = Guest(first, second)
        g.csr(hstatus=SPVP)
        assert hlv(g) == before
        g.csr(mstatus=MXR)
        assert hlv(g) == DATA


@mutant("translate.py", "(status | h.mstatus) & MXR != 0", "h.mstatus & MXR != 0")
@mutant("translate.py", "mxr = h.mstatus & MXR != 0", "mxr = (h.mstatus | h.vsstatus) & MXR != 0")
def test_mxr_of_the_guest_is_for_its_own_stage():
    for first, second, outcome in ((EXECUTE_ONLY, LEAF | PU, DATA), (LEAF, EXECUTE_ONLY | PU, -21)):
        g = Guest(first, second)
        g.csr(hstatus=SPVP, vsstatus=MXR)
        assert hlv(g) == outcome


@mutant("execute_hypervisor.py", "if h.mode == U and not hu:", "if h.mode & 2 == 0 and not hu:")
@mutant("execute_hypervisor.py", "if h.mode == U and not hu:", "if h.mode == U:")
def test_they_are_valid_in_m_and_hs_mode_and_with_hu_in_u_mode():
    b = Bare()
    b.x(x5=DATA)
    for word in ALL:
        assert [b.do(word, mode)["trap"] for mode in (M, S, U)] == [0, 0, 1]
        b.csr(hstatus=HU)
        assert not b.do(word, U)["trap"]
        b.csr(hstatus=0)


@mutant("execute_hypervisor.py", "class hlv_wu(HypervisorLoadUnsigned):", "class hlv_wu(HypervisorLoad):")
@mutant("execute_hypervisor.py", "class hlv_b(HypervisorLoad):", "class hlv_b(HypervisorLoadUnsigned):")
@mutant("execute_hypervisor.py", "self.log2, h.x[self.rs2])", "self.log2, h.x[self.rs1])")
def test_each_load_and_store_has_its_counterpart():
    g = Guest()
    g.csr(hstatus=SPVP)
    g.x(x5=VA, x6=BYTES)
    for name, counterpart in LOADS.items():
        g.put(DATA, [BYTES], 8)
        assert g.do(asm(name, rd=1, rs1=5), S)["rd_value"] == g.do(asm(counterpart, rd=1, rs1=5), VS)["rd_value"], name
    for name, counterpart in STORES.items():
        seen = []
        for word, mode in ((asm(name, rs1=5, rs2=6), S), (asm(counterpart, rs1=5, rs2=6), VS)):
            g.put(DATA, [0], 8)
            assert not g.do(word, mode)["trap"]
            seen.append(g.m.read_memory(DATA, 8))
        assert seen[0] == seen[1], name


@mutant("translate.py", "permitted(pte, a.kind, a.hlvx, ", "permitted(pte, a.kind, False, ")
@mutant("translate.py", "a.hlvx and explicit", "False")
@mutant("access.py", "a.hlvx and not h.memory.holds_code(pa)", "False")
def test_hlvx_needs_execute_permission_in_place_of_read_permission():
    for name, counterpart in HLVX.items():
        g = Guest(EXECUTE_ONLY, EXECUTE_ONLY | PU)
        g.csr(hstatus=SPVP)
        g.put(DATA, [BYTES], 8)
        assert hlv(g, name) == DATA and hlv(g) == -13
        g.map(g.root, VA, DATA, LEAF)
        assert g.h.x[1] == g.do(asm(counterpart, rd=1, rs1=5), VS)["rd_value"]
        for first, second, cause in ((READ_ONLY, LEAF | PU, 13), (LEAF, READ_ONLY | PU, 21)):
            g = Guest(first, second)
            g.csr(hstatus=SPVP)
            assert hlv(g, name) == -cause and hlv(g) == DATA
        b = Bare()
        b.x(x5=UART.base)               # readable, not executable
        assert b.do(asm(name, rd=1, rs1=5), S)["cause"] == 5
        assert not b.do(asm("hlv.bu", rd=1, rs1=5), S)["trap"]


@mutant("execute_hypervisor.py", "raise virtual(i)", "raise illegal(i)")
def test_they_are_virtual_instructions_with_v_1():
    for hu in (0, HU):
        b = Bare()
        b.csr(hstatus=hu)
        assert {b.do(word, mode)["cause"] for word in ALL for mode in (VS, VU)} == {22}


@mutant("execute_hypervisor.py", "if h.mode == U and not hu:", "if False:")
def test_they_are_illegal_in_u_mode_without_hu():
    b = Bare()
    b.x(x5=DATA)
    assert {b.do(word, U)["cause"] for word in ALL} == {2}
