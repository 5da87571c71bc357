"""Which interrupt is taken before an instruction (privileged manual, "Machine Interrupt (mip and mie)
Registers", "hip and hie").

M-level interrupts come first, then those for HS, then those for VS: a higher level's interrupts are always
enabled below it.
"""

from mypy_extensions import i64

from isa.causes import INTERRUPT_PRIORITY, IRQ, VS, VU, M, S
from sim.model.hart import ABSENT, Hart
from sim.model.masks import MIE, SIE

_ORDER = tuple((IRQ[name], 1 << IRQ[name]) for name in INTERRUPT_PRIORITY)


def takeable(h: Hart) -> i64:
    """Code of the interrupt that must be taken now, or -1."""
    if not h.mie:
        return ABSENT
    ready = h.pending() & h.mie
    if not ready:
        return ABSENT
    for_m = ready & ~h.mideleg
    if for_m and (h.mode != M or h.mstatus & MIE):
        return _first(for_m)
    for_hs = ready & h.mideleg & ~h.hideleg
    if for_hs and h.mode != M and (h.mode != S or h.mstatus & SIE):
        return _first(for_hs)
    for_vs = ready & h.mideleg & h.hideleg
    if for_vs and (h.mode == VU or (h.mode == VS and h.vsstatus & SIE)):
        return _first(for_vs)
    return ABSENT


def _first(ready: i64) -> i64:
    for code, mask in _ORDER:
        if ready & mask:
            return code
    return ABSENT
