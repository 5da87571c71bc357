"""Rules of "Sstc" and of vstimecmp: the supervisor's own timer, and the guest's."""

import itertools

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from sim.model.masks import SIE
from tests.rules.mutants import mutant
from tests.sim.model.bare import HANDLER, Bare, asm

STCE, TM, STI, VSTI = 1 << 63, 2, 1 << 5, 1 << 6
NOW = 1000
VSTIMECMP = "vstimecmp       0x24D | Sstc | VSTIP is pending while time + htimedelta >= vstimecmp\n"
STIMECMP = "stimecmp        0x14D | Sstc | STIP is pending while time >= stimecmp\n"


class Timers(Bare):
    """Both timers are on, far away; `time` is NOW."""

    def __init__(self) -> None:
        super().__init__()
        self.csr(mcounteren=TM, hcounteren=TM, menvcfg=STCE)
        self.csr(henvcfg=STCE, stimecmp=-1, vstimecmp=-1)
        self.h.set_time(NOW)

    def vstip(self) -> int:
        return self.m.read_csr("hip") & VSTI


@mutant("isa/csrs.py", VSTIMECMP + "    value       63 0  RW 0", VSTIMECMP + "    value       31 0  RW 0")
def test_vstimecmp_has_64_bits() -> None:
    b = Timers()
    for value in (0xFFFF_FFFF_FFFF_FFFF, 0xFEDC_BA98_7654_3210, 0):
        b.csr(vstimecmp=value)
        assert b.m.read_csr("vstimecmp") == value
    b.csr(htimedelta=1 << 40)
    for vstimecmp, pending in ((1 << 40, VSTI), ((1 << 40) + NOW + 1, 0)):
        b.csr(vstimecmp=vstimecmp)
        assert b.vstip() == pending


@mutant("hart.py", "self.time + self.htimedelta, self.vstimecmp", "self.time, self.vstimecmp")
@mutant("hart.py", "if self.henvcfg & STCE and not ult(self.time + self.htimedelta, self.vstimecmp)",
        "if self.henvcfg & STCE and self.time + self.htimedelta >= self.vstimecmp")
def test_vstip_is_pending_when_time_plus_htimedelta_is_at_least_vstimecmp_unsigned_and_truncated() -> None:
    top = 1 << 64
    for delta, vstimecmp, pending in ((0, NOW, 1), (0, NOW + 1, 0), (0, 0, 1), (0, top - 1, 0), (5, NOW + 5, 1),
                                      (5, NOW + 6, 0), (top - NOW, 0, 1), (top - NOW, 1, 0), (top - NOW - 1, top - 1, 1),
                                      (top - NOW, top - 1, 0), (1 << 63, 5, 1), (1 << 63, (1 << 63) + NOW + 1, 0)):
        b = Timers()
        b.csr(htimedelta=delta, vstimecmp=vstimecmp)
        assert b.vstip() == pending * VSTI


@mutant("hart.py", "mip |= VSTIP", "mip |= VSTIP\n                self.hvip |= VSTIP")
def test_vstip_stays_until_vstimecmp_is_greater() -> None:
    b = Timers()
    b.csr(vstimecmp=NOW)
    for _ in range(3):
        b.do(asm("addi"))
        assert b.vstip()
    b.csr(hvip=0, hip=0, mip=0)                     # it is not cleared there
    assert b.vstip()
    b.csr(vstimecmp=NOW + 1)
    assert not b.vstip()


@mutant("interrupts.py", "(h.mode == VU or (h.mode == VS and h.vsstatus & SIE))", "h.vsstatus & SIE")
@mutant("interrupts.py", "(h.mode == VU or (h.mode == VS and h.vsstatus & SIE))", "(h.mode == VU or h.vsstatus & SIE)")
def test_the_timer_of_the_guest_interrupts_by_the_usual_enables_and_delegation() -> None:
    for mode, enabled, hie, hideleg in itertools.product((M, S, U, VS, VU), (0, SIE), (0, VSTI), (0, VSTI)):
        b = Timers()
        b.csr(vstimecmp=0, vsstatus=enabled, mstatus=0, hie=hie, hideleg=hideleg)
        b.mode(mode)
        r = b.step()
        to_hs = hie and not hideleg and mode in (U, VS, VU)
        to_vs = hie and hideleg and (mode == VU or (mode == VS and enabled))
        assert r["interrupt"] == bool(to_hs or to_vs)
        if r["interrupt"]:
            assert (r["next_mode"], r["cause"]) == ((S, 6) if to_hs else (VS, 5))


