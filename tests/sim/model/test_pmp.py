"""Physical memory protection: the regions of the three address modes, priority, locks, and every kind of access."""

import pytest

from isa.causes import EXC, VS, VU, M, S, U
from isa.profile import PROFILES, Profile
from sim.model.pmp import Pmp
from tests.sim.model.bare import CODE, DATA, LEAF, PLAIN, PU, Bare, asm, sv39

FULL = PROFILES["full"]
R, W, X, TOR, NA4, NAPOT, L = 1, 2, 4, 1 << 3, 2 << 3, 3 << 3, 0x80
FETCH_FAULT, LOAD_FAULT, STORE_FAULT = (EXC[f"{kind}_ACCESS_FAULT"] for kind in ("INSTRUCTION", "LOAD", "STORE"))
GRAIN = 0x400                                           # 4096 bytes in units of pmpaddr
DATA_PAGE = DATA >> 2 | 0x1FF                           # NAPOT: the 4 KiB at DATA


def entries(*pairs: tuple[int, int], profile: Profile = FULL) -> Pmp:
    """Entries from 0 on: address register, then configuration."""
    pmp = Pmp(profile)
    for n, (address, cfg) in enumerate(pairs):
        pmp.write_address(n, address)
        pmp.write_cfg(n, cfg)
    return pmp


def allowed(pmp: Pmp, *addresses: int) -> list[bool]:
    return [pmp.permits(pa, R, S) for pa in addresses]


@pytest.mark.parametrize(("address", "first", "size"), [
    (0x8000_0000 >> 2, 0x8000_0000, 0x1000),            # bits below the grain read as ones: the smallest region
    (0x8000_0000 >> 2 | 0x1FF, 0x8000_0000, 0x1000),
    (0x8000_0000 >> 2 | 0x3FF, 0x8000_0000, 0x2000),
    (0x8000_8000 >> 2 | 0x7FF, 0x8000_8000, 0x4000),
    (0x8000_0000 >> 2 | 0xFFF_FFFF >> 2, 0x8000_0000, 0x2000_0000),
])
def test_napot(address: int, first: int, size: int) -> None:
    pmp = entries((address, NAPOT | R))
    assert allowed(pmp, first - 1, first, first + size - 1, first + size) == [False, True, True, False]


def test_napot_of_all_ones_is_all_of_memory() -> None:
    pmp = entries((-1, NAPOT | R))
    assert allowed(pmp, 0, DATA, (1 << 56) - 1) == [True, True, True]
    assert entries((-1, NAPOT | R)).read_address(0) == (1 << 54) - 1


def test_tor_reaches_from_the_address_below_to_its_own() -> None:
    pmp = entries((0x8000_1000 >> 2, 0), (0x8000_3000 >> 2, TOR | R))
    assert allowed(pmp, 0x8000_0FFF, 0x8000_1000, 0x8000_2FFF, 0x8000_3000) == [False, True, True, False]


@pytest.mark.parametrize("below", [0, NAPOT, TOR])
def test_the_configuration_below_a_tor_does_not_matter(below: int) -> None:
    pmp = entries((0x8000_1000 >> 2, below), (0x8000_3000 >> 2, TOR | R))
    assert allowed(pmp, 0x8000_2000, 0x8000_2FFF, 0x8000_3000) == [True, True, False]


def test_the_first_tor_begins_at_zero_and_an_empty_one_matches_nothing() -> None:
    assert allowed(entries((0x4000 >> 2, TOR | R)), 0, 0x3FFF, 0x4000) == [True, True, False]
    empty = entries((0x4000 >> 2, 0), (0x4000 >> 2, TOR | R), (0x2000 >> 2, TOR | R))
    assert allowed(empty, 0x1000, 0x2000, 0x4000) == [False] * 3


def test_bits_below_the_grain_do_not_matter_for_tor() -> None:
    pmp = entries((0x3FF, 0), ((0x4000 >> 2) + 0x3FF, TOR | R))
    assert allowed(pmp, 0, 0x3FFF, 0x4000) == [True, True, False]


