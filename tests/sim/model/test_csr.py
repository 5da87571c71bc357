"""What each CSR keeps and shows. Expected values are typed from the manual and the profile, not taken from the table."""

import pytest

from isa.causes import VS, M, S
from isa.profile import PROFILES, Profile
from isa.retire import unpack
from tests.sim.model.bare import PLAIN, Bare, asm

ONES = (1 << 64) - 1

# CSR, value after reset, value after writing all ones, value after then writing zero.
LIMITS = [
    ("mstatus", 0xA_0000_0000, 0xCA_007E_19AA, 0xA_0000_0000),
    ("sstatus", 0x2_0000_0000, 0x2_000C_0122, 0x2_0000_0000),
    ("vsstatus", 0x2_0000_0000, 0x2_000C_0122, 0x2_0000_0000),
    ("hstatus", 0x2_0000_0000, 0x2_0070_03C0, 0x2_0000_0000),
    ("misa", 1 << 63 | 0x14_1185, 1 << 63 | 0x14_1185, 1 << 63 | 0x14_1185),
    ("medeleg", 0, 0xFC_B7FE, 0), ("hedeleg", 0, 0xC_B1FE, 0),
    ("mideleg", 0x444, 0x666, 0x444), ("hideleg", 0, 0x444, 0),
    ("mie", 0, 0xEEE, 0), ("mip", 0, 0x226, 0), ("hvip", 0, 0x444, 0), ("hie", 0, 0x444, 0), ("hip", 0, 0x004, 0),
    ("mtvec", 0, ONES - 2, 0), ("stvec", 0, ONES - 2, 0), ("vstvec", 0, ONES - 2, 0),
    ("mepc", 0, ONES - 1, 0), ("sepc", 0, ONES - 1, 0), ("vsepc", 0, ONES - 1, 0),
    ("mcause", 0, 1 << 63 | 63, 0), ("scause", 0, 1 << 63 | 63, 0), ("vscause", 0, 1 << 63 | 63, 0),
    ("mtval", 0, ONES, 0), ("stval", 0, ONES, 0), ("vstval", 0, ONES, 0),
    ("mtval2", 0, (1 << 62) - 1, 0), ("htval", 0, (1 << 62) - 1, 0),
    ("mtinst", 0, 0xFFFF_FFFF, 0), ("htinst", 0, 0xFFFF_FFFF, 0),
    ("mscratch", 0, ONES, 0), ("sscratch", 0, ONES, 0), ("vsscratch", 0, ONES, 0),
    ("mcounteren", 0, 7, 0), ("hcounteren", 0, 7, 0), ("scounteren", 0, 7, 0), ("mcountinhibit", 0, 5, 0),
    ("menvcfg", 0, 1 << 63 | 1, 0), ("henvcfg", 0, 1, 0), ("senvcfg", 0, 1, 0),
    ("stimecmp", 0, ONES, 0), ("vstimecmp", 0, ONES, 0), ("htimedelta", 0, ONES, 0),
    ("hgeie", 0, 0, 0), ("hgeip", 0, 0, 0), ("mhpmcounter3", 0, 0, 0), ("mhpmevent31", 0, 0, 0),
    ("mvendorid", 0, 0, 0), ("marchid", 0, 0, 0), ("mhartid", 0, 0, 0), ("mimpid", 1, 1, 1), ("mconfigptr", 0, 0, 0),
]