@mutant("csr_access.py", "return h.henvcfg & STCE != 0 and h.hcounteren & TM != 0", "return h.hcounteren & TM != 0")
@mutant("hart.py", "if self.henvcfg & STCE and not ult", "if not ult")
def test_without_henvcfg_stce_stimecmp_of_a_guest_is_a_virtual_instruction_and_vstip_is_of_hvip() -> None:
    b = Timers()
    b.csr(vstimecmp=0)
    assert b.vstip() and not b.do(asm("csrrs", csr="stimecmp"), VS)["trap"]
    b.csr(henvcfg=0)
    assert not b.vstip()
    for word in (asm("csrrs", csr="stimecmp"), asm("csrrw", csr="stimecmp")):
        assert b.do(word, VS)["cause"] == 22
    b.csr(hvip=VSTI)
    assert b.vstip()


@mutant("hart.py", "if not ult(self.time, self.stimecmp):\n                mip |= STIP", "mip |= self.mip & STIP")
@mutant("csr_access.py", "return h.menvcfg & STCE != 0 and h.mcounteren & TM != 0", "return False")
def test_supervisor_mode_has_a_timer_that_it_sets_and_is_interrupted_by_without_m_mode() -> None:
    b = Timers()
    b.csr(mideleg=STI, sie=STI, mstatus=SIE)
    b.x(x5=NOW)
    assert not b.do(asm("csrrw", rs1=5, csr="stimecmp"), S)["trap"]
    r = b.step()
    assert (r["interrupt"], r["cause"], r["next_mode"], r["next_pc"]) == (1, 5, S, HANDLER + 0x100)


@mutant("hart.py", "mip |= VSTIP", "mip |= 0")
@mutant("isa/csrs.py", '"stimecmp": "vstimecmp", ', "")
def test_vs_mode_has_such_a_timer_as_well() -> None:
    b = Timers()
    b.csr(hideleg=VSTI, hie=VSTI, vsstatus=SIE)
    b.x(x5=NOW)
    assert not b.do(asm("csrrw", rs1=5, csr="stimecmp"), VS)["trap"]
    r = b.step()
    assert (r["interrupt"], r["cause"], r["next_mode"], r["next_pc"]) == (1, 5, VS, HANDLER + 0x200)


def absent_without_sstc(name: str, number: int) -> None:
    b, old = Bare(), Bare(PROFILES["default"].without("Sstc"))
    assert not b.do(asm("csrrs", csr=name))["trap"]
    assert b.do(asm("csrrs", csr=name))["insn"] >> 20 == number
    assert old.do(asm("csrrs", csr=name))["cause"] == 2


@mutant("isa/csrs.py", STIMECMP, STIMECMP.replace("0x14D", "0x15D"))
@mutant("isa/csrs.py", STIMECMP, STIMECMP.replace("Sstc", "S"))
def test_sstc_adds_stimecmp() -> None:
    absent_without_sstc("stimecmp", 0x14D)


@mutant("isa/csrs.py", VSTIMECMP, VSTIMECMP.replace("0x24D", "0x25D"))
@mutant("isa/csrs.py", VSTIMECMP, VSTIMECMP.replace("Sstc", "H"))
def test_sstc_adds_vstimecmp() -> None:
    absent_without_sstc("vstimecmp", 0x24D)


@mutant("isa/csrs.py", "    stce        63 63 RW 0 @Sstc", "    stce        63 63 RO 0")
@mutant("isa/csrs.py", "    stce        63 63 RW 0 @Sstc", "    stce        63 63 RW 0")
def test_sstc_adds_stce_to_menvcfg() -> None:
    for b, stce in ((Bare(), STCE), (Bare(PROFILES["default"].without("Sstc")), 0)):
        b.csr(menvcfg=STCE)
        assert b.m.read_csr("menvcfg") == stce


@mutant("csr_enables.py", "SHARED: Final[i64] = ADUE | STCE", "SHARED: Final[i64] = ADUE")
def test_sstc_adds_stce_to_henvcfg() -> None:
    for b, stce in ((Bare(), STCE), (Bare(PROFILES["default"].without("Sstc")), 0)):
        b.csr(menvcfg=STCE)
        b.csr(henvcfg=STCE)
        assert b.m.read_csr("henvcfg") == stce
