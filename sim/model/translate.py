"""Address translation: VS- or S-stage, then G-stage (privileged manual, "Sv39", "Two-Stage Address
Translation").

Comments "Step n" are the steps of "Virtual Address Translation Process". Accessed and dirty bits that an access needs
are set by the walk where ADUE is 1 (Svadu), exactly and in program order; where it is 0 they fault (Svade).
"""

from mypy_extensions import i64

from isa import paging
from isa.causes import EXC, TINST_READ_PTE, TINST_WRITE_PTE, M, S
from sim.model import io_bitmap, page_log
from sim.model.bits import field, lsr, shl, sx
from sim.model.hart import ABSENT, BLOCK, Hart, V
from sim.model.masks import ADUE, MXR, SUM
from sim.model.memory import RAM
from sim.model.pmp import R, W
from sim.model.tlb import MISS
from sim.model.trap import TRANSFORMED, Trap

LOAD, STORE, FETCH = range(3)           # original access type; AMO and SC are STORE, LR is LOAD
EXPLICIT, READ_PTE, WRITE_PTE = range(3)    # why a guest physical address is translated: PTE of the VS stage, or not
PAGE_FAULT = (EXC["LOAD_PAGE_FAULT"], EXC["STORE_PAGE_FAULT"], EXC["INSTRUCTION_PAGE_FAULT"])
GUEST_PAGE_FAULT = (EXC["LOAD_GUEST_PAGE_FAULT"], EXC["STORE_GUEST_PAGE_FAULT"],
                    EXC["INSTRUCTION_GUEST_PAGE_FAULT"])
ACCESS_FAULT = (EXC["LOAD_ACCESS_FAULT"], EXC["STORE_ACCESS_FAULT"], EXC["INSTRUCTION_ACCESS_FAULT"])

PAGE_SIZE = 1 << paging.PAGE_SHIFT
PTE_V, PTE_R, PTE_W, PTE_X, PTE_U, PTE_G, PTE_A, PTE_D = (1 << lsb for _, _, lsb in paging.PTE[:8])
PPN_MSB, PPN_LSB = paging.PTE[9][1:]
RESERVED_MSB, RESERVED_LSB = paging.PTE[10][1:]


class Access:
    """A memory access: its `kind`, virtual address, effective mode, and whether X stands in for R (HLVX).

    `size`: bytes of a load or store that may be one to a port (io_bitmap.py), else 0; `port`: it was one.
    """

    def __init__(self, kind: i64, va: i64, mode: i64, hlvx: bool = False) -> None:
        self.kind, self.va, self.mode, self.hlvx = kind, va, mode, hlvx
        self.size: i64 = 0
        self.port = False

    def fault(self, causes: tuple[int, int, int]) -> Trap:
        """An exception of this access type at its virtual address."""
        tinst = 0 if self.kind == FETCH else TRANSFORMED
        return Trap(causes[self.kind], self.va, gva=bool(self.mode & V), tinst=tinst)

    def guest_page_fault(self, gpa: i64, purpose: i64) -> Trap:
        """A G-stage fault at `gpa`."""
        trap = self.fault(GUEST_PAGE_FAULT)
        trap.tval2 = lsr(gpa, 2)
        if purpose != EXPLICIT:
            trap.tinst = TINST_READ_PTE if purpose == READ_PTE else TINST_WRITE_PTE
        return trap


def translate(h: Hart, a: Access) -> i64:
    """Physical address of an access, or its fault."""
    if a.mode == M:
        return a.va
    if h.error_dword != ABSENT:
        delta = remembered(h, a)
        if delta != MISS:
            return a.va + delta
    address = first_stage(h, a)
    return g_stage(h, a, address, EXPLICIT) if a.mode & V else address


