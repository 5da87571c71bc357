"""Rules of "Smstateen/Ssstateen": which bits there are, and what they keep from lower levels."""

import itertools

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from tests.rules.csr import ALL, ILLEGAL, VIRTUAL, held, read, write
from tests.rules.guest import full, opened
from tests.rules.mutants import mutant
from tests.sim.model.bare import CODE, CSR, Bare, asm

SE0, ENVCFG, C = 1 << 63, 1 << 62, 1
NUMBERS = range(4)
WITHOUT = PROFILES["full"].without("Smstateen", "Xdoppel")


def writable(b: Bare, name: str) -> int:
    """Bits that can be 1 and can be 0."""
    return held(b, name, ALL, M) & ~held(b, name, 0, M)


@mutant("isa/csrs.py", "mstateen2       0x30E", "mstateen2       0x31E")
@mutant("isa/csrs.py", "mstateen3       0x30F | Smstateen", "mstateen3       0x30F | I")
def test_there_are_mstateen0_to_3_for_m_mode() -> None:
    for n in NUMBERS:
        assert CSR[f"mstateen{n}"] == 0x30C + n
        assert held(full(), 0x30C + n, SE0, M) == SE0
        assert read(opened(full()), 0x30C + n, S) == ILLEGAL
        assert read(full(WITHOUT), 0x30C + n, M) == ILLEGAL


@mutant("isa/csrs.py", '_series("sstateen", 0x10C', '_series("sstateen", 0x11C')
@mutant("isa/csrs.py", '_series("sstateen", 0x10C, range(4), "Smstateen"', '_series("sstateen", 0x10C, range(4), "S"')
def test_there_are_sstateen0_to_3_for_supervisor_mode() -> None:
    for n in NUMBERS:
        assert read(opened(full()), 0x10C + n, S) == 0
        assert read(opened(full()), 0x10C + n, U) == ILLEGAL
        assert read(full(WITHOUT), 0x10C + n, M) == ILLEGAL


@mutant("isa/csrs.py", "hstateen2       0x60E", "hstateen2       0x61E")
@mutant("isa/csrs.py", "hstateen3       0x60F | Smstateen", "hstateen3       0x60F | H")
def test_with_h_there_are_hstateen0_to_3_for_hs_mode() -> None:
    for n in NUMBERS:
        assert held(opened(full()), 0x60C + n, SE0, S) == SE0
        assert read(full(WITHOUT), 0x60C + n, M) == ILLEGAL
        assert read(full(PROFILES["full"].without("Xdoppel", "H")), 0x60C + n, M) == ILLEGAL


CONTROLLED = ("senvcfg", "henvcfg", *(f"{level}stateen{n}" for level in "hs" for n in NUMBERS))


@mutant("csr_access.py", "return h.mstateen[index] & enable != 0", "return h.mstateen[index] & h.hstateen[index] & enable != 0")
@mutant("csr_access.py", "return h.mstateen[index] & enable != 0", "return True")
def test_a_level_is_controlled_by_those_above_and_not_by_its_own() -> None:
    for name in CONTROLLED:
        b = full()                                              # after reset all are zero
        assert read(b, name, M) >= 0
        assert read(b, name, S) == ILLEGAL
        b = opened(full(), **{f"hstateen{n}": 0 for n in NUMBERS})
        assert read(b, name, S) >= 0
        assert read(b, name, VS) == VIRTUAL


@mutant("csr_access.py", "return h.hstateen[index] & enable != 0", "return True")
@mutant("csr_access.py", "return h.mstateen[index] & enable != 0", "return True")
def test_what_mstateen_forbids_is_illegal_and_what_hstateen_forbids_is_virtual() -> None:
    for name, bit in (("senvcfg", ENVCFG), ("sstateen0", SE0)):
        for m, h in itertools.product((0, bit), (0, bit)):
            b = opened(full())
            b.csr(hstateen0=ALL & ~bit | h)
            b.csr(mstateen0=ALL & ~bit | m)
            for access in (read(b, name, VS), write(b, name, 0, VS)):
                assert access == (ILLEGAL if not m else 0 if h else VIRTUAL)
            assert read(b, name, S) == (0 if m else ILLEGAL)
            assert read(b, name, VU) == (VIRTUAL if m else ILLEGAL)


