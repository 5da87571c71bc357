"""rtl/word_bus.py."""

import random

from amaranth.sim import Simulator

from rtl.word_bus import WordBus


def test_each_word_is_a_single_access():
    """Combinational both ways: what one side says, the other sees in the same cycle; `ack` or `err` ends it."""
    dut = WordBus()
    r = random.Random(1)

    async def bench(ctx):
        for _ in range(40):
            valid, write, ack = r.randrange(2), r.randrange(2), r.randrange(2)
            err = r.randrange(2) & ~ack
            paddr, out, back = r.randrange(1 << 53) << 3, r.randrange(1 << 64), r.randrange(1 << 64)
            for signal, value in ((dut.words.valid, valid), (dut.words.write, write), (dut.words.paddr, paddr),
                                  (dut.words.wdata, out), (dut.bus.dat_r, back), (dut.bus.ack, ack), (dut.bus.err, err)):
                ctx.set(signal, value)
            bus, words = dut.bus, dut.words
            assert (ctx.get(bus.cyc), ctx.get(bus.stb)) == (valid, valid)
            assert (ctx.get(bus.adr) << 3, ctx.get(bus.we), ctx.get(bus.sel), ctx.get(bus.cti).value) == (paddr, write, 0xff, 0)
            assert ctx.get(bus.dat_w) == out
            assert ctx.get(words.done) == (valid and (ack or err))
            assert (ctx.get(words.error), ctx.get(words.rdata)) == (err, back)

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
