"""The state of one hart: registers, CSR storage, translation caches and the inputs it samples. No behaviour
of its own.

CSRs that the hardware itself uses are attributes of the manual's name; `csr.py` says what a program may see
and write of them. All values are signed 64-bit integers (`bits.py`).
"""

from typing import TYPE_CHECKING

from isa import causes
from isa.causes import M
from isa.csrs import BY_NAME
from isa.platform import CYCLES_PER_TICK
from isa.profile import Profile
from sim.model.bits import field, ult, wrap
from sim.model.masks import CY, IR, LINES, MPP_LSB, MPRV, MPV, SEIP, STCE, STIP, VSTIP

if TYPE_CHECKING:
    from sim.model.csr import CsrFile
    from sim.model.insn import Insn
    from sim.model.memory import Memory

V = causes.VU                           # bit 2 of a mode: virtualization
ABSENT = -1                             # "no address": no reservation, no bus error, no such symbol
NO_PAGE = 1                             # offset of a page not in the fetch TLB: no code is at odd addresses


# What a snapshot keeps, besides x; the caches are rebuilt and the inputs are sampled again.
KEEP = (
    "pc", "mode", "reservation", "waiting", "retired", "traps", "overdue",
    "mstatus", "hstatus", "vsstatus", "mideleg", "medeleg", "hedeleg", "hideleg", "mie", "mip", "hvip",
    "mtvec", "stvec", "vstvec", "mscratch", "sscratch", "vsscratch", "mepc", "sepc", "vsepc",
    "mcause", "scause", "vscause", "mtval", "stval", "vstval", "mtval2", "htval", "mtinst", "htinst",
    "satp", "vsatp", "hgatp", "mcounteren", "hcounteren", "scounteren", "menvcfg", "henvcfg", "senvcfg",
    "stimecmp", "vstimecmp", "htimedelta", "mcountinhibit", "minstret", "mcycle",
    "lines", "time", "time_origin",
)


def _reset(name: str) -> int:
    return wrap(BY_NAME[name].reset)


