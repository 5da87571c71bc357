"""Control and status registers (privileged manual: "Machine", "Supervisor", "Hypervisor", "Sstc", "Smstateen", "Smcntrpmf";
docs/xdoppel.md).

A CSR row opens with its name; its fields follow, indented. Bits that no field names are read-only zero, and so are those of
a field marked `@EXTENSION` on a hart without it. A CSR of the hypervisor's level needs H besides its own extension. Kinds:

RW    plain storage
RO    read-only, always the reset value
VIEW  another way to see the same bits: `of` names the CSR that stores them (a shift in bits follows a `>>`)
WARL  legal values need code: the rule is written in `rtl/csr.py` and, independently, in `sim/model/csr.py`
HW    read-only, driven by the machine (interrupt lines, counters seen from below)
"""

from dataclasses import dataclass, field

from isa import causes
from isa.profile import PMP_ENTRIES

_TABLE = """
# name          number | ext  | what it is
#   field       msb lsb kind reset [of] [@extension]

cycle           0xC00 | Zicntr | cycle counter, seen from below
    value       63 0  VIEW 0 mcycle
time            0xC01 | Zicntr | platform time; htimedelta is added when V=1
    value       63 0  HW 0
instret         0xC02 | Zicntr | retired instructions, seen from below
    value       63 0  VIEW 0 minstret

sstatus         0x100 | S | supervisor status
    sie         1  1  VIEW 0 mstatus
    spie        5  5  VIEW 0 mstatus
    spp         8  8  VIEW 0 mstatus
    sum         18 18 VIEW 0 mstatus
    mxr         19 19 VIEW 0 mstatus
    uxl         33 32 RO 2
sie             0x104 | S | supervisor interrupt enables: the bits of mie that mideleg delegates, S-level only
    ssie        1  1  VIEW 0 mie
    stie        5  5  VIEW 0 mie
    seie        9  9  VIEW 0 mie
stvec           0x105 | S | supervisor trap vector
    mode        1  0  WARL 0
    base        63 2  RW 0
scounteren      0x106 | S | counters that U and VU may read
    cy          0  0  RW 0
    tm          1  1  RW 0
    ir          2  2  RW 0
    hpm         31 3  WARL 0 @Zihpm
senvcfg         0x10A | S | execution environment of U and VU
    fiom        0  0  RW 0
    cbie        5  4  WARL 0 @Zicbom
    cbcfe       6  6  RW 0 @Zicbom
    cbze        7  7  RW 0 @Zicboz
sscratch        0x140 | S | supervisor scratch
    value       63 0  RW 0
sepc            0x141 | S | supervisor exception pc; bit 0 is zero
    value       63 1  RW 0
scause          0x142 | S | supervisor trap cause
    code        5  0  RW 0
    interrupt   63 63 RW 0
stval           0x143 | S | supervisor trap value
    value       63 0  RW 0
sip             0x144 | S | supervisor interrupts pending: the bits of mip that mideleg delegates, S-level only
    ssip        1  1  VIEW 0 mip
    stip        5  5  VIEW 0 mip
    seip        9  9  VIEW 0 mip
stimecmp        0x14D | Sstc | STIP is pending while time >= stimecmp
    value       63 0  RW 0
satp            0x180 | S | supervisor address translation
    ppn         43 0  WARL 0
    asid        59 44 WARL 0
    mode        63 60 WARL 0

vsstatus        0x200 | H | sstatus of the guest
    sie         1  1  RW 0
    spie        5  5  RW 0
    spp         8  8  RW 0
    sum         18 18 RW 0
    mxr         19 19 RW 0
    uxl         33 32 RO 2
vsie            0x204 | H | sie of the guest: VS-level bits of mie, shifted, where hideleg delegates
    ssie        1  1  VIEW 0 mie>>1
    stie        5  5  VIEW 0 mie>>1
    seie        9  9  VIEW 0 mie>>1
vstvec          0x205 | H | stvec of the guest
    mode        1  0  WARL 0
    base        63 2  RW 0
vsscratch       0x240 | H | sscratch of the guest
    value       63 0  RW 0
vsepc           0x241 | H | sepc of the guest
    value       63 1  RW 0
vscause         0x242 | H | scause of the guest
    code        5  0  RW 0
    interrupt   63 63 RW 0
vstval          0x243 | H | stval of the guest
    value       63 0  RW 0
vsip            0x244 | H | sip of the guest: VS-level bits of mip, shifted, where hideleg delegates
    ssip        1  1  VIEW 0 mip>>1
    stip        5  5  VIEW 0 mip>>1
    seip        9  9  VIEW 0 mip>>1
vstimecmp       0x24D | Sstc | VSTIP is pending while time + htimedelta >= vstimecmp
    value       63 0  RW 0
vsatp           0x280 | H | satp of the guest
    ppn         43 0  WARL 0
    asid        59 44 WARL 0
    mode        63 60 WARL 0

hstatus         0x600 | H | hypervisor status
    vsbe        5  5  RO 0
    gva         6  6  RW 0
    spv         7  7  RW 0
    spvp        8  8  RW 0
    hu          9  9  RW 0
    vgein       17 12 RO 0
    vtvm        20 20 RW 0
    vtw         21 21 RW 0
    vtsr        22 22 RW 0
    vsxl        33 32 RO 2
hedeleg         0x602 | H | exceptions that go on to VS
    mask        63 0  WARL 0
hideleg         0x603 | H | interrupts that go on to VS
    vssi        2  2  RW 0
    vsti        6  6  RW 0
    vsei        10 10 RW 0
hie             0x604 | H | hypervisor interrupt enables
    vssie       2  2  VIEW 0 mie
    vstie       6  6  VIEW 0 mie
    vseie       10 10 VIEW 0 mie
htimedelta      0x605 | H | added to time when V=1
    value       63 0  RW 0
hcounteren      0x606 | H | counters that VS and VU may read
    cy          0  0  RW 0
    tm          1  1  RW 0
    ir          2  2  RW 0
    hpm         31 3  WARL 0 @Zihpm
hgeie           0x607 | H | guest external interrupt enables; GEILEN = 0
henvcfg         0x60A | H | execution environment of VS and VU
    fiom        0  0  RW 0
    cbie        5  4  WARL 0 @Zicbom
    cbcfe       6  6  RW 0 @Zicbom
    cbze        7  7  RW 0 @Zicboz
    adue        61 61 WARL 0 @Svadu
    stce        63 63 WARL 0 @Sstc
hstateen0       0x60C | Smstateen | state that VS and VU may use: zero where mstateen0 is zero, and so the others
    envcfg      62 62 WARL 0
    se0         63 63 WARL 0
hstateen1       0x60D | Smstateen | state that VS and VU may use: only sstateen1
    se          63 63 WARL 0
hstateen2       0x60E | Smstateen | state that VS and VU may use: only sstateen2
    se          63 63 WARL 0
hstateen3       0x60F | Smstateen | state that VS and VU may use: only sstateen3
    se          63 63 WARL 0
htval           0x643 | H | guest physical address of a guest-page fault, >> 2
    value       61 0  RW 0
hip             0x644 | H | hypervisor interrupts pending
    vssip       2  2  VIEW 0 mip
    vstip       6  6  VIEW 0 mip
    vseip       10 10 VIEW 0 mip
hvip            0x645 | H | virtual interrupts that the hypervisor asserts
    vssip       2  2  RW 0
    vstip       6  6  RW 0
    vseip       10 10 RW 0
htinst          0x64A | H | transformed instruction of a trap to HS
    value       31 0  RW 0
hgatp           0x680 | H | G-stage address translation
    ppn         43 0  WARL 0
    vmid        57 44 WARL 0
    mode        63 60 WARL 0
hgeip           0xE12 | H | guest external interrupts pending; GEILEN = 0

mvendorid       0xF11 | I | vendor: 0, non-commercial
marchid         0xF12 | I | architecture: 0, not registered
mimpid          0xF13 | I | implementation
mhartid         0xF14 | I | hart number: 0
mconfigptr      0xF15 | I | no configuration structure
mstatus         0x300 | I | machine status
    sie         1  1  RW 0 @S
    mie         3  3  RW 0
    spie        5  5  RW 0 @S
    ube         6  6  RO 0 @U
    mpie        7  7  RW 0
    spp         8  8  RW 0 @S
    mpp         12 11 WARL 0
    mprv        17 17 RW 0 @U
    sum         18 18 RW 0 @S
    mxr         19 19 RW 0 @S
    tvm         20 20 RW 0 @S
    tw          21 21 RW 0 @U
    tsr         22 22 RW 0 @S
    uxl         33 32 RO 2 @U
    sxl         35 34 RO 2 @S
    sbe         36 36 RO 0 @S
    mbe         37 37 RO 0
    gva         38 38 RW 0 @H
    mpv         39 39 RW 0 @H
misa            0x301 | I | instruction set
    extensions  25 0  WARL 0
    mxl         63 62 RO 2
medeleg         0x302 | S | exceptions that go to HS
    mask        63 0  WARL 0
mideleg         0x303 | S | interrupts that go to HS; the VS-level bits are read-only one
    ssi         1  1  RW 0
    vssi        2  2  RO 1 @H
    sti         5  5  RW 0
    vsti        6  6  RO 1 @H
    sei         9  9  RW 0
    vsei        10 10 RO 1 @H
mie             0x304 | I | machine interrupt enables
    ssie        1  1  RW 0 @S
    vssie       2  2  RW 0 @H
    msie        3  3  RW 0
    stie        5  5  RW 0 @S
    vstie       6  6  RW 0 @H
    mtie        7  7  RW 0
    seie        9  9  RW 0 @S
    vseie       10 10 RW 0 @H
    meie        11 11 RW 0
mtvec           0x305 | I | machine trap vector
    mode        1  0  WARL 0
    base        63 2  RW 0
mcounteren      0x306 | U | counters that S, U, VS and VU may read
    cy          0  0  RW 0
    tm          1  1  RW 0
    ir          2  2  RW 0
    hpm         31 3  WARL 0 @Zihpm
menvcfg         0x30A | U | execution environment below M
    fiom        0  0  RW 0
    cbie        5  4  WARL 0 @Zicbom
    cbcfe       6  6  RW 0 @Zicbom
    cbze        7  7  RW 0 @Zicboz
    adue        61 61 RW 0 @Svadu
    stce        63 63 RW 0 @Sstc
mstateen0       0x30C | Smstateen | state that modes below M may use: Xdoppel, the envcfg CSRs, the stateen0 CSRs
    c           0  0  RW 0 @Xdoppel
    envcfg      62 62 RW 0
    se0         63 63 RW 0
mstateen1       0x30D | Smstateen | state that modes below M may use: only the stateen1 CSRs
    se          63 63 RW 0
mstateen2       0x30E | Smstateen | state that modes below M may use: only the stateen2 CSRs
    se          63 63 RW 0
mstateen3       0x30F | Smstateen | state that modes below M may use: only the stateen3 CSRs
    se          63 63 RW 0
mcountinhibit   0x320 | I | counters that stand still
    cy          0  0  RW 0
    ir          2  2  RW 0
    hpm         31 3  WARL 0 @Zihpm
mcyclecfg       0x321 | Smcntrpmf | modes in which mcycle stands still
    vuinh       58 58 RW 0 @H
    vsinh       59 59 RW 0 @H
    uinh        60 60 RW 0
    sinh        61 61 RW 0 @S
    minh        62 62 RW 0
minstretcfg     0x322 | Smcntrpmf | modes in which minstret stands still
    vuinh       58 58 RW 0 @H
    vsinh       59 59 RW 0 @H
    uinh        60 60 RW 0
    sinh        61 61 RW 0 @S
    minh        62 62 RW 0
mscratch        0x340 | I | machine scratch
    value       63 0  RW 0
mepc            0x341 | I | machine exception pc; bit 0 is zero
    value       63 1  RW 0
mcause          0x342 | I | machine trap cause
    code        5  0  RW 0
    interrupt   63 63 RW 0
mtval           0x343 | I | machine trap value
    value       63 0  RW 0
mip             0x344 | I | machine interrupts pending
    ssip        1  1  RW 0 @S
    vssip       2  2  VIEW 0 hvip @H
    msip        3  3  HW 0
    stip        5  5  WARL 0 @S
    vstip       6  6  HW 0 @H
    mtip        7  7  HW 0
    seip        9  9  WARL 0 @S
    vseip       10 10 HW 0 @H
    meip        11 11 HW 0
mtinst          0x34A | H | transformed instruction of a trap to M
    value       31 0  RW 0
mtval2          0x34B | H | guest physical address of a guest-page fault, >> 2
    value       61 0  RW 0
pmpcfg0         0x3A0 | Smpmp | configuration of PMP entries 0-7, a byte each (isa/pmp.py)
    pmp0cfg     7  0  WARL 0
    pmp1cfg     15 8  WARL 0
    pmp2cfg     23 16 WARL 0
    pmp3cfg     31 24 WARL 0
    pmp4cfg     39 32 WARL 0
    pmp5cfg     47 40 WARL 0
    pmp6cfg     55 48 WARL 0
    pmp7cfg     63 56 WARL 0
pmpcfg2         0x3A2 | Smpmp | configuration of PMP entries 8-15
    pmp8cfg     7  0  WARL 0
    pmp9cfg     15 8  WARL 0
    pmp10cfg    23 16 WARL 0
    pmp11cfg    31 24 WARL 0
    pmp12cfg    39 32 WARL 0
    pmp13cfg    47 40 WARL 0
    pmp14cfg    55 48 WARL 0
    pmp15cfg    63 56 WARL 0
mcycle          0xB00 | I | cycle counter
    value       63 0  RW 0
minstret        0xB02 | I | retired instructions
    value       63 0  RW 0

hdcap           0xEC0 | Xdoppel | which parts of Xdoppel exist, and their version
    version     7  0  RO 1
    hple        8  8  RO 1
    hisadis     9  9  RO 1
    hpml        10 10 RO 1
    hio         11 11 RO 1
hple            0x6C0 | Xdoppel | pause-loop exit: window and gap in core cycles
    window      31 0  RW 0
    gap         47 32 RW 0
    vs          61 61 RW 0
    vu          62 62 RW 0
    enable      63 63 RW 0
hisadis         0x6C1 | Xdoppel | extensions that V=1 does not have
    m           0  0  RW 0 @M
    a           1  1  RW 0 @A
    zba         2  2  RW 0 @Zba
    zbb         3  3  RW 0 @Zbb
    zbs         4  4  RW 0 @Zbs
    zicond      5  5  RW 0 @Zicond
    zicbom      6  6  RW 0 @Zicbom
    zicboz      7  7  RW 0 @Zicboz
    zicntr      8  8  RW 0 @Zicntr
    zihpm       9  9  RW 0 @Zihpm
hpmla           0x6C2 | Xdoppel | page-modification log: its page
    enable      0  0  RW 0
    page        55 12 WARL 0
hpmli           0x6C3 | Xdoppel | page-modification log: index of the next entry; from 512 on the log is full
    index       9  0  RW 0
hioba           0x6C4 | Xdoppel | I/O permission: physical address of the bitmap, 8 KiB
    base        55 13 WARL 0
hiobg           0x6C5 | Xdoppel | I/O permission: window of ports in guest physical memory
    enable      0  0  RW 0
    base        40 12 RW 0
    last        63 48 RW 0
hiobh           0x6C6 | Xdoppel | I/O permission: physical address of port 0
    base        55 12 WARL 0
"""