# The same of the profile `full`, where it differs from the above or has more.
FULL_LIMITS = [
    ("misa", 1 << 63 | 0x94_1187, 1 << 63 | 0x94_1187, 1 << 63 | 0x94_1187),
    ("medeleg", 0, 0x3FC_B7FE, 0),
    ("mcounteren", 0, 0x7F, 0), ("hcounteren", 0, 0x7F, 0), ("scounteren", 0, 0x7F, 0), ("mcountinhibit", 0, 0x7D, 0),
    ("menvcfg", 0, 5 << 61 | 0xF1, 0), ("henvcfg", 0, 0xF1, 0), ("senvcfg", 0, 0xF1, 0),
    ("mstateen0", 0, 3 << 62 | 1, 0), *((f"mstateen{n}", 0, 1 << 63, 0) for n in (1, 2, 3)),
    *((f"hstateen{n}", 0, 0, 0) for n in range(4)), *((f"sstateen{n}", 0, 0, 0) for n in range(4)),
    ("mcyclecfg", 0, 0x1F << 58, 0), ("minstretcfg", 0, 0x1F << 58, 0),
    ("mhpmcounter3", 0, ONES, 0), ("mhpmcounter6", 0, ONES, 0), ("mhpmcounter7", 0, 0, 0), ("mhpmcounter31", 0, 0, 0),
    ("mhpmevent3", 0, 0, 0), ("mhpmevent7", 0, 0, 0),
    ("pmpaddr0", 0, (1 << 54) - 0x400, 0), ("pmpaddr7", 0, (1 << 54) - 0x400, 0), ("pmpaddr8", 0, 0, 0), ("pmpaddr15", 0, 0, 0),
    ("pmpcfg2", 0, 0, 0),
]
ROWS = [(profile, *row) for profile, rows in ((PLAIN, LIMITS), (PROFILES["full"], FULL_LIMITS)) for row in rows]


@pytest.mark.parametrize(("profile", "name", "reset", "ones", "zeros"), ROWS, ids=[f"{row[0].name}-{row[1]}" for row in ROWS])
def test_limits(profile: Profile, name: str, reset: int, ones: int, zeros: int) -> None:
    m = Bare(profile).m
    for vector in ("mtvec", "stvec", "vstvec"):
        m.write_csr(vector, 0)
    assert m.read_csr(name) == reset
    m.write_csr(name, ONES)
    assert m.read_csr(name) == ones
    m.write_csr(name, 0)
    assert m.read_csr(name) == zeros


def test_every_csr_of_the_profile_is_either_above_or_tested_below() -> None:
    others = {"satp", "vsatp", "hgatp", "sie", "sip", "vsie", "vsip", "time", "cycle", "instret", "mcycle", "minstret"}
    hpm = {f"mhpm{kind}{n}" for kind in ("counter", "event") for n in range(3, 32)}
    assert set(Bare().h.csrs.by_name) == {row[0] for row in LIMITS} | others | hpm


def test_everything_else_that_the_largest_profile_has_is_in_a_file_of_its_own() -> None:
    """test_csr_counters.py, test_csr_enables.py, test_csr_xdoppel.py and test_pmp.py."""
    more = set(Bare(PROFILES["full"]).h.csrs.by_name) - set(Bare().h.csrs.by_name)
    assert {name.rstrip("0123456789") for name in more} == {
        "mstateen", "hstateen", "sstateen", "mcyclecfg", "minstretcfg", "pmpcfg", "pmpaddr", "hpmcounter",
        "hdcap", "hple", "hisadis", "hpmla", "hpmli", "hioba", "hiobg", "hiobh"}


def test_mpp_2_is_user_mode() -> None:
    m = Bare().m
    for mpp, kept in ((0, 0), (1, 1), (2, 0), (3, 3)):
        m.write_csr("mstatus", 3 << 11)
        m.write_csr("mstatus", mpp << 11)
        assert m.read_csr("mstatus") >> 11 & 3 == kept


def test_sstatus_is_a_window_on_mstatus() -> None:
    m = Bare().m
    m.write_csr("mstatus", 1 << 22 | 1 << 3)
    m.write_csr("sstatus", ONES)
    assert m.read_csr("mstatus") == 0xA_0000_0000 | 1 << 22 | 1 << 3 | 0xC_0122
    m.write_csr("mstatus", 1 << 19)
    assert m.read_csr("sstatus") == 0x2_0000_0000 | 1 << 19


