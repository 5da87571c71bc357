"""Runs inside the simulation of the netlist of probe.py (test_cells.py starts it): each output as the source says."""

import random

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge

from tests.netlist.probe import RAMS

CYCLES = 20_000
SAME = 64       # two addresses that differ below this differ in every RAM


def signed(value: int) -> int:
    return value - (value >> 17 << 18)


@cocotb.test()
async def is_what_the_source_says(dut):
    rng = random.Random(1)
    Clock(dut.clk, 10, unit="ns").start()
    rams = [[0] * depth for _, depth, _ in RAMS]
    words, held = [0] * len(RAMS), 0xA5
    small = list(range(7, 39))
    dut.rst.value = 0
    dut.write.value = dut.enable.value = 0
    await FallingEdge(dut.clk)
    total = int(dut.total.value)
    for cycle in range(CYCLES):
        high, address, write_address = rng.choice((0, 0x2A80, 0x3FC0)), rng.randrange(SAME), rng.randrange(SAME)
        write_address ^= address == write_address
        address, write_address = high | address, high | write_address
        data, write = rng.getrandbits(64), rng.choice((0, 255, rng.getrandbits(8)))
        enable, reset = rng.random() < 0.8, cycle % 999 == 998
        dut.address.value, dut.write_address.value, dut.data.value = address, write_address, data
        dut.write.value, dut.enable.value, dut.rst.value = write, enable, reset
        await FallingEdge(dut.clk)
        for i, (width, depth, granularity) in enumerate(RAMS):
            if enable:
                words[i] = rams[i][address % depth]
            parts = 1 if granularity is None else width // granularity
            for part in range(parts):
                if write >> part & 1:
                    mask = ((1 << (granularity or width)) - 1) << part * (granularity or width)
                    rams[i][write_address % depth] = rams[i][write_address % depth] & ~mask | data & mask
        if write & 1:
            small[write_address % 32] = data & 0xFF
        total = 0 if reset else (total + data) % (1 << 40)
        held = 0xA5 if reset else data & 0xFF if write >> 7 else held
        expected, at = 0, 0
        for (width, _, _), word in zip(RAMS, words, strict=True):
            expected |= word << at
            at += width
        assert dut.read.value == expected, f"cycle {cycle}: {int(dut.read.value) ^ expected:x}"
        low, high_half = data & 0x3FFFF, data >> 18 & 0x3FFFF
        assert dut.unsigned.value == low * high_half
        assert dut.signed.value == signed(low) * signed(high_half) % (1 << 36)
        assert dut.chosen.value == data >> address % 64 & 1
        assert (dut.small.value, dut.total.value, dut.held.value) == (small[address % 32], total, held)
