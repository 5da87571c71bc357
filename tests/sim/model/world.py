"""One page under test, behind one or two stages of page tables, and the ways to reach it."""

from isa.causes import VS, VU, U
from isa.profile import PROFILES
from sim.model.bits import signed
from tests.sim.model.bare import DATA, LEAF, PU, Bare, asm, sv39

LOAD, STORE, FETCH = "load", "store", "fetch"
PAGE = {LOAD: 13, STORE: 15, FETCH: 12}
GUEST = {LOAD: 21, STORE: 23, FETCH: 20}
ACCESS = {LOAD: 5, STORE: 7, FETCH: 1}
KINDS = (LOAD, STORE, FETCH)
VA = 0x12_3456_7000                     # the page under test
GPA = 0x100_8765_4000                   # its guest-physical page: uses the two extra bits of Sv39x4
CODE_VA = 0x4000_0000                   # where the accessing instruction runs
SUM, MXR, MPRV = 1 << 18, 1 << 19, 1 << 17
LW, SW, NOP = asm("lw", rd=1, rs1=5), asm("sw", rs1=5, rs2=6), asm("addi")


class World(Bare):
    """Code at CODE_VA for S or U (VS or VU), and one page under test at VA; G-stage identity except GPA -> DATA."""

    def __init__(self, mode: int, flags: int = LEAF, level: int = 0, g_flags: int = LEAF | PU, g_level: int = 0,
                 profile: str = "default") -> None:
        super().__init__(PROFILES[profile])
        if self.m.profile.has("Smpmp"):
            self.csr(pmpaddr7=-1, pmpcfg0=0x1F << 56)       # all of memory is open, after the entries of the test
        self.at = mode
        self.guest = mode in (VS, VU)
        self.root = self.table()
        user = PU if mode in (U, VU) else 0
        self.code = DATA + 0x8000
        self.put(self.code, [LW, SW])
        self.put(DATA, [NOP, 0x1234_5678])
        self.map(self.root, CODE_VA, self.code, LEAF | user)
        page = VA & -(1 << 12 + 9 * level)
        self.pa = DATA if level == 0 else DATA & -(1 << 12 + 9 * level)
        if self.guest:
            self.gpa = GPA & -(1 << 12 + 9 * level)
            self.pte = self.map(self.root, page, self.gpa, flags, level)
            self.g_root = self.table(16384)
            for page4k in range(DATA - 0x1_0000, DATA + 0xF_0000, 4096):
                self.map(self.g_root, page4k, page4k, LEAF | PU)
            at = GPA & -(1 << 12 + 9 * g_level)
            host = self.pa if g_level == 0 else DATA & -(1 << 12 + 9 * g_level)
            self.g_pte = self.map(self.g_root, at if level == 0 else self.gpa, host, g_flags, g_level)
            self.csr(vsatp=sv39(self.root), hgatp=sv39(self.g_root))
        else:
            self.pte = self.map(self.root, page, self.pa, flags, level)
            self.csr(satp=sv39(self.root))

    def access(self, kind: str, va: int = VA) -> dict[str, int]:
        self.x(x5=va, x6=0xABCD)
        self.h.pc = signed({LOAD: CODE_VA, STORE: CODE_VA + 4, FETCH: va}[kind])
        self.mode(self.at)
        return self.step()

    def set(self, address: int, pte: int) -> None:
        self.put(address, [pte], 8)

    def get(self, address: int) -> int:
        return int.from_bytes(self.m.read_memory(address, 8), "little")


def faults(r: dict[str, int], cause: int, tval: int = VA, gva: bool = False, gpa: int = 0) -> None:
    assert (r["trap"], r["cause"], r["tval"], r["gva"]) == (1, cause, tval, int(gva))
    assert r["tval2"] == gpa >> 2
