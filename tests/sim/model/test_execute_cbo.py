"""Cache-block operations: who may execute them, what they require of an address, and what they leave behind."""

from isa import platform
from isa.causes import EXC, VS, VU, M, S, U
from isa.platform import RAM_BASE
from isa.profile import PROFILES
from tests.sim.model.bare import CODE, DATA, HANDLER, LEAF, PA, PD, PR, PU, PV, PW, PX, Bare, asm, sv39

FULL = PROFILES["full"]
CBIE, CBCFE, CBZE = 3 << 4, 1 << 6, 1 << 7              # in each envcfg register
FIELDS = {"cbo.inval": CBIE, "cbo.clean": CBCFE, "cbo.flush": CBCFE, "cbo.zero": CBZE}
MANAGEMENT = ("cbo.inval", "cbo.clean", "cbo.flush")
ALL = CBIE | CBCFE | CBZE
MXR, SUM, MPRV = 1 << 19, 1 << 18, 1 << 17
VA = 0x4000_0000                                        # mapped by `paged`, to DATA or to GPA
GPA = 0x5000_0000
SIZE = 4096


def enabled(**envcfg: int) -> Bare:
    """All blocks allowed everywhere but for the given registers; PMP lets everybody reach everything."""
    b = Bare(FULL)
    b.csr(**{"menvcfg": ALL, "henvcfg": ALL, "senvcfg": ALL, "pmpaddr0": -1, "pmpcfg0": 0x1F, **envcfg})
    b.x(x5=DATA + 0x13)
    return b


def outcome(b: Bare, name: str, mode: int) -> int:
    """Cause of its trap, or 0."""
    r = b.do(asm(name, rs1=5), mode)
    assert r["trap"] == (r["cause"] != 0)
    return r["cause"]


def paged(flags: int, g_flags: int | None = None) -> Bare:
    """DATA at VA for S, or with `g_flags`, through GPA, for VS; their code is at its own address."""
    b = enabled()
    root = b.table()
    b.map(root, RAM_BASE, RAM_BASE, LEAF, level=2)
    b.map(root, VA, DATA if g_flags is None else GPA, flags)
    if g_flags is None:
        b.csr(satp=sv39(root))
    else:
        b.csr(vsatp=sv39(root))
        g_root = b.table(4 * SIZE)
        b.map(g_root, RAM_BASE, RAM_BASE, LEAF | PU, level=2)
        b.map(g_root, GPA, DATA, g_flags)
        b.csr(hgatp=sv39(g_root))
    b.x(x5=VA + 0x13)
    return b


def test_m_mode_needs_no_permission() -> None:
    b = enabled(menvcfg=0, henvcfg=0, senvcfg=0)
    assert [outcome(b, name, M) for name in FIELDS] == [0, 0, 0, 0]


def test_envcfg_decides_and_each_field_only_for_its_own() -> None:
    """Which register being 0 gives which cause, by mode."""
    illegal, virtual = EXC["ILLEGAL_INSTRUCTION"], EXC["VIRTUAL_INSTRUCTION"]
    expected = {
        "menvcfg": {S: illegal, U: illegal, VS: illegal, VU: illegal},
        "henvcfg": {S: 0, U: 0, VS: virtual, VU: virtual},
        "senvcfg": {S: 0, U: illegal, VS: 0, VU: virtual},
    }
    for name, field in FIELDS.items():
        for register, by_mode in expected.items():
            for mode, cause in by_mode.items():
                assert outcome(enabled(**{register: ALL & ~field}), name, mode) == cause, (name, register, mode)
                assert outcome(enabled(**{register: field}), name, mode) == 0, (name, register, mode)


def test_an_illegal_field_above_hides_a_virtual_one_below() -> None:
    for mode in (VS, VU):
        assert outcome(enabled(menvcfg=0, henvcfg=0, senvcfg=0), "cbo.zero", mode) == EXC["ILLEGAL_INSTRUCTION"]


def test_cbie_1_and_3_both_allow_inval() -> None:
    for cbie in (1, 3):
        for register in ("menvcfg", "henvcfg", "senvcfg"):
            assert outcome(enabled(**{register: cbie << 4}), "cbo.inval", VU) == 0


def test_the_trap_value_of_a_refused_one_is_the_instruction() -> None:
    b = enabled(menvcfg=0)
    word = asm("cbo.flush", rs1=5)
    r = b.do(word, S)
    assert (r["tval"], r["tinst"]) == (word, 0)


def test_the_check_of_envcfg_comes_before_that_of_the_address() -> None:
    b = enabled(henvcfg=0)
    b.x(x5=1 << 40)
    assert outcome(b, "cbo.clean", VS) == EXC["VIRTUAL_INSTRUCTION"]


