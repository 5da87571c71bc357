"""What this machine does where the manual leaves a choice: one test for each choice, named after its subject."""

from array import array

from isa.causes import EXC, VS, VU, M, S, U
from isa.platform import UART
from isa.profile import PROFILES, Profile
from isa.retire import pack, unpack
from sim.model.bits import signed
from tests.sim.model.bare import CODE, DATA, HANDLER, LEAF, PA, PD, PLAIN, PU, Bare, asm, sv39
from tests.sim.model.world import FETCH, GPA, KINDS, LOAD, STORE, VA, World

FULL, SPIKE = PROFILES["full"], PROFILES["spike"]
ILLEGAL, BREAKPOINT, VIRTUAL = EXC["ILLEGAL_INSTRUCTION"], EXC["BREAKPOINT"], EXC["VIRTUAL_INSTRUCTION"]
LOAD_MISALIGNED, STORE_MISALIGNED = EXC["LOAD_MISALIGNED"], EXC["STORE_MISALIGNED"]
FETCH_FAULT, LOAD_FAULT, STORE_FAULT = (EXC[f"{kind}_ACCESS_FAULT"] for kind in ("INSTRUCTION", "LOAD", "STORE"))
ONES = (1 << 64) - 1
ADUE = 1 << 61
HOLE = 0x4000_0000                      # nothing is there


def full(**csrs: int) -> Bare:
    """The largest machine, all of memory open to all modes."""
    b = Bare(FULL)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F, mstateen0=-1, hstateen0=-1, **csrs)
    return b


def test_misa_is_read_only_and_x_says_xdoppel() -> None:
    for profile, x in ((FULL, 1), (FULL.without("Xdoppel"), 0), (PLAIN, 0)):
        m = Bare(profile).m
        before = m.read_csr("misa")
        m.write_csr("misa", 0)
        assert m.read_csr("misa") == before
        assert before >> (ord("X") - ord("A")) & 1 == x


def test_xtval_on_illegal_and_virtual_instructions_is_the_instruction() -> None:
    b = full()
    for word, size, mode, cause in ((0xFFFF_FFDB, 4, S, ILLEGAL), (0xA000, 2, S, ILLEGAL),
                                    (asm("hlv.w", rd=7, rs1=5), 4, VS, VIRTUAL)):
        r = b.do(word, mode, size=size)
        assert (r["cause"], r["tval"], r["compressed"]) == (cause, word, int(size == 2))


def test_xtval_on_breakpoints_is_pc() -> None:
    for mode in (M, S, U, VS, VU):
        r = full().do(asm("ebreak"), mode, pc=DATA)
        assert (r["cause"], r["tval"], r["gva"]) == (BREAKPOINT, DATA, int(mode in (VS, VU)))


def test_misaligned_accesses_fault_before_any_translation() -> None:
    b = full(satp=sv39(HOLE), mstatus=1 << 17 | 1 << 11)        # no page is mapped, not even the root table is there
    b.x(x5=1 << 50 | 1)
    for name, cause in (("lh", LOAD_MISALIGNED), ("ld", LOAD_MISALIGNED), ("lr.w", LOAD_MISALIGNED), ("sw", STORE_MISALIGNED),
                        ("sc.d", STORE_MISALIGNED), ("amoadd.w", STORE_MISALIGNED)):
        r = b.do(asm(name, rd=7, rs1=5, rs2=6), M)
        assert (r["cause"], r["tval"]) == (cause, 1 << 50 | 1), name


def test_htval_and_mtval2_have_62_bits_and_are_exact() -> None:
    m = Bare().m
    for name in ("htval", "mtval2"):
        m.write_csr(name, -1)
        assert m.read_csr(name) == (1 << 62) - 1
    for kind in KINDS:
        at = 4 if kind == FETCH else 8
        for medeleg, name in ((0, "mtval2"), (-1, "htval")):
            w = World(VS, g_flags=0)
            w.csr(medeleg=medeleg)
            assert w.access(kind, VA + at)["tval2"] == w.m.read_csr(name) == GPA + at >> 2
            w.csr(hgatp=0)
            w.h.pc = signed(HOLE)
            assert w.step()["trap"] and w.m.read_csr(name) == 0


