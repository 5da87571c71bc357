"""sim/synth/estimate.py: delays of small netlists that are computed by hand."""

import pytest

from sim.synth.estimate import CARRY_IN, CARRY_ON, FANOUT, LUT, STARTS, WIRE, Estimate

HOP = WIRE + FANOUT     # a wire to one place
FF, RAM = STARTS["TRELLIS_FF"][1], STARTS["DP16KD"][1]


def ff(d, q):
    return {"type": "TRELLIS_FF", "connections": {"DI": [d], "Q": [q], "CLK": [99]}}


def lut(z, *inputs):
    return {"type": "LUT4", "connections": {**{port: [bit] for port, bit in zip("ABCD", inputs, strict=False)}, "Z": [z]}}


def test_luts_in_a_row():
    cells = {"dut.a.q": ff(9, 1), "dut.b.x": lut(2, 1, "0"), "dut.c.y": lut(3, 2), "dut.d.r": ff(3, 4)}
    longest = Estimate(cells).paths()[0]
    assert longest.delay == pytest.approx(FF + 2 * (HOP + LUT) + HOP)
    assert longest.end == "d" and [unit for unit, _ in longest.units] == ["a", "b", "c"]
    assert longest.units[1][1] == pytest.approx(FF + HOP + LUT)


def test_the_latest_input_counts():
    ram = {"type": "DP16KD", "connections": {"DOA3": [5], "ADA2": [4], "CLKA": [99]}}
    cells = {"dut.a.q": ff(9, 1), "dut.m.ram": ram, "dut.b.x": lut(2, 1, 5), "dut.d.r": ff(2, 3), "dut.e.r": ff(3, 4)}
    into_d, into_ram, _, _ = Estimate(cells).paths()
    assert (into_d.end, into_d.delay) == ("d", pytest.approx(RAM + HOP + LUT + HOP))
    assert (into_ram.end, into_ram.delay) == ("m", pytest.approx(FF + HOP))


def test_a_carry_chain_is_fast():
    def carry(cin, low, cout, s1):
        return {"type": "CCU2C", "connections": {"A0": [low], "CIN": [cin], "COUT": [cout], "S1": [s1]}}
    cells = {"dut.q": ff(9, 1), "dut.c0": carry("0", 1, 10, 20), "dut.c1": carry(10, "0", 11, 21),
             "dut.c2": carry(11, "0", 12, 22), "dut.r": ff(22, 2)}
    assert Estimate(cells).paths()[0].delay == pytest.approx(FF + HOP + CARRY_IN + CARRY_ON + CARRY_IN + HOP)


def test_more_readers_make_a_wire_slower():
    cells = {"dut.q": ff(9, 1), **{f"dut.r{i}": ff(1, 10 + i) for i in range(7)}}
    assert Estimate(cells).paths()[0].delay == pytest.approx(FF + WIRE + 3 * FANOUT)
