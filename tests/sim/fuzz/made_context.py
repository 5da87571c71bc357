"""A context for one block: both stages on, with page tables that are the same in every test."""

import random
from functools import cache

from sim.fuzz import layout, pages
from sim.fuzz.context import Context


@cache
def tables() -> pages.Space:
    rng, memory = random.Random(0), pages.Memory()
    return pages.build(rng, memory, "vs", pages.build(rng, memory, "g"))


def context(seed: int, mode: str) -> Context:
    rng, space = random.Random(seed), tables()
    works = dict.fromkeys("rwx", space.windows[:2])
    return Context(rng, mode, [space, None], [space], [None], [space.atp()], [layout.S_CODE], frozenset(("stimecmp",)), True,
                   space.slots, works, works)
