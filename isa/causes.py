"""Modes, interrupts and exceptions (privileged manual, "Machine Cause", "Hypervisor: Trap Cause Codes"; docs/xdoppel.md)."""

from dataclasses import dataclass

# Privilege in 3 bits; bit 2 is the virtualization mode V, bits 1:0 the nominal privilege.
U, S, M, VU, VS = 0b000, 0b001, 0b011, 0b100, 0b101
MODES = {U: "U", S: "S", M: "M", VU: "VU", VS: "VS"}


@dataclass(frozen=True)
class Cause:
    """One trap cause. `medeleg`/`hedeleg` (or mideleg/hideleg): can the bit be 1?"""

    code: int
    name: str
    title: str
    medeleg: bool
    hedeleg: bool


# Synchronous exceptions.                                                                   medeleg hedeleg
EXCEPTIONS = (
    Cause(0,  "INSTRUCTION_MISALIGNED",       "instruction address misaligned",             False, False),  # C: IALIGN=16
    Cause(1,  "INSTRUCTION_ACCESS_FAULT",     "instruction access fault",                   True,  True),
    Cause(2,  "ILLEGAL_INSTRUCTION",          "illegal instruction",                        True,  True),
    Cause(3,  "BREAKPOINT",                   "breakpoint",                                 True,  True),
    Cause(4,  "LOAD_MISALIGNED",              "load address misaligned",                    True,  True),
    Cause(5,  "LOAD_ACCESS_FAULT",            "load access fault",                          True,  True),
    Cause(6,  "STORE_MISALIGNED",             "store/AMO address misaligned",               True,  True),
    Cause(7,  "STORE_ACCESS_FAULT",           "store/AMO access fault",                     True,  True),
    Cause(8,  "ECALL_U",                      "environment call from U or VU",              True,  True),
    Cause(9,  "ECALL_S",                      "environment call from HS",                   True,  False),
    Cause(10, "ECALL_VS",                     "environment call from VS",                   True,  False),
    Cause(11, "ECALL_M",                      "environment call from M",                    False, False),
    Cause(12, "INSTRUCTION_PAGE_FAULT",       "instruction page fault",                     True,  True),
    Cause(13, "LOAD_PAGE_FAULT",              "load page fault",                            True,  True),
    Cause(15, "STORE_PAGE_FAULT",             "store/AMO page fault",                       True,  True),
    Cause(18, "SOFTWARE_CHECK",               "software check",                             True,  True),
    Cause(19, "HARDWARE_ERROR",               "hardware error",                             True,  True),
    Cause(20, "INSTRUCTION_GUEST_PAGE_FAULT", "instruction guest-page fault",               True,  False),
    Cause(21, "LOAD_GUEST_PAGE_FAULT",        "load guest-page fault",                      True,  False),
    Cause(22, "VIRTUAL_INSTRUCTION",          "virtual instruction",                        True,  False),
    Cause(23, "STORE_GUEST_PAGE_FAULT",       "store/AMO guest-page fault",                 True,  False),
    Cause(24, "PAUSE_LOOP",                   "pause-loop exit",                            True,  False),  # Xdoppel
    Cause(25, "PAGE_LOG_FULL",                "page-modification log full",                 True,  False),  # Xdoppel
)

# Interrupts. mideleg: the S-level ones are writable, the VS-level ones read-only one; hideleg: the VS-level ones writable.
INTERRUPTS = (
    Cause(1,  "SSI",  "supervisor software interrupt",         True,  False),
    Cause(2,  "VSSI", "virtual supervisor software interrupt", True,  True),
    Cause(3,  "MSI",  "machine software interrupt",            False, False),
    Cause(5,  "STI",  "supervisor timer interrupt",            True,  False),
    Cause(6,  "VSTI", "virtual supervisor timer interrupt",    True,  True),
    Cause(7,  "MTI",  "machine timer interrupt",               False, False),
    Cause(9,  "SEI",  "supervisor external interrupt",         True,  False),
    Cause(10, "VSEI", "virtual supervisor external interrupt", True,  True),
    Cause(11, "MEI",  "machine external interrupt",            False, False),
)

# Decreasing priority among interrupts that trap to the same mode ("Hypervisor: hip and hie", "Machine Interrupt").
INTERRUPT_PRIORITY = ("MEI", "MSI", "MTI", "SEI", "SSI", "STI", "VSEI", "VSSI", "VSTI")

# Decreasing priority among exceptions of one instruction ("Hypervisor: Synchronous exception priority"). The entries
# of a group are exclusive, or ordered by the page walk itself.
EXCEPTION_PRIORITY = (
    ("INSTRUCTION_PAGE_FAULT", "INSTRUCTION_GUEST_PAGE_FAULT", "INSTRUCTION_ACCESS_FAULT", "PAGE_LOG_FULL"),
    ("ILLEGAL_INSTRUCTION", "VIRTUAL_INSTRUCTION", "PAUSE_LOOP", "INSTRUCTION_MISALIGNED",
     "ECALL_U", "ECALL_S", "ECALL_VS", "ECALL_M", "BREAKPOINT"),
    ("LOAD_MISALIGNED", "STORE_MISALIGNED"),  # this machine's choice: before any translation
    ("LOAD_PAGE_FAULT", "STORE_PAGE_FAULT", "LOAD_GUEST_PAGE_FAULT", "STORE_GUEST_PAGE_FAULT",
     "LOAD_ACCESS_FAULT", "STORE_ACCESS_FAULT", "PAGE_LOG_FULL"),
)

EXC = {c.name: c.code for c in EXCEPTIONS}
IRQ = {c.name: c.code for c in INTERRUPTS}

CUSTOM = range(24, 32)      # codes that the manual leaves to custom use
MEDELEG = sum(1 << c.code for c in EXCEPTIONS if c.medeleg and c.code not in CUSTOM)
MEDELEG_XDOPPEL = sum(1 << c.code for c in EXCEPTIONS if c.medeleg and c.code in CUSTOM)     # more with Xdoppel
HEDELEG = sum(1 << c.code for c in EXCEPTIONS if c.hedeleg)
S_INTERRUPTS = sum(1 << IRQ[n] for n in ("SSI", "STI", "SEI"))
VS_INTERRUPTS = sum(1 << IRQ[n] for n in ("VSSI", "VSTI", "VSEI"))
M_INTERRUPTS = sum(1 << IRQ[n] for n in ("MSI", "MTI", "MEI"))

# Pseudoinstructions in mtinst/htinst: a 64-bit implicit access of the VS-stage walk ("Transformed Instruction").
TINST_READ_PTE, TINST_WRITE_PTE = 0x3000, 0x3020