def test_bits_below_the_grain_read_by_mode_and_keep_their_value() -> None:
    pmp = entries((0x1234_5678, 0))
    assert pmp.read_address(0) == 0x1234_5678 & ~0x3FF
    pmp.write_cfg(0, NAPOT)
    assert pmp.read_address(0) == 0x1234_5678 | 0x1FF
    pmp.write_cfg(0, TOR)
    assert pmp.read_address(0) == 0x1234_5678 & ~0x3FF
    pmp = entries((GRAIN >> 1, 0))                      # bit G-1 is hidden, and comes back
    assert pmp.read_address(0) == 0
    pmp.write_cfg(0, NAPOT)
    assert pmp.read_address(0) == GRAIN - 1


def test_software_finds_the_grain() -> None:
    """As the manual says: the lowest bit set of pmpaddr0 after pmp0cfg = 0 and all ones."""
    for grain in (4096, 1 << 16):
        b = Bare(Profile("x", FULL.extensions, pmp_regions=8, hpm_counters=4, pmp_grain=grain))
        b.csr(pmpcfg0=0, pmpaddr0=-1)
        value = b.m.read_csr("pmpaddr0")
        assert 4 * (value & -value) == grain


@pytest.mark.parametrize(("written", "kept"), [
    (R | NA4, R | NAPOT), (W, 0), (W | X, X), (0x60, 0), (R | W | X | NAPOT | L, R | W | X | NAPOT | L), (TOR, TOR)])
def test_legal_values_of_an_entry(written: int, kept: int) -> None:
    b = Bare(FULL)
    b.csr(pmpcfg0=written << 16)
    assert b.m.read_csr("pmpcfg0") == kept << 16


def test_only_the_first_8_entries_can_be_written() -> None:
    b = Bare(FULL)
    b.csr(**{f"pmpaddr{n}": -1 for n in range(16)}, pmpcfg0=-1 & ~0x8080_8080_8080_8080, pmpcfg2=-1)
    assert b.m.read_csr("pmpcfg2") == 0 and b.m.read_csr("pmpcfg0") == 0x1F1F_1F1F_1F1F_1F1F
    assert [b.m.read_csr(f"pmpaddr{n}") != 0 for n in range(16)] == [True] * 8 + [False] * 8


def test_all_16_where_the_profile_has_them() -> None:
    pmp = entries(*[(0, 0)] * 15, (-1, NAPOT | R), profile=Profile("x", FULL.extensions, pmp_regions=16, hpm_counters=1))
    assert allowed(pmp, DATA) == [True]


def test_addresses_are_as_wide_as_the_hart() -> None:
    pmp = entries((-1, NAPOT | R), profile=Profile("x", FULL.extensions, pa_bits=36, pmp_regions=8, hpm_counters=1))
    assert pmp.read_address(0) == (1 << 34) - 1


def test_the_lowest_entry_that_matches_decides() -> None:
    deny_first = entries((DATA_PAGE, NAPOT), (-1, NAPOT | R | W | X))
    assert allowed(deny_first, DATA, DATA + 0x1000) == [False, True]
    grant_first = entries((DATA_PAGE, NAPOT | R), (-1, NAPOT))
    assert allowed(grant_first, DATA, DATA + 0x1000) == [True, False]


def test_no_match_denies_all_but_m_and_without_entries_nobody() -> None:
    for mode in (S, U, VS, VU):
        assert not Pmp(FULL).permits(DATA, R, mode)
        assert Pmp(PLAIN).permits(DATA, R | W | X, mode)
    assert Pmp(FULL).permits(DATA, R | W | X, M)


@pytest.mark.parametrize("rwx", [0, R, R | W, X, R | X, R | W | X])
def test_permissions_bind_m_only_where_locked(rwx: int) -> None:
    for need in (R, W, X, R | X):
        for mode in (S, U, VS, VU):
            assert entries((-1, NAPOT | rwx)).permits(DATA, need, mode) == (rwx & need == need)
        assert entries((-1, NAPOT | rwx)).permits(DATA, need, M)
        assert entries((-1, NAPOT | rwx | L)).permits(DATA, need, M) == (rwx & need == need)