@pytest.mark.parametrize("name", ["satp", "vsatp"])
def test_satp_and_vsatp_fields(name: str) -> None:
    for profile, asid in (("default", 9), ("tiny", 4), ("spike", 16)):
        m = Bare(PROFILES[profile]).m
        m.write_csr(name, 8 << 60 | (1 << 60) - 1)
        assert m.read_csr(name) == 8 << 60 | (1 << asid) - 1 << 44 | (1 << 44) - 1


@pytest.mark.parametrize("mode", [1, 9, 10, 15])
def test_unsupported_modes_of_the_three_atp_registers(mode: int) -> None:
    old, new = 8 << 60 | 3 << 44 | 0x1234, mode << 60 | 5 << 44 | 0x5674
    b = Bare()
    for name in ("satp", "vsatp", "hgatp"):
        b.m.write_csr(name, old)
        b.m.write_csr(name, new)
    assert b.m.read_csr("satp") == old
    assert b.m.read_csr("vsatp") == b.m.read_csr("hgatp") == 8 << 60 | 5 << 44 | 0x5674
    b.m.write_csr("vsatp", old)
    b.csr(hgatp=0)
    b.x(x5=new)
    b.csr(vsatp=3)                              # Bare, so that the guest can fetch
    r = b.do(asm("csrrw", rs1=5, csr="satp"), VS)
    assert b.m.read_csr("vsatp") == 3 and (r["csr_write"], r["csr_value"]) == (1, 3)


def test_hgatp_root_is_16_kib_and_vmid_has_its_width() -> None:
    for profile, vmid in (("default", 7), ("tiny", 3), ("spike", 14)):
        m = Bare(PROFILES[profile]).m
        m.write_csr("hgatp", 8 << 60 | (1 << 60) - 1)
        assert m.read_csr("hgatp") == 8 << 60 | (1 << vmid) - 1 << 44 | (1 << 44) - 4


def test_s_level_windows_follow_mideleg() -> None:
    m = Bare().m
    m.write_csr("mie", ONES)
    assert m.read_csr("sie") == 0
    m.write_csr("mideleg", 0x022)
    assert m.read_csr("sie") == 0x022
    m.write_csr("sie", 0x202)
    assert m.read_csr("mie") == 0xEEE & ~0x020
    m.write_csr("sip", 0x222)
    assert (m.read_csr("mip"), m.read_csr("sip")) == (0x002, 0x002)
    m.write_csr("mip", 0x220)
    assert (m.read_csr("mip"), m.read_csr("sip")) == (0x220, 0x020)
    m.write_csr("mideleg", 0)
    m.write_csr("sip", 0x002)
    assert m.read_csr("mip") == 0x220


def test_vs_level_windows_follow_hideleg_one_place_lower() -> None:
    m = Bare().m
    m.write_csr("hie", ONES)
    m.write_csr("hvip", ONES)
    assert (m.read_csr("vsie"), m.read_csr("vsip")) == (0, 0)
    m.write_csr("hideleg", 0x404)
    assert (m.read_csr("vsie"), m.read_csr("vsip")) == (0x202, 0x202)
    m.write_csr("vsie", 0)
    assert m.read_csr("hie") == 0x040
    m.write_csr("vsip", 0)
    assert (m.read_csr("hvip"), m.read_csr("vsip")) == (0x440, 0x200)
    m.write_csr("hideleg", 0)
    m.write_csr("vsip", 0x002)
    assert m.read_csr("hvip") == 0x440


def test_hip_and_mip_write_only_vssip() -> None:
    m = Bare().m
    for name in ("hip", "mip"):
        m.write_csr("hvip", 0x440)
        m.write_csr(name, 0x004)
        assert (m.read_csr("hvip"), m.read_csr("hip")) == (0x444, 0x444)
        m.write_csr(name, 0)
        assert m.read_csr("hvip") == 0x440


def test_stip_is_writable_until_stimecmp_owns_it() -> None:
    m = Bare().m
    m.write_csr("stimecmp", ONES)
    m.write_csr("mip", 0x20)
    assert m.read_csr("mip") == 0x20
    m.write_csr("menvcfg", 1 << 63)
    assert m.read_csr("mip") == 0
    m.write_csr("mip", 0x20)
    assert m.read_csr("mip") == 0
    m.write_csr("stimecmp", 0)
    m.write_csr("mip", 0)
    assert m.read_csr("mip") == 0x20