@mutant("pause_loop.py", "if not watched(h):", "if not watched(h) or not h.mstateen[0] & 1:")
@mutant("pause_loop.py", "    now = h.clock()\n", "    now = h.clock()\n    if not h.mstateen[0] & 1:\n        raise Trap(2)\n")
def test_pause_updates_the_state_of_hple_whatever_c_says_and_is_never_illegal() -> None:
    enable, on_vs, window = 1 << 63, 1 << 61, 3
    for c in (0, C):
        b = full()
        b.csr(mstateen0=c, hple=enable | on_vs | 100 << 32 | window)
        b.put(CODE, [asm("pause")] * 8)
        b.h.pc = CODE
        b.mode(VS)
        assert [b.step()["cause"] for _ in range(window + 2)] == [0] * (window + 1) + [24]


@mutant("isa/csrs.py", 'no bit is defined for this hart"', 'no bit is defined for this hart", "fcsr 1 1 RO 1"')
def test_a_bit_of_sstateen_is_one_of_mstateen() -> None:
    for n in NUMBERS:
        b = opened(full())
        assert held(b, f"sstateen{n}", ALL, M) & ~read(b, f"mstateen{n}", M) == 0


@mutant("isa/csrs.py", "and so the others\n    envcfg      62 62", "and so the others\n    envcfg      61 61")
@mutant("csr_access.py", "h.hstateen[index] & enable", "h.hstateen[index] & (enable << 1 | enable >> 1)")
def test_hstateen_has_the_bits_of_mstateen_for_vs_and_vu() -> None:
    # C is not for guests: custom state is the hypervisor's.
    assert writable(opened(full()), "hstateen0") == writable(full(), "mstateen0") & ~C
    for n in (1, 2, 3):
        assert writable(opened(full()), f"hstateen{n}") == writable(full(), f"mstateen{n}")
    b = opened(full(), hstateen0=SE0)
    assert (read(b, "senvcfg", VS), read(b, "sstateen0", VS)) == (VIRTUAL, 0)
    b = opened(full(), hstateen0=ENVCFG)
    assert (read(b, "senvcfg", VS), read(b, "sstateen0", VS)) == (0, VIRTUAL)


@mutant("isa/csrs.py", "    c           0  0  RW 0 @Xdoppel", "    c           0  0  RW 0")
@mutant("isa/csrs.py", "only the stateen1 CSRs\n    se          63 63 RW", "only the stateen1 CSRs\n    se          63 62 RW")
def test_the_bits_that_this_hart_has_are_writable_and_all_others_zero() -> None:
    for profile, c in ((PROFILES["full"], C), (PROFILES["full"].without("Xdoppel"), 0)):
        assert held(full(profile), "mstateen0", ALL, M) == SE0 | ENVCFG | c
        assert writable(full(profile), "mstateen0") == SE0 | ENVCFG | c
        assert writable(opened(full(profile)), "hstateen0") == SE0 | ENVCFG
    for n in (1, 2, 3):
        assert writable(full(), f"mstateen{n}") == writable(opened(full()), f"hstateen{n}") == SE0
    for n in NUMBERS:
        assert held(opened(full()), f"sstateen{n}", ALL, M) == 0


@mutant("isa/csrs.py", "    envcfg      62 62 RW 0\n", "    envcfg      62 62 RW 0\n    aia         59 59 RW 0\n")
@mutant("isa/csrs.py", "    envcfg      62 62 RW 0\n", "    envcfg      62 62 RW 0\n    fcsr        1  1  RW 0\n")
def test_bits_of_state_that_is_not_there_are_zero() -> None:
    fcsr, jvt, ctr, srmcfg, p1p13, context, imsic, aia, csrind = (1 << n for n in (1, 2, 54, 55, 56, 57, 58, 59, 60))
    absent = fcsr | jvt | ctr | srmcfg | p1p13 | context | imsic | aia | csrind
    for name in ("mstateen0", "hstateen0", "sstateen0"):
        assert held(opened(full()), name, ALL, M) & absent == 0
    assert held(full(PROFILES["full"].without("Xdoppel")), "mstateen0", ALL, M) & C == 0


@mutant("csr_enables.py", "return h.hstateen[self.index] & h.mstateen[self.index]", "return h.hstateen[self.index]")
@mutant("csr_enables.py", "mask = self.shared & h.mstateen[self.index]", "mask = self.shared")
def test_a_bit_that_is_zero_in_mstateen_is_read_only_zero_below() -> None:
    for n in NUMBERS:
        for bit in (SE0, ENVCFG) if n == 0 else (SE0,):
            b = opened(full())
            b.csr(**{f"mstateen{n}": ALL & ~bit})
            assert held(b, f"hstateen{n}", ALL, M) & bit == held(b, f"sstateen{n}", ALL, M) & bit == 0
            held(b, f"hstateen{n}", 0, M)
            b.csr(**{f"mstateen{n}": ALL})
            assert read(b, f"hstateen{n}", M) & bit             # not even that write reached it


