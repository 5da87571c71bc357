"""What a hart of this family may choose: extensions and architectural widths. Shared by the RTL, the model and Spike runs."""

from dataclasses import dataclass, replace

EXTENSIONS = ("I", "M", "A", "C", "S", "U", "H", "Zicsr", "Zifencei", "Zicntr", "Zihintpause", "Sstc")


@dataclass(frozen=True)
class Profile:
    """Architectural parameters of one hart. Widths in bits."""

    name: str
    extensions: frozenset[str] = frozenset(EXTENSIONS)
    asid_bits: int = 9
    vmid_bits: int = 7
    pa_bits: int = 56
    tinst_zero: bool = False    # write 0 to mtinst/htinst wherever the manual allows 0 (explicit accesses)

    def has(self, extension: str) -> bool:
        """Is the extension built in?"""
        return extension in self.extensions

    def without(self, *extensions: str) -> "Profile":
        """The same hart without some extensions."""
        return replace(self, extensions=self.extensions - set(extensions))


PROFILES = {p.name: p for p in (
    Profile("tiny",    asid_bits=4,  vmid_bits=3),
    Profile("default", asid_bits=9,  vmid_bits=7),
    Profile("linux",   asid_bits=16, vmid_bits=14),
    Profile("spike",   asid_bits=16, vmid_bits=14, tinst_zero=True),    # what Spike is compared with
)}