@dataclass(frozen=True)
class Field:
    """Bits msb..lsb of a CSR, on a hart with `ext`. `of` and `shift`: where a VIEW stores them (bit lsb here is bit
    lsb+shift there)."""

    name: str
    msb: int
    lsb: int
    kind: str
    reset: int
    of: str = ""
    shift: int = 0
    ext: str = "I"

    @property
    def mask(self) -> int:
        """The field's bits, in place."""
        return (1 << self.msb + 1) - (1 << self.lsb)


@dataclass(frozen=True)
class Csr:
    """One CSR; number as in the manual, which gives the lowest privilege (bits 9:8) and read-only space (bits 11:10).

    `series`: the numbers at the end of the names of CSRs alike, this one among them; empty where there is but one.
    """

    name: str
    number: int
    ext: str
    meaning: str
    fields: tuple[Field, ...] = field(default=())
    series: range = range(0)

    @property
    def read_only(self) -> bool:
        """Any write is an illegal instruction."""
        return self.number >> 10 == 3

    @property
    def level(self) -> int:
        """Lowest privilege: 0 U, 1 S, 2 hypervisor and VS, 3 M."""
        return self.number >> 8 & 3

    def bits(self, *kinds: str) -> int:
        """Mask of the fields of these kinds."""
        return sum(f.mask for f in self.fields if f.kind in kinds)

    @property
    def reset(self) -> int:
        """Value after reset, as the table knows it."""
        return sum(f.reset << f.lsb for f in self.fields)

    def __getitem__(self, name: str) -> Field:
        """Field by name."""
        return next(f for f in self.fields if f.name == name)


