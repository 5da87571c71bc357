"""hstatus ("Hypervisor Status (hstatus) Register")."""

import itertools

from isa.causes import VS, VU, M, S, U
from tests.rules.csr import ALL, held, read
from tests.rules.guest import KINDS, Guest, full
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PU, Bare, asm

VSBE, GVA, SPV, SPVP, HU, VGEIN, VTVM, VTW, VTSR, VSXL = (
    1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 0x3F << 12, 1 << 20, 1 << 21, 1 << 22, 3 << 32)
TW, SPP, ECALLS = 1 << 21, 1 << 8, 7 << 8       # mstatus.TW, sstatus.SPP; causes 8 to 10
XLEN_64 = 2                             # encoding of misa.MXL and of every field like it


@mutant("isa/csrs.py", "    sxl         35 34 RO 2", "    sxl         35 34 RO 1")
def test_hsxlen_is_64():
    b = Bare()
    assert held(b, "mstatus", 0, M) >> 34 & 3 == XLEN_64
    b.x(x1=ALL)
    assert b.do(asm("srli", rd=2, rs1=1, imm=1), S)["rd_value"] == ALL >> 1


@mutant("isa/csrs.py", "    vsxl        33 32 RO 2", "    vsxl        33 32 RO 1")
def test_vsxlen_is_64():
    b = Bare()
    assert read(b, "hstatus") >> 32 & 3 == XLEN_64
    b.x(x1=ALL)
    assert b.do(asm("srli", rd=2, rs1=1, imm=1), VS)["rd_value"] == ALL >> 1


@mutant("isa/csrs.py", "    hu          9  9  RW", "    hu          9  9  RO")
def test_hstatus_is_a_read_write_register_of_64_bits():
    b = Bare()
    fields = GVA | SPV | SPVP | HU | VTVM | VTW | VTSR
    assert held(b, 0x600, ALL) == fields | XLEN_64 << 32
    assert held(b, 0x600, 0) == XLEN_64 << 32


@mutant("isa/csrs.py", "    mxl         63 62 RO 2", "    mxl         63 62 RO 1")
def test_vsxl_is_encoded_as_mxl():
    b = Bare()
    assert read(b, "hstatus") >> 32 & 3 == read(b, "misa", M) >> 62


@mutant("isa/csrs.py", "    vsxl        33 32 RO 2", "    vsxl        33 32 RW 2")
def test_vsxl_has_one_legal_value():
    b = Bare()
    for value in range(4):
        assert held(b, "hstatus", value << 32) >> 32 & 3 == XLEN_64


@mutant("isa/csrs.py", "    vsxl        33 32 RO 2", "    vsxl        33 32 RO 3")
def test_vsxlen_equals_hsxlen():
    b = Bare()
    assert held(b, "hstatus", 0) >> 32 & 3 == read(b, "mstatus", M) >> 34 & 3


@mutant("execute_system.py", "h.hstatus & VTSR", "0")
def test_vtsr_makes_sret_a_virtual_instruction_in_vs_mode():
    b = Bare()
    assert not b.do(asm("sret"), VS)["trap"]
    b.csr(hstatus=VTSR)
    assert b.do(asm("sret"), VS)["cause"] == 22
    assert not b.do(asm("sret"), S)["trap"]


@mutant("execute_system.py", "h.hstatus & VTW", "0")
def test_vtw_makes_wfi_a_virtual_instruction_in_vs_mode():
    b = Bare()
    assert not b.do(asm("wfi"), VS)["trap"]
    b.csr(hstatus=VTW)
    assert b.do(asm("wfi"), VS)["cause"] == 22
    assert not b.do(asm("wfi"), S)["trap"]
    b.csr(mstatus=TW)
    assert b.do(asm("wfi"), VS)["cause"] == 2


@mutant("execute_system.py", "h.hstatus & VTW", "h.hstatus & VTW and not h.pending() & h.mie")
def test_vtw_holds_even_when_an_interrupt_is_pending_and_disabled():
    b = Bare()
    b.csr(hstatus=VTW, hideleg=4, hvip=4, mie=4, vsstatus=0)
    assert b.do(asm("wfi"), VS)["cause"] == 22


@mutant("execute_system.py", "h.hstatus & VTVM", "0")
@mutant("csr_access.py", "h.hstatus & VTVM", "0")
@mutant("execute_system.py", "class sinval_vma(sfence_vma)", "class sinval_vma(wfi)")
def test_vtvm_makes_vs_level_memory_management_a_virtual_instruction():
    b = full()
    words = [asm("sfence.vma"), asm("sinval.vma"), asm("csrrs", rd=1, csr="satp"), asm("csrrw", csr="satp")]
    assert [b.do(word, VS)["trap"] for word in words] == [0] * 4
    b.csr(hstatus=VTVM)
    assert [b.do(word, VS)["cause"] for word in words] == [22] * 4
    assert [b.do(word, S)["trap"] for word in words] == [0] * 4


