"""Profiles from ISA strings such as rv64imac_zba_zbb ("ISA Extension Naming Conventions"), in either case of letters.

Privileged modes have no place in such a string: `priv` names them, as Spike's option does. Every hart here has Zicsr, Zicntr,
Zifencei and Zihintpause, whether the string names them or not.
"""

import re
from dataclasses import replace

from isa.profile import CLAIMS, EXTENSIONS, PROFILES, Profile

BASE = frozenset(("I", "Zicsr", "Zicntr", "Zifencei", "Zihintpause"))
PRIVILEGES = {"m": frozenset[str](), "mu": frozenset(("U",)), "msu": frozenset(("S", "U"))}
GROUPS = {"g": ("i", "m", "a", "f", "d", "zicsr", "zifencei"), "b": ("zba", "zbb", "zbs")}
_NAMES = {name.lower(): name for name in EXTENSIONS if name not in ("S", "U")}
_VERSION = re.compile(r"\d+p\d+$")


def profile_of(text: str, priv: str = "msu", widths: Profile = PROFILES["default"]) -> Profile:
    """The profile that an ISA string describes, with the address and identifier widths of `widths`.

    Raises ValueError in one sentence: for what is no such string, and for what this family of harts cannot have.
    """
    found = re.fullmatch(r"rv(\d+)([a-z]\w*)", text.lower())
    if not found:
        raise ValueError(f"{text!r} is not an ISA string; write for instance rv64imac_zba_zbb")
    if found[1] != "64":
        raise ValueError(f"{text!r} is for XLEN {found[1]}; the model has XLEN 64 only")
    if priv not in PRIVILEGES:
        raise ValueError(f"{priv!r} is not a set of privilege modes; it can be {', '.join(PRIVILEGES)}")
    letters, *words = found[2].split("_")
    letters, long = _first_word(letters)
    words = [_VERSION.sub("", word) for word in (*letters, *long, *words)]
    names = [name for word in words for name in GROUPS.get(word, (word,))]
    if names[:1] != ["i"]:
        raise ValueError(f"{text!r} does not begin with the base I, or with G")
    known = {name.lower() for name in CLAIMS}
    for name in names:
        if name not in _NAMES and name not in known:
            raise ValueError(f"the model has no extension {name!r}, which {text!r} asks for")
    extensions = BASE | PRIVILEGES[priv] | {_NAMES[name] for name in names if name in _NAMES}
    return replace(widths, name=text, extensions=extensions, pmp_regions=8 if "Smpmp" in extensions else 0,
                   hpm_counters=4 if "Zihpm" in extensions else 0)


def _first_word(word: str) -> tuple[list[str], list[str]]:
    """Single letters, and a long name that follows them without an underscore (rv64imaczba)."""
    word = re.sub(r"(?<=[a-z])\d+p\d+", "", word)
    cut = next((i for i, letter in enumerate(word) if letter in "zsx"), len(word))
    return list(word[:cut]), [word[cut:]] if word[cut:] else []
