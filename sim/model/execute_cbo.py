"""Zicbom, Zicboz and Zicbop: cache-block operations (unprivileged manual, "Cache Management Operations").

The model has no cache: of the management instructions only the checks are left, and prefetches do nothing at all. Checks come
in this order: envcfg, translation, protection, attributes. Nothing is ever misaligned; a fault reports rs1 as it stands.
"""

from typing import Final

from mypy_extensions import i64

from isa.causes import VU, M, U
from isa.csrs import BY_NAME
from sim.model import insn
from sim.model.access import atomic, locate, write_data
from sim.model.hart import BLOCK, Hart, V
from sim.model.insn import Insn
from sim.model.translate import LOAD, STORE, Access
from sim.model.trap import Trap, illegal, virtual

# The fields have the same places in menvcfg, henvcfg and senvcfg.
CBIE: Final[i64] = BY_NAME["menvcfg"]["cbie"].mask
CBCFE: Final[i64] = BY_NAME["menvcfg"]["cbcfe"].mask
CBZE: Final[i64] = BY_NAME["menvcfg"]["cbze"].mask
BLOCK_SIZE: Final[i64] = 64             # bytes


def require_enabled(h: Hart, i: Insn, field: i64) -> None:
    """Each envcfg register above the mode must have the field, or one of its bits, set."""
    if h.mode == M:
        return
    if not h.menvcfg & field or (h.mode == U and not h.senvcfg & field):
        raise illegal(i)
    if h.mode & V and (not h.henvcfg & field or (h.mode == VU and not h.senvcfg & field)):
        raise virtual(i)


class Management(Access):
    """What may be loaded (and so whatever may be stored to) may be managed; the manual leaves open what may only be
    fetched, and refusing it is this machine's choice. D does not matter. Faults are those of stores."""

    def fault(self, causes: tuple[int, int, int]) -> Trap:
        trap = super().fault(causes)
        trap.cause = causes[STORE]
        return trap


class CacheBlockManagement(Insn):
    """Nothing but checks. `field` of envcfg enables it."""

    memory: i64 = insn.CACHE
    field: i64 = CBCFE

    def run(self, h: Hart) -> None:
        require_enabled(h, self, self.field)
        va = h.x[self.rs1]
        h.mem_paddr = locate(h, Management(LOAD, va, h.data_mode), 0)
        h.mem_vaddr = va


class cbo_clean(CacheBlockManagement):
    pass


class cbo_flush(CacheBlockManagement):
    pass


class cbo_inval(CacheBlockManagement):
    """With CBIE = 01 it flushes, and this machine always cleans first: no difference here."""

    field: i64 = CBIE


class cbo_zero(Insn):
    """A store of 64 zero bytes; only RAM supports it."""

    memory: i64 = insn.STORE
    log2: i64 = 3

    def run(self, h: Hart) -> None:
        require_enabled(h, self, CBZE)
        block = atomic(h, STORE, h.x[self.rs1], 0) & BLOCK
        for offset in range(0, BLOCK_SIZE, 8):
            write_data(h, block + offset, 3, 0)
        h.mem_wdata = 0


class prefetch_i(Insn):
    def run(self, h: Hart) -> None:
        """Nothing: a HINT."""


class prefetch_r(Insn):
    def run(self, h: Hart) -> None:
        """Nothing: a HINT."""


class prefetch_w(Insn):
    def run(self, h: Hart) -> None:
        """Nothing: a HINT."""