def test_htval_on_a_full_page_modification_log() -> None:
    w = World(VS, g_flags=LEAF & ~PD | PU, profile="full")
    w.csr(menvcfg=ADUE, hpmla=1, hpmli=512)
    r = w.access(STORE, VA + 8)
    assert (r["cause"], r["tval"], r["tval2"], r["gva"]) == (EXC["PAGE_LOG_FULL"], VA + 8, GPA + 8 >> 2, 1)


def test_htinst_and_mtinst() -> None:
    """The transformed instruction of an explicit access, a pseudoinstruction for an implicit one, else zero."""
    w = World(VS, g_flags=0)
    r = w.access(LOAD)
    assert r["tinst"] == asm("lw", rd=1)
    assert w.access(FETCH)["tinst"] == 0
    w = World(VS)
    w.map(w.g_root, w.pte, w.pte & -4096, 0)
    assert w.access(LOAD)["tinst"] == w.access(FETCH)["tinst"] == 0x3000
    w = World(VS, g_flags=0, profile="spike")
    assert w.access(LOAD)["tinst"] == w.access(FETCH)["tinst"] == 0
    w = World(VS, profile="spike")
    w.map(w.g_root, w.pte, w.pte & -4096, 0)
    assert w.access(LOAD)["tinst"] == 0x3000                    # where zero is not legal


def test_satp_mode() -> None:
    """Bare and Sv39; a write of another MODE changes nothing."""
    m = Bare(FULL).m
    m.write_csr("satp", 8 << 60 | 3 << 44 | 5)
    for mode in set(range(16)) - {0, 8}:
        m.write_csr("satp", mode << 60 | 9 << 44 | 9)
        assert m.read_csr("satp") == 8 << 60 | 3 << 44 | 5
    m.write_csr("satp", 9)
    assert m.read_csr("satp") == 9


def test_vsatp_mode() -> None:
    """As satp with V=1; with V=0 another MODE is not taken, and the rest is written."""
    b = full()
    b.csr(vsatp=3 << 44 | 5)
    b.x(x5=9 << 60 | 9 << 44 | 9)
    b.do(asm("csrrw", rs1=5, csr="satp"), VS)
    assert b.m.read_csr("vsatp") == 3 << 44 | 5
    b.do(asm("csrrw", rs1=5, csr="vsatp"), S)
    assert b.m.read_csr("vsatp") == 9 << 44 | 9


def test_hgatp_mode() -> None:
    """Another MODE is not taken, VMID and PPN are written; the root is 16 KiB; in Bare the rest means nothing."""
    b = full()
    b.csr(hgatp=8 << 60 | 3 << 44 | 4)
    b.csr(hgatp=9 << 60 | 5 << 44 | 15)
    assert b.m.read_csr("hgatp") == 8 << 60 | 5 << 44 | 12
    b.csr(hgatp=5 << 44 | HOLE >> 12)
    b.x(x5=DATA)
    assert not b.do(asm("ld", rd=7, rs1=5), VS)["trap"]


def test_widths_are_configuration() -> None:
    for profile in (*PROFILES.values(), Profile("narrow", asid_bits=0, vmid_bits=0, pa_bits=36)):
        m = Bare(profile).m
        m.write_csr("satp", 8 << 60 | (1 << 60) - 1)
        m.write_csr("hgatp", 8 << 60 | (1 << 60) - 1)
        ppn = (1 << profile.pa_bits - 12) - 1
        assert m.read_csr("satp") == 8 << 60 | (1 << profile.asid_bits) - 1 << 44 | ppn
        assert m.read_csr("hgatp") == 8 << 60 | (1 << profile.vmid_bits) - 1 << 44 | ppn & ~3
    assert (SPIKE.asid_bits, SPIKE.vmid_bits, SPIKE.pa_bits) == (16, 14, 56)
    assert 1 << PROFILES["linux"].vmid_bits > 1000
    assert 1 << PROFILES["tiny"].vmid_bits <= 8