def first_stage(h: Hart, a: Access) -> i64:
    """Sv39 under satp, or under vsatp when V=1 (then the result is a guest physical address)."""
    guest = a.mode & V
    atp = h.vsatp if guest else h.satp
    if field(atp, 63, 60) == paging.MODE_BARE:
        return a.va
    if sx(a.va, paging.VA_BITS) != a.va:
        raise a.fault(PAGE_FAULT)
    # Step 1: the root table.
    table = field(atp, 43, 0) * PAGE_SIZE
    for level in (2, 1, 0):
        # Step 2: read the PTE. With V=1 its address is guest physical: an implicit load in the G-stage.
        address = table + vpn(a.va, level) * paging.PTE_SIZE
        pte = read_pte(h, a, g_stage(h, a, address, READ_PTE) if guest else address)
        # Step 3: invalid or reserved.
        if malformed(pte):
            raise a.fault(PAGE_FAULT)
        # Step 4: pointer or leaf.
        if not pte & (PTE_R | PTE_X):
            table = field(pte, PPN_MSB, PPN_LSB) * PAGE_SIZE
            continue
        # Step 5: misaligned superpage.
        if misaligned(pte, level):
            raise a.fault(PAGE_FAULT)
        # Step 6: U pages for U, other pages for S; SUM lets S load and store, but never fetch, there.
        status = h.vsstatus if guest else h.mstatus
        if a.mode & S and pte & PTE_U and (a.kind == FETCH or not status & SUM):
            raise a.fault(PAGE_FAULT)
        if not a.mode & S and not pte & PTE_U:
            raise a.fault(PAGE_FAULT)
        # Step 7 is for shadow stacks. Step 8: R, W, X. MXR of HS widens both stages, a guest's only this.
        if not permitted(pte, a.kind, a.hlvx, (status | h.mstatus) & MXR != 0):
            raise a.fault(PAGE_FAULT)
        # Step 9: A and D. With V=1 the PTE is written to guest physical memory: an implicit store in the G-stage.
        missing = needed(a.kind) & ~pte
        if missing:
            if not (h.henvcfg & h.menvcfg if guest else h.menvcfg) & ADUE:
                raise a.fault(PAGE_FAULT)
            write_pte(h, a, g_stage(h, a, address, WRITE_PTE) if guest else address, pte | missing)
        # Step 10: the address.
        return leaf_address(pte, level, a.va)
    # Step 4: a pointer at the last level.
    raise a.fault(PAGE_FAULT)


def g_stage(h: Hart, a: Access, gpa: i64, purpose: i64) -> i64:
    """Sv39x4 under hgatp: physical address of `gpa`, for the access itself or for a PTE of the VS stage."""
    if field(h.hgatp, 63, 60) == paging.MODE_BARE:
        return gpa
    if field(gpa, 63, paging.GPA_BITS):
        raise a.guest_page_fault(gpa, purpose)
    explicit = purpose == EXPLICIT
    kind = a.kind if explicit else LOAD if purpose == READ_PTE else STORE
    # Step 1: the root table, four pages long.
    table = field(h.hgatp, 43, 0) * PAGE_SIZE
    for level in (2, 1, 0):
        # Step 2: the top index has two more bits.
        index = field(gpa, 40, 30) if level == 2 else vpn(gpa, level)
        address = table + index * paging.PTE_SIZE
        pte = read_pte(h, a, address)
        # Step 3.
        if malformed(pte):
            if explicit and not pte & PTE_V and io_bitmap.covers(h, gpa, a.size):
                a.port = io_bitmap.permits(h, gpa, a.size, read_pte(h, a, io_bitmap.bits_place(h, gpa)))
            if a.port:
                return io_bitmap.target(h, gpa)
            raise a.guest_page_fault(gpa, purpose)
        # Step 4.
        if not pte & (PTE_R | PTE_X):
            table = field(pte, PPN_MSB, PPN_LSB) * PAGE_SIZE
            continue
        # Step 5.
        if misaligned(pte, level):
            raise a.guest_page_fault(gpa, purpose)
        # Step 6: every access counts as made in U-mode.
        if not pte & PTE_U:
            raise a.guest_page_fault(gpa, purpose)
        # Step 8: only HS's MXR counts, and only for explicit loads.
        mxr = h.mstatus & MXR != 0 and explicit
        if not permitted(pte, kind, a.hlvx and explicit, mxr):
            raise a.guest_page_fault(gpa, purpose)
        # Step 9.
        missing = needed(kind) & ~pte
        if missing:
            if not h.menvcfg & ADUE:
                raise a.guest_page_fault(gpa, purpose)
            if missing & PTE_D and page_log.active(h):
                write_pte(h, a, page_log.next_place(h, a, gpa, purpose), page_log.entry(gpa, level))
                h.hpmli += 1
            write_pte(h, a, address, pte | missing)
        # Step 10.
        return leaf_address(pte, level, gpa)
    # Step 4.
    raise a.guest_page_fault(gpa, purpose)