@mutant("isa/csrs.py", "    envcfg      62 62 RW 0\n", "    envcfg      62 62 RW 0\n    other       61 61 RW 0\n")
@mutant("isa/csrs.py", 'no bit is defined for this hart"', 'no bit is defined for this hart", "other 5 5 RO 1"')
def test_reserved_bits_are_zero() -> None:
    for level, n in itertools.product("mhs", NUMBERS):
        reserved = (1 << 54) - (1 << 3) | 1 << 61 if n == 0 else ALL >> 1
        assert held(opened(full()), f"{level}stateen{n}", ALL, M) & reserved == 0


@mutant("isa/csrs.py", 'no bit is defined for this hart"', 'no bit is defined for this hart", "fcsr 1 1 RO 1"')
def test_a_guest_sees_zero_in_sstateen_where_hstateen_is_zero() -> None:
    for n in NUMBERS:
        b = opened(full())
        b.csr(**{f"hstateen{n}": SE0})
        assert held(b, f"sstateen{n}", ALL, VS) & ~SE0 == 0


@mutant("isa/csrs.py", 'no bit is defined for this hart"', 'no bit is defined for this hart", "jvt 2 2 RO 1"')
def test_no_bit_of_sstateen_is_one_for_ever() -> None:
    for n in NUMBERS:
        assert held(opened(full()), f"sstateen{n}", 0, M) == 0


@mutant("csr_enables.py", "return h.hstateen[self.index] & h.mstateen[self.index]",
        "return h.hstateen[self.index] & h.mstateen[self.index] | 1")
def test_no_bit_of_hstateen_is_one_for_ever() -> None:
    for n in NUMBERS:
        assert held(opened(full()), f"hstateen{n}", 0, M) == 0


@mutant("hart.py", "self.mstateen: vec[i64] = vec[i64]([0] * 4)", "self.mstateen: vec[i64] = vec[i64]([-1] * 4)")
def test_mstateen_is_zero_after_reset() -> None:
    for n in NUMBERS:
        assert full().m.read_csr(f"mstateen{n}") == 0


@mutant("hart.py", "self.hstateen: vec[i64] = vec[i64]([0] * 4)", "self.hstateen: vec[i64] = vec[i64]([-1] * 4)")
def test_hstateen_and_sstateen_are_zero_after_reset_as_well() -> None:
    for n in NUMBERS:
        b = full()
        b.csr(**{f"mstateen{n}": ALL})
        assert b.m.read_csr(f"hstateen{n}") == b.m.read_csr(f"sstateen{n}") == 0


@mutant("csr_access.py", '(n, bit(63)) for level in "sh"', '(n // 2, bit(63)) for level in "sh"')
@mutant("csr_access.py", 'for level in "sh" for n', 'for level in "s" for n')
def test_bit_63_of_mstateen_controls_the_hstateen_and_sstateen_of_its_number() -> None:
    for n, other in itertools.product(NUMBERS, NUMBERS):
        b = opened(full(), **{f"mstateen{n}": ALL >> 1})
        for name in (f"hstateen{other}", f"sstateen{other}"):
            assert (read(b, name, S) == ILLEGAL) == (write(b, name, 0, S) == ILLEGAL) == (n == other)


@mutant("csr_access.py", "return h.hstateen[index] & enable != 0", "return h.hstateen[0] & enable != 0")
@mutant("csr_access.py", 'for level in "sh" for n', 'for level in "h" for n')
def test_bit_63_of_hstateen_controls_the_sstateen_of_its_number() -> None:
    for n, other in itertools.product(NUMBERS, NUMBERS):
        b = opened(full(), **{f"hstateen{n}": ALL >> 1})
        assert read(b, f"sstateen{other}", VS) == write(b, f"sstateen{other}", 0, VS) == (VIRTUAL if n == other else 0)
        assert read(b, f"sstateen{other}", S) == 0


@mutant("isa/csrs.py", "only the stateen2 CSRs\n    se          63 63 RW", "only the stateen2 CSRs\n    se          63 63 RO")
def test_bit_63_of_mstateen_is_writable() -> None:
    for profile in (PROFILES["full"], PROFILES["full"].without("Xdoppel", "H")):
        for n in NUMBERS:
            assert writable(full(profile), f"mstateen{n}") & SE0


