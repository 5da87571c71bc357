"""What a hart of this family may choose: extensions and architectural widths. Shared by the RTL, the model and Spike runs."""

from dataclasses import dataclass, replace

# Extension -> the ones it builds on. Smpmp is physical memory protection, Xdoppel the project's own (docs/xdoppel.md).
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "I": (), "M": (), "A": (), "C": (), "Zifencei": (), "Zihintpause": (),
    "Zicsr": (), "Zicntr": ("Zicsr",), "Zihpm": ("Zicntr",),
    "Zba": (), "Zbb": (), "Zbs": (), "Zicond": (), "Zicbom": (), "Zicboz": (), "Zicbop": (),
    "U": ("Zicsr",), "S": ("U",), "H": ("S",),
    "Sstc": ("S",), "Svinval": ("S",), "Svadu": ("S",), "Smpmp": ("U",), "Smstateen": ("S",), "Smcntrpmf": ("Zicntr", "U"),
    "Xdoppel": ("H", "Smstateen", "Svadu"),
}
BUILT = frozenset(("I", "M", "A", "C", "S", "U", "H", "Zicsr", "Zifencei", "Zicntr", "Zihintpause", "Sstc"))    # by rtl/
# And these in its larger configurations.
_MORE = frozenset(("Smpmp", "Svinval", "Svadu", "Zba", "Zbb", "Zbs", "Zicond", "Zicbom", "Zicboz", "Zicbop", "Smstateen",
                   "Smcntrpmf", "Zihpm", "Xdoppel"))
# What these make up without a fact of their own: each is claimed by the name of a test of the model.
CLAIMS = ("Sha", "Ssstateen", "Shcounterenw", "Shvstvala", "Shtvala", "Shvstvecd", "Shvsatpa", "Shgatpa", "Ssccptr", "Sstvecd",
          "Sstvala", "Sscounterenw", "Ssu64xl", "Svvptc", "Ziccif", "Ziccrse", "Ziccamoa", "Za64rs", "Zic64b")

PMP_ENTRIES = 16        # with Smpmp: pmpaddr0-15
CACHE_BLOCK = 64        # bytes that a cache-block operation is for (Zic64b)


@dataclass(frozen=True)
class Profile:
    """Architectural parameters of one hart. Widths in bits.

    Raises ValueError, in one sentence, where they contradict each other or the manual.
    """

    name: str
    extensions: frozenset[str] = BUILT
    asid_bits: int = 9
    vmid_bits: int = 7
    pa_bits: int = 56
    tinst_zero: bool = False    # write 0 to mtinst/htinst wherever the manual allows 0 (explicit accesses)
    pmp_regions: int = 0        # PMP entries that can be written, the first of PMP_ENTRIES; the others are read-only zero
    pmp_grain: int = 4096       # bytes: the smallest PMP region
    hpm_counters: int = 0       # mhpmcounter3 and up that count; the others are read-only zero

    def __post_init__(self) -> None:
        for reason in _contradictions(self):
            raise ValueError(f"profile {self.name!r}: {reason}")

    def has(self, extension: str) -> bool:
        """Is the extension built in? `Svinval+H` asks for both."""
        return self.extensions.issuperset(extension.split("+"))

    def without(self, *extensions: str) -> "Profile":
        """The same hart without some extensions, and without what builds on them."""
        left = self.extensions - set(extensions)
        while orphans := {e for e in left if not left.issuperset(EXTENSIONS[e])}:
            left -= orphans
        return replace(self, extensions=left, pmp_regions=self.pmp_regions if "Smpmp" in left else 0,
                       hpm_counters=self.hpm_counters if "Zihpm" in left else 0)

    @property
    def letters(self) -> str:
        """Extensions that have a bit in misa: B stands for Zba, Zbb and Zbs together, X for Xdoppel."""
        single = {e for e in self.extensions if len(e) == 1}
        bits = {"B"} if self.extensions >= {"Zba", "Zbb", "Zbs"} else set()
        return "".join(sorted(single | bits | ({"X"} if self.has("Xdoppel") else set())))


def _contradictions(p: Profile) -> list[str]:
    """What is wrong, most basic first."""
    unknown = sorted(p.extensions - EXTENSIONS.keys())
    reasons = [f"there is no extension {e!r}" for e in unknown]
    reasons += [f"{e} needs {base}" for e, bases in EXTENSIONS.items() if p.has(e) for base in bases if not p.has(base)]
    if not p.has("I"):
        reasons.append("the base instruction set I is missing")
    pmp, hpm = p.has("Smpmp"), p.has("Zihpm")
    for name, value, legal, rule in (
            ("asid_bits", p.asid_bits, range(17), "0 to 16"),
            ("vmid_bits", p.vmid_bits, range(15), "0 to 14"),
            ("pa_bits", p.pa_bits, range(32, 57), "32 to 56"),
            ("pmp_regions", p.pmp_regions, (8, 16) if pmp else (0,), "8 or 16 with Smpmp" if pmp else "0 without Smpmp"),
            ("pmp_grain", p.pmp_grain, [1 << n for n in range(12, 56)], "a power of two, at least a page of 4096 bytes"),
            ("hpm_counters", p.hpm_counters, range(1, 30) if hpm else (0,), f"{'1 to 29 with' if hpm else '0 without'} Zihpm")):
        if value not in legal:
            reasons.append(f"{name} is {value}, it can be {rule}")
    return reasons


PROFILES = {p.name: p for p in (
    Profile("tiny",    asid_bits=4,  vmid_bits=3),
    Profile("default", BUILT | _MORE, asid_bits=9,  vmid_bits=7,  pmp_regions=8, hpm_counters=4),
    Profile("linux",   BUILT | _MORE, asid_bits=16, vmid_bits=14, pmp_regions=8, hpm_counters=4),
    Profile("full", frozenset(EXTENSIONS), asid_bits=16, vmid_bits=14, pmp_regions=8, hpm_counters=4),
    # What Spike is compared with; its hpm counters count nothing.
    Profile("spike", frozenset(EXTENSIONS) - {"Xdoppel", "Zihpm"}, asid_bits=16, vmid_bits=14, tinst_zero=True, pmp_regions=8),
)}
