"""What a write of a CSR may change: the WARL rules as write masks (privileged manual, "CSR Field Specifications").

A bit outside the mask keeps its value. That is enough for every CSR of this hart but one: mstatus.MPP, where an illegal
value turns into a legal one.
"""

from amaranth.hdl import *

from isa import causes, csrs, paging
from isa.profile import Profile

_H_EXCEPTIONS = sum(1 << causes.EXC[name] for name in (
    "ECALL_VS", "INSTRUCTION_GUEST_PAGE_FAULT", "LOAD_GUEST_PAGE_FAULT", "VIRTUAL_INSTRUCTION",
    "STORE_GUEST_PAGE_FAULT"))


def fixed_masks(profile: Profile) -> dict[str, int]:
    """The part of the rules that does not depend on any value: bits of a CSR that can be written at all."""
    page_bits = profile.pa_bits - paging.PAGE_SHIFT
    ppn = (1 << page_bits) - 1
    asid = (1 << profile.asid_bits) - 1 << csrs.BY_NAME["satp"]["asid"].lsb
    vmid = (1 << profile.vmid_bits) - 1 << csrs.BY_NAME["hgatp"]["vmid"].lsb
    mode = csrs.BY_NAME["satp"]["mode"].mask
    vector = ~0b10 & (1 << 64) - 1              # MODE 2 and 3 are reserved
    return {
        "misa":    0,
        "medeleg": csrs.WRITABLE["medeleg"] & ~(0 if profile.has("H") else _H_EXCEPTIONS),
        "hedeleg": csrs.WRITABLE["hedeleg"],
        "mtvec":   vector,
        "stvec":   vector,
        "vstvec":  vector,
        "satp":    mode | asid | ppn,
        "vsatp":   mode | asid | ppn,
        "hgatp":   mode | vmid | ppn & ~0b11,   # the root table of Sv39x4 is 16 KiB large
    }


def legal_mpp(new, is_mstatus):
    """The value to write to mstatus, where there is no privilege 2: it becomes U."""
    low, high = csrs.BY_NAME["mstatus"]["mpp"].lsb, csrs.BY_NAME["mstatus"]["mpp"].msb
    return Cat(new[:high], new[high] & (new[low] | ~is_mstatus), new[high + 1:])


def conditions(regs, new, mode, *, has_h):
    """The other part: fields that a write of the value `new` in `mode` changes only under a condition."""
    supported = (new[60:64] == paging.MODE_BARE) | (new[60:64] == paging.MODE_SV39)
    delegated = regs.mideleg
    rules = {
        # An unsupported MODE: the whole write has no effect.
        "satp":    {"mode": supported, "asid": supported, "ppn": supported},
        # Pending bits that are not delegated cannot be seen or changed from below; the same for enables.
        "sie":     {"ssie": delegated.ssi, "stie": delegated.sti, "seie": delegated.sei},
        "sip":     {"ssip": delegated.ssi},
        # stimecmp drives STIP while menvcfg.STCE is set.
        "mip":     {"stip": ~regs.menvcfg.stce},
    }
    if has_h:
        onward = regs.hideleg
        anyway = supported | ~mode[2]
        rules |= {
            # With V=1 (through satp) as for satp; with V=0 only MODE keeps its value.
            "vsatp":   {"mode": supported, "asid": anyway, "ppn": anyway},
            "hgatp":   {"mode": supported},
            "vsie":    {"ssie": onward.vssi, "stie": onward.vsti, "seie": onward.vsei},
            "vsip":    {"ssip": onward.vssi},
            "henvcfg": {"stce": regs.menvcfg.stce},
        }
    return rules
