"""Every size of the core, in one frozen record."""

from dataclasses import dataclass, field, replace

from isa import platform
from isa.profile import PROFILES, Profile


@dataclass(frozen=True)
class Config:
    """Architectural choices come from `profile`; the rest is microarchitecture and never changes a result."""

    name: str
    profile: Profile = field(default_factory=lambda: PROFILES["default"])
    icache_kib: int = 0         # 0: none; a way holds at most a page of 4 KiB, so that no two sets can hold one line
    icache_ways: int = 1
    dcache_kib: int = 0         # likewise
    dcache_ways: int = 1
    btb_entries: int = 0        # branch targets; 0: nothing is predicted
    bht_entries: int = 0        # two-bit counters of branch directions
    ras_entries: int = 0        # return addresses
    tlb_entries: int = 16       # of each TLB, instruction and data
    tlb_ways: int = 1
    walk_entries: int = 0       # cache of the walker: last page tables and superpages, of both stages
    reset_vector: int = platform.RESET_VECTOR

    @property
    def has_h(self) -> bool:
        """Is the hypervisor extension built?"""
        return self.profile.has("H")

    def without_h(self) -> "Config":
        """The same core without the hypervisor extension and what builds on it."""
        return replace(self, name=f"{self.name}-noh", profile=self.profile.without("H"))


CONFIGS = {c.name: c for c in (
    Config("tiny",    PROFILES["tiny"],    tlb_entries=8),
    Config("default", PROFILES["default"], icache_kib=4, icache_ways=2, dcache_kib=4, dcache_ways=2, btb_entries=512,
           bht_entries=2048, ras_entries=4, tlb_entries=16, walk_entries=16),
    Config("linux",   PROFILES["linux"],   icache_kib=16, icache_ways=4, dcache_kib=16, dcache_ways=4,
           btb_entries=1024, bht_entries=4096, ras_entries=8, tlb_entries=32, tlb_ways=2, walk_entries=32),
)}
