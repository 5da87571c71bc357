"""rtl/retire.py: fields stand where `isa.retire` says, records show for one cycle and are numbered."""

import random

from amaranth.sim import Simulator

from isa import retire
from rtl.retire import Record, Retire


def test_layout_is_that_of_the_table():
    rng = random.Random(15)
    values = {name: rng.getrandbits(f.width) for name, f in retire.FIELDS.items()}
    packed = Record.const(values).as_bits()
    words = [packed >> 64 * i & (1 << 64) - 1 for i in range(retire.WORDS)]
    assert retire.unpack(words) == values


def test_records_are_numbered_and_last_one_cycle():
    rng = random.Random(16)
    dut = Retire()

    async def bench(ctx):
        count = 0
        for _ in range(400):
            valid, pc = rng.getrandbits(1), rng.getrandbits(64)
            ctx.set(dut.record.valid, valid)
            ctx.set(dut.record.pc, pc)
            ctx.set(dut.record.order_low, rng.getrandbits(7))
            await ctx.tick()
            packed = ctx.get(dut.retire)
            fields = retire.unpack([packed >> 64 * i & (1 << 64) - 1 for i in range(retire.WORDS)])
            if valid:
                assert (fields["valid"], fields["pc"], fields["order_low"]) == (1, pc, count % 128)
                count += 1
            else:
                assert packed == 0

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
