"""Units: the pieces of which bodies are made. Each is made by a function of `arithmetic`, `accesses` or `privileged`.

A unit is safe wherever it runs: memory is written only in data pages, no register of the handlers changes, and whatever
a trap skips, the rest still goes forward.
"""

from collections.abc import Callable

from sim.fuzz import values
from sim.fuzz.accesses import (
    atomic,
    cache_block,
    call,
    hypervisor_access,
    look_at_table,
    memory,
    modify_privilege,
    page_table,
    patch,
    reserved,
    short_memory,
)
from sim.fuzz.arithmetic import alu, branch, compressed, constant, loop, muldiv, short_jump
from sim.fuzz.context import Context
from sim.fuzz.encode import Code
from sim.fuzz.privileged import csr, fence, illegal, interrupt, system, timer, wait
from sim.fuzz.program import Unit

Maker = Callable[[Context], list[Code]]

# Relative frequency of the units, by mode.
_ANYWHERE: dict[Maker, int] = {alu: 12, loop: 6, muldiv: 6, constant: 6, compressed: 8, memory: 14, short_memory: 6,
                               atomic: 6, reserved: 3, branch: 6, short_jump: 4, patch: 2, call: 3, cache_block: 3,
                               look_at_table: 1, csr: 4, illegal: 1, system: 1, fence: 1, hypervisor_access: 1}
WEIGHTS: dict[str, dict[Maker, int]] = {
    "M": {**_ANYWHERE, modify_privilege: 20, page_table: 8, hypervisor_access: 20, csr: 20, interrupt: 3, wait: 1, timer: 2,
          fence: 3},
    "S": {**_ANYWHERE, hypervisor_access: 25, csr: 14, interrupt: 3, wait: 2, timer: 2, fence: 4},
    "U": {**_ANYWHERE, hypervisor_access: 20, csr: 14},
    "VS": {**_ANYWHERE, loop: 14, csr: 10, interrupt: 2, wait: 2, timer: 1, fence: 2},
    "VU": {**_ANYWHERE, loop: 14, csr: 8},
    "calm": {alu: 4, loop: 10, muldiv: 2, constant: 2, compressed: 3, short_jump: 2, branch: 2},
    "calm memory": {alu: 2, loop: 10, muldiv: 2, compressed: 3, short_jump: 2, memory: 6, short_memory: 4, atomic: 4,
                    reserved: 3},
    "?": {**_ANYWHERE, csr: 10, interrupt: 1, wait: 1, timer: 1, fence: 2, hypervisor_access: 4},
}


def units(ctx: Context, count: int) -> list[Unit]:
    """Random units for one segment."""
    weights = WEIGHTS[ctx.mode if not ctx.calm else "calm memory" if ctx.works.get("w") else "calm"]
    if not values.instructions(ctx.limits.profile, "cbo"):
        weights = {maker: weight for maker, weight in weights.items() if maker is not cache_block}
    makers = ctx.rng.choices(list(weights), list(weights.values()), k=count)
    return [Unit(maker.__name__, maker(ctx), ctx.rng.randrange(1, 4) if maker is branch else 0) for maker in makers]
