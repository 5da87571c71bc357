"""What the units of a segment may count on, and the addresses that they use."""

import random
from dataclasses import dataclass, field

from sim.fuzz import layout, pages, values
from sim.fuzz.encode import MASK64


@dataclass
class Context:
    """What the units of one segment may count on. `mode` is the intended one, "?" where a trap decides.

    `spaces`: what loads and stores go through (None is Bare); `guest`: what HLV and HSV go through;
    `host`: what satp selects. `own`: values that
    satp may take here. `vectors`: handlers that stvec may take here. `frozen`: CSRs that stay as they are.
    """

    rng: random.Random
    mode: str
    spaces: list[pages.Space | None]
    guest: list[pages.Space | None]
    host: list[pages.Space | None]
    own: list[int] = field(default_factory=list)
    vectors: list[int] = field(default_factory=list)
    frozen: frozenset[str] = frozenset()
    wakes: bool = False                 # mideleg and hideleg let SSIP be pending in every mode
    slots: list[tuple[int, int, str]] = field(default_factory=list)     # page-table entries that may change
    works: dict[str, list[pages.Window]] = field(default_factory=dict)      # by r, w, x: what most likely succeeds
    guest_works: dict[str, list[pages.Window]] = field(default_factory=dict)
    calm: bool = False                  # nothing that is likely to trap
    limits: values.Limits = values.SPIKE

    def register(self, *but: int) -> int:
        """A register to write, none of `but`."""
        while (reg := self.rng.choice(layout.BODY)) in but:
            pass
        return reg

    def source(self) -> int:
        """A register to read."""
        return self.rng.choice((0, *layout.BODY))


def _offset(ctx: Context, size: int, want: str) -> int:
    """Offset in a page, mostly aligned, sometimes at the very end. Writes spare the routine that begins there."""
    last = 4096 - size if want != "w" else layout.LAST_WRITE - size
    offset = ctx.rng.choice((ctx.rng.randrange(layout.STUB_SIZE, last), last, last - ctx.rng.randrange(8)))
    return offset if ctx.rng.random() < 0.12 else offset & -size


def address(ctx: Context, size: int, want: str, guest: bool = False) -> int:
    """An address to read (r), write (w) or execute (x) `size` bytes at: mapped, broken, unmapped, or far outside."""
    rng, offset = ctx.rng, _offset(ctx, size, want)
    spaces, works = (ctx.guest, ctx.guest_works) if guest else (ctx.spaces, ctx.works)
    if works.get(want) and (ctx.calm or rng.random() < 0.55):
        return rng.choice(works[want]).address(rng, offset & -size if ctx.calm else offset)
    kind = rng.uniform(0.55, 1)
    if kind < 0.66:
        return layout.DATA + (rng.randrange(layout.DATA_PAGES) << 12) + offset
    if kind < 0.69:
        return rng.choice(layout.HOLES) + offset
    if kind < 0.72:                         # not canonical, or a guest physical address beyond Sv39x4
        return pages.pick(rng, spaces, offset) ^ 1 << rng.randrange(39, 64)
    if kind < 0.76 and want != "w":
        return rng.choice((layout.S_CODE, layout.U_CODE, layout.TABLES)) + offset
    if kind < 0.79:
        space = rng.choice(spaces)
        if space and space.windows:         # next to a window: the same table, mostly an empty slot
            window = rng.choice(space.windows)
            return window.address(rng, offset) + pages.LEAF[window.level] & MASK64
    return pages.pick(rng, spaces, offset)