@mutant("isa/csrs.py", "    vgein       17 12 RO 0", "    vgein       17 12 RW 0")
def test_vgein_selects_nothing():
    b = Bare()
    assert held(b, "hstatus", VGEIN) & VGEIN == 0
    assert read(b, "hip") == 0


@mutant("execute_hypervisor.py", "h.mode == U and not hu", "h.mode == U")
def test_hu_lets_u_mode_use_the_loads_and_stores_and_nothing_else():
    b = Bare()
    b.x(x5=DATA)
    words = [asm("hlv.w", rd=1, rs1=5), asm("hlvx.hu", rd=1, rs1=5), asm("hsv.d", rs1=5, rs2=6)]
    assert [b.do(word, U)["cause"] for word in words] == [2] * 3
    b.csr(hstatus=HU)
    assert [b.do(word, U)["trap"] for word in words] == [0] * 3
    assert [b.do(asm(name), U)["cause"] for name in ("hfence.vvma", "hfence.gvma")] == [2] * 2


@mutant("trap.py", "hstatus & ~(SPV | HSTATUS_GVA)", "hstatus & ~HSTATUS_GVA")
@mutant("trap.py", "pushed & ~SPVP | SPV", "pushed & ~SPVP")
def test_spv_is_v_before_a_trap_into_hs_mode():
    b = Bare()
    b.csr(medeleg=ECALLS)
    for mode, spv in ((VS, 1), (S, 0), (VU, 1), (U, 0)):
        assert b.do(asm("ecall"), mode)["next_mode"] == S
        assert b.h.hstatus & SPV == spv * SPV


@mutant("execute_system.py", "V if h.hstatus & SPV else 0", "0")
def test_sret_with_v_0_sets_v_to_spv():
    b = Bare()
    for hstatus, sstatus, mode in ((SPV, SPP, VS), (SPV, 0, VU), (0, SPP, S), (0, 0, U)):
        b.csr(hstatus=hstatus, sstatus=sstatus)
        assert b.do(asm("sret"), S)["next_mode"] == mode


@mutant("trap.py", "(SPVP if mode & S else 0)", "SPVP")
@mutant("trap.py", "pushed = hstatus & ~(SPV |", "pushed = hstatus & ~(SPVP | SPV |")
def test_spvp_is_the_privilege_of_the_guest_that_trapped_last():
    b = Bare()
    b.csr(medeleg=ECALLS)
    for mode, spvp in ((VS, 1), (U, 1), (S, 1), (VU, 0), (S, 0), (VS, 1)):
        b.do(asm("ecall"), mode)
        assert b.h.hstatus & SPVP == spvp * SPVP


@mutant("trap.py", "HSTATUS_GVA if gva else 0", "0")
@mutant("trap.py", "hstatus & ~(SPV | HSTATUS_GVA)", "hstatus & ~SPV")
def test_gva_says_that_stval_is_a_guest_virtual_address():
    b = Bare()
    b.csr(medeleg=0xB1FF)
    misaligned, breakpoint, call, illegal = asm("ld", rs1=5), asm("ebreak"), asm("ecall"), asm("csrrs", csr="mscratch", rd=1)
    b.x(x5=DATA + 1)
    for word, mode, gva in ((misaligned, VS, 1), (misaligned, S, 0), (breakpoint, VU, 1), (call, VU, 0), (breakpoint, U, 0),
                            (misaligned, VU, 1), (illegal, VS, 0)):
        assert b.do(word, mode)["next_mode"] == S
        assert b.h.hstatus & GVA == gva * GVA
    for kind, (first, second) in itertools.product(KINDS, ((0, LEAF | PU), (LEAF, 0))):
        g = Guest(first, second)
        g.csr(medeleg=0xFC_B7FE)
        assert g.access(kind, VS)["next_mode"] == S and g.h.hstatus & GVA


@mutant("isa/csrs.py", "    vsbe        5  5  RO 0", "    vsbe        5  5  RW 0")
def test_vs_mode_is_little_endian():
    b = Bare()
    assert held(b, "hstatus", VSBE) & VSBE == 0
    b.put(DATA, [0x0201], 2)
    b.x(x5=DATA)
    assert b.do(asm("lhu", rd=1, rs1=5), VS)["rd_value"] == 0x0201
    assert b.do(asm("hlv.hu", rd=1, rs1=5), S)["rd_value"] == 0x0201
