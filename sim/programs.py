"""Builds the test programs under tests/programs: one ELF per source, kept under build/ by the hash of what made it."""

import hashlib
import re
from pathlib import Path

from isa.profile import Profile
from sim import toolchain

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "tests" / "programs"
HEADERS = ROOT / "vmm_firmware"
BUILD = ROOT / "build" / "programs"
SHARED = (SOURCES / "test.h", SOURCES / "test.ld", SOURCES / "start.S", HEADERS / "isa.h", Path(toolchain.__file__))


def demands(source: Path) -> dict[str, set[str]]:
    """Extensions that a hart must have for a program ("Needs"), and that it must not have ("Lacks").

    The name says H, lines `Needs: ...` and `Lacks: ...` the others; M, A, C, S and U need not be named.
    """
    out = {"Needs": {"H"} if source.name.startswith("h_") else set(), "Lacks": set()}
    for word, names in re.findall(r"^(Needs|Lacks): ([\w ]+)\.", source.read_text(), re.MULTILINE):
        out[word] |= set(names.split())
    return out


def fits(source: Path, profile: Profile) -> bool:
    """Has the hart what the program demands?"""
    wanted = demands(source)
    return profile.extensions.issuperset(wanted["Needs"]) and profile.extensions.isdisjoint(wanted["Lacks"])


def all_programs(profile: Profile | None = None) -> list[Path]:
    """Sources of all test programs that this hart can run (None: of all), by name."""
    sources = (path for path in SOURCES.iterdir() if path.suffix in (".S", ".c") and path not in SHARED)
    return sorted(path for path in sources if profile is None or fits(path, profile))


def build_program(source: Path) -> Path:
    """ELF of one program, an assembly or a C source; built unless build/ holds it for these very inputs.

    Raises ToolchainError with the compiler's messages.
    """
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in (source, *SHARED))).hexdigest()[:16]
    elf = BUILD / f"{source.stem}-{digest}.elf"
    if not elf.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        partial = elf.with_suffix(f".{hashlib.sha256(str(id(elf)).encode()).hexdigest()[:8]}")
        start = [SOURCES / "start.S"] if source.suffix == ".c" else []
        toolchain.cc(["-I", HEADERS, "-I", SOURCES, "-T", SOURCES / "test.ld", *start, source, "-o", partial])
        partial.rename(elf)     # whole files only, whatever runs at the same time
    return elf