def test_seip_reads_wire_or_bit_but_read_modify_write_sees_only_the_bit() -> None:
    b = Bare()
    b.m.plic.priority[10], b.m.plic.enable[1], b.m.plic.pending = 1, 1 << 10, 1 << 10     # raises the wire
    b.x(x5=2)
    r = b.do(asm("csrrs", rd=6, rs1=5, csr="mip"))
    assert b.h.x[6] == 0x200 and r["csr_value"] == 0x202 and b.h.mip == 0x002
    b.x(x5=0x200)
    b.do(asm("csrrs", rd=6, rs1=5, csr="mip"))
    assert b.h.mip == 0x202


def test_henvcfg_stce_hides_while_menvcfg_stce_is_clear() -> None:
    m = Bare().m
    m.write_csr("henvcfg", ONES)
    assert m.read_csr("henvcfg") == 1
    m.write_csr("menvcfg", 1 << 63)
    assert m.read_csr("henvcfg") == 1
    m.write_csr("henvcfg", ONES)
    assert m.read_csr("henvcfg") == 1 << 63 | 1
    m.write_csr("menvcfg", 0)
    m.write_csr("henvcfg", 0)
    assert m.read_csr("henvcfg") == 0
    m.write_csr("menvcfg", 1 << 63)
    assert m.read_csr("henvcfg") == 1 << 63


def test_time_is_displaced_for_a_guest() -> None:
    b = Bare()
    b.h.set_time(1000)
    b.csr(mcounteren=7, hcounteren=7, htimedelta=-1001)
    b.do(asm("csrrs", rd=5, csr="time"), S)
    assert b.h.x[5] == 1000
    b.do(asm("csrrs", rd=5, csr="time"), VS)
    assert b.h.x[5] == -1


def test_minstret_reads_what_was_written_and_counts_from_there() -> None:
    b = Bare()
    b.x(x5=100)
    assert b.do(asm("csrrw", rs1=5, csr="minstret"))["csr_value"] == 100
    b.do(asm("csrrs", rd=6, csr="minstret"))
    b.do(asm("csrrs", rd=7, csr="instret"))
    assert (b.h.x[6], b.h.x[7]) == (100, 101)


def test_mcycle_reads_what_was_written_and_counts_from_there() -> None:
    b = Bare()
    b.x(x5=100)
    assert b.do(asm("csrrw", rs1=5, csr="mcycle"))["csr_value"] == 100
    b.do(asm("csrrs", rd=6, csr="mcycle"))
    b.do(asm("ecall"))                                      # a trap takes a cycle as well
    b.do(asm("csrrs", rd=7, csr="cycle"))
    assert (b.h.x[6], b.h.x[7]) == (100, 102)


def test_inhibited_counters_stand_still_after_the_instruction_that_stops_them() -> None:
    b = Bare()
    b.x(x5=100, x6=5)
    b.do(asm("csrrw", rs1=5, csr="minstret"))
    b.do(asm("csrrs", rs1=6, csr="mcountinhibit"))          # counted: 101
    b.do(asm("addi"))
    b.do(asm("csrrs", rd=7, csr="minstret"))
    b.do(asm("csrrs", rd=8, csr="mcycle"))
    b.do(asm("csrrs", rd=9, csr="mcycle"))
    assert b.h.x[7] == 101 and b.h.x[8] == b.h.x[9] == 2
    b.do(asm("csrrc", rs1=6, csr="mcountinhibit"))          # not counted
    b.do(asm("csrrs", rd=7, csr="minstret"))
    b.do(asm("csrrs", rd=8, csr="mcycle"))
    assert (b.h.x[7], b.h.x[8]) == (101, 3)
    b.csr(mcountinhibit=4)
    b.x(x5=7)
    b.do(asm("csrrw", rs1=5, csr="minstret"))
    b.do(asm("csrrs", rd=7, csr="minstret"))
    assert b.h.x[7] == 7


