"""xRET, WFI, SFENCE.VMA and the CSR instructions, in every mode."""

import itertools

import pytest

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from sim.model.masks import MIE, MPIE, MPRV, MPV, SIE, SPIE, SPP, SPV
from tests.sim.model.bare import CODE, DATA, LEAF, PLAIN, PU, Bare, asm, sv39

FULL = PROFILES["full"]
OK, II, VI = 0, 2, 22
TVM, TW, TSR = 1 << 20, 1 << 21, 1 << 22
MODES = (M, S, U, VS, VU)


def cause(r: dict[str, int]) -> int:
    return r["cause"] if r["trap"] else OK


@pytest.mark.parametrize(("mpp", "mpv"), list(itertools.product((U, S, M), (0, 1))))
@pytest.mark.parametrize("mpie", [0, 1])
def test_mret(mpp: int, mpv: int, mpie: int) -> None:
    b = Bare()
    b.csr(mstatus=mpp << 11 | (MPV if mpv else 0) | (MPIE if mpie else 0) | MPRV, mepc=DATA + 1)
    r = b.do(asm("mret"))
    mode = M if mpp == M else mpp | 4 * mpv                # MPP=3: V stays 0 whatever MPV says
    assert (r["next_mode"], r["next_pc"]) == (mode, DATA)
    keeps = MPRV if mpp == M else 0
    assert b.m.read_csr("mstatus") == 0xA_0000_0000 | MPIE | (MIE if mpie else 0) | keeps


@pytest.mark.parametrize(("start", "spp", "spv", "spie"), list(itertools.product((M, S), (0, 1), (0, 1), (0, 1))))
def test_sret_of_the_host(start: int, spp: int, spv: int, spie: int) -> None:
    b = Bare()
    b.csr(mstatus=(SPP if spp else 0) | (SPIE if spie else 0) | MPRV, hstatus=(SPV if spv else 0) | 1 << 9, sepc=DATA)
    r = b.do(asm("sret"), start)
    assert (r["next_mode"], r["next_pc"]) == (spp | 4 * spv, DATA)
    assert b.m.read_csr("mstatus") == 0xA_0000_0000 | SPIE | (SIE if spie else 0)
    assert b.m.read_csr("hstatus") == 0x2_0000_0000 | 1 << 9


@pytest.mark.parametrize(("spp", "spie"), list(itertools.product((0, 1), (0, 1))))
def test_sret_of_a_guest(spp: int, spie: int) -> None:
    b = Bare()
    b.csr(vsstatus=(SPP if spp else 0) | (SPIE if spie else 0), vsepc=DATA, sepc=CODE, hstatus=SPV)
    before = b.h.mstatus, b.h.hstatus
    r = b.do(asm("sret"), VS)
    assert (r["next_mode"], r["next_pc"]) == (VS if spp else VU, DATA)
    assert b.m.read_csr("vsstatus") == 0x2_0000_0000 | SPIE | (SIE if spie else 0)
    assert (b.h.mstatus, b.h.hstatus) == before


@pytest.mark.parametrize("mode", MODES)
def test_who_may_mret(mode: int) -> None:
    assert cause(Bare().do(asm("mret"), mode)) == (OK if mode == M else II)


@pytest.mark.parametrize(("mode", "tsr", "vtsr"), list(itertools.product(MODES, (0, TSR), (0, TSR))))
def test_who_may_sret(mode: int, tsr: int, vtsr: int) -> None:
    b = Bare()
    b.csr(mstatus=tsr, hstatus=vtsr)
    expected = {M: OK, S: II if tsr else OK, U: II, VS: VI if vtsr else OK, VU: VI}[mode]
    assert cause(b.do(asm("sret"), mode)) == expected


@pytest.mark.parametrize(("mode", "tw", "vtw"), list(itertools.product(MODES, (0, TW), (0, TW))))
def test_who_may_wait(mode: int, tw: int, vtw: int) -> None:
    b = Bare()
    b.csr(mstatus=tw, hstatus=vtw)
    expected = {M: OK, S: II if tw else OK, U: II, VS: II if tw else VI if vtw else OK, VU: II if tw else VI}[mode]
    assert cause(b.do(asm("wfi"), mode)) == expected


