"""sim/formal: claims that are proved in seconds, the bugs that they find, and what a trace says."""

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sim.formal import bus, csr_access, delegation, looked_up, order, tlb_hits, walk_grant, walk_step, worlds
from sim.formal.claim import Claim
from sim.formal.engine import Result, cover, prove, replay

QUICK = (delegation.CLAIM, csr_access.CLAIM, looked_up.CLAIM, walk_step.CLAIM, walk_grant.CLAIM, *tlb_hits.CLAIMS,
         *bus.CLAIMS, *order.CLAIMS)


@pytest.mark.parametrize("claim", QUICK, ids=lambda claim: claim.name)
def test_it_is_proved_and_says_something(claim):
    assert prove(claim).result is Result.PROVED
    reached = cover(claim)
    assert reached.result is Result.TRACE
    last = replay(claim, reached.trace)[-1]
    assert (last["assumed"], last["holds"], last["reached"]) == (1, 1, 1)


@pytest.mark.parametrize("claim, bug", [pytest.param(claim, number, id=bug.name)
                                        for claim in QUICK for number, bug in enumerate(claim.bugs, 1)])
def test_it_finds_a_planted_bug(claim, bug):
    found = prove(claim, bug)
    assert found.result is Result.TRACE
    last = replay(claim, found.trace, bug)[-1]
    assert (last["assumed"], last["holds"]) == (1, 0), "the simulator sees what the proof has found"


def test_the_whole_csr_file_finds_one():
    assert prove(worlds.CLAIM, 2).result is Result.TRACE, "its proof, which takes longer, is for `make formal`"


class Counter(wiring.Component):
    """Counts `up` to `most`, at which it stays; claimed to stay below `limit` as long as `calm`."""

    up:      In(1)
    calm:    In(1)
    count:   Out(4)
    assumed: Out(1)
    holds:   Out(1)
    reached: Out(1)

    def __init__(self, limit, most=5):
        self._limit, self._most = limit, most
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        count = Signal(4)
        with m.If(self.up & (count != self._most)):
            m.d.sync += count.eq(count + 1)
        m.d.comb += [self.count.eq(count), self.assumed.eq(self.calm), self.holds.eq(count < self._limit),
                     self.reached.eq(count == 3)]
        return m


def counter(limit, depth=None):
    return Claim("counter", "-", "", lambda: Counter(limit), (), ("count",), (), depth)


@pytest.mark.parametrize("limit, depth, result", [
    (6, None, Result.PROVED), (5, None, Result.TRACE), (5, 5, Result.PROVED), (5, 6, Result.TRACE)])
def test_registers_and_depth(limit, depth, result):
    assert prove(counter(limit, depth)).result is result


class Never(wiring.Component):
    """Claimed of nothing, and never true."""

    assumed: Out(1, init=1)
    holds:   Out(1)
    reached: Out(1)

    def elaborate(self, platform):
        return Module()


def test_a_constant_has_a_trace_too():
    assert prove(Claim("never", "-", "", Never, (), (), ())).result is Result.TRACE


@pytest.mark.parametrize("depth", [None, 9])
def test_a_trace_has_all_its_cycles(depth):
    found = cover(counter(6, depth))
    rows = replay(counter(6), found.trace)
    assert rows[-1]["count"] == 3 and len(rows) >= 4
    assert all(row["assumed"] for row in rows), "what is assumed holds in each"