def test_zero_clears_the_block_around_the_address_and_nothing_else() -> None:
    b = enabled()
    b.m.write_memory(DATA - 64, b"\xA5" * 256)
    b.x(x5=DATA + 64 + 61)
    r = b.do(asm("cbo.zero", rs1=5))
    assert b.m.read_memory(DATA - 64, 256) == b"\xA5" * 128 + bytes(64) + b"\xA5" * 64
    assert (r["mem_write"], r["mem_read"], r["mem_size"], r["mem_wdata"]) == (1, 0, 3, 0)
    assert (r["mem_vaddr"], r["mem_paddr"]) == (DATA + 125, DATA + 125)


def test_management_changes_nothing_and_reports_its_addresses() -> None:
    for name in MANAGEMENT:
        b = paged(LEAF)
        b.m.write_memory(DATA, b"\x5A" * 64)
        r = b.do(asm(name, rs1=5), S)
        assert b.m.read_memory(DATA, 64) == b"\x5A" * 64
        assert [r[f] for f in ("trap", "mem_read", "mem_write", "mem_size", "mem_rdata", "mem_wdata", "rd")] == [0] * 7
        assert (r["mem_vaddr"], r["mem_paddr"]) == (VA + 0x13, DATA + 0x13)


def test_zero_ends_a_reservation_of_its_block_and_management_does_not() -> None:
    for name, result in (("cbo.zero", 1), ("cbo.flush", 0), ("cbo.inval", 0), ("cbo.clean", 0)):
        b = enabled()
        b.x(x6=DATA + 56, x7=DATA)
        b.do(asm("lr.d", rd=1, rs1=6))
        b.do(asm(name, rs1=7))
        b.do(asm("sc.d", rd=2, rs1=6, rs2=1), pc=CODE + 8)
        assert b.h.x[2] == result, name


def test_zero_reaches_the_host_like_any_store() -> None:
    b = enabled()
    b.m.memory.tohost = DATA + 8
    b.put(DATA + 8, [5], 8)
    assert outcome(b, "cbo.zero", M) == 0
    assert b.m.memory.host_touched and b.m.read_memory(DATA + 8, 8) == bytes(8)


def test_management_needs_what_a_load_or_a_store_needs() -> None:
    fault = EXC["STORE_PAGE_FAULT"]
    flags = {PV | PR | PA: 0, PV | PR | PW | PA: 0, PV | PX | PA: fault, PV | PR: fault, PV | PR | PA | PU: fault, 0: fault}
    for given, cause in flags.items():
        for name in MANAGEMENT:
            assert outcome(paged(given), name, S) == cause, (name, bin(given))


def test_zero_needs_what_a_store_needs() -> None:
    fault = EXC["STORE_PAGE_FAULT"]
    flags = {LEAF: 0, PV | PR | PA | PD: fault, PV | PR | PW | PA: fault, PV | PR | PW | PD: fault}
    for given, cause in flags.items():
        assert outcome(paged(given), "cbo.zero", S) == cause, bin(given)


def test_sum_mxr_and_mprv_count_as_for_a_load() -> None:
    b = paged(PV | PX | PA)
    b.csr(mstatus=MXR)
    assert outcome(b, "cbo.clean", S) == 0
    b = paged(PV | PR | PA | PU)
    b.csr(mstatus=SUM)
    assert outcome(b, "cbo.clean", S) == 0
    b = paged(PV | PR | PA | PU)
    b.csr(mstatus=MPRV)                                 # MPP = U
    assert outcome(b, "cbo.clean", M) == 0
    b = paged(PV | PR | PA)
    b.csr(mstatus=MPRV)
    assert outcome(b, "cbo.clean", M) == EXC["STORE_PAGE_FAULT"]


def test_a_fault_reports_rs1_as_it_is_and_the_transformed_instruction() -> None:
    for name in FIELDS:
        b = paged(PV | PX | PA)
        r = b.do(asm(name, rs1=5), S)
        assert (r["cause"], r["tval"], r["gva"], r["next_mode"]) == (EXC["STORE_PAGE_FAULT"], VA + 0x13, 0, M)
        assert r["tinst"] == asm(name, rs1=0)
        assert r["next_pc"] == HANDLER


