"""Random physical memory protection (privileged manual, "Physical Memory Protection"): holes in data pages and page tables.

Code is always allowed, so that handlers run. The last two entries open the rest of memory, or of the RAM alone.
"""

import random
from collections.abc import Sequence

from isa import pmp
from isa.profile import Profile
from sim.fuzz import layout
from sim.fuzz.encode import MASK64

NAMES = (*(f"pmpaddr{n}" for n in range(8)), "pmpcfg0")
UNLOCKED = int.from_bytes(bytes([0x1F] * 8))    # bits of pmpcfg0 without L
_R, _W, _X, _L = 1, 2, 4, 0x80
_TOR, _NAPOT = pmp.TOR << 3, pmp.NAPOT << 3
_ALL = _R | _W | _X
_PERMISSIONS = (0, _R, _X, _R | _W, _R | _X)
_PAGE = 1 << 12


def reset(profile: Profile) -> dict[str, int]:
    """No entry at all, whatever there was; empty on a hart without PMP."""
    return {"pmpcfg0": 0} if profile.pmp_regions else {}


def state(rng: random.Random, profile: Profile, tables: Sequence[int], holes: float = 0.4) -> dict[str, int]:
    """Values of the PMP CSRs. `tables`: addresses in page tables that may be out of reach; `holes`: how likely any are."""
    if not profile.pmp_regions:
        return {}
    entries = [(rng.getrandbits(54), 0)] * 6
    if rng.random() < holes:
        entries = [entry for _ in range(3) for entry in _region(rng, tables)]
    if rng.random() < 0.5:
        entries += [(rng.getrandbits(54), 0), (MASK64 >> 10, _NAPOT | _ALL)]
    else:
        entries += [(layout.S_CODE >> 2, 0), ((layout.S_CODE + layout.RAM_SIZE) >> 2, _TOR | _ALL)]
    out = {f"pmpaddr{n}": address for n, (address, _) in enumerate(entries)}
    return out | {"pmpcfg0": sum(config << 8 * n for n, (_, config) in enumerate(entries))}


def _region(rng: random.Random, tables: Sequence[int]) -> list[tuple[int, int]]:
    """Two entries that close, to some kinds of access, one region: pmpaddr and pmpcfg of each.

    A lock stays for the rest of the program: one on the first entry of a pair would later be the bottom of another range.
    """
    config, lock = rng.choice(_PERMISSIONS), _L if rng.random() < 0.03 else 0
    unused = rng.getrandbits(54), 0
    if tables and rng.random() < 0.4:
        base, size = rng.choice(tables) & -_PAGE, _PAGE
    else:
        size = _PAGE << rng.choice((0, 0, 1, 2))
        base = layout.DATA + rng.randrange(layout.DATA_PAGES * _PAGE // size) * size
    if rng.random() < 0.4:
        return [(base >> 2, 0), (base + size >> 2, _TOR | config | lock)]
    region = base >> 2 | size // 8 - 1, _NAPOT | config | lock
    return [region, unused] if rng.random() < 0.5 and not lock else [unused, region]
