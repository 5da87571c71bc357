"""sim/fuzz/context.py."""

import random

from sim.fuzz import layout
from sim.fuzz.context import address
from tests.sim.fuzz.made_context import context


def test_a_calm_unit_writes_only_where_it_works() -> None:
    ctx = context(3, "VS")
    ctx.calm = True
    pages_written = {address(ctx, 8, "w") >> 12 for _ in range(100)}
    allowed = {w.address(random.Random(s)) >> 12 for w in ctx.works["w"] for s in range(200)}
    assert pages_written <= allowed


def test_registers_are_the_bodys_own() -> None:
    ctx = context(2, "VS")
    assert {ctx.register(3, 4) for _ in range(300)} == set(layout.BODY) - {3, 4}
    assert {ctx.source() for _ in range(400)} == {0, *layout.BODY}


def test_writes_spare_the_routines_of_the_data_pages() -> None:
    ctx = context(4, "M")
    ctx.spaces, ctx.works = [None], {}
    for size in (1, 2, 4, 8):
        for _ in range(300):
            at = address(ctx, size, "w")
            if layout.DATA <= at < layout.DATA + (layout.DATA_PAGES << 12):
                assert at & 0xFFF >= layout.STUB_SIZE and (at & 0xFFF) + size <= layout.LAST_WRITE
