"""Random page tables: Sv39 for HS and VS, Sv39x4 for the G-stage (privileged manual, "Sv39", "Hypervisor: Two-Stage").

Every address space maps the program's code where it is, so that handlers run whatever `satp`, `vsatp` or `hgatp`
selects; around that it has windows, whose entries are random and often broken.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from isa import paging
from sim.fuzz import layout

V, R, W, X, U, G, A, D = (1 << lsb for name, _, lsb in paging.PTE if name in "vrwxugad")
ENTRIES = 1 << paging.VPN_BITS
PAGE = 1 << paging.PAGE_SHIFT
ROOT_SLOT = 1 << paging.PAGE_SHIFT + 2 * paging.VPN_BITS        # bytes that one root entry maps
CODE_SLOT = layout.S_CODE // ROOT_SLOT
LEAF = tuple(PAGE << paging.VPN_BITS * level for level in range(paging.LEVELS))
TARGET = (layout.DATA, layout.DATA_REGION, layout.S_CODE)              # what a good leaf of each level maps
DATA = range(layout.DATA, layout.DATA + layout.DATA_PAGES * PAGE)
FAR_GPA = 1 << paging.GPA_BITS


class Memory:
    """The page-table pages of one program. `wild` tables are those whose page the G-stage may break."""

    def __init__(self) -> None:
        self.entries: dict[int, int] = {}                       # address to entry, where not zero
        self.pages: dict[tuple[int, int, int, bool, int], int | None] = {}      # what `reach` has found
        self.good: dict[tuple[int, int, int, bool], list[Window]] = {}          # and `good`
        self._next = {False: layout.TABLES, True: layout.WILD_TABLES}

    def table(self, pages: int = 1, wild: bool = False) -> int:
        """Address of a new, empty table of `pages` pages, aligned to its size. Raises ValueError when all are taken."""
        first = -(-self._next[wild] // (pages * PAGE)) * pages * PAGE
        self._next[wild] = first + pages * PAGE
        if self._next[wild] > (layout.TOHOST if wild else layout.WILD_TABLES):
            raise ValueError(f"no room for the page table at {first:#x}")
        return first

    def set(self, table: int, index: int, pte: int) -> None:
        """Write one entry."""
        self.entries[table + index * paging.PTE_SIZE] = pte
        self.pages.clear()
        self.good.clear()

    def get(self, table: int, index: int) -> int:
        """Read one entry."""
        return self.entries.get(table + index * paging.PTE_SIZE, 0)

    def image(self) -> dict[int, bytes]:
        """The bytes of both groups of tables, by address."""
        out = {}
        for start, end in ((layout.TABLES, self._next[False]), (layout.WILD_TABLES, self._next[True])):
            data = bytearray(end - start)
            for at, pte in self.entries.items():
                if start <= at < end:
                    data[at - start:at - start + 8] = pte.to_bytes(8, "little")
            if data:
                out[start] = bytes(data)
        return out


@dataclass(frozen=True)
class Window:
    """Input addresses that one leaf slot maps: first address and level."""

    base: int
    level: int

    def addresses(self) -> list[int]:
        """What a good leaf takes to the beginnings of data pages."""
        if not self.level:
            return [self.base]
        return [self.base + page - TARGET[self.level] for page in range(DATA.start, DATA.stop, PAGE)]

    def address(self, rng: random.Random, offset: int = 0) -> int:
        """One of them, at an offset inside the page."""
        return rng.choice(self.addresses()) + offset


@dataclass
class Space:
    """One address space. `alias` are other root slots that map the code: (base, user, supervisor).

    `slots` are its window entries: (address of the entry, level, stage).
    """

    stage: str                                                  # "s", "vs" or "g"
    root: int
    windows: list[Window] = field(default_factory=list)
    alias: list[tuple[int, bool, bool]] = field(default_factory=list)
    slots: list[tuple[int, int, str]] = field(default_factory=list)

    def atp(self, ident: int = 0) -> int:
        """Value of satp, vsatp or hgatp that selects it; `ident` is the ASID or VMID."""
        return paging.MODE_SV39 << 60 | ident << 44 | self.root >> paging.PAGE_SHIFT


def canonical(slot: int, stage: str) -> int:
    """First address of a root slot: sign-extended, or for the G-stage zero-extended."""
    base = slot * ROOT_SLOT
    return base - (1 << paging.VA_BITS) + (1 << 64) if stage != "g" and slot >= ENTRIES // 2 else base


def pointer(address: int, flags: int = V) -> int:
    """Entry that holds the page number of `address`."""
    return (address >> paging.PAGE_SHIFT) << 10 | flags


def build(rng: random.Random, memory: Memory, stage: str, guest: Space | None = None) -> Space:
    """A random space. `guest`: the G-stage under a VS-stage, whose windows its leaves may map."""
    slots = ENTRIES << paging.X4_BITS if stage == "g" else ENTRIES
    space = Space(stage, memory.table(1 << paging.X4_BITS if stage == "g" else 1))
    _map_code(rng, memory, space)
    taken = {0, 1, CODE_SLOT, CODE_SLOT + 1}
    for _ in range(2):
        slot = _free(rng, slots, taken)
        if rng.random() < 0.5:
            memory.set(space.root, slot, memory.get(space.root, CODE_SLOT))
            space.alias.append((canonical(slot, stage), True, True))
        else:
            user = stage == "g" or rng.random() < 0.5
            memory.set(space.root, slot, pointer(layout.S_CODE, V | R | X | A | (U if user else 0)))
            space.alias.append((canonical(slot, stage), user, stage == "g" or not user))
    for _ in range(6):
        slot = _free(rng, slots, taken)
        _subtree(rng, memory, space, space.root, slot, 2, canonical(slot, stage), guest)
    return space


def blind(memory: Memory, rng: random.Random, stage: str) -> Space:
    """A space without the code: the first fetch under it faults, at a level that varies."""
    if rng.random() < 0.15:
        return Space(stage, rng.choice(layout.HOLES))
    space = Space(stage, memory.table(1 << paging.X4_BITS if stage == "g" else 1))
    table = space.root
    for level in (2, 1, 0):
        index = CODE_SLOT if level == 2 else 0
        if rng.random() < 0.4:
            memory.set(table, index, broken(rng, level, stage))
            break
        if level:
            below = memory.table()
            memory.set(table, index, pointer(below))
            table = below
    return space


def broken(rng: random.Random, level: int, stage: str) -> int:
    """An entry that a walk must not follow to the end; each reason is as likely as the others."""
    good = leaf(rng, level, stage, None)
    holes = [hole for hole in layout.HOLES if hole & -LEAF[level] != CODE_SLOT * ROOT_SLOT]
    away = rng.choice((*holes, FAR_GPA, FAR_GPA | layout.DATA) if stage == "vs" else holes)
    choices = [good & ~V, good & ~R | W, good & ~A, good | 1 << rng.randrange(54, 64),
               pointer(away & -LEAF[level], good & 0xFF), pointer(layout.TABLES, V | rng.choice((U, A, D, A | D)))]
    if level:
        choices += [good | 1 << rng.randrange(10, 10 + paging.VPN_BITS * level), pointer(away), pointer(layout.TABLES) & ~V]
    else:
        choices += [pointer(layout.TABLES)]
    if stage == "g":
        choices.append(good & ~U)
    return rng.choice(choices)


def leaf(rng: random.Random, level: int, stage: str, guest: Space | None) -> int:
    """A leaf with some legal permissions and A and D set, that maps data."""
    flags = V | A | D | rng.choice((R, X, R | W, R | X, R | W | X, R | W | X, R | W))
    if stage == "g" or rng.random() < 0.5:
        flags |= U
    flags |= rng.choice((0, 0, 0, G)) | rng.choice((0, 0, 1 << 8, 3 << 8))
    page = rng.randrange(layout.DATA_PAGES) * PAGE
    target = TARGET[level] + (0 if level else page)
    if guest and rng.random() < 0.6:
        fits = [w for w in guest.windows if w.level >= level]
        if fits:
            window = rng.choice(fits)
            target = window.address(rng) if level == 0 else window.base
    return pointer(target, flags)


def _subtree(rng: random.Random, memory: Memory, space: Space, table: int, index: int, level: int, base: int,
             guest: Space | None) -> None:
    """Fill one entry, and what hangs below it; record its windows."""
    kind = rng.random()
    if level and kind < (0.45 if level == 1 else 0.5):
        below = memory.table(wild=True)
        memory.set(table, index, pointer(below, V | (rng.choice((A, D, U)) if rng.random() < 0.08 else 0)))
        for at in sorted(rng.sample(range(ENTRIES), 6)):
            _subtree(rng, memory, space, below, at, level - 1, base + at * LEAF[level - 1], guest)
        return
    if level and guest and guest.windows and kind < 0.58:       # a table wherever the G-stage puts it, or does not
        memory.set(table, index, pointer(anywhere(rng, guest.windows).base))
    elif kind > 0.82:
        memory.set(table, index, broken(rng, level, space.stage))
    else:
        pte = leaf(rng, level, space.stage, guest)
        if kind > 0.72:
            pte ^= rng.choice((A, D, D, D, U, W, X))
        memory.set(table, index, pte)
    space.windows.append(Window(base & (1 << 64) - 1, level))
    space.slots.append((table + index * paging.PTE_SIZE, level, space.stage))


def _map_code(rng: random.Random, memory: Memory, space: Space) -> None:
    """Map the four regions onto themselves, each as a megapage or by pages."""
    user = U if space.stage == "g" else 0
    flags = {layout.S_CODE: V | R | X | A | user, layout.U_CODE: V | R | X | A | U,
             layout.DATA_REGION: V | R | W | A | D | (user or rng.choice((0, U))),
             layout.TABLES: V | R | A | user | (W | rng.choice((0, D)) if space.stage == "g" and rng.random() < 0.6 else 0)}
    if space.stage == "g" and rng.random() < 0.25:
        memory.set(space.root, CODE_SLOT, pointer(layout.S_CODE, V | R | W | X | U | A | D))
        return
    middle = memory.table()
    memory.set(space.root, CODE_SLOT, pointer(middle))
    for region, bits in flags.items():
        index = (region - layout.S_CODE) // layout.REGION
        if rng.random() < 0.5:
            memory.set(middle, index, pointer(region, bits))
            continue
        low = memory.table()
        memory.set(middle, index, pointer(low))
        for page in range(layout.USED_PAGES[region]):
            pte = pointer(region + page * PAGE, bits)
            if region + page * PAGE in DATA and rng.random() < 0.4:
                pte = leaf(rng, 0, space.stage, None) if rng.random() < 0.5 else broken(rng, 0, space.stage)
            elif space.stage == "g" and region + page * PAGE >= layout.WILD_TABLES and rng.random() < 0.25:
                pte = rng.choice((broken(rng, 0, "g"), pte & ~(R | W) | X, pte & ~(W | D)))
            memory.set(low, page, pte)


def _free(rng: random.Random, slots: int, taken: set[int]) -> int:
    while (slot := rng.randrange(slots)) in taken:
        pass
    taken.add(slot)
    return slot


def reach(memory: Memory, space: Space | None, address: int, want: int, user: bool,
          through: Space | None = None) -> int | None:
    """Where a walk that wants these permission bits, and U as `user` says, most likely ends; None when it faults.

    `through`: the G-stage that the tables themselves are read through.
    """
    if space is None:
        return address
    key = (space.root, address >> paging.PAGE_SHIFT, want, user, through.root if through else 0)
    if key not in memory.pages:
        memory.pages[key] = _walk(memory, space, address & -PAGE, want, user, through)
    page = memory.pages[key]
    return None if page is None else page | address & PAGE - 1


def _walk(memory: Memory, space: Space, page: int, want: int, user: bool, through: Space | None) -> int | None:
    table = space.root
    for level in (2, 1, 0):
        index = page >> paging.PAGE_SHIFT + paging.VPN_BITS * level
        index &= (ENTRIES << paging.X4_BITS if level == 2 and space.stage == "g" else ENTRIES) - 1
        if reach(memory, through, table + index * paging.PTE_SIZE, V | R | A, True) is None:
            return None
        pte = memory.get(table, index)
        target = (pte >> 10 & (1 << 44) - 1) << paging.PAGE_SHIFT
        if not pte & V or pte >> 54 or target >> 40 or (not pte & (R | W | X) and pte & (A | D | U)):
            return None
        if pte & (R | W | X):
            inside = LEAF[level] - 1
            fits = not want & ~pte and bool(pte & U) == user and not target & inside
            return target | page & inside if fits else None
        table = target
    return None


def good(memory: Memory, first: Space, second: Space | None, want: int, user: bool) -> list[Window]:
    """The windows of the first stage that both stages take to data, for these permission bits and U."""
    key = (first.root, second.root if second else 0, want, user)
    if key not in memory.good:
        memory.good[key] = [window for window in first.windows
                            if all(_reaches_data(memory, first, second, address, want, user) for address in window.addresses())]
    return memory.good[key]


def _reaches_data(memory: Memory, first: Space, second: Space | None, address: int, want: int, user: bool) -> bool:
    middle = reach(memory, first, address, want, user, second)
    end = None if middle is None else reach(memory, second, middle, want, True)
    return end is not None and end in DATA


def anywhere(rng: random.Random, windows: Sequence[Window]) -> Window:
    """One of these windows; each level is as likely as the others, however few windows it has."""
    level = rng.choice(sorted({window.level for window in windows}))
    return rng.choice([window for window in windows if window.level == level])


def pick(rng: random.Random, spaces: Sequence[Space | None], offset: int) -> int:
    """An address that one of these spaces maps in a window; None stands for Bare."""
    space = rng.choice(spaces)
    if space is None or not space.windows:
        return layout.DATA + rng.randrange(layout.DATA_PAGES) * PAGE + offset
    return anywhere(rng, space.windows).address(rng, offset)