def _field(line: str) -> Field:
    line, _, ext = line.partition("@")
    name, msb, lsb, kind, reset, *of = line.split()
    target, _, shift = (of[0] if of else "").partition(">>")
    return Field(name, int(msb), int(lsb), kind, int(reset, 0), target, int(shift or 0), ext or "I")


def _parse(table: str) -> tuple[Csr, ...]:
    rows: list[tuple[list[str], list[Field]]] = []
    for line in table.splitlines():
        if not line or line[0] == "#":
            continue
        if line[0] == " ":
            rows[-1][1].append(_field(line))
        else:
            rows.append(([cell.strip() for cell in line.split("|")], []))
    out = []
    for (head, ext, meaning), fields in rows:
        name, number = head.split()
        out.append(Csr(name, int(number, 16), ext, meaning, tuple(fields)))
    return tuple(out)


def _series(name: str, base: int, numbers: range, ext: str, meaning: str, *fields: str) -> tuple[Csr, ...]:
    """Rows that differ in their number alone: `base` is the CSR number of the one numbered 0, `#` stands for it in `fields`."""
    return tuple(Csr(f"{name}{n}", base + n, ext, meaning, tuple(_field(f.replace("#", str(n))) for f in fields),
                     numbers) for n in numbers)


HPM = range(3, 32)      # numbers of the hpm counters
# What M-mode has of them exists on every hart, and is read-only zero beyond those that the profile counts.
_SERIES = (
    *_series("mhpmcounter", 0xB00, HPM, "I", "event counter", "value 63 0 WARL 0 @Zihpm"),
    *_series("mhpmevent", 0x320, HPM, "I", "what mhpmcounter of this number counts (isa/events.py)", "event 3 0 WARL 0 @Zihpm"),
    *_series("hpmcounter", 0xC00, HPM, "Zihpm", "event counter, seen from below", "value 63 0 VIEW 0 mhpmcounter#"),
    *_series("sstateen", 0x10C, range(4), "Smstateen", "state that U and VU may use: no bit is defined for this hart"),
    *_series("pmpaddr", 0x3B0, range(PMP_ENTRIES), "Smpmp", "PMP address >> 2 of the entry of this number",
             "address 53 0 WARL 0"),
)

CSRS = _parse(_TABLE) + _SERIES
BY_NAME = {csr.name: csr for csr in CSRS}
BY_NUMBER = {csr.number: csr for csr in CSRS}

# When V=1 an access to the left CSR goes to the right one ("Virtual Supervisor CSRs").
SUBSTITUTES = {"sstatus": "vsstatus", "sie": "vsie", "stvec": "vstvec", "sscratch": "vsscratch", "sepc": "vsepc",
               "scause": "vscause", "stval": "vstval", "sip": "vsip", "stimecmp": "vstimecmp", "satp": "vsatp"}

WRITABLE = {"medeleg": causes.MEDELEG, "hedeleg": causes.HEDELEG}   # WARL masks of whole registers
MIMPID = 1