@pytest.mark.parametrize(("mode", "tvm", "vtvm"), list(itertools.product(MODES, (0, TVM), (0, TVM))))
def test_who_may_fence(mode: int, tvm: int, vtvm: int) -> None:
    b = Bare(FULL)
    b.csr(mstatus=tvm, hstatus=vtvm, pmpaddr0=-1, pmpcfg0=0x1F)
    sfence = {M: OK, S: II if tvm else OK, U: II, VS: VI if vtvm else OK, VU: VI}[mode]
    vvma = {M: OK, S: OK, U: II, VS: VI, VU: VI}[mode]
    gvma = {M: OK, S: II if tvm else OK, U: II, VS: VI, VU: VI}[mode]
    order = {M: OK, S: OK, U: II, VS: OK, VU: VI}[mode]         # of a batch of invalidations: TVM and VTVM do not matter
    for name, expected in (("sfence.vma", sfence), ("hfence.vvma", vvma), ("hfence.gvma", gvma),
                           ("sinval.vma", sfence), ("hinval.vvma", vvma), ("hinval.gvma", gvma),
                           ("sfence.w.inval", order), ("sfence.inval.ir", order)):
        r = b.do(asm(name, rs1=1, rs2=2), mode)
        assert cause(r) == expected, name
        assert r["tval"] == (asm(name, rs1=1, rs2=2) if expected else 0)


@pytest.mark.parametrize(("names", "atp"), [
    (("sinval.vma", "sfence.vma"), "satp"), (("sinval.vma", "hinval.vvma", "hfence.vvma"), "vsatp"),
    (("hinval.gvma", "hfence.gvma"), "hgatp")])
def test_an_invalidation_makes_a_changed_page_table_hold(names: tuple[str, ...], atp: str) -> None:
    """In the batch that the manual gives as a pattern."""
    for name in names:
        b = Bare(FULL)
        root = b.table(16384 if atp == "hgatp" else 4096)
        user = PU if atp == "hgatp" else 0
        b.map(root, CODE, CODE, LEAF | user)
        pte = b.map(root, DATA, DATA, LEAF | user)
        b.csr(**{atp: sv39(root)}, pmpaddr0=-1, pmpcfg0=0x1F)
        b.x(x5=DATA)
        mode = S if atp == "satp" else VS
        b.put(DATA, [1], 8)
        b.put(DATA + 0x1000, [2], 8)
        assert b.do(asm("ld", rd=7, rs1=5), mode)["rd_value"] == 1
        # As another hart would: behind the back of this one.
        b.m.memory.poke(pte, (DATA + 0x1000 >> 2 | LEAF | user).to_bytes(8, "little"))
        fences = S if name[0] == "h" else mode
        for word in (asm("sfence.w.inval"), asm(name), asm("sfence.inval.ir")):
            assert not b.do(word, fences)["trap"]
        assert b.do(asm("ld", rd=7, rs1=5), mode)["rd_value"] == 2, name


@pytest.mark.parametrize("name", ["sinval.vma", "sfence.w.inval", "sfence.inval.ir", "hinval.vvma", "hinval.gvma"])
def test_svinval_needs_the_extension(name: str) -> None:
    assert cause(Bare().do(asm(name))) == II
    without_h = Bare(FULL.without("H", "Xdoppel"))
    assert cause(without_h.do(asm(name))) == (II if name[0] == "h" else OK)


def test_hypervisor_instructions_need_the_extension() -> None:
    b = Bare(PLAIN.without("H"))
    for name in ("hfence.vvma", "hfence.gvma", "hlv.d", "hsv.b"):
        assert cause(b.do(asm(name))) == II


def test_csr_instructions() -> None:
    b = Bare()
    b.csr(mscratch=0b1100)
    b.x(x5=0b1010)
    for name, operands, new in (("csrrw", {"rs1": 5}, 0b1010), ("csrrs", {"rs1": 5}, 0b1110), ("csrrc", {"rs1": 5}, 0b0100),
                                ("csrrwi", {"imm": 9}, 9), ("csrrsi", {"imm": 3}, 0b1111), ("csrrci", {"imm": 4}, 0b1000)):
        b.csr(mscratch=0b1100)
        r = b.do(asm(name, rd=6, csr="mscratch", **operands))
        assert (b.h.x[6], b.m.read_csr("mscratch")) == (0b1100, new), name
        assert (r["csr_write"], r["csr_addr"], r["csr_value"]) == (1, 0x340, new)


def test_set_and_clear_with_x0_do_not_write_but_with_a_zero_register_do() -> None:
    b = Bare()
    for name in ("csrrs", "csrrc"):
        assert not b.do(asm(name, rd=6, csr="mvendorid"))["trap"]
        assert b.do(asm(name, rd=6, rs1=7, csr="mvendorid"))["cause"] == II
        assert b.do(asm(name, rd=6, rs1=7, csr="mscratch"))["csr_write"] == 1
        assert b.do(asm(f"{name}i", rd=6, csr="mscratch"))["csr_write"] == 0
    assert b.do(asm("csrrw", rd=6, csr="mvendorid"))["cause"] == II
    assert b.do(asm("csrrwi", rd=6, csr="mvendorid"))["cause"] == II


def test_csrrw_swaps_a_register_with_itself() -> None:
    b = Bare()
    b.csr(mscratch=5)
    b.x(x6=9)
    b.do(asm("csrrw", rd=6, rs1=6, csr="mscratch"))
    assert (b.h.x[6], b.m.read_csr("mscratch")) == (5, 9)