def test_medeleg_and_hedeleg_masks() -> None:
    for profile, medeleg in ((FULL, 0x3FC_B7FE), (FULL.without("Xdoppel"), 0xFC_B7FE)):
        m = Bare(profile).m
        for name, mask in (("medeleg", medeleg), ("hedeleg", 0xC_B1FE)):
            m.write_csr(name, -1)
            assert m.read_csr(name) == mask


def test_mideleg_and_hideleg_masks() -> None:
    m = Bare().m
    for name, ones, zeros in (("mideleg", 0x666, 0x444), ("hideleg", 0x444, 0)):
        m.write_csr(name, -1)
        assert m.read_csr(name) == ones
        m.write_csr(name, 0)
        assert m.read_csr(name) == zeros


def test_sc_succeeds_only_where_nothing_came_between() -> None:
    def sc_after(*between: int, address: int = DATA, mode: int = M) -> int:
        b = full(mepc=CODE, sepc=CODE, mstatus=3 << 11 | 1 << 8)
        b.x(x5=DATA, x6=DATA + 56, x8=DATA + 64, x9=address)
        b.do(asm("lr.d", rd=7, rs1=5), mode)
        for word in between:
            b.do(word, mode)
        return b.do(asm("sc.d", rd=7, rs1=9), mode)["rd_value"]

    assert sc_after() == 0
    assert sc_after(address=DATA + 8) == 1
    assert sc_after(asm("sd", rs1=8), asm("ld", rs1=6), asm("fence")) == 0
    assert sc_after(asm("sd", rs1=6)) == 1                      # a store to the block
    assert sc_after(asm("ecall")) == sc_after(asm("mret")) == sc_after(asm("sret"), mode=S) == 1
    assert sc_after(asm("sc.d", rd=7, rs1=9)) == 1              # an SC ends it, whatever comes of it
    for after, status in ((False, 0), (True, 1)):               # a device writes those bytes
        b = full()
        b.x(x5=DATA)
        b.do(asm("lr.d", rd=7, rs1=5))
        b.put(CODE, [asm("sc.d", rd=7, rs1=5)])
        b.h.pc = CODE
        b.m.lock(array("Q", pack({"sc_spurious": after})), 1)
        assert unpack(b.h.record)["rd_value"] == status


def test_sc_that_fails_passes_the_checks_of_a_store() -> None:
    w = World(S, LEAF & ~PD & ~PA, profile="full")
    w.csr(mstatus=1 << 17 | 1 << 11)
    w.x(x5=VA)
    assert w.do(asm("sc.d", rd=7, rs1=5))["cause"] == EXC["STORE_PAGE_FAULT"]
    w.csr(menvcfg=ADUE, mstatus=1 << 17 | 1 << 11)
    assert w.do(asm("sc.d", rd=7, rs1=5))["rd_value"] == 1
    assert w.get(w.pte) & (PA | PD) == PA | PD


def test_a_and_d_bits_are_exact() -> None:
    """Only what was accessed, with what the access needs, when it was."""
    w = World(VS, LEAF & ~PD & ~PA, g_flags=LEAF & ~PD & ~PA | PU, profile="full")
    w.csr(menvcfg=ADUE, henvcfg=ADUE)
    other = w.map(w.root, VA + 0x1000, GPA + 0x1000, LEAF & ~PD & ~PA)
    for kind, bits in ((LOAD, PA), (STORE, PA | PD)):
        w.access(kind)
        assert (w.get(w.pte) & 0xC0, w.get(w.g_pte) & 0xC0, w.get(other) & 0xC0) == (bits, bits, 0)


def test_counters() -> None:
    b = full(mcounteren=-1)
    assert all(name in b.h.csrs.by_name for name in ("cycle", "time", "instret"))
    b.csr(**{f"mhpmcounter{n}": -1 for n in range(3, 32)})
    assert sum(b.m.read_csr(f"mhpmcounter{n}") != 0 for n in range(3, 32)) >= 4
    events = 0
    for event in range(1, 16):
        b.csr(mhpmevent3=event)
        events += b.m.read_csr("mhpmevent3") == event
    assert events == 11                                         # TLB misses by stage, walks, exits by class, caches, branches


