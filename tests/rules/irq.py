"""Interrupts of a bare machine."""

from isa.causes import VS, VU, M, S, U
from tests.sim.model.bare import CODE, Bare

SIE, S_LEVEL, VS_LEVEL = 1 << 1, 0x222, 0x444   # SIE of mstatus and vsstatus; SEI, STI, SSI; VSEI, VSTI, VSSI
MODES = (M, S, U, VS, VU)


def taken(b: Bare, mode: int) -> tuple[int, int] | None:
    """The mode entered and the cause, when an interrupt is taken in `mode` before the next instruction."""
    b.mode(mode)
    b.h.pc = CODE
    r = b.step()
    return (r["next_mode"], r["cause"]) if r["interrupt"] else None
