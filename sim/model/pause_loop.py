"""Pause-loop exit: a guest that spins with `pause` for too long leaves to its hypervisor (docs/xdoppel.md, "Pause-loop exit").

The state is when the first and the last pause of a loop were: `Hart.pause_first`, and `Hart.pause_last`, which is ABSENT while
there is no loop. Traps to HS and M, and writes of hgatp and hple, end a loop.
"""

from typing import Final

from mypy_extensions import i64

from isa.causes import EXC, S
from isa.csrs import BY_NAME
from sim.model.bits import field
from sim.model.hart import ABSENT, Hart, V
from sim.model.insn import Insn
from sim.model.trap import Trap

PAUSE_LOOP: Final[i64] = EXC["PAUSE_LOOP"]
ENABLE: Final[i64] = BY_NAME["hple"]["enable"].lsb
GAP_MSB: Final[i64] = BY_NAME["hple"]["gap"].msb
GAP_LSB: Final[i64] = BY_NAME["hple"]["gap"].lsb
WINDOW_MSB: Final[i64] = BY_NAME["hple"]["window"].msb
WATCHES_VS: Final[i64] = BY_NAME["hple"]["vs"].mask
WATCHES_VU: Final[i64] = BY_NAME["hple"]["vu"].mask


def watched(h: Hart) -> bool:
    """Do the pauses of this mode count?"""
    if not h.mode & V or not field(h.hple, ENABLE, ENABLE):
        return False
    return h.hple & (WATCHES_VS if h.mode & S else WATCHES_VU) != 0


def pause(h: Hart, i: Insn) -> None:
    """A `pause` of the guest; raises the exception when its loop has lasted longer than the window."""
    if not watched(h):
        return
    now = h.clock()
    if h.pause_last == ABSENT or now - h.pause_last > field(h.hple, GAP_MSB, GAP_LSB):
        h.pause_first = now
    elif now - h.pause_first > field(h.hple, WINDOW_MSB, 0):
        raise Trap(PAUSE_LOOP, i.word)
    h.pause_last = now