def test_guest_page_faults() -> None:
    for name in FIELDS:
        r = paged(LEAF, PV | PX | PA | PU).do(asm(name, rs1=5), VS)
        assert (r["cause"], r["tval"], r["gva"]) == (EXC["STORE_GUEST_PAGE_FAULT"], VA + 0x13, 1)
        assert r["tval2"] == (GPA + 0x13) >> 2
        assert r["tinst"] == asm(name, rs1=0)
    no_dirt = PV | PR | PW | PA | PU
    assert outcome(paged(LEAF & ~PD, no_dirt), "cbo.inval", VS) == 0
    assert outcome(paged(LEAF, no_dirt), "cbo.zero", VS) == EXC["STORE_GUEST_PAGE_FAULT"]
    assert outcome(paged(LEAF & ~PD, no_dirt | PD), "cbo.zero", VS) == EXC["STORE_PAGE_FAULT"]


def test_an_implicit_access_that_fails_is_a_store_fault_with_the_pseudoinstruction() -> None:
    b = enabled()
    b.csr(vsatp=sv39(RAM_BASE + (1 << 30)))             # a table outside of what the G-stage maps
    root = b.table(4 * SIZE)
    b.map(root, RAM_BASE, RAM_BASE, LEAF | PU, level=2)
    b.csr(hgatp=sv39(root), mstatus=MPRV | 1 << 39 | 1 << 11)       # MPV, MPP = S
    for name in FIELDS:
        r = b.do(asm(name, rs1=5), M)
        assert (r["cause"], r["tinst"]) == (EXC["STORE_GUEST_PAGE_FAULT"], 0x3000)
        b.csr(mstatus=MPRV | 1 << 39 | 1 << 11)


def test_memory_attributes() -> None:
    fault = EXC["STORE_ACCESS_FAULT"]
    for address, management, zero in (
            (platform.CLINT.base, 0, fault), (platform.BOOT_ROM.base, 0, fault), (1 << 40, fault, fault)):
        for name in FIELDS:
            b = enabled()
            b.x(x5=address + 0x13)
            r = b.do(asm(name, rs1=5))
            assert r["cause"] == (zero if name == "cbo.zero" else management), (name, hex(address))
            if r["trap"]:
                assert (r["tval"], r["tval2"], r["tinst"]) == (address + 0x13, 0, asm(name, rs1=0))


def test_pmp() -> None:
    fault = EXC["STORE_ACCESS_FAULT"]
    for permission, management, zero in ((0, fault, fault), (1, 0, fault), (3, 0, 0), (4, fault, fault)):
        for name in FIELDS:
            b = enabled()
            # The data page with this permission, everything else open.
            b.csr(pmpaddr0=DATA >> 2 | 0x1FF, pmpaddr1=-1, pmpcfg0=0x1F << 8 | 0x18 | permission)
            assert outcome(b, name, S) == (zero if name == "cbo.zero" else management), (name, permission)


def test_no_address_is_misaligned() -> None:
    for name in FIELDS:
        b = enabled()
        b.x(x5=DATA + SIZE - 1)
        assert outcome(b, name, M) == 0


def test_the_compressed_set_and_hints_around_them_stay_what_they_are() -> None:
    """A prefetch is an ORI to x0: it does nothing anywhere, and one with a destination is an ORI."""
    b = paged(0)
    for name in ("prefetch.i", "prefetch.r", "prefetch.w"):
        for mode in (M, S):
            r = b.do(asm(name, rs1=5, imm=-32), mode)
            assert [r[f] for f in ("trap", "rd", "mem_read", "mem_write", "mem_vaddr")] == [0] * 5
    for name, low in (("prefetch.i", 0), ("prefetch.r", 1), ("prefetch.w", 3)):
        r = b.do(asm(name, rs1=5, imm=64) | 7 << 7, M)
        assert (r["rd"], r["rd_value"]) == (7, VA + 0x13 | 64 | low)


def test_without_the_extension_they_are_illegal_and_prefetch_stays_a_hint() -> None:
    b = Bare(FULL.without("Zicbom"))
    b.x(x5=DATA)
    assert [outcome(b, name, M) for name in FIELDS] == [2, 2, 2, 0]
    b = Bare(FULL.without("Zicboz", "Zicbop"))
    b.x(x5=DATA)
    assert [outcome(b, name, M) for name in FIELDS] == [0, 0, 0, 2]
    assert outcome(b, "prefetch.w", M) == 0


def test_u_mode_has_its_pages() -> None:
    for name in FIELDS:
        b = paged(LEAF | PU)
        b.map(int(b.h.satp & (1 << 44) - 1) << 12, 0x1_0000_0000, RAM_BASE, LEAF | PU, level=2)
        b.m.memory.poke(CODE, asm(name, rs1=5).to_bytes(4, "little"))
        b.h.forget_code()
        b.h.pc = 0x1_0000_0000
        b.mode(U)
        assert b.step()["trap"] == 0
