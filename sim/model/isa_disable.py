"""The instruction-set mask: extensions that a hypervisor takes from its guests (docs/xdoppel.md, "Instruction-set mask")."""

from typing import Final

from mypy_extensions import i64

from isa.csrs import BY_NAME, Csr
from sim.model.hart import Hart, V

BITS: Final[dict[str, int]] = {f.ext: f.mask for f in BY_NAME["hisadis"].fields}
BASE_COUNTERS: Final = ("cy", "tm", "ir")       # fields of scounteren that stand for the counters of Zicntr


def takes(h: Hart, extension: str) -> bool:
    """Is the current mode a guest's, and the extension taken from it?"""
    return h.hisadis != 0 and h.mode & V != 0 and h.hisadis & BITS.get(extension, 0) != 0


def hidden(h: Hart, row: Csr) -> i64:
    """Bits of senvcfg or scounteren that a guest sees as zero and does not change."""
    mask: i64 = 0
    for f in row.fields:
        if takes(h, "Zicntr" if f.name in BASE_COUNTERS else f.ext):
            mask |= f.mask
    return mask
