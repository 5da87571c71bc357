"""Where Spike 591cff16 differs from this machine, each with its reason: nothing else may differ in a cross-check.

Three kinds: bits of CSRs that a comparison allows for (CSR_BITS, SPIKE_ONLY), what random programs do not do (AVOIDED), and
test programs that are not compared (EXCLUDED). The manual is riscv-isa-manual, the files named are in its src/priv, and
"#" numbers are issues of riscv-isa-sim. Each row has a test that fails as soon as Spike no longer differs.
"""

from collections.abc import Container
from dataclasses import dataclass

from isa import causes
from isa.csrs import BY_NAME

ONES = (1 << 64) - 1


@dataclass(frozen=True)
class CsrBits:
    """Bits of one CSR where Spike shows something else, because `reason`; the model takes over what Spike reads there.

    `always`: what Spike shows in these bits; -1 where that cannot be told, so that they are not compared.
    `beside`: only in a log line that also shows this other CSR.
    """

    csr: str
    mask: int
    reason: str
    always: int = -1
    beside: str = ""

    @property
    def exact(self) -> bool:
        """Is nothing left out of the comparison?"""
        return self.always >= 0


CSR_BITS = (
    CsrBits("mideleg", 1 << 12, "SGEI is read-only one in Spike; hypervisor.adoc wants that only with GEILEN > 0", 1 << 12),
    CsrBits("hedeleg", 1 << 0, "fetch misaligned is writable in Spike; hypervisor.adoc leaves it open with IALIGN = 16"),
    CsrBits("mip", 1 << 6 | 1 << 10, "a write of hvip logs mip before VSTIP and VSEIP have changed", beside="hvip"),
    CsrBits("marchid", ONES, "each implementation has its own", 5),
    CsrBits("mimpid", ONES, "each implementation has its own", 0),
    CsrBits("cycle", ONES, "Spike counts instructions as cycles"),
    CsrBits("mcycle", ONES, "Spike counts instructions as cycles"),
)

# CSRs that only the log of Spike has.
SPIKE_ONLY = {
    0x309: "mvip: Spike keeps the bits there that software writes through mip, although it has no AIA",
}


@dataclass(frozen=True)
class Avoided:
    """What random programs do not do, since Spike answers otherwise. `csrs`: the registers concerned.

    `defect`: the manual does not allow what Spike does; all others are choices that it leaves.
    """

    name: str
    reason: str
    csrs: tuple[str, ...] = ()
    defect: bool = False


AVOIDED = (
    Avoided("cycles", "mcycle and cycle count instructions; the machine has cycles of its own", ("cycle", "mcycle")),
    Avoided("time", "platform time goes by Spike's own count of steps", ("time",)),
    Avoided("misa", "writable; machine.adoc: WARL, may be read-only", ("misa",)),
    Avoided("fiom", "FIOM is read-only zero; machine.adoc allows that only where satp.MODE is",
            ("menvcfg", "henvcfg", "senvcfg"), defect=True),
    Avoided("cbo.zero", "a fault reports the beginning of the block; cmo.adoc wants rs1 (#2119, #2296)", defect=True),
    Avoided("custom state", "C and CSRIND of mstateen0 are writable without anything that they control; smstateen.adoc "
            "has them read-only zero then", ("mstateen0",), defect=True),
    Avoided("float state", "FS is writable without F; machine.adoc: may be read-only zero", ("mstatus", "sstatus", "vsstatus")),
    Avoided("guest external", "SGEIE is writable although GEILEN is 0; hypervisor.adoc: read-only zero where no such interrupt "
            "can be", ("mie", "hie"), defect=True),
    Avoided("causes", "all 64 bits of xcause are writable; WLRL, and this machine keeps 6 of the code",
            ("mcause", "scause", "vscause")),
    Avoided("guest addresses", "all 64 bits are writable; WARL, and this machine keeps 62", ("mtval2", "htval")),
    Avoided("transformed instructions", "all 64 bits are writable; WARL, and this machine keeps 32", ("mtinst", "htinst")),
    Avoided("fetch misaligned", "hedeleg[0] is writable; hypervisor.adoc leaves it open with IALIGN = 16", ("hedeleg",)),
    Avoided("modes", "Sv48 and Sv57 are there; the profile has Sv39 alone", ("satp", "vsatp", "hgatp")),
    Avoided("counting itself", "the write that inhibits minstret is itself counted here, not in Spike; open in machine.adoc",
            ("mcountinhibit",)),
    Avoided("comparators", "a write of one comparator clears STIP and VSTIP alike until the next tick, and ignores htimedelta; "
            "sstc.adoc: each reflects its own comparison", ("stimecmp", "vstimecmp"), defect=True),
    Avoided("reset", "entry 0 is open after reset; machine.adoc leaves that to the platform", ("pmpcfg0",)),
    Avoided("reservations", "they survive traps and stores to other bytes; unpriv/a-st-ext.adoc allows both, so only "
            "constrained loops are generated"),
)

# Programs that Spike cannot run to their end.
EXCLUDED = {
    "plic_uart": "the UART of this machine is source 10 of the PLIC, that of Spike is source 1",
    "bus_error": "Spike has no registers of lost write-backs",
    "finisher": "Spike has no finisher",
    "plic": "Spike's PLIC refuses a doubleword, which is two registers here",
    "uart": "IIR of Spike's UART shows FIFOs before FCR has enabled them",
    "h_warl": "WARL masks: Spike keeps FS, hedeleg[0], SGEI, all counter enables and a writable misa",
    "mcountinhibit": "the write that inhibits minstret is itself counted here, not in Spike; the manual does not say",
    "reservation": "Spike ends a reservation only at SC and at a store to its very address by others",
    "pma": "Spike lets AMOs reach devices; the manual leaves the attributes of I/O to the platform",
    "h_pma": "Spike lets HLVX and AMOs reach devices",
    "h_tinst": "Spike writes 0 to xtinst for explicit accesses, which hypervisor.adoc allows",
    "h_timedelta": "defect of Spike: a write of vstimecmp ignores htimedelta, and clears STIP and VSTIP alike, "
                   "until the next tick (sstc.adoc: VSTIP reflects time + htimedelta >= vstimecmp)",
}

# What Spike's boot ROM leaves to a program: five instructions retired, the entry in t0, hartid in a0, the device tree
# in a1. Its timer comparator resets to 0, which the manual leaves open.
BOOT_INSTRUCTIONS = 5
BOOT_REGISTERS = {10: 0, 11: 0x1020}
ENTRY_REGISTER = 5
MTIMECMP = 0

# Time is Spike's own: the model takes over `time`, and each moment at which a timer interrupt has become pending.
TIMERS = frozenset(causes.IRQ[name] for name in ("MTI", "STI", "VSTI"))


ROWS: dict[int, list[CsrBits]] = {}         # by number of the CSR
for _row in CSR_BITS:
    ROWS.setdefault(BY_NAME[_row.csr].number, []).append(_row)


def explained(number: int, model: int, spike: int, beside: Container[int] = ()) -> list[CsrBits]:
    """The rows that together explain why Spike shows another value of a CSR; none when they do not, or nothing differs.

    `beside`: numbers of all CSRs in that line of the log.
    """
    used = []
    for row in ROWS.get(number, ()):
        shown = not row.beside or BY_NAME[row.beside].number in beside
        if shown and (model ^ spike) & row.mask and (not row.exact or spike & row.mask == row.always):
            used.append(row)
            model = model & ~row.mask | spike & row.mask
    return used if model == spike else []
