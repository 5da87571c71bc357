"""rtl/mmu/pte.py: every combination of the flags against the manual's steps."""

from itertools import product

from amaranth.hdl import C, Module, Signal
from amaranth.sim import Simulator

from isa import paging
from rtl.mmu.pte import Pte, allows, pte_address, vpn
from rtl.types import Access
from tests.rtl.mmu.reference import FETCH, LOAD, STORE, allowed, is_pointer


def test_fields_are_those_of_the_manual():
    """Pte against the table of isa.paging, which has the manual's positions."""
    fields = {name: (field.offset + field.width - 1, field.offset) for name, field in Pte.as_shape()}
    assert fields == {name: (msb, lsb) for name, msb, lsb in paging.PTE}


def evaluate(cases, **expressions):
    """For each case (values of `pte`, `level`, `access`, `hlvx`, `mxr`): the expressions' values."""
    m = Module()
    outputs = {name: Signal(64, name=name) for name in expressions}
    for name, expression in expressions.items():
        m.d.comb += outputs[name].eq(expression)
    results = []

    async def bench(ctx):
        for case in cases:
            for signal, value in case:
                ctx.set(signal, value)
            results.append({name: ctx.get(output) for name, output in outputs.items()})

    sim = Simulator(m)
    sim.add_testbench(bench)
    sim.run()
    return results


def test_validity():
    """Steps 3 and 4."""
    pte, level = Signal(Pte), Signal(2)
    values = [flags | high << 54 for flags in range(256) for high in (0, 1, 0x200)]
    cases = [(value, at) for value, at in product(values, range(3))]
    results = evaluate((((pte.as_value(), value), (level, at)) for value, at in cases),
                       invalid=pte.is_invalid(level), leaf=pte.is_leaf())
    for (value, at), result in zip(cases, results, strict=True):
        pointer = is_pointer(value, at)
        assert bool(result["invalid"]) == (pointer is None), f"{value:#x} at level {at}"
        if pointer is not None:
            assert bool(result["leaf"]) != pointer


def test_permissions_and_svade():
    """Steps 5 and 7, for each kind of access."""
    pte, access = Signal(Pte), Signal(Access)
    hlvx, mxr = Signal(), Signal()
    cases = list(product(range(256), (FETCH, LOAD, STORE), (0, 1), (0, 1)))
    results = evaluate((((pte.as_value(), f), (access, Access(a)), (hlvx, h), (mxr, x)) for f, a, h, x in cases),
                       allows=allows(pte.r, pte.w, pte.x, access, hlvx, mxr), stale=pte.is_stale(access))
    for (flags, kind, h, x), result in zip(cases, results, strict=True):
        assert bool(result["allows"]) == bool(allowed(flags, kind, h and kind == LOAD, x)), (flags, kind, h, x)
        assert result["stale"] == (not flags & 1 << 6 or kind == STORE and not flags & 1 << 7)


def test_superpages_are_aligned():
    """Step 6: one wrong bit anywhere in the low part is enough."""
    pte, level = Signal(Pte), Signal(2)
    cases = [(bit, at) for bit, at in product(range(44), range(3))]
    results = evaluate((((pte.as_value(), 1 << 10 + bit), (level, at)) for bit, at in cases),
                       misaligned=pte.is_misaligned(level))
    for (bit, at), result in zip(cases, results, strict=True):
        assert result["misaligned"] == (bit < 9 * at)


def test_addresses():
    """Step 2, and the index that follows a pointer."""
    page = C(0b11_000000001_000000010, 29)
    got = evaluate([()], table=pte_address(C(0x80123, 44), C(5, 9)), root=pte_address(C(0x20048, 42), C(0x401, 11)),
                   first=vpn(page, C(2, 2)), second=vpn(page, C(1, 2)))
    assert got == [{"table": 0x8012_3028, "root": 0x8012_2008, "first": 1, "second": 2}]
