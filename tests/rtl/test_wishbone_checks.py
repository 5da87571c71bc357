"""The checker must see what it is there to see."""

import pytest
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In

from rtl import wishbone
from tests.rtl.wishbone_checks import BusError, Master, Rules, checker, memory, simulate


class Wires(wiring.Component):
    """A bus that nobody drives but the testbenches."""

    bus: In(wishbone.Signature())

    def elaborate(self, platform):
        return Module()


def test_memory_and_beats():
    dut, words, beats = Wires(), {5: 0x1122334455667788}, []

    async def bench(ctx):
        master = Master(ctx, dut.bus)
        for i in range(20):
            await master.write(5 * 8 + 2, 0x1000 + i, 2)
            assert await master.read(5 * 8 + 2, 2) == 0x1000 + i
        assert await master.read(40) == 0x1122334410137788
        with pytest.raises(BusError, match="0x30"):
            await master.read(6 * 8)

    simulate(dut, bench, background=(memory(dut.bus, words), checker(dut.bus, beats)))
    assert len(beats) == 42
    address, we, select, data, error = beats[0]
    assert (address, we, select, data >> 16 & 0xFFFF, error) == (5, 1, 0b1100, 0x1000, 0)
    assert beats[-1][4] == 1


@pytest.mark.parametrize("cycles, message", [
    ([("a", 0, 0), (None, 0, 0)], "withdrew"),
    ([("a", 0, 0), ("b", 1, 0)], "changed"),
    ([("a", 1, 0), (None, 1, 0)], "nobody"),
    ([("a", 1, 1)], "together")])
def test_rules_see(cycles, message):
    rules = Rules()
    with pytest.raises(AssertionError, match=message):
        for cycle in cycles:
            rules.cycle(*cycle)


def test_rules_allow():
    rules = Rules()
    beats = [("a", 1, 0), ("b", 0, 0), ("b", 0, 1), (None, 0, 0), ("c", 0, 0), ("c", 1, 0)]
    assert [rules.cycle(*beat) for beat in beats] == [True, False, True, False, False, True]
