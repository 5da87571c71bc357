"""The state of one hart: registers, CSR storage, translation caches and the inputs it samples. No behaviour
of its own.

CSRs that the hardware itself uses are attributes of the manual's name; `csr.py` says what a program may see
and write of them. All values are signed 64-bit integers (`bits.py`).
"""

from typing import TYPE_CHECKING, Final

from librt.vecs import vec
from mypy_extensions import i64

from isa import causes, platform
from isa.csrs import BY_NAME
from isa.profile import Profile
from sim.model.bits import field, shl, signed, ult, wrap
from sim.model.masks import LINES, MPP_LSB, MPRV, MPV, SEIP, STCE, STIP, VSTIP
from sim.model.pmp import Pmp
from sim.model.retire import Record
from sim.model.tlb import Tlb

if TYPE_CHECKING:
    from sim.model.csr import CsrFile
    from sim.model.decode import Decoder
    from sim.model.insn import Insn
    from sim.model.memory import Memory

M: Final[i64] = causes.M
V: Final[i64] = causes.VU               # bit 2 of a mode: virtualization
ABSENT: Final[i64] = -1                 # "no address": no reservation, no bus error, no such symbol
BLOCK: Final[i64] = -64                 # of an address: other stores to this block end the reservation
NO_PAGE: Final[i64] = 0x4000_0000_0000_0000     # no virtual address has this page number
PARCELS: Final[i64] = 2048              # places of a page where an instruction may begin
CYCLES_PER_TICK: Final[i64] = platform.CYCLES_PER_TICK
MODES: Final[i64] = 8                   # numbers that 3 bits of mode have


# What a snapshot keeps, besides the PMP entries; the caches are rebuilt and the inputs are sampled again.
KEEP = (
    "pc", "mode", "reservation", "waiting", "retired", "traps", "overdue",
    "mstatus", "hstatus", "vsstatus", "mideleg", "medeleg", "hedeleg", "hideleg", "mie", "mip", "hvip",
    "mtvec", "stvec", "vstvec", "mscratch", "sscratch", "vsscratch", "mepc", "sepc", "vsepc",
    "mcause", "scause", "vscause", "mtval", "stval", "vstval", "mtval2", "htval", "mtinst", "htinst",
    "satp", "vsatp", "hgatp", "mcounteren", "hcounteren", "scounteren", "menvcfg", "henvcfg", "senvcfg",
    "stimecmp", "vstimecmp", "htimedelta", "mcountinhibit", "minstret", "mcycle", "mcyclecfg", "minstretcfg",
    "instret_stands", "cycle_stands",
    "hple", "hisadis", "hpmla", "hpmli", "hioba", "hiobg", "hiobh", "pause_first", "pause_last",
    "lines", "time", "time_origin",
)
KEEP_ARRAYS = ("x", "mstateen", "hstateen", "mhpmcounter", "mhpmevent")


def _reset(name: str, profile: Profile) -> i64:
    return signed(sum([f.reset << f.lsb for f in BY_NAME[name].fields if profile.has(f.ext)]))


def tlbs() -> "list[Tlb]":
    """One TLB per mode."""
    return [Tlb() for _ in range(MODES)]


