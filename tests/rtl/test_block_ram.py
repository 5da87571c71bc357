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


@pytest.mark.parametrize("depth, blocks", [(512, 2), (64, 2)])
def test_it_is_block_ram_alone(tmp_path, depth, blocks):
    source, result = tmp_path / "ram.il", tmp_path / "netlist.il"
    source.write_text(rtlil.convert(BlockRam(64, depth), name="ram"))
    design = libyosys.Design()
    for step in (f"read_rtlil {source}", "synth_ecp5 -top ram", "select ram", f"write_rtlil -selected {result}"):
        design.run_pass(f"tee -q -o /dev/null {step}")
    assert re.findall(r"^  cell (\S+)", result.read_text(), re.M) == ["\\DP16KD"] * blocks


def test_too_small():
    with pytest.raises(ValueError, match="at least 2 words, not 1"):
        BlockRam(8, 1)
