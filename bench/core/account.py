"""Where each cycle went, from the state of the pipeline (rtl/activity.py): an instruction, or what kept it away.

One instruction at most leaves M in a cycle. A cycle without one belongs to what holds the instruction in M, or, where M is
empty, to whatever made that hole: holes are followed from the front end down to M.
"""

from collections.abc import Iterable
from enum import IntEnum

from amaranth.lib import data

from rtl.activity import Activity


class Spent(IntEnum):
    """What one cycle was spent on. The value is a byte, so that cycles can be counted with `bytes.count`."""

    RETIRING = 0        # an instruction retires
    LOAD_USE = 1        # the instruction waited for what a load right before it brings
    OPERAND = 2         # ... for another result that is not there yet: CSR, product, quotient
    EXECUTE = 3         # a division is going on
    BRANCH = 4          # behind a branch or jump that went elsewhere than fetched
    FETCH = 5           # the front end had nothing to deliver
    MEMORY = 6          # a load, store or cache operation waits for memory
    WALK = 7            # a translation is looked up in the page tables, for a fetch, load or store
    TRAP = 8            # a trap, or behind a trap, a return, a fence, a CSR that changes what is fetched, A bits
    WAIT = 9            # WFI, or an interrupt that settles


TITLES = {
    Spent.RETIRING: "retiring", Spent.LOAD_USE: "load-use", Spent.OPERAND: "other operand", Spent.EXECUTE: "dividing",
    Spent.BRANCH: "branch redirect", Spent.FETCH: "fetch", Spent.MEMORY: "memory access", Spent.WALK: "page walk",
    Spent.TRAP: "trap, flush", Spent.WAIT: "waiting",
}


def _bit(name: str) -> int:
    field = data.Layout.cast(Activity)[name]
    return 1 << field.offset


M_VALID, M_HELD, M_MEMORY, M_WALK, M_TRAP, FLUSH, M_BRANCHES = map(
    _bit, ("m_valid", "m_held", "m_memory", "m_walk", "m_trap", "flush", "m_branches"))
X_VALID, X_HELD, REDIRECT, D_VALID, D_WAIT_LOAD, F_WALK, F_MEMORY = map(
    _bit, ("x_valid", "x_held", "redirect", "d_valid", "d_wait_load", "f_walk", "f_memory"))


class Account:
    """Cycles one after the other, in any number of pieces; `spent` grows by one byte a cycle."""

    def __init__(self) -> None:
        self.spent = bytearray()
        # What made the hole that stands in each stage, where one stands; what the front end recovers from.
        self._d = self._x = self._m = self._recovers = Spent.FETCH

    def feed(self, activity: Iterable[int]) -> None:
        """The port `activity` of the next cycles."""
        add = self.spent.append
        d, x, m, recovers = self._d, self._x, self._m, self._recovers
        for now in activity:
            if not now & M_VALID:
                add(m)
            elif not now & M_HELD:
                add(Spent.TRAP if now & M_TRAP else Spent.RETIRING)
            elif now & M_WALK:
                add(Spent.WALK)
            else:
                add(Spent.MEMORY if now & M_MEMORY else Spent.TRAP if now & FLUSH else Spent.WAIT)
            if now & FLUSH:
                d = x = m = recovers = Spent.BRANCH if now & M_BRANCHES else Spent.TRAP
                continue
            # These are looked at only if there is a hole in the next cycle.
            m = Spent.EXECUTE if now & X_VALID else x
            if now & REDIRECT:
                d = x = recovers = Spent.BRANCH
                continue
            if now & D_VALID:
                x = Spent.LOAD_USE if now & D_WAIT_LOAD else Spent.OPERAND
                recovers = Spent.FETCH
            else:
                x = d
            d = Spent.WALK if now & F_WALK else Spent.FETCH if now & F_MEMORY else recovers
        self._d, self._x, self._m, self._recovers = d, x, m, recovers