def test_wfi_waits_for_pending_and_enabled_and_traps_at_once() -> None:
    for mode, mideleg in ((M, 0), (S, 0x20), (VS, 0x20)):
        b = full(mie=0x80, mideleg=mideleg, mstatus=0)          # MTIE; interrupts are disabled in M
        b.m.clint.mtimecmp = 1000
        b.put(CODE, [asm("wfi"), asm("addi")])
        b.h.pc = CODE
        b.mode(mode)
        b.step()
        b.step()
        assert b.h.time >= 1000, mode
    for mode, state, cause in ((U, {}, ILLEGAL), (VU, {}, VIRTUAL), (S, {"mstatus": 1 << 21}, ILLEGAL),
                               (VS, {"mstatus": 1 << 21}, ILLEGAL), (VS, {"hstatus": 1 << 21}, VIRTUAL)):
        assert full(**state).do(asm("wfi"), mode)["cause"] == cause


def test_cbo_inval_loses_nothing() -> None:
    b = full(menvcfg=3 << 4)
    b.x(x5=DATA, x6=0x55)
    for word in (asm("sd", rs1=5, rs2=6), asm("cbo.inval", rs1=5)):
        assert not b.do(word, S)["trap"]
    assert b.do(asm("ld", rd=7, rs1=5), S)["rd_value"] == 0x55


def test_memory_attributes() -> None:
    b = full(menvcfg=0xF0)
    for name in ("lb", "ld", "sb", "sd", "lr.w", "sc.d", "amoadd.d", "cbo.zero", "cbo.clean"):
        b.x(x5=DATA)
        assert not b.do(asm(name, rd=7, rs1=5), S)["trap"], name
    assert not b.do(asm("addi"), S, pc=DATA)["trap"]
    b.x(x5=UART.base)
    for name, cause in (("lb", 0), ("sb", 0), ("lr.w", LOAD_FAULT), ("sc.w", STORE_FAULT), ("amoadd.w", STORE_FAULT),
                        ("cbo.zero", STORE_FAULT)):
        assert b.do(asm(name, rd=7, rs1=5), S)["cause"] == cause, name
    b.h.pc = UART.base
    b.mode(S)
    assert b.step()["cause"] == FETCH_FAULT


def test_memory_order() -> None:
    """Stores are seen by later loads at once, by fetches after FENCE.I."""
    b = full()
    b.put(DATA, [asm("addi", rd=7, imm=1)])
    b.x(x5=DATA, x6=asm("addi", rd=7, imm=2))
    b.put(CODE, [asm("sw", rs1=5, rs2=6), asm("lwu", rd=8, rs1=5), asm("fence.i"), asm("jalr", rs1=5)])
    b.h.pc = CODE
    for _ in range(5):
        r = b.step()
    assert (b.h.x[8], r["rd_value"]) == (asm("addi", rd=7, imm=2), 2)


def test_bus_errors_are_access_faults() -> None:
    b = full()
    for address in (HOLE, DATA):
        b.x(x5=address)
        for name, cause in (("ld", LOAD_FAULT), ("sd", STORE_FAULT)):
            b.put(CODE, [asm(name, rd=7, rs1=5)])
            b.h.pc = CODE
            b.mode(S)
            b.m.lock(array("Q", pack({"bus_error": int(address == DATA), "error_paddr": address, "cause": cause})), 1)
            r = unpack(b.h.record)
            assert (r["cause"], r["tval"], r["next_pc"]) == (cause, address, HANDLER), name


def test_encodings_longer_than_32_bits() -> None:
    for word in (0x1234_561F, 0x1234_567F, 0xFFFF_FFFF):
        r = full().do(word, S)
        assert (r["cause"], r["tval"], r["insn"], r["compressed"]) == (ILLEGAL, word, word, 0)