def test_status_and_atp_writes_drop_cached_translations() -> None:
    for name in ("mstatus", "sstatus", "vsstatus", "satp", "vsatp", "hgatp"):
        b = Bare()
        for tlbs in (b.h.x_tlbs, b.h.r_tlbs, b.h.w_tlbs):
            for mode in (VS, M):
                tlbs[mode].fill(0x1000, 0x2000)
        b.m.write_csr(name, 0)
        assert all(tlb.empty() for tlbs in (b.h.x_tlbs, b.h.r_tlbs, b.h.w_tlbs) for tlb in tlbs), name


def test_without_h_and_sstc_their_registers_and_fields_are_gone() -> None:
    m = Bare(PLAIN.without("H", "Sstc")).m
    names = set(m.hart.csrs.by_name)
    assert not names & {"hstatus", "hgatp", "vsatp", "vstimecmp", "stimecmp", "mtval2", "mtinst", "hvip", "hgeip"}
    m.write_csr("mstatus", ONES)
    m.write_csr("menvcfg", ONES)
    assert (m.read_csr("mstatus"), m.read_csr("menvcfg")) == (0xA_007E_19AA, 1)
    assert m.read_csr("misa") == 1 << 63 | 0x14_1105
    without_sstc = set(Bare(PLAIN.without("Sstc")).h.csrs.by_name)
    assert "hstatus" in without_sstc and "vstimecmp" not in without_sstc


# After reset and after writing all ones, on harts without S, and without U as well.
@pytest.mark.parametrize(("gone", "name", "reset", "ones"), [
    (("S",), "mstatus", 0x2_0000_0000, 0x2_0022_1888), (("S", "U"), "mstatus", 0x1800, 0x1888),
    (("S",), "mie", 0, 0x888), (("S",), "mip", 0, 0), (("S",), "misa", 1 << 63 | 0x10_1105, 1 << 63 | 0x10_1105),
    (("S", "U"), "misa", 1 << 63 | 0x1105, 1 << 63 | 0x1105),
])
def test_harts_with_fewer_modes(gone: tuple[str, ...], name: str, reset: int, ones: int) -> None:
    b = Bare(PLAIN.without("H", "Sstc", *gone))
    b.h.lines = 0x200                                   # the wire of an interrupt that such a hart has not
    assert b.m.read_csr(name) == reset
    b.csr(**{name: -1})
    assert b.m.read_csr(name) == ones


def test_mpp_and_mret_know_the_modes_that_there_are() -> None:
    for gone, lowest in ((("S",), 0), (("S", "U"), 3)):
        b = Bare(PLAIN.without("H", "Sstc", *gone))
        for mpp in (1, 2):
            b.csr(mstatus=3 << 11)
            b.csr(mstatus=mpp << 11)
            assert b.m.read_csr("mstatus") >> 11 & 3 == lowest
        b.csr(mstatus=3 << 11)
        assert b.do(asm("mret"), M)["next_mode"] == M
        assert b.m.read_csr("mstatus") >> 11 & 3 == lowest
        for missing in ("mideleg", "satp", "sstatus", *(("mcounteren", "menvcfg") if lowest else ())):
            assert missing not in b.h.csrs.by_name


def test_the_record_shows_the_register_after_the_write_as_its_own_mode_sees_it() -> None:
    b = Bare()
    b.csr(hideleg=0x444, hvip=0x440)
    b.x(x5=-1)
    r = b.do(asm("csrrw", rd=6, rs1=5, csr="sip"), VS)
    assert (r["csr_addr"], r["csr_value"], r["rd"], r["rd_value"]) == (0x144, 0x222, 6, 0x220)
    r = b.do(asm("csrrs", rd=6, csr="sip"), VS)
    assert (r["csr_write"], r["csr_addr"], r["csr_value"], r["rd_value"]) == (0, 0, 0, 0x222)
    assert unpack(b.h.record) == r