@mutant("isa/csrs.py", "only sstateen2\n    se          63 63 WARL", "only sstateen2\n    se          63 63 RO")
def test_bit_63_of_hstateen_is_writable() -> None:
    for n in NUMBERS:
        assert writable(opened(full()), f"hstateen{n}") & SE0


XDOPPEL = ("hdcap", "hple", "hisadis", "hpmla", "hpmli", "hioba", "hiobg", "hiobh")


@mutant("csr_access.py", 'if row.ext == "Xdoppel"', 'if row.ext == "Xdoppel" and not row.read_only')
def test_c_controls_all_custom_state() -> None:
    for name, allowed in itertools.product(XDOPPEL, (0, C)):
        b = opened(full())
        b.csr(mstateen0=ALL & ~C | allowed)
        assert read(b, name, M) >= 0
        assert (read(b, name, S) >= 0) == bool(allowed)
        for mode in (VS, VU):
            assert read(b, name, mode) == (VIRTUAL if allowed else ILLEGAL)
        assert read(b, name, U) == ILLEGAL


@mutant("isa/insns.py", "----- ----- 010 ----- 0100011 | rs2", "----- ----- 010 ----- 0100111 | rs2")
def test_floating_point_instructions_are_illegal_at_any_privilege() -> None:
    flw, fsw, fld, fsd, fadd_s, fmv_x_w, fmadd_d = 0x2007, 0x2027, 0x3007, 0x3027, 0x53, 0xE000_0053, 0x0200_0043
    for word, mode in itertools.product((flw, fsw, fld, fsd, fadd_s, fmv_x_w, fmadd_d), (M, S, U, VS, VU)):
        b = opened(full())
        assert b.do(word, mode)["cause"] == 2


@mutant("csr_access.py", "return h.mstateen[index] & enable != 0", "return h.mstateen[1] & enable != 0")
def test_se0_of_mstateen0_controls_hstateen0_and_sstateen0() -> None:
    for se0 in (0, SE0):
        b = opened(full())
        b.csr(mstateen0=ENVCFG | C | se0)
        assert read(b, "sstateen0", VS) == (0 if se0 else ILLEGAL)
        for name in ("hstateen0", "sstateen0"):
            assert (read(b, name, S) >= 0) == (write(b, name, 0, S) >= 0) == bool(se0)
        for name in ("hstateen1", "sstateen1", "senvcfg", "henvcfg"):
            assert read(b, name, S) >= 0


@mutant("csr_access.py", "return h.hstateen[index] & enable != 0", "return h.hstateen[1] & enable != 0")
def test_se0_of_hstateen0_controls_sstateen0() -> None:
    for se0 in (0, SE0):
        b = opened(full(), hstateen0=ENVCFG | se0)
        assert read(b, "sstateen0", VS) == write(b, "sstateen0", 0, VS) == (0 if se0 else VIRTUAL)
        assert read(b, "sstateen1", VS) == read(b, "senvcfg", VS) == 0


@mutant("csr_access.py", 'for name in ("senvcfg", "henvcfg")', 'for name in ("senvcfg",)')
@mutant("csr_access.py", 'BY_NAME["mstateen0"]["envcfg"].mask', 'BY_NAME["mstateen0"]["se0"].mask')
def test_envcfg_of_mstateen0_controls_henvcfg_and_senvcfg() -> None:
    for envcfg in (0, ENVCFG):
        b = opened(full())
        b.csr(mstateen0=SE0 | C | envcfg)
        for name in ("henvcfg", "senvcfg"):
            assert read(b, name, M) >= 0                        # not for M-mode itself
            assert (read(b, name, S) >= 0) == (write(b, name, 0, S) >= 0) == bool(envcfg)
        assert read(b, "senvcfg", VS) == (0 if envcfg else ILLEGAL)
        assert read(b, "henvcfg", VS) == (VIRTUAL if envcfg else ILLEGAL)
        assert read(b, "sstateen0", S) == 0


@mutant("csr_access.py", 'for name in ("senvcfg", "henvcfg")', 'for name in ("henvcfg",)')
def test_envcfg_of_hstateen0_controls_senvcfg() -> None:
    for envcfg in (0, ENVCFG):
        b = opened(full(), hstateen0=SE0 | envcfg)
        assert read(b, "senvcfg", VS) == write(b, "senvcfg", 0, VS) == (0 if envcfg else VIRTUAL)
        assert read(b, "senvcfg", S) == read(b, "sstateen0", VS) == 0
