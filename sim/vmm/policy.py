"""What a guest sees of its CPU, as one record that the firmware is built with (vmm_firmware/policy.h)."""

from collections.abc import Sequence
from dataclasses import dataclass

from isa.csrs import BY_NAME
from isa.profile import BUILT, CACHE_BLOCK, Profile

# What Xdoppel can take from a guest, by the fields of hisadis; hstateen0 hides Smstateen.
MASKS = {name: BY_NAME["hisadis"][name.lower()].mask
         for name in ("M", "A", "Zba", "Zbb", "Zbs", "Zicond", "Zicbom", "Zicboz", "Zicntr", "Zihpm")}
BITS = {**MASKS, "Smstateen": 1 << 16, "Svinval": 1 << 17, "Zicbop": 1 << 18}      # POLICY_EXTENSIONS of the firmware
AS_HOST = 0xFFFF_FFFF
UNSEEN = frozenset(("H", "Xdoppel", "Smpmp", "Smcntrpmf", "Svadu"))      # nothing of them reaches VS-mode
HINTS = frozenset(("Zicbop", "Zihintpause"))                             # do nothing where they are missing
HPM_COUNTERS = 4
ALWAYS = BUILT - UNSEEN - BITS.keys()       # what every guest has: neither the firmware nor its guests could be without


@dataclass(frozen=True)
class Policy:
    """Extensions of the virtual hart, the width of its ASIDs in bits, and what the SBI says."""

    extensions: frozenset[str]
    asid_bits: int
    mvendorid: int = 0
    marchid: int = 0
    mimpid: int = 0
    sbi_spec: int = 2 << 24
    sbi_impl: int = 0x446F7070
    sbi_impl_version: int = 1
    cache_block: int = CACHE_BLOCK      # bytes

    @property
    def hart(self) -> Profile:
        """A hart of its own that is what the guest sees."""
        return Profile("policy", self.extensions, asid_bits=self.asid_bits, vmid_bits=0,
                       hpm_counters=HPM_COUNTERS if "Zihpm" in self.extensions else 0)

    @property
    def bits(self) -> int:
        """POLICY_EXTENSIONS."""
        return sum(bit for name, bit in BITS.items() if name in self.extensions)

    @property
    def machine(self) -> dict[str, int]:
        """What of it is in the device tree, as vmm_firmware/machine.c has it."""
        return {"EXTENSIONS": self.bits, "CACHE_BLOCK": self.cache_block}

    def defines(self) -> dict[str, str | int]:
        """Macros of the build; in hexadecimal a number with its highest bit set is unsigned."""
        numbers = {"ASID_BITS": self.asid_bits, "CACHE_BLOCK": self.cache_block, "MVENDORID": self.mvendorid,
                   "MARCHID": self.marchid, "MIMPID": self.mimpid, "SBI_SPEC": self.sbi_spec, "SBI_IMPL": self.sbi_impl,
                   "SBI_IMPL_VERSION": self.sbi_impl_version}
        return {"POLICY_EXTENSIONS": self.bits, **{f"POLICY_{name}": hex(value) for name, value in numbers.items()}}


def extensions_of(bits: int) -> frozenset[str]:
    """The extensions that POLICY_EXTENSIONS means; of a guest that sees whatever its host has, those that every host has."""
    return ALWAYS | (BITS.keys() & BUILT if bits == AS_HOST else {name for name, bit in BITS.items() if bits & bit})


def pool(hosts: Sequence[Profile]) -> Policy:
    """The policy of a guest that can run on each of these hosts: what all of them have.

    Raises ValueError, in one sentence, where they differ in what cannot be hidden.
    """
    common = frozenset.intersection(*(host.extensions for host in hosts)) - UNSEEN
    first = hosts[0]
    for host in hosts:
        extra = host.extensions - common - UNSEEN
        if left := sorted(extra - MASKS.keys() - HINTS - {"Smstateen"}):
            raise ValueError(f"host {host.name!r} cannot hide {', '.join(left)}, which another host of the pool lacks")
        if (left := sorted(extra & MASKS.keys())) and not host.has("Xdoppel"):
            raise ValueError(f"host {host.name!r} cannot hide {', '.join(left)} without Xdoppel, and another host lacks it")
        if host.asid_bits != first.asid_bits:
            raise ValueError(f"hosts {first.name!r} and {host.name!r} differ in the width of ASIDs: {first.asid_bits} and "
                             f"{host.asid_bits} bits")
    return Policy(common, first.asid_bits)