def test_a_locked_entry_cannot_be_changed() -> None:
    b = Bare(FULL)
    b.csr(pmpaddr1=DATA >> 2, pmpaddr2=(DATA >> 2) + GRAIN, pmpcfg0=(L | TOR | R) << 16)
    b.csr(pmpaddr0=-1, pmpaddr1=-1, pmpaddr2=-1, pmpaddr3=-1, pmpcfg0=0x1F1F_1F1F)
    assert b.m.read_csr("pmpaddr2") == (DATA >> 2) + GRAIN
    assert b.m.read_csr("pmpaddr1") == DATA >> 2 | 0x1FF            # the bottom of a locked range; now NAPOT
    assert b.m.read_csr("pmpaddr0") == b.m.read_csr("pmpaddr3") == (1 << 54) - 1
    assert b.m.read_csr("pmpcfg0") == 0x1F00_1F1F | (L | TOR | R) << 16


def test_a_lock_without_tor_leaves_the_address_below() -> None:
    for mode in (0, NAPOT):
        pmp = entries((0, 0), (-1, L | mode))
        pmp.write_address(0, GRAIN)
        assert pmp.read_address(0) == GRAIN


# Every kind of access, through a machine. Code is executable for all; the page at DATA is the matter.

def bare(data: int, mode: int = S) -> Bare:
    b = Bare(FULL)
    b.csr(pmpaddr0=DATA_PAGE, pmpaddr1=-1, pmpcfg0=0x1F << 8 | NAPOT | data, menvcfg=0xF0, henvcfg=0xF0, senvcfg=0xF0)
    b.x(x5=DATA)
    b.mode(mode)
    return b


ACCESSES = [
    ("ld", R, LOAD_FAULT), ("sd", W, STORE_FAULT), ("lr.d", R, LOAD_FAULT), ("sc.d", W, STORE_FAULT),
    ("amoadd.d", W, STORE_FAULT), ("cbo.zero", W, STORE_FAULT)]


@pytest.mark.parametrize(("name", "need", "cause"), ACCESSES, ids=[name for name, _, _ in ACCESSES])
@pytest.mark.parametrize("mode", [S, U, VS, VU])
def test_data_accesses(name: str, need: int, cause: int, mode: int) -> None:
    for data in (0, R, R | W, X, R | X, R | W | X):
        r = bare(data).do(asm(name, rd=7, rs1=5), mode)
        if data & need:
            assert r["trap"] == 0, data
        else:
            assert (r["cause"], r["tval"], r["tval2"], r["gva"]) == (cause, DATA, 0, mode >= VU), data
        assert bare(data).do(asm(name, rd=7, rs1=5), M)["trap"] == 0
        assert bare(data | L).do(asm(name, rd=7, rs1=5), M)["trap"] == (not data & need)


@pytest.mark.parametrize("mode", [M, S, U, VS, VU])
def test_fetch(mode: int) -> None:
    for data in (0, R, R | W, X, R | X):
        for lock in (0, L):
            r = bare(data | lock).do(asm("addi"), mode, pc=DATA)
            free = data & X or (mode == M and not lock)
            assert (r["cause"], r["tval"]) == ((0, 0) if free else (FETCH_FAULT, DATA)), data


def test_the_second_half_of_an_instruction_faults_at_its_own_address() -> None:
    b = bare(0)
    b.m.write_memory(DATA - 2, (0x0013_0013).to_bytes(4, "little"))
    b.h.pc = DATA - 2
    r = b.step()
    assert (r["cause"], r["pc"], r["tval"]) == (FETCH_FAULT, DATA - 2, DATA)


def test_mprv_and_the_hypervisor_loads_are_checked_as_the_mode_they_act_for() -> None:
    b = bare(0)
    b.csr(mstatus=1 << 17 | 1 << 11)                                # MPRV, MPP = S
    assert b.do(asm("ld", rd=7, rs1=5), M)["cause"] == LOAD_FAULT
    b.csr(mstatus=1 << 17 | 3 << 11)
    assert b.do(asm("ld", rd=7, rs1=5), M)["trap"] == 0
    b.csr(mstatus=0)
    assert b.do(asm("hlv.d", rd=7, rs1=5), M)["cause"] == LOAD_FAULT
    assert b.do(asm("hsv.d", rs1=5, rs2=7), M)["cause"] == STORE_FAULT


