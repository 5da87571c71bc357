"""Counters: when mcycle and minstret stand still, and what the hpm counters count (privileged manual, "Hardware Performance
Monitor", "Machine Counter-Inhibit", "Smcntrpmf").

A counter that runs is kept as an offset to `steps` or `retired`, one that stands still as its value.
"""

from typing import Final

from mypy_extensions import i64

from isa.causes import EXC, VS, VU, M, S, U
from isa.csrs import BY_NAME, HPM
from isa.events import BY_NAME as EVENTS
from isa.events import EVENTS as ALL_EVENTS
from sim.model.bits import bit, wrap
from sim.model.hart import Hart
from sim.model.masks import CY, IR

# mcyclecfg and minstretcfg, by mode.
INHIBITED: Final[dict[int, int]] = {mode: BY_NAME["mcyclecfg"][name].mask for mode, name in (
    (M, "minh"), (S, "sinh"), (U, "uinh"), (VS, "vsinh"), (VU, "vuinh"))}
EXITS: Final[dict[int, int]] = {
    **{EXC[f"{kind}_GUEST_PAGE_FAULT"]: EVENTS["EXIT_GUEST_PAGE"] for kind in ("INSTRUCTION", "LOAD", "STORE")},
    EXC["VIRTUAL_INSTRUCTION"]: EVENTS["EXIT_VIRTUAL"],
    EXC["ECALL_U"]: EVENTS["EXIT_ECALL"], EXC["ECALL_VS"]: EVENTS["EXIT_ECALL"]}
LAST_EVENT: Final[i64] = len(ALL_EVENTS) - 1
SAMPLED: Final = tuple(not event.architectural for event in ALL_EVENTS)     # by event: the model has no such thing to count
FIRST: Final[i64] = HPM.start


def settle(h: Hart, mode: i64, done: i64) -> None:
    """Let mcycle and minstret run or stand as they must in `mode`; `done` is 1 where the instruction under way is still to
    be counted, as it was before."""
    stands = h.mcountinhibit & CY != 0 or h.mcyclecfg & INHIBITED[mode] != 0
    if stands != h.cycle_stands:
        count = h.steps + done
        h.mcycle = wrap(h.mcycle + count if stands else h.mcycle - count)
        h.cycle_stands = stands
    stands = h.mcountinhibit & IR != 0 or h.minstretcfg & INHIBITED[mode] != 0
    if stands != h.instret_stands:
        count = h.retired + done
        h.minstret = wrap(h.minstret + count if stands else h.minstret - count)
        h.instret_stands = stands


def count_exit(h: Hart, cause: i64, interrupt: bool) -> None:
    """A trap from V=1 to HS or M."""
    event: i64 = EVENTS["EXIT_INTERRUPT"] if interrupt else EXITS.get(cause, EVENTS["EXIT_OTHER"])
    n = FIRST
    while n < FIRST + h.profile.hpm_counters:
        if h.mhpmevent[n] == event and not h.mcountinhibit & bit(n):
            h.mhpmcounter[n] = wrap(h.mhpmcounter[n] + 1)
        n += 1


def sampled(h: Hart, n: i64) -> bool:
    """Does counter n count what the model has not, so that in lockstep its value is an input?"""
    return SAMPLED[h.mhpmevent[n]]