class Hart:
    """One hart after reset: M-mode, pc at `reset_pc`, translation off, interrupts off."""

    def __init__(self, profile: Profile, memory: "Memory", reset_pc: int, number: int = 0) -> None:
        self.profile = profile
        self.memory = memory
        self.number = number
        self.hypervisor = profile.has("H")
        self.x = [0] * 32
        self.pc = reset_pc
        self.npc = reset_pc             # where the current instruction goes next
        self.mode = M
        self.reservation = ABSENT       # physical address of the last LR
        self.waiting = False            # a WFI has just retired
        self.attention = False          # something changed that may make an interrupt takeable
        self.retired = 0                # instructions since reset
        self.traps = 0                  # traps since reset; records = retired + traps
        self.overdue = 0                # lockstep: records that a takeable interrupt has waited
        self._init_csrs()
        self._init_inputs()
        self._init_caches()
        self.csrs: CsrFile            # the program's view of the CSRs; set by the machine

    def _init_csrs(self) -> None:
        self.mstatus, self.hstatus, self.vsstatus = _reset("mstatus"), _reset("hstatus"), _reset("vsstatus")
        self.mideleg = (causes.VS_INTERRUPTS if self.hypervisor else 0)
        self.medeleg = self.hedeleg = self.hideleg = 0
        self.mie = 0
        self.mip = 0                    # only the bits that software writes: SSIP, STIP, SEIP
        self.hvip = 0
        self.mtvec = self.stvec = self.vstvec = 0
        self.mscratch = self.sscratch = self.vsscratch = 0
        self.mepc = self.sepc = self.vsepc = 0
        self.mcause = self.scause = self.vscause = 0
        self.mtval = self.stval = self.vstval = 0
        self.mtval2 = self.htval = self.mtinst = self.htinst = 0
        self.satp = self.vsatp = self.hgatp = 0
        self.mcounteren = self.hcounteren = self.scounteren = 0
        self.menvcfg = self.henvcfg = self.senvcfg = 0
        self.stimecmp = self.vstimecmp = self.htimedelta = 0
        self.mcountinhibit = 0
        self.minstret = 0               # an offset to `retired`; the value itself while inhibited
        self.mcycle = 0                 # an offset to `steps`; the value itself while inhibited

    def _init_inputs(self) -> None:
        self.lines = 0                  # interrupt wires, as bits of mip
        self.time = 0                   # the `time` of this instruction, before htimedelta
        self.time_origin = 0            # time = origin + records / CYCLES_PER_TICK, alone
        self.locked = False             # follow an RTL record: the five below come from it
        self.in_cycle = 0
        self.in_rdata = 0
        self.in_sc_spurious = False
        self.error_dword = ABSENT       # aligned physical address at which this instruction meets a bus error,
        self.error_fetch = False        # while it is fetched (or while it executes)

    def _init_caches(self) -> None:
        # Software TLBs, one of each kind per effective mode: virtual page -> physical minus virtual address.
        modes = tuple(causes.MODES)
        self.x_tlbs: dict[int, dict[int, int]] = {mode: {} for mode in modes}
        self.r_tlbs: dict[int, dict[int, int]] = {mode: {} for mode in modes}
        self.w_tlbs: dict[int, dict[int, int]] = {mode: {} for mode in modes}
        self.icache: dict[int, Insn] = {}  # physical address -> instruction; what FENCE.I forgets
        # The explicit access of this instruction, for its record.
        self.mem_vaddr = self.mem_paddr = self.mem_rdata = self.mem_wdata = 0
        self.sc_success = False
        self.record: list[int] = []
        self.set_mode(self.mode)

    # The one write port of the integer registers.

    def w(self, rd: int, value: int) -> None:
        """x[rd] := value mod 2**64; x0 stays zero."""
        if rd:
            self.x[rd] = wrap(value)

    def jump(self, target: int) -> None:
        """The next instruction is at `target` mod 2**64; it is even, so with IALIGN 16 never misaligned."""
        self.npc = wrap(target)

    # Privilege.

    def set_mode(self, mode: int) -> None:
        """Enter a mode (3 bits, bit 2 = V)."""
        self.mode = mode
        self.x_tlb = self.x_tlbs[mode]
        self.select_data_mode()
        self.attention = True

    def select_data_mode(self) -> None:
        """Find the effective mode of explicit accesses, after the mode, MPRV, MPP or MPV changed."""
        self.data_mode = self.mode
        if self.mstatus & MPRV:
            self.data_mode = field(self.mstatus, MPP_LSB + 1, MPP_LSB)
            if self.data_mode != M and self.mstatus & MPV:
                self.data_mode |= V
        self.r_tlb = self.r_tlbs[self.data_mode]
        self.w_tlb = self.w_tlbs[self.data_mode]

    def flush(self) -> None:
        """Forget every cached translation: at fences and writes that change translation or protection."""
        for tlbs in (self.x_tlbs, self.r_tlbs, self.w_tlbs):
            for tlb in tlbs.values():
                tlb.clear()

    # Pending interrupts and counters: functions of state and time.

    def pending(self) -> int:
        """mip as the hardware sees it: software bits, wires, and the comparators of Sstc against `time`."""
        mip = self.mip | self.hvip | self.lines & LINES
        if self.menvcfg & STCE:
            mip &= ~STIP
            if not ult(self.time, self.stimecmp):
                mip |= STIP
            if self.henvcfg & STCE and not ult(self.time + self.htimedelta, self.vstimecmp):
                mip |= VSTIP
        return mip

    def refresh_time(self) -> int:
        """Bring `time` up to date when the model runs alone: one tick each CYCLES_PER_TICK records."""
        if not self.locked:
            self.time = wrap(self.time_origin + self.steps // CYCLES_PER_TICK)
        return self.time

    def set_time(self, value: int) -> None:
        """Let `time` be `value` now, and go on from there."""
        self.time_origin = wrap(value - self.steps // CYCLES_PER_TICK)
        self.time = value

    def cycle(self) -> int:
        """mcycle."""
        if self.locked:
            return self.in_cycle
        return self.mcycle if self.mcountinhibit & CY else wrap(self.mcycle + self.steps)

    def instret(self) -> int:
        """minstret."""
        return self.minstret if self.mcountinhibit & IR else wrap(self.minstret + self.retired)

    def writable_pending(self) -> int:
        """mip as a read-modify-write sees it: without the external interrupt wire behind SEIP."""
        return self.pending() & ~SEIP | self.mip & SEIP

    @property
    def steps(self) -> int:
        """Records since reset: instructions and traps."""
        return self.retired + self.traps