def test_hlvx_needs_read_and_execute() -> None:
    for data in (0, R, X, R | W, R | X):
        r = bare(data).do(asm("hlvx.wu", rd=7, rs1=5), S)
        assert r["cause"] == (0 if data == R | X else LOAD_FAULT), data


@pytest.mark.parametrize(("name", "cause"), [("ld", LOAD_FAULT), ("sd", STORE_FAULT)])
def test_page_tables_are_read_as_s_in_both_stages(name: str, cause: int) -> None:
    for stage, mode in (("s", S), ("s", U), ("vs", VS), ("g", VS)):
        b = Bare(FULL)
        root, g_root = b.table(), b.table(16384)
        b.map(root, DATA, DATA, LEAF | (PU if mode == U else 0))
        b.map(root, CODE, CODE, LEAF | (PU if mode == U else 0))
        b.map(g_root, 0x8000_0000, 0x8000_0000, LEAF | PU, level=2)
        b.csr(satp=sv39(root), vsatp=sv39(root), hgatp=sv39(g_root), pmpaddr1=-1, pmpcfg0=0x1F << 8 | NAPOT,
              pmpaddr0=(g_root if stage == "g" else root) >> 2 | (0x7FF if stage == "g" else 0x1FF))
        b.x(x5=DATA)
        # The fetch needs the table as well: the access runs with MPRV from M-mode.
        b.csr(mstatus=1 << 17 | (mode & 3) << 11 | (mode >> 2) << 39)
        r = b.do(asm(name, rd=7, rs1=5), M)
        assert (r["cause"], r["tval"], r["tval2"]) == (cause, DATA, 0), stage
        b.csr(pmpcfg0=0x1F << 8 | NAPOT | R)
        assert b.do(asm(name, rd=7, rs1=5), M)["trap"] == 0, stage


def test_a_write_of_an_entry_holds_at_once() -> None:
    """No translation of before survives it."""
    b = bare(R | W | X)
    for cfg, cause in ((NAPOT | R | W, 0), (NAPOT, LOAD_FAULT), (NAPOT | R, 0)):
        b.csr(pmpcfg0=0x1F << 8 | cfg)
        assert b.do(asm("ld", rd=7, rs1=5), S)["cause"] == cause
    b.csr(pmpaddr0=(DATA >> 2) + GRAIN, pmpcfg0=0x1F << 8 | NAPOT)
    assert b.do(asm("ld", rd=7, rs1=5), S)["cause"] == 0
    b.csr(pmpaddr0=DATA_PAGE)
    assert b.do(asm("ld", rd=7, rs1=5), S)["cause"] == LOAD_FAULT


def test_the_page_of_a_fetch_that_is_cached() -> None:
    b = bare(X)
    assert b.do(asm("addi"), S, pc=DATA)["trap"] == 0
    b.csr(pmpcfg0=0x1F << 8 | NAPOT)
    assert b.do(asm("addi"), S, pc=DATA)["cause"] == FETCH_FAULT


def test_only_m_reaches_the_registers_and_odd_ones_do_not_exist() -> None:
    b = Bare(FULL)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F)
    for name in ("pmpcfg0", "pmpcfg2", "pmpaddr15"):
        assert [b.do(asm("csrrs", rd=7, csr=name), mode)["cause"] for mode in (M, S, VS)] == [0, 2, 2]
    for number in (0x3A1, 0x3A3, 0x3A4, 0x3C0):
        assert b.do(asm("csrrs", rd=7, csr="pmpcfg0") & 0xFFFFF | number << 20)["cause"] == 2


def test_a_snapshot_has_the_entries() -> None:
    b = bare(R | L)
    other = Bare(FULL)
    other.m.restore(b.m.snapshot())
    assert [other.m.read_csr(n) for n in ("pmpaddr0", "pmpaddr1", "pmpcfg0")] == [
        b.m.read_csr(n) for n in ("pmpaddr0", "pmpaddr1", "pmpcfg0")]
    other.x(x5=DATA)
    assert other.do(asm("sd", rs1=5), S)["cause"] == STORE_FAULT
