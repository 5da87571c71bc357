"""Extensions that are no more than promises about others (isa/profile.py, CLAIMS): a test of the name of each, or of a rule."""

from isa.causes import VS, M, S, U
from isa.insns import BY_NAME
from isa.platform import RAM_BASE
from isa.profile import CLAIMS, PROFILES
from tests.rules import test_sha as sha
from tests.rules import test_stateen as stateen
from tests.rules.csr import held, read
from tests.rules.guest import ACCESS_FAULT, KINDS, LOAD, PAGE_FAULT, STORE, VA, Guest, full, opened
from tests.rules.mutants import mutant, mutants_of
from tests.sim.model.bare import CODE, DATA, LEAF, PU, Bare, asm, sv39

RAM_END = RAM_BASE + (1 << 20)          # of a bare machine
# Claims that are rules of the ledger.
RULES = {"Ssstateen": stateen.test_with_h_there_are_hstateen0_to_3_for_hs_mode,
         "Shcounterenw": sha.test_each_hpm_counter_that_counts_can_be_given_to_the_guest,
         "Shvstvala": sha.test_vstval_has_the_address_or_the_instruction_in_every_case_that_stval_would,
         "Shtvala": sha.test_htval_has_the_guest_physical_address_of_every_guest_page_fault,
         "Shvstvecd": sha.test_a_direct_vstvec_has_any_address_aligned_to_four_bytes,
         "Shvsatpa": sha.test_vsatp_has_the_modes_of_satp,
         "Shgatpa": sha.test_hgatp_has_the_mode_that_goes_with_each_mode_of_satp}


def test_every_claim_has_its_test() -> None:
    named = {name.removeprefix("test_") for name, test in globals().items() if name.startswith("test_") and mutants_of(test)}
    assert all(mutants_of(test) for test in RULES.values())
    assert named == {claim.lower() for claim in CLAIMS} - {claim.lower() for claim in RULES}


@mutant("isa/profile.py", '"Shgatpa", ', "")
def test_sha() -> None:
    """H, with Ssstateen and all of Sh."""
    parts = ("Ssstateen", "Shcounterenw", "Shvstvala", "Shtvala", "Shvstvecd", "Shvsatpa", "Shgatpa")
    assert all(part in CLAIMS and part in RULES for part in parts)
    assert PROFILES["full"].without("Xdoppel").has("H+Smstateen")


@mutant("translate.py", "not h.memory.holds_code(address)", "not h.memory.holds_code(address + 4096)")
def test_ssccptr() -> None:
    """Page tables may lie anywhere in main memory."""
    b = Bare()
    for root in (RAM_BASE + 0x1000, RAM_END - 0x1000):
        b.put(root + 8 * 2, [RAM_BASE >> 12 << 10 | LEAF], 8)
        b.csr(satp=sv39(root))
        assert not b.do(asm("addi"), S)["trap"]


@mutant("isa/csrs.py", "| S | supervisor trap vector\n    mode        1  0  WARL 0\n    base        63 2",
        "| S | supervisor trap vector\n    mode        1  0  WARL 0\n    base        63 6")
@mutant("csr.py", "return new & (self.mask | 1)", "return new & (self.mask | 1) | old & 1")
def test_sstvecd() -> None:
    """stvec can be direct, with any address aligned to four bytes."""
    b = Bare()
    b.csr(medeleg=-1)
    for address in (0, 4, DATA + 0x3C, (1 << 38) - 4, -(1 << 38), -4):
        b.csr(stvec=-1)
        b.csr(stvec=address)
        assert b.m.read_csr("stvec") == address % (1 << 64)
        assert b.do(asm("ebreak"), U)["next_pc"] == address % (1 << 64)


@mutant("trap.py", "h.stval = t.tval", "h.stval = t.tval & -4096")
@mutant("trap.py", "h.stval = t.tval", "h.stval = t.tval if t.cause != 2 else 0")
def test_sstvala() -> None:
    """stval has the address of every fault, and the instruction that is illegal or virtual."""
    g = Guest()
    g.csr(medeleg=-1)
    own = g.table()
    g.map(own, CODE, CODE, LEAF)
    g.map(own, VA, 1 << 40, LEAF)                   # a hole of the address map
    g.csr(satp=sv39(own))
    for kind in KINDS:
        for va, causes in ((VA + 0x768, ACCESS_FAULT), (VA + 0x1768, PAGE_FAULT)):
            assert g.access(kind, S, va)["cause"] == causes[kind]
            assert g.m.read_csr("stval") == va
    for kind, cause in ((LOAD, 4), (STORE, 6)):
        assert g.access(kind, S, VA + 1)["cause"] == cause
        assert g.m.read_csr("stval") == VA + 1
    for word, mode, cause in ((0xFFFF_FFFF, S, 2), (asm("mret"), S, 2), (asm("hlv.w", rs1=5), VS, 22)):
        assert g.do(word, mode)["cause"] == cause
        assert g.m.read_csr("stval") == word