class Hart:
    """One hart after reset: M-mode, pc at `reset_pc`, translation off, interrupts off."""

    # CSR storage; what is not zero after reset is set by the constructor.
    mstatus: i64
    hstatus: i64
    vsstatus: i64
    mideleg: i64
    medeleg: i64 = 0
    hedeleg: i64 = 0
    hideleg: i64 = 0
    mie: i64 = 0
    mip: i64 = 0                        # only the bits that software writes: SSIP, STIP, SEIP
    hvip: i64 = 0
    mtvec: i64 = 0
    stvec: i64 = 0
    vstvec: i64 = 0
    mscratch: i64 = 0
    sscratch: i64 = 0
    vsscratch: i64 = 0
    mepc: i64 = 0
    sepc: i64 = 0
    vsepc: i64 = 0
    mcause: i64 = 0
    scause: i64 = 0
    vscause: i64 = 0
    mtval: i64 = 0
    stval: i64 = 0
    vstval: i64 = 0
    mtval2: i64 = 0
    htval: i64 = 0
    mtinst: i64 = 0
    htinst: i64 = 0
    satp: i64 = 0
    vsatp: i64 = 0
    hgatp: i64 = 0
    mcounteren: i64 = 0
    hcounteren: i64 = 0
    scounteren: i64 = 0
    menvcfg: i64 = 0
    henvcfg: i64 = 0
    senvcfg: i64 = 0
    stimecmp: i64 = 0
    vstimecmp: i64 = 0
    htimedelta: i64 = 0
    mcountinhibit: i64 = 0
    mcyclecfg: i64 = 0
    minstretcfg: i64 = 0
    minstret: i64 = 0                   # an offset to `retired`; the value itself while it stands still
    mcycle: i64 = 0                     # an offset to `steps`; the value itself while it stands still
    instret_stands: bool = False
    cycle_stands: bool = False
    hple: i64 = 0
    hisadis: i64 = 0
    hpmla: i64 = 0
    hpmli: i64 = 0
    hioba: i64 = 0
    hiobg: i64 = 0
    hiobh: i64 = 0

    # Execution.
    mode: i64
    data_mode: i64                      # effective mode of explicit accesses
    pc: i64
    npc: i64                            # where the current instruction goes next
    reservation: i64 = -1               # physical address of the last LR, or ABSENT
    pause_first: i64 = 0                # clock of the first and the last `pause` of a loop of a guest's;
    pause_last: i64 = -1                # ABSENT while there is none (pause_loop.py)
    waiting: bool = False               # a WFI has just retired
    attention: bool = False             # something changed that may make an interrupt takeable
    retired: i64 = 0                    # instructions since reset
    traps: i64 = 0                      # traps since reset; records = retired + traps
    overdue: i64 = 0                    # lockstep: records that a takeable interrupt has waited

    # Inputs.
    lines: i64 = 0                      # interrupt wires, as bits of mip
    time: i64 = 0                       # the `time` of this instruction, before htimedelta
    time_origin: i64 = 0                # time = origin + records / CYCLES_PER_TICK, alone
    locked: bool = False                # follow an RTL record: the eight below come from it
    in_cycle: i64 = 0
    in_counter: i64 = 0                 # the hpm counter that the instruction reads
    in_clock: i64 = 0
    in_rdata: i64 = 0
    in_sc_spurious: bool = False
    error_dword: i64 = -1               # aligned physical address at which this instruction meets a bus error,
    error_fetch: bool = False           # while it is fetched (or while it executes)
    error_va: i64 = 0                   # ... and the portion of it that is then fetched

    # The explicit access of this instruction, for its record.
    mem_vaddr: i64 = 0
    mem_paddr: i64 = 0
    mem_rdata: i64 = 0
    mem_wdata: i64 = 0
    sc_success: bool = False

    def __init__(self, profile: Profile, memory: "Memory", reset_pc: i64, number: i64 = 0) -> None:
        self.profile = profile
        self.memory = memory
        self.number = number
        self.hypervisor = profile.has("H")
        self.tinst_zero = profile.tinst_zero
        self.x: vec[i64] = vec[i64]([0] * 32)
        self.mstateen: vec[i64] = vec[i64]([0] * 4)
        self.hstateen: vec[i64] = vec[i64]([0] * 4)
        self.mhpmcounter: vec[i64] = vec[i64]([0] * 32)
        self.mhpmevent: vec[i64] = vec[i64]([0] * 32)
        self.pmp = Pmp(profile)
        self.pc = self.npc = reset_pc
        self.lowest: i64 = causes.U if profile.has("U") else M      # the least privileged mode
        self.mstatus = _reset("mstatus", profile) | shl(self.lowest, MPP_LSB)
        self.hstatus, self.vsstatus = _reset("hstatus", profile), _reset("vsstatus", profile)
        self.mideleg = _reset("mideleg", profile)
        self.csrs: CsrFile              # the program's view of the CSRs; the machine sets this and the decoder
        self.decoder: Decoder
        self.retire = Record()          # of the last step
        # Software TLBs, one of each kind per effective mode.
        self.x_tlbs, self.r_tlbs, self.w_tlbs = tlbs(), tlbs(), tlbs()
        self.no_tlb = Tlb()             # stands in for those of data in a step that meets a bus error
        # Decoded instructions by physical page (in a guest its complement), which FENCE.I forgets, and the page that pc is in.
        self.pages: dict[int, list[Insn | None]] = {}
        self.code_page: i64 = NO_PAGE
        self.code: list[Insn | None] = []
        self.set_mode(M)

    # The one write port of the integer registers.

    def w(self, rd: i64, value: i64) -> None:
        """x[rd] := value mod 2**64; x0 stays zero."""
        if rd:
            self.x[rd] = wrap(value)

    def jump(self, target: i64) -> None:
        """The next instruction is at `target` mod 2**64; it is even, so with IALIGN 16 never misaligned."""
        self.npc = wrap(target)

    # Privilege.

    def set_mode(self, mode: i64) -> None:
        """Enter a mode (3 bits, bit 2 = V)."""
        self.mode = mode
        self.x_tlb = self.x_tlbs[mode]
        self.code_page = NO_PAGE
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

    def distrust(self) -> None:
        """Until the next `select_data_mode` all accesses and the fetch pass every check; what is remembered stays."""
        self.no_tlb.clear()
        self.r_tlb = self.w_tlb = self.no_tlb
        self.code_page = NO_PAGE

    def flush(self) -> None:
        """Forget every cached translation: at fences and writes that change translation or protection."""
        for mode in range(MODES):
            self.x_tlbs[mode].clear()
            self.r_tlbs[mode].clear()
            self.w_tlbs[mode].clear()
        self.code_page = NO_PAGE

    def forget_code(self) -> None:
        """Forget every decoded instruction."""
        self.pages.clear()
        self.code_page = NO_PAGE

    def code_at(self, pa: i64) -> "list[Insn | None]":
        """The decoded instructions of the page of a physical address, by address / 2; guests have their own (hisadis)."""
        number = ~(pa >> 12) if self.mode & V else pa >> 12
        page = self.pages.get(number)
        if page is None:
            page = [None] * PARCELS
            self.pages[number] = page
        return page

    # Pending interrupts and counters: functions of state and time.

    def pending(self) -> i64:
        """mip as the hardware sees it: software bits, wires, and the comparators of Sstc against `time`."""
        mip = self.mip | self.hvip | self.lines & LINES
        if self.menvcfg & STCE:
            mip &= ~STIP
            if not ult(self.time, self.stimecmp):
                mip |= STIP
            if self.henvcfg & STCE and not ult(self.time + self.htimedelta, self.vstimecmp):
                mip |= VSTIP
        return mip

    def refresh_time(self) -> i64:
        """Bring `time` up to date when the model runs alone: one tick each CYCLES_PER_TICK records."""
        if not self.locked:
            self.time = wrap(self.time_origin + self.steps // CYCLES_PER_TICK)
        return self.time

    def set_time(self, value: i64) -> None:
        """Let `time` be `value` now, and go on from there."""
        self.time_origin = wrap(value - self.steps // CYCLES_PER_TICK)
        self.time = value
        self.attention = True

    def cycle(self) -> i64:
        """mcycle."""
        if self.locked:
            return self.in_cycle
        return self.mcycle if self.cycle_stands else wrap(self.mcycle + self.steps)

    def clock(self) -> i64:
        """Core cycles since reset, which no CSR stops or writes: one per record when the model runs alone."""
        return self.in_clock if self.locked else self.steps

    def instret(self) -> i64:
        """minstret."""
        return self.minstret if self.instret_stands else wrap(self.minstret + self.retired)

    def writable_pending(self) -> i64:
        """mip as a read-modify-write sees it: without the external interrupt wire behind SEIP."""
        return self.pending() & ~SEIP | self.mip & SEIP

    @property
    def record(self) -> list[int]:
        """The record of the last step as unsigned words (isa/retire.py)."""
        return self.retire.words()

    @property
    def steps(self) -> i64:
        """Records since reset: instructions and traps."""
        return self.retired + self.traps
