"""The page-modification log: which pages of a guest were written (docs/xdoppel.md, "Page-modification log").

The walk of the G-stage asks it before it sets a D bit, and stores the entry.
"""

from typing import TYPE_CHECKING, Final

from mypy_extensions import i64

from isa.causes import EXC
from isa.csrs import BY_NAME
from sim.model.hart import Hart

if TYPE_CHECKING:
    from sim.model.translate import Access

PAGE_LOG_FULL: Final[i64] = EXC["PAGE_LOG_FULL"]
ENABLE: Final[i64] = BY_NAME["hpmla"]["enable"].mask
ENTRIES: Final[i64] = 512
ENTRY_SIZE: Final[i64] = 8
PAGE: Final[i64] = -4096                # mask of the number of a page


def active(h: Hart) -> bool:
    """Are pages logged? (Without menvcfg.ADUE no D bit is ever set.)"""
    return h.hpmla & ENABLE != 0


def next_place(h: Hart, a: "Access", gpa: i64, purpose: i64) -> i64:
    """Physical address of the next entry; when the log is full, an exception in place of the guest-page fault."""
    if h.hpmli >= ENTRIES:
        trap = a.guest_page_fault(gpa, purpose)
        trap.cause = PAGE_LOG_FULL
        raise trap
    return (h.hpmla & PAGE) + ENTRY_SIZE * h.hpmli


def entry(gpa: i64, level: i64) -> i64:
    """What is logged for an access at `gpa` through a leaf of this level."""
    return gpa & PAGE | level
