"""Rules of the extensions that Sha is made of: what a hypervisor may rely on beyond H itself."""

from isa.causes import VS, VU, M, S
from tests.rules.csr import VIRTUAL, held, read
from tests.rules.guest import ACCESS_FAULT, FETCH, GPA, GUEST_PAGE_FAULT, KINDS, LOAD, PAGE_FAULT, STORE, VA, Guest, full
from tests.rules.mutants import mutant
from tests.sim.model.bare import CODE, DATA, LEAF, PV, Bare, asm


def holds(b: Bare, name: str, mode: int) -> bool:
    """Can this CSR have the MODE (bits 63:60), whatever it has now?"""
    b.csr(**{name: 0})
    b.csr(**{name: mode << 60})
    return b.m.read_csr(name) >> 60 == mode


@mutant("csr_counters.py", "(1 << HPM.start + profile.hpm_counters)", "(1 << HPM.start + profile.hpm_counters - 1)")
def test_each_hpm_counter_that_counts_can_be_given_to_the_guest() -> None:
    b = full()
    counting = [n for n in range(3, 32) if held(b, f"mhpmcounter{n}", 1, M)]
    assert counting == [3, 4, 5, 6]
    b.csr(mcounteren=-1)
    for n in counting:
        for value, outcome in ((-1 << n, 1), (~(1 << n), VIRTUAL)):
            b.csr(hcounteren=value)
            assert b.m.read_csr("hcounteren") >> n & 1 == (outcome == 1)
            assert read(b, f"hpmcounter{n}", VS) == outcome


@mutant("csr.py", "mode = new if _supported(new, paging.MODE_SV39X4)", "mode = new if _supported(new, 9)")
def test_hgatp_has_the_mode_that_goes_with_each_mode_of_satp() -> None:
    b = Bare()
    translating = [mode for mode in range(1, 16) if holds(b, "satp", mode)]
    assert translating == [8]
    assert all(holds(b, "hgatp", mode) for mode in translating)
    assert Guest().at(VS) == DATA                   # and means it


@mutant("csr.py", "mode & self.mode_mask | new & self.rest", "(mode | old) & self.mode_mask | new & self.rest")
def test_hgatp_has_mode_bare() -> None:
    g = Guest()
    assert g.at(VS) == DATA
    g.csr(hgatp=0)
    assert g.m.read_csr("hgatp") == 0
    assert g.at(VS) == -5                           # GPA is a hole of the address map


@mutant("translate.py", "    if field(gpa, 63, paging.GPA_BITS):\n        raise a.guest_page_fault(gpa, purpose)",
        "    if field(gpa, 63, paging.GPA_BITS):\n        raise a.guest_page_fault(0, purpose)")
@mutant("translate.py", "trap.tval2 = lsr(gpa, 2)", "trap.tval2 = 0 if purpose else lsr(gpa, 2)")
@mutant("translate.py", "trap.tval2 = lsr(gpa, 2)", "trap.tval2 = 0 if self.mode != 5 else lsr(gpa, 2)")
def test_htval_has_the_guest_physical_address_of_every_guest_page_fault() -> None:
    def htval(g: Guest, word: int, mode: int = VS) -> int:
        g.csr(medeleg=-1)
        g.x(x5=VA + 0x768)
        assert g.do(word, mode)["cause"] in GUEST_PAGE_FAULT.values()
        return g.m.read_csr("htval") << 2

    for name in ("ld", "sd", "lr.d", "sc.d", "amoadd.d"):
        assert htval(Guest(second=0), asm(name, rs1=5)) == GPA + 0x768
    for name in ("hlv.d", "hlvx.wu", "hsv.d"):
        assert htval(Guest(second=0, user=True), asm(name, rs1=5), S) == GPA + 0x768
    g = Guest(second=0)
    g.csr(medeleg=-1)
    g.access(FETCH, VS, VA + 0x768)
    assert g.m.read_csr("htval") << 2 == GPA + 0x768
    # An address that is too wide, and tables that are out of reach.
    for far in (1 << 41, 1 << 55):
        g = Guest()
        g.put(g.pte, [g.pte_of(far, LEAF)], 8)
        assert htval(g, asm("ld", rs1=5)) == far + 0x768
        for level in (1, 2):
            g = Guest()
            g.put(g.slot(g.root, VA, level), [g.pte_of(far, PV)], 8)
            assert htval(g, asm("ld", rs1=5)) == far + 8 * (VA >> 3 + 9 * level & 511)


@mutant("csr.py", "if _supported(new, paging.MODE_SV39) or h.mode & V:", "if _supported(new, 9) or h.mode & V:")
def test_vsatp_has_the_modes_of_satp() -> None:
    b = Bare()
    modes = [mode for mode in range(16) if holds(b, "satp", mode)]
    assert modes == [0, 8]
    assert all(holds(b, "vsatp", mode) for mode in modes)


@mutant("trap.py", "h.vstval = t.tval", "h.vstval = t.tval if t.cause != 2 else 0")
@mutant("trap.py", "h.vstval = t.tval", "h.vstval = t.tval & -4096")
def test_vstval_has_the_address_or_the_instruction_in_every_case_that_stval_would() -> None:
    def vstval(g: Guest, cause: int) -> int:
        assert g.m.read_csr("vscause") == cause
        return g.m.read_csr("vstval")

    for kind in KINDS:
        for g, causes in ((Guest(first=0), PAGE_FAULT), (Guest(), ACCESS_FAULT)):
            g.csr(medeleg=-1, hedeleg=-1)
            if causes is ACCESS_FAULT:
                g.csr(hgatp=0)
            g.access(kind, VS, VA + 0x768)
            assert vstval(g, causes[kind]) == VA + 0x768
    g = Guest()
    g.csr(medeleg=-1, hedeleg=-1)
    for kind, cause in ((LOAD, 4), (STORE, 6)):
        g.access(kind, VS, VA + 0x769)
        assert vstval(g, cause) == VA + 0x769
    for word in (0xFFFF_FFFF, asm("csrrw", rd=1, rs1=2, csr="mstatus"), asm("mret")):
        g.do(word, VS)
        assert vstval(g, 2) == word
    g.do(asm("ebreak"), VS)
    assert vstval(g, 3) == CODE


@mutant("csr.py", "return new & (self.mask | 1)", "return new & (self.mask | 1) | old & 1")
def test_vstvec_can_be_direct() -> None:
    b = Bare()
    for before in (0, 1, 2, 3):
        b.csr(vstvec=DATA | before)
        b.csr(vstvec=DATA)
        assert b.m.read_csr("vstvec") == DATA


@mutant("isa/csrs.py", "stvec of the guest\n    mode        1  0  WARL 0\n    base        63 2  RW 0",
        "stvec of the guest\n    mode        1  0  WARL 0\n    base        63 6  RW 0")
@mutant("trap.py", "_vector(h.vstvec, t)", "_vector(h.vstvec & -64, t)")
def test_a_direct_vstvec_has_any_address_aligned_to_four_bytes() -> None:
    b = Bare()
    b.csr(medeleg=-1, hedeleg=-1)
    for address in (0, 4, DATA + 8, DATA + 0x3C, (1 << 38) - 4, -(1 << 38), -4):
        b.csr(vstvec=address)
        assert b.m.read_csr("vstvec") == address % (1 << 64)
        for mode in (VS, VU):
            r = b.do(asm("ebreak"), mode)
            assert (r["next_mode"], r["next_pc"]) == (VS, address % (1 << 64))
