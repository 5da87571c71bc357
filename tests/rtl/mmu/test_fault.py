"""rtl/mmu/fault.py: cause, tval2 and pseudoinstruction of each way to fail."""

from itertools import product

import pytest
from amaranth.hdl import C, Module, Signal
from amaranth.sim import Simulator

from rtl.mmu.fault import Fault, respond
from rtl.types import Access, TranslateResponse
from tests.rtl.mmu.reference import ACCESS, CAUSES, FETCH, GUEST, LOAD, PAGE, STORE

KINDS = {Fault.ACCESS: ACCESS, Fault.PAGE: PAGE, Fault.GUEST_PAGE: GUEST}
PAGE_LOG_FULL = 25      # docs/xdoppel.md
ADDRESS = 0x1_2345_6788


@pytest.mark.parametrize("kind", Fault)
def test_what_is_answered(kind):
    """For every access, of its own or of a table read or written for it; CBO faults as a store."""
    m, response = Module(), Signal(TranslateResponse)
    fault, access, implicit, writing = Signal(Fault), Signal(Access), Signal(), Signal()
    respond(m, response, fault, access, C(ADDRESS, 64), implicit=implicit, writing=writing)

    async def bench(ctx):
        ctx.set(fault, kind)
        for of, is_implicit, writes in product(Access, (0, 1), (0, 1)):
            ctx.set(access, of)
            ctx.set(implicit, is_implicit)
            ctx.set(writing, writes)
            got = ctx.get(response)
            if kind is Fault.UPDATE:
                assert (got.fault, got.needs_update) == (0, 1)
                continue
            assert (got.fault, got.needs_update) == (1, 0)
            original = {Access.FETCH: FETCH, Access.LOAD: LOAD}.get(of, STORE)
            assert got.cause == (PAGE_LOG_FULL if kind is Fault.LOG_FULL else CAUSES[KINDS[kind], original])
            guest = kind in (Fault.GUEST_PAGE, Fault.LOG_FULL)
            assert got.tval2 == (ADDRESS >> 2 if guest else 0)
            assert (got.implicit, got.implicit_write) == (guest & is_implicit, guest & is_implicit & writes)

    sim = Simulator(m)
    sim.add_testbench(bench)
    sim.run()
