"""Rules of henvcfg about cache-block operations: CBZE, CBCFE and CBIE."""

import itertools

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from tests.rules.guest import full
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, asm

CBZE, CBCFE, CBIE = 1 << 7, 1 << 6, 3 << 4
FLUSH, INVALIDATE = 1 << 4, 3 << 4
ILLEGAL, VIRTUAL = 2, 22
ZERO, CLEAN, FLUSHES, INVAL = (asm(name, rs1=5) for name in ("cbo.zero", "cbo.clean", "cbo.flush", "cbo.inval"))


def cause(word: int, mode: int, m: int, h: int, s: int) -> int:
    """Cause of the trap of an operation, or 0, with these values in menvcfg, henvcfg and senvcfg."""
    b = full()
    b.csr(menvcfg=m, henvcfg=h, senvcfg=s)
    b.x(x5=DATA)
    r = b.do(word, mode)
    return r["cause"] if r["trap"] else 0


def is_enabled_by(word: int, field: int) -> bool:
    """For V=1 menvcfg decides whether HS-mode could (else illegal), then henvcfg, and senvcfg for VU, else virtual."""
    for m, h, s in itertools.product((0, field), (0, field), (0, field)):
        for mode, enabled in ((VS, h), (VU, h and s)):
            if cause(word, mode, m, h, s) != (ILLEGAL if not m else 0 if enabled else VIRTUAL):
                return False
    return not cause(word, M, 0, 0, 0) and not cause(word, S, field, 0, 0) and not cause(word, U, field, 0, field)


def writable(field: int, lacking: str) -> tuple[int, int]:
    """What of a field henvcfg keeps, on a hart with everything, and on one without an extension."""
    harts = full(), full(PROFILES["full"].without(lacking))
    for b in harts:
        b.csr(menvcfg=-1, henvcfg=field)
    return tuple(b.m.read_csr("henvcfg") & field for b in harts)


@mutant("execute_cbo.py", "require_enabled(h, self, CBZE)", "require_enabled(h, self, CBCFE)")
@mutant("execute_cbo.py", "not h.henvcfg & field or", "")
@mutant("isa/csrs.py", "@Zicboz\n    adue        61 61 WARL", "\n    adue        61 61 WARL")
def test_cbze_enables_cbo_zero_for_vs_and_vu() -> None:
    assert is_enabled_by(ZERO, CBZE)
    assert writable(CBZE, "Zicboz") == (CBZE, 0)


@mutant("execute_cbo.py", "field: i64 = CBCFE", "field: i64 = CBZE")
@mutant("execute_cbo.py", "if not h.menvcfg & field or (", "if (")
def test_cbcfe_enables_cbo_clean_and_flush_for_vs_and_vu() -> None:
    assert is_enabled_by(CLEAN, CBCFE) and is_enabled_by(FLUSHES, CBCFE)
    assert writable(CBCFE, "Zicbom") == (CBCFE, 0)


@mutant("execute_cbo.py", "field: i64 = CBIE", "field: i64 = CBCFE")
@mutant("csr_enables.py", "CBIE if profile.has", "CBIE if True or profile.has")
def test_cbie_controls_cbo_inval_in_vs_and_vu() -> None:
    for mode in (VS, VU):
        assert cause(INVAL, mode, CBIE, 0, CBIE) == VIRTUAL
        assert cause(INVAL, mode, CBIE, CBIE, CBIE) == 0
        assert cause(INVAL, mode, CBIE, CBZE | CBCFE, CBIE) == VIRTUAL
    assert writable(INVALIDATE, "Zicbom") == (INVALIDATE, 0)


@mutant("csr_enables.py", "return kept & ~CBIE if kept & CBIE == RESERVED_CBIE else kept", "return kept")
def test_the_reserved_cbie_is_kept_as_0() -> None:
    b = full()
    b.csr(menvcfg=CBIE)
    for before in (0, FLUSH, INVALIDATE):
        b.csr(henvcfg=before)
        assert b.m.read_csr("henvcfg") == before
        b.csr(henvcfg=2 << 4)
        assert b.m.read_csr("henvcfg") == 0


@mutant("execute_cbo.py", "if not h.menvcfg & field or (", "if (")
@mutant("execute_cbo.py", "not h.henvcfg & field or", "")
def test_cbo_inval_of_a_guest_is_illegal_if_hs_could_not_then_virtual_if_cbie_is_0() -> None:
    for mode, m, h in itertools.product((VS, VU), (0, FLUSH, INVALIDATE), (0, FLUSH, INVALIDATE)):
        assert cause(INVAL, mode, m, h, FLUSH) == (ILLEGAL if not m else 0 if h else VIRTUAL)


@mutant("execute_cbo.py", "        h.mem_vaddr = va\n", "        h.mem_vaddr = va\n        if self.field == CBIE:\n"
        "            h.memory.write(h.mem_paddr & BLOCK, 3, 0)\n")
def test_cbo_inval_loses_nothing_whether_it_flushes_or_invalidates() -> None:
    for mode, m, h, s in itertools.product((VS, VU), *((FLUSH, INVALIDATE),) * 3):
        b = full()
        b.csr(menvcfg=m, henvcfg=h, senvcfg=s)
        b.x(x5=DATA, x6=0x1234)
        b.do(asm("sd", rs1=5, rs2=6), mode)
        assert not b.do(INVAL, mode)["trap"]
        assert int.from_bytes(b.m.read_memory(DATA, 8), "little") == 0x1234