def vpn(address: i64, level: i64) -> i64:
    """Index into the table of a level."""
    lsb = paging.PAGE_SHIFT + paging.VPN_BITS * level
    return field(address, lsb + paging.VPN_BITS - 1, lsb)


def malformed(pte: i64) -> bool:
    """V=0, W without R, a bit of an absent extension, or A, D or U in a pointer: all reserved."""
    return (not pte & PTE_V
            or pte & (PTE_R | PTE_W) == PTE_W
            or field(pte, RESERVED_MSB, RESERVED_LSB) != 0
            or (not pte & (PTE_R | PTE_X) and pte & (PTE_A | PTE_D | PTE_U) != 0))


def misaligned(pte: i64, level: i64) -> bool:
    """A superpage whose low PPN bits are not zero."""
    return level > 0 and field(pte, PPN_LSB + paging.VPN_BITS * level - 1, PPN_LSB) != 0


def permitted(pte: i64, kind: i64, hlvx: bool, mxr: bool) -> bool:
    """Do R, W and X allow the access?"""
    if kind == STORE:
        return pte & PTE_W != 0
    if kind == FETCH or hlvx:
        return pte & PTE_X != 0
    return pte & PTE_R != 0 or (mxr and pte & PTE_X != 0)


def needed(kind: i64) -> i64:
    """Bits A and D of a leaf that an access needs."""
    return PTE_A | PTE_D if kind == STORE else PTE_A


def leaf_address(pte: i64, level: i64, address: i64) -> i64:
    """The leaf's PPN, with the offset inside its page or superpage."""
    offset = field(address, paging.PAGE_SHIFT + paging.VPN_BITS * level - 1, 0)
    return shl(field(pte, PPN_MSB, PPN_LSB), paging.PAGE_SHIFT) | offset


def read_pte(h: Hart, a: Access, address: i64) -> i64:
    """An implicit 8-byte read; outside of RAM and ROM, or where S may not, it is an access fault of the original type."""
    if not h.pmp.permits(address, R, S) or not h.memory.holds_code(address) or bus_error(h, a, address):
        raise a.fault(ACCESS_FAULT)
    return h.memory.read(address, 3)


def write_pte(h: Hart, a: Access, address: i64, pte: i64) -> None:
    """An implicit 8-byte store; likewise. Ends a reservation of its block."""
    if not h.pmp.permits(address, W, S) or h.memory.kind(address) != RAM:
        raise a.fault(ACCESS_FAULT)
    h.memory.write(address, 3, pte)
    h.attention = h.attention or h.memory.host_touched
    if h.reservation != ABSENT and (h.reservation ^ address) & BLOCK == 0:
        h.reservation = ABSENT


def remembered(h: Hart, a: Access) -> i64:
    """In a step that meets a bus error: what a cached translation adds to the address, or MISS.

    An RTL forgets no translation at a bus error either. Only where the access met the error, and not at the address that the
    translation leads to, it was in a walk: the RTL had none.
    """
    if a.hlvx:
        return MISS
    tlbs = h.x_tlbs if a.kind == FETCH else h.r_tlbs if a.kind == LOAD else h.w_tlbs
    delta = tlbs[a.mode].find(a.va)
    return MISS if delta != MISS and meets_error(h, a) and not bus_error(h, a, a.va + delta) else delta


def meets_error(h: Hart, a: Access) -> bool:
    """In lockstep: is this the access of the instruction, a fetch or another, that meets the bus error?"""
    return a.kind == FETCH and a.va == h.error_va if h.error_fetch else a.kind != FETCH


def bus_error(h: Hart, a: Access, address: i64) -> bool:
    """In lockstep: does this access meet a bus error at `address`?"""
    return address & -8 == h.error_dword and meets_error(h, a)
