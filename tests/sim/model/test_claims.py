"""Each extension that makes a promise and adds nothing of its own, by its name (RISC-V Profiles, glossary of extensions)."""

import pytest

from isa.causes import EXC, VS, VU, S, U
from isa.profile import CLAIMS, PROFILES
from sim.model.bits import signed
from tests.sim.model.bare import CODE, DATA, LEAF, PU, Bare, asm
from tests.sim.model.world import FETCH, GPA, KINDS, LOAD, STORE, VA, World

FULL = PROFILES["full"]
ILLEGAL = EXC["ILLEGAL_INSTRUCTION"]
ONES = (1 << 64) - 1
HOLE = 0x4000_0000


def full(**csrs: int) -> Bare:
    """The largest machine, all of memory open to all modes."""
    b = Bare(FULL)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F, mstateen0=-1, hstateen0=-1, **csrs)
    return b


def holds(name: str, value: int) -> bool:
    m = full().m
    m.write_csr(name, value)
    return m.read_csr(name) == value


def enables_each_hpm_counter(name: str) -> bool:
    b = full()
    b.csr(**{f"mhpmcounter{n}": -1 for n in range(3, 32)})
    counters = [n for n in range(3, 32) if b.m.read_csr(f"mhpmcounter{n}")]
    return len(counters) >= 4 and all(holds(name, 1 << n) and holds(name, 0) for n in counters)


def faulting_addresses(mode: int, register: str) -> None:
    """Page faults, access faults and misaligned accesses at every kind of access, and illegal instructions, write it."""
    delegate = {"medeleg": -1, "hedeleg": -1}
    for kind in KINDS:
        w = World(mode, LEAF & ~1)
        w.csr(**delegate)
        assert w.access(kind, VA + 8)["next_mode"] == mode & 5 and w.m.read_csr(register) == VA + 8
        w = World(mode)
        w.csr(**delegate)
        w.map(w.root, VA, HOLE, LEAF)
        if mode == VS:
            w.map(w.g_root, HOLE, HOLE, LEAF | PU)
        assert w.access(kind, VA + 8)["cause"] in (1, 5, 7) and w.m.read_csr(register) == VA + 8
        if kind != FETCH:
            assert w.access(kind, VA + 1)["cause"] in (4, 6) and w.m.read_csr(register) == VA + 1
    b = full(**delegate)
    assert b.do(0xFFFF_FFFB, mode)["cause"] == ILLEGAL and b.m.read_csr(register) == 0xFFFF_FFFB


def test_every_claim_has_a_test() -> None:
    assert {f"test_{claim}" for claim in CLAIMS} <= set(globals())


def test_Sha() -> None:
    """The hypervisor extension with the seven that complete it, each tested below."""
    assert FULL.has("H")
    assert {"Ssstateen", "Shcounterenw", "Shvstvala", "Shtvala", "Shvstvecd", "Shvsatpa", "Shgatpa"} <= set(CLAIMS)


def test_Ssstateen() -> None:
    b = full(mstateen1=-1, mstateen2=-1, mstateen3=-1)
    for n in range(4):
        assert b.do(asm("csrrs", rd=7, csr=f"sstateen{n}"), S)["trap"] == 0
        assert b.do(asm("csrrs", rd=7, csr=f"hstateen{n}"), S)["trap"] == 0


def test_Shcounterenw() -> None:
    assert enables_each_hpm_counter("hcounteren")


def test_Sscounterenw() -> None:
    assert enables_each_hpm_counter("scounteren")


def test_Sstvala() -> None:
    faulting_addresses(S, "stval")


def test_Shvstvala() -> None:
    faulting_addresses(VS, "vstval")


@pytest.mark.parametrize("kind", KINDS)
def test_Shtvala(kind: str) -> None:
    for at in (0, 8, 0xFFC):
        w = World(VS, g_flags=0)
        w.csr(medeleg=-1)
        w.access(kind, VA + at)
        assert w.m.read_csr("htval") == GPA + at >> 2


def is_direct_anywhere(name: str) -> bool:
    """MODE can be Direct, and BASE any address that is legal and aligned."""
    return all(holds(name, base & ONES) for base in (0, 4, CODE, 0x3F_FFFF_FFFC, signed(0xFFFF_FFC0_0000_0000)))


