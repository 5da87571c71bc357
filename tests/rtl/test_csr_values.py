"""rtl/csr_values.py: mip from its sources, one by one. `test_csr` reads every CSR."""

import pytest
from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from rtl.config import CONFIGS
from rtl.csr_registers import present, registers
from rtl.csr_rules import visible
from rtl.csr_values import pending, values
from rtl.csr_words import WORDS

SSI, VSSI, MSI, STI, VSTI, MTI, SEI, VSEI, MEI = (1 << i for i in (1, 2, 3, 5, 6, 7, 9, 10, 11))


@pytest.mark.parametrize("has_h", (True, False))
def test_pending(has_h):
    profile = (CONFIGS["tiny"] if has_h else CONFIGS["tiny"].without_h()).profile
    r = registers(present(profile))
    lines, timer_s, timer_vs, mip = Signal(12), Signal(), Signal(), Signal(12)
    m = Module()
    m.d.comb += mip.eq(pending(r, lines, timer_s, timer_vs, has_h=has_h))
    # Who is one, and what is pending.
    cases = [((), 0), ((r.mip.ssip,), SSI), ((r.mip.stip,), STI), ((r.mip.seip,), SEI), ((timer_s,), 0),
             ((r.menvcfg.stce, r.mip.stip), 0), ((r.menvcfg.stce, timer_s), STI)]
    if has_h:
        cases += [((r.hvip.vssip,), VSSI), ((r.hvip.vstip,), VSTI), ((r.hvip.vseip,), VSEI), ((timer_vs,), 0),
                  ((timer_vs, r.menvcfg.stce), 0), ((timer_vs, r.henvcfg.stce), 0),
                  ((timer_vs, r.menvcfg.stce, r.henvcfg.stce), VSTI)]

    async def bench(ctx):
        for signals, want in cases:
            for value in (1, 0):
                for signal in signals:
                    ctx.set(signal, value)
                assert ctx.get(mip) == (want if value else 0)
        for line in (MSI, MTI, SEI, MEI):
            ctx.set(lines, line)
            assert ctx.get(mip) == line

    sim = Simulator(m)
    sim.add_testbench(bench)
    sim.run()


def test_who_has_a_value():
    """Every CSR that can be anything but zero and is not kept elsewhere."""
    profile = CONFIGS["default"].profile
    rows = present(profile)
    r = registers(rows)
    named = values(rows, r, Signal(12), visible(r, Signal(3), profile), profile)
    assert named.keys().isdisjoint(WORDS)
    elsewhere = {name for name in rows if "counter" in name and "en" not in name} | {
        "cycle", "time", "instret", "mcycle", "minstret", "mhpmcounter3"} | {n for n in rows if n.startswith("pmp")}
    zero = {"hgeie", "hgeip", "mvendorid", "marchid", "mhartid", "mconfigptr", *(f"sstateen{n}" for n in range(4)),
            *(f"mhpmevent{n}" for n in range(7, 32))}
    assert set(rows) - WORDS - named.keys() == (elsewhere | zero) & set(rows)
