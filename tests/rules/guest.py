"""A guest for the rules about two-stage translation: its code and tables one to one, and one page under test.

VA -> GPA in the VS-stage, GPA -> DATA in the G-stage; everything else of RAM stands where it is in both.
"""

from isa.causes import M
from isa.platform import RAM_BASE
from isa.profile import PROFILES, Profile
from sim.model.bits import signed
from tests.sim.model.bare import DATA, LEAF, PLAIN, PU, PV, Bare, asm, sv39

VA = 0x12_3456_7000
GPA = 0x180_8765_4000                   # uses both of the extra bits of Sv39x4
LW, SW, NOP = asm("lw", rd=1, rs1=5), asm("sw", rs1=5, rs2=30), asm("addi")
LOAD, STORE, FETCH = "load", "store", "fetch"
ADUE = 1 << 61                          # of menvcfg and henvcfg
KINDS = (LOAD, STORE, FETCH)
PAGE_FAULT = {LOAD: 13, STORE: 15, FETCH: 12}
GUEST_PAGE_FAULT = {LOAD: 21, STORE: 23, FETCH: 20}
ACCESS_FAULT = {LOAD: 5, STORE: 7, FETCH: 1}


def full(profile: Profile = PROFILES["full"]) -> Bare:
    """A bare machine with every extension; PMP, where there is any, allows everything."""
    b = Bare(profile)
    open_pmp(b)
    return b


def open_pmp(b: Bare) -> None:
    """One PMP entry for all of memory."""
    if b.m.profile.has("Smpmp"):
        b.csr(pmpaddr0=-1, pmpcfg0=0x1F)


def opened(b: Bare, **csrs: int) -> Bare:
    """All that mstateen and hstateen can allow is allowed; then these are written."""
    for level in "mh":
        b.csr(**{f"{level}stateen{n}": -1 for n in range(4)})
    b.csr(**csrs)
    return b


def trapped(b: Bare, word: int, mode: int) -> int:
    """Cause of the trap of one instruction, or 0."""
    r = b.do(word, mode)
    return r["cause"] if r["trap"] else 0


def protect(b: Bare, address: int, permissions: int) -> None:
    """PMP: these permissions (R, W, X in bits 0 to 2) for one page, all of them elsewhere."""
    b.csr(pmpaddr0=address >> 2 | 0x1FF, pmpaddr1=-1, pmpcfg0=0x1F18 | permissions)


class Guest(Bare):
    """`first` and `second`: the leaf of VA in the VS-stage and of GPA in the G-stage; `user`: VS-stage pages for VU."""

    def __init__(self, first: int = LEAF, second: int = LEAF | PU, user: bool = False,
                 profile: Profile = PLAIN) -> None:
        super().__init__(profile)
        open_pmp(self)
        self.user = PU if user else 0
        self.root, self.g_root = self.table(), self.table(16384)
        self.map(self.root, RAM_BASE, RAM_BASE, LEAF | self.user, 1)
        self.map(self.g_root, RAM_BASE, RAM_BASE, LEAF | PU, 1)
        self.pte = self.map(self.root, VA, GPA, first | self.user)
        self.g_pte = self.map(self.g_root, GPA, DATA, second)
        self.csr(vsatp=sv39(self.root), hgatp=sv39(self.g_root))
        self.put(DATA, [NOP] * 4)

    def access(self, kind: str, mode: int, va: int = VA) -> dict[str, int]:
        """A word is loaded, stored or executed; its record."""
        self.x(x5=va, x30=NOP)
        if kind != FETCH:
            return self.do({LOAD: LW, STORE: SW}[kind], mode)
        self.h.pc = signed(va)
        self.mode(mode)
        return self.step()

    def at(self, mode: int, va: int = VA) -> int:
        """Physical address that a load of `va` reaches; minus the cause of its trap, if it traps."""
        r = self.access(LOAD, mode, va)
        return -r["cause"] if r["trap"] else r["mem_paddr"]

    def slot(self, root: int, va: int, level: int) -> int:
        """Address of the PTE of `va` at a level of the tables below `root`."""
        table = root
        for n in (2, 1, 0):
            slot = table + 8 * (va >> 12 + 9 * n & (0x7FF if n == 2 else 0x1FF))
            if n == level:
                break
            table = int.from_bytes(self.m.read_memory(slot, 8), "little") >> 10 << 12
        return slot

    def move(self, level: int, flags: int) -> int:
        """The VS-stage table of VA at a level now stands at GPA + 0x1000; address of the G-stage PTE, with these flags."""
        g_pte = self.map(self.g_root, GPA + 0x1000, self.slot(self.root, VA, level) & -4096, flags)
        self.put(self.slot(self.root, VA, level + 1), [self.pte_of(GPA + 0x1000, PV)], 8)
        return g_pte

    def pte_of(self, pa: int, flags: int) -> int:
        """A leaf PTE."""
        return pa >> 12 << 10 | flags

    def store(self, address: int, value: int) -> None:
        """M-mode stores a doubleword: unlike `put`, no cached translation is dropped."""
        self.x(x28=address, x29=value)
        assert not self.do(asm("sd", rs1=28, rs2=29), M)["trap"]
