"""Page-table entry (privileged manual, "Sv39", "Virtual Address Translation Process" steps 3 to 8)."""

from amaranth.hdl import *
from amaranth.lib import data

from isa import paging
from rtl.types import Access

ROOT = paging.LEVELS - 1        # levels count down; level 0 holds 4 KiB pages


class Pte(data.Struct):
    """One 8-byte entry. The rules are the same in both stages."""

    v: 1
    r: 1
    w: 1
    x: 1
    u: 1
    g: 1
    a: 1
    d: 1
    rsw: 2
    ppn: 44
    reserved: 10

    def is_leaf(self):
        """Step 4: R or X is set."""
        return self.r | self.x

    def is_invalid(self, level):
        """Steps 3 and 4: not valid, a reserved encoding, or a pointer that points nowhere.

        D, A and U of a pointer are reserved, as are bits 63:54 while Svnapot and Svpbmt are absent.
        """
        pointer = ~self.is_leaf()
        return (~self.v | (self.w & ~self.r) | self.reserved.any()
                | (pointer & (self.d | self.a | self.u)) | (pointer & (level == 0)))

    def is_misaligned(self, level):
        """Step 6: a superpage whose low PPN bits are not zero."""
        low = self.ppn[:paging.VPN_BITS].any()
        middle = self.ppn[paging.VPN_BITS:2 * paging.VPN_BITS].any()
        return ((level >= 1) & low) | ((level == 2) & middle)

    def is_stale(self, access):
        """Step 7: A is clear, or D is clear on a store."""
        return ~self.a | ((access == Access.STORE) & ~self.d)


def allows(r, w, x, access, hlvx, mxr):
    """Step 5: do these permissions allow it? HLVX needs X in the place of R; MXR lets X stand in for R."""
    load = Mux(hlvx, x, r | (mxr & x))
    return Mux(access == Access.STORE, w, Mux(access == Access.FETCH, x, load))


def pte_address(table, index):
    """Step 2: physical address of entry `index` in a table, given by its number among tables of that size."""
    return Cat(C(0, 3), index, table)


def vpn(page, level):
    """Index of a page into the table below a pointer at this level."""
    return Mux(level == ROOT, page[paging.VPN_BITS:2 * paging.VPN_BITS], page[:paging.VPN_BITS])


def join_page(ppn, number, level):
    """Physical page of virtual page `number` inside the large page of this size that `ppn` lies in."""
    low, middle = slice(paging.VPN_BITS), slice(paging.VPN_BITS, 2 * paging.VPN_BITS)
    return Cat(Mux(level == 0, ppn[low], number[low]), Mux(level == 2, number[middle], ppn[middle]),
               ppn[2 * paging.VPN_BITS:])
