"""What a write of a CSR may change: the WARL rules (privileged manual, "CSR Field Specifications").

Most of them are write masks: a bit outside the mask keeps its value. Three fields turn an illegal value into 0.
"""

from amaranth.hdl import *

from isa import causes, csrs, paging
from isa.events import EVENTS
from isa.profile import Profile

_H_EXCEPTIONS = sum(1 << causes.EXC[name] for name in (
    "ECALL_VS", "INSTRUCTION_GUEST_PAGE_FAULT", "LOAD_GUEST_PAGE_FAULT", "VIRTUAL_INSTRUCTION",
    "STORE_GUEST_PAGE_FAULT"))


def fixed_masks(profile: Profile) -> dict[str, int]:
    """The part of the rules that does not depend on any value: bits of a CSR that can be written at all."""
    ppn = (1 << profile.pa_bits - paging.PAGE_SHIFT) - 1
    physical = (1 << profile.pa_bits) - 1
    asid = (1 << profile.asid_bits) - 1 << csrs.BY_NAME["satp"]["asid"].lsb
    vmid = (1 << profile.vmid_bits) - 1 << csrs.BY_NAME["hgatp"]["vmid"].lsb
    mode = csrs.BY_NAME["satp"]["mode"].mask
    vector = ~0b10 & (1 << 64) - 1              # MODE 2 and 3 are reserved
    counters = (1 << csrs.HPM.start + profile.hpm_counters) - 1
    return {
        "misa":    0,
        "medeleg": causes.MEDELEG & ~(0 if profile.has("H") else _H_EXCEPTIONS)
                   | (causes.MEDELEG_XDOPPEL if profile.has("Xdoppel") else 0),
        "hedeleg": causes.HEDELEG,
        "mtvec":   vector,
        "stvec":   vector,
        "vstvec":  vector,
        "satp":    mode | asid | ppn,
        "vsatp":   mode | asid | ppn,
        "hgatp":   mode | vmid | ppn & ~0b11,   # the root table of Sv39x4 is 16 KiB large
        "hpmla":   physical,
        "hioba":   physical,
        "hiobh":   physical,
    } | dict.fromkeys(("mcounteren", "hcounteren", "scounteren", "mcountinhibit"), counters)


def turns_zero(name: str, new: Value) -> Value | None:
    """Bits of a value that must not stay when it is written to this CSR; None where there is no such value."""
    def at(lsb: int, bits: Value) -> Value:
        return Cat(C(0, lsb), bits)

    match name:
        case "mstatus":     # there is no privilege 2
            low, high = csrs.BY_NAME[name]["mpp"].lsb, csrs.BY_NAME[name]["mpp"].msb
            return at(high, ~new[low])
        case "menvcfg" | "senvcfg" | "henvcfg":     # CBIE 2 is reserved
            low, high = csrs.BY_NAME[name]["cbie"].lsb, csrs.BY_NAME[name]["cbie"].msb
            return at(high, ~new[low])
        case _ if name.startswith("mhpmevent"):
            event = new[:csrs.BY_NAME[name]["event"].msb + 1]
            return Mux(event >= len(EVENTS), C(-1, len(event)), 0)
    return None


def visible(regs, mode, profile: Profile) -> dict[str, dict[str, Value]]:
    """Fields that another CSR hides: while the bit given here is 0 they read as zero and keep their value."""
    delegated = regs.mideleg
    rules = {
        "sie": {"ssie": delegated.ssi, "stie": delegated.sti, "seie": delegated.sei},
        "sip": {"ssip": delegated.ssi, "stip": delegated.sti, "seip": delegated.sei},
    }
    if profile.has("H"):
        onward = regs.hideleg
        rules |= {
            "vsie": {"ssie": onward.vssi, "stie": onward.vsti, "seie": onward.vsei},
            "vsip": {"ssip": onward.vssi, "stip": onward.vsti, "seip": onward.vsei},
            "henvcfg": {name: getattr(regs.menvcfg, name) for name, ext in (("stce", "Sstc"), ("adue", "Svadu"))
                        if profile.has(ext)},
        }
    if profile.has("H+Smstateen"):
        rules |= {"hstateen0": {"envcfg": regs.mstateen0.envcfg, "se0": regs.mstateen0.se0}}
        rules |= {f"hstateen{n}": {"se": getattr(regs, f"mstateen{n}").se} for n in range(1, 4)}
    if profile.has("Xdoppel"):
        def left(name: str) -> Value:
            return ~(mode[2] & getattr(regs.hisadis, name))

        rules |= {"scounteren": {"cy": left("zicntr"), "tm": left("zicntr"), "ir": left("zicntr")}, "senvcfg": {}}
        if profile.has("Zihpm"):
            rules["scounteren"] |= {"hpm": left("zihpm")}
        if profile.has("Zicbom"):
            rules["senvcfg"] |= {"cbie": left("zicbom"), "cbcfe": left("zicbom")}
        if profile.has("Zicboz"):
            rules["senvcfg"] |= {"cbze": left("zicboz")}
    return rules


def conditions(regs, new, mode, profile: Profile) -> dict[str, dict[str, Value]]:
    """Other fields that a write of the value `new` in `mode` changes only under a condition."""
    supported = (new[60:64] == paging.MODE_BARE) | (new[60:64] == paging.MODE_SV39)
    rules = {
        # An unsupported MODE: the whole write has no effect.
        "satp":    {"mode": supported, "asid": supported, "ppn": supported},
        # stimecmp drives STIP while menvcfg.STCE is set.
        "mip":     {"stip": ~regs.menvcfg.stce},
    }
    if profile.has("H"):
        anyway = supported | ~mode[2]
        rules |= {
            # With V=1 (through satp) as for satp; with V=0 only MODE keeps its value.
            "vsatp":   {"mode": supported, "asid": anyway, "ppn": anyway},
            "hgatp":   {"mode": supported},
        }
    return rules
