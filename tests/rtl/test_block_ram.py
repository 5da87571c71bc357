# amaranth: UnusedElaboratable=no
"""rtl/block_ram.py against a list, and what synthesis makes of it."""

import random
import re

import pytest
from amaranth.back import rtlil
from amaranth.sim import Simulator
from pyosys import libyosys

from rtl.block_ram import BlockRam


def test_random_reads_and_writes():
    rng = random.Random(61)
    dut, model = BlockRam(12, 16), [0] * 16

    async def bench(ctx):
        for _ in range(600):
            address, at, value, write = rng.randrange(16), rng.randrange(16), rng.getrandbits(12), rng.randrange(2)
            for port, setting in ((dut.address, address), (dut.write_address, at), (dut.write_data, value), (dut.write, write)):
                ctx.set(port, setting)
            await ctx.tick()
            if not (write and at == address):
                assert ctx.get(dut.data) == model[address]
            if write:
                model[at] = value

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()


def test_parts_of_a_word_are_written_and_a_read_that_is_not_enabled_changes_nothing():
    rng = random.Random(62)
    dut, model, shown = BlockRam(32, 8, granularity=8), [0] * 8, 0

    async def bench(ctx):
        nonlocal shown
        for _ in range(600):
            address, at, value = rng.randrange(8), rng.randrange(8), rng.getrandbits(32)
            write, enable = rng.choice((0, 0, 0b1111, 0b0101, 0b1000)), rng.randrange(2)
            for port, setting in ((dut.address, address), (dut.write_address, at), (dut.write_data, value),
                                  (dut.write, write), (dut.enable, enable)):
                ctx.set(port, setting)
            await ctx.tick()
            if enable:
                shown = None if write and at == address else model[address]
            if shown is not None:
                assert ctx.get(dut.data) == shown
            mask = sum(0xFF << 8 * i for i in range(4) if write >> i & 1)
            model[at] = model[at] & ~mask | value & mask

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()


@pytest.mark.parametrize("depth, blocks, granularity", [(512, 2, None), (64, 2, None), (512, 2, 8)])
def test_it_is_block_ram_alone(tmp_path, depth, blocks, granularity):
    source, result = tmp_path / "ram.il", tmp_path / "netlist.il"
    source.write_text(rtlil.convert(BlockRam(64, depth, granularity), name="ram"))
    design = libyosys.Design()
    for step in (f"read_rtlil {source}", "synth_ecp5 -top ram", "select ram", f"write_rtlil -selected {result}"):
        design.run_pass(f"tee -q -o /dev/null {step}")
    assert re.findall(r"^  cell (\S+)", result.read_text(), re.M) == ["\\DP16KD"] * blocks


def test_too_small():
    with pytest.raises(ValueError, match="at least 2 words, not 1"):
        BlockRam(8, 1)