@mutant("csr_counters.py", "(1 << HPM.start + profile.hpm_counters)", "(1 << HPM.start + profile.hpm_counters - 1)")
def test_sscounterenw() -> None:
    """Each hpm counter that counts can be given to U-mode."""
    b = full()
    counting = [n for n in range(3, 32) if held(b, f"mhpmcounter{n}", 1, M)]
    assert counting == [3, 4, 5, 6]
    b.csr(mcounteren=-1)
    for n in counting:
        for value, allowed in ((-1 << n, True), (~(1 << n), False)):
            b.csr(scounteren=value)
            assert (read(b, f"hpmcounter{n}", U) == 1) == allowed


@mutant("isa/csrs.py", "19 19 VIEW 0 mstatus\n    uxl         33 32 RO 2", "19 19 VIEW 0 mstatus\n    uxl         33 32 RO 1")
def test_ssu64xl() -> None:
    """UXLEN is 64."""
    b = Bare()
    assert b.m.read_csr("sstatus") >> 32 & 3 == 2
    b.x(x5=-1)
    assert b.do(asm("srli", rd=6, rs1=5, imm=1), U)["rd_value"] == (1 << 63) - 1


@mutant("translate.py", "return h.memory.read(address, 3)",
        "return read_pte.__dict__.setdefault(address, h.memory.read(address, 3))")
def test_svvptc() -> None:
    """A PTE that becomes valid needs no fence: nothing remembers that it was not."""
    for first, second in ((0, LEAF | PU), (LEAF, 0)):
        g = Guest(first, second)
        assert g.at(VS) < 0
        if first:
            g.store(g.g_pte, g.pte_of(DATA, LEAF | PU))
        else:
            g.store(g.pte, g.m.memory.read(g.pte, 3) | LEAF)
        assert g.at(VS) == DATA


@mutant("access.py", "fetch_parcel(h, wrap(h.pc + 2))", "fetch_parcel(h, h.pc)")
def test_ziccif() -> None:
    """An aligned instruction in main memory is fetched as it was stored, as one."""
    for at in (RAM_BASE, RAM_BASE + 4, RAM_END - 4):
        b = Bare()
        for value in (0x123, 0x7FF):
            assert b.do(asm("addi", rd=5, imm=value), pc=at)["rd_value"] == value


@mutant("access.py", "if h.memory.kind(pa) != RAM:", "if h.memory.kind(pa) != RAM or pa >> 12 == h.memory.end - 1 >> 12:")
def test_ziccrse() -> None:
    """LR and SC work everywhere in main memory."""
    for at in (RAM_BASE + 0x1000, RAM_END - 8):
        for size in ("w", "d"):
            b = Bare()
            b.x(x5=at, x6=77)
            b.do(asm(f"lr.{size}", rd=7, rs1=5))
            assert b.do(asm(f"sc.{size}", rd=8, rs1=5, rs2=6))["rd_value"] == 0
            assert b.m.read_memory(at, 4) == bytes((77, 0, 0, 0))


@mutant("access.py", "if h.memory.kind(pa) != RAM:", "if h.memory.kind(pa) != RAM or pa >> 12 == h.memory.end - 1 >> 12:")
def test_ziccamoa() -> None:
    """All AMOs work everywhere in main memory."""
    names = [name for name in BY_NAME if name.startswith("amo")]
    assert len(names) == 18
    for at in (RAM_BASE + 0x1000, RAM_END - 8):
        for name in names:
            b = Bare()
            b.x(x5=at, x6=1)
            assert not b.do(asm(name, rd=7, rs1=5, rs2=6))["trap"]


@mutant("hart.py", "BLOCK: Final[i64] = -64", "BLOCK: Final[i64] = -128")
def test_za64rs() -> None:
    """A reservation is of an aligned block of 64 bytes at most: a store beside it leaves it alone."""
    for beside, kept in ((-8, True), (64, True), (56, False)):
        b = Bare()
        b.x(x5=DATA, x6=DATA + beside)
        b.do(asm("lr.d", rd=7, rs1=5))
        b.do(asm("sd", rs1=6, rs2=0))
        assert (b.do(asm("sc.d", rd=8, rs1=5, rs2=0))["rd_value"] == 0) == kept


@mutant("execute_cbo.py", "BLOCK_SIZE: Final[i64] = 64", "BLOCK_SIZE: Final[i64] = 128")
@mutant("hart.py", "BLOCK: Final[i64] = -64", "BLOCK: Final[i64] = -32")
def test_zic64b() -> None:
    """A cache block is 64 aligned bytes."""
    for offset in (0, 32, 63):
        b = opened(full())
        b.m.write_memory(DATA - 64, b"\xff" * 256)
        b.x(x5=DATA + offset)
        assert not b.do(asm("cbo.zero", rs1=5))["trap"]
        assert b.m.read_memory(DATA - 64, 256) == b"\xff" * 64 + bytes(64) + b"\xff" * 128
