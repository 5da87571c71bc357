"""Builds the program whose speed is measured: bench/programs/mix.c, bare or under two stages of translation."""

import hashlib
from pathlib import Path

from sim import toolchain
from sim.programs import HEADERS, ROOT, SHARED
from sim.programs import SOURCES as TEST_PROGRAMS

SOURCES = (ROOT / "bench" / "programs" / "mix.S", ROOT / "bench" / "programs" / "mix.c")
BUILD = ROOT / "build" / "bench"


def build_mix(paged: bool, rounds: int) -> Path:
    """ELF that does its work `rounds` times, in M-mode or (`paged`) in VU-mode under vsatp and hgatp; kept under build/.

    The work begins at the symbol `work`. Raises ToolchainError with the compiler's messages.
    """
    flags = ["-O2", f"-DROUNDS={rounds}", *(["-DPAGED"] if paged else [])]
    text = b"\0".join(path.read_bytes() for path in (*SOURCES, *SHARED)) + " ".join(flags).encode()
    elf = BUILD / f"mix-{'paged' if paged else 'bare'}-{rounds}-{hashlib.sha256(text).hexdigest()[:16]}.elf"
    if not elf.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        partial = elf.with_suffix(".partial")
        toolchain.cc([*flags, "-I", HEADERS, "-I", TEST_PROGRAMS, "-T", TEST_PROGRAMS / "test.ld", *SOURCES, "-o", partial])
        partial.rename(elf)     # whole files only
    return elf