def test_Sstvecd() -> None:
    assert is_direct_anywhere("stvec")


def test_Shvstvecd() -> None:
    assert is_direct_anywhere("vstvec")


def test_Shvsatpa() -> None:
    for mode in range(16):
        assert holds("satp", mode << 60 | 5) == holds("vsatp", mode << 60 | 5)


def test_Shgatpa() -> None:
    """Sv39x4 for Sv39, and Bare."""
    for mode in range(16):
        assert holds("satp", mode << 60 | 4) == holds("hgatp", mode << 60 | 4)


@pytest.mark.parametrize("mode", [S, U, VS, VU])
def test_Ssccptr(mode: int) -> None:
    """Page tables of both stages lie in main memory, with all kinds of access."""
    for kind in KINDS:
        assert not World(mode, LEAF | (PU if mode in (U, VU) else 0)).access(kind)["trap"]


def test_Ssu64xl() -> None:
    for name in ("sstatus", "vsstatus"):
        assert full().m.read_csr(name) >> 32 & 3 == 2


@pytest.mark.parametrize("mode", [S, VS])
def test_Svvptc(mode: int) -> None:
    """A page that becomes valid is soon seen, here at once, without a fence."""
    for kind in KINDS:
        w = World(mode)
        leaf = w.get(w.pte)
        w.set(w.pte, 0)
        assert w.access(kind)["trap"]
        w.m.memory.poke(w.pte, leaf.to_bytes(8, "little"))
        assert not w.access(kind)["trap"]


def test_Ziccif() -> None:
    """An aligned fetch is atomic: what stands there changes as a whole. Main memory can be fetched from everywhere."""
    b = full()
    for at in (CODE, DATA, 0x8000_0000 + (1 << 20) - 4):
        for imm in (1, -1):
            assert b.do(asm("addi", rd=7, imm=imm), S, pc=at)["rd_value"] == imm & ONES


def test_Ziccrse() -> None:
    """A constrained LR/SC loop succeeds, anywhere in main memory."""
    b = full()
    for size in "wd":
        for address in (DATA, 0x8000_0000, 0x8000_0000 + (1 << 20) - 8):
            b.x(x5=address)
            assert not b.do(asm(f"lr.{size}", rd=7, rs1=5), S)["trap"]
            b.do(asm("addi", rd=7, rs1=7, imm=1), S)
            assert b.do(asm(f"sc.{size}", rd=8, rs1=5, rs2=7), S)["rd_value"] == 0


def test_Ziccamoa() -> None:
    b = full()
    b.x(x5=DATA)
    for size in "wd":
        for name in ("swap", "add", "xor", "and", "or", "min", "max", "minu", "maxu"):
            assert not b.do(asm(f"amo{name}.{size}", rd=7, rs1=5), S)["trap"]


def test_Za64rs() -> None:
    """A store more than 63 bytes away, or in the next block, does not end a reservation."""
    for distance, kept in ((-8, True), (0, False), (56, False), (64, True)):
        b = full()
        b.x(x5=DATA + 32, x6=DATA + distance)
        b.do(asm("lr.d", rd=7, rs1=5))
        b.do(asm("sd", rs1=6))
        assert (b.do(asm("sc.d", rd=7, rs1=5))["rd_value"] == 0) == kept, distance


def test_Zic64b() -> None:
    for offset in (0, 1, 63):
        b = full()
        b.m.write_memory(DATA - 64, b"\xFF" * 192)
        b.x(x5=DATA + offset)
        assert not b.do(asm("cbo.zero", rs1=5))["trap"]
        assert b.m.read_memory(DATA - 64, 192) == b"\xFF" * 64 + bytes(64) + b"\xFF" * 64


def test_what_is_not_claimed_is_not_there() -> None:
    """No F, no D, no vectors; misaligned accesses are not done; no Svnapot, no Svpbmt."""
    b = full()
    assert b.m.read_csr("misa") & sum(1 << ord(letter) - ord("A") for letter in "DFVQ") == 0
    for bit in (61, 62, 63):
        w = World(S, LEAF | 1 << bit)
        assert w.access(LOAD)["cause"] == EXC["LOAD_PAGE_FAULT"]
        assert w.access(STORE)["cause"] == EXC["STORE_PAGE_FAULT"]
