"""rtl/hpm.py: what is counted in a cycle, from inhibition, filters and events."""

import random
from dataclasses import replace

from amaranth.sim import Simulator

from isa.profile import PROFILES
from rtl.config import CONFIGS
from rtl.hpm import Happenings, Hpm
from rtl.types import Mode

CONFIG = replace(CONFIGS["default"], profile=PROFILES["full"])
INHIBIT = {Mode.M: 62, Mode.S: 61, Mode.U: 60, Mode.VS: 59, Mode.VU: 58}
# Typed from the table of events.
OUTSIDE = {1: "tlb_miss", 2: "tlb_miss_g", 3: "walk_reference", 9: "fetch_miss", 10: "data_miss", 11: "branch_miss"}
EXCEPTIONS = {5: (20, 21, 23), 6: (22,), 7: (8, 10)}


def happens(event, happened, leaves, interrupt, cause):
    """Does this event happen?"""
    if event in OUTSIDE:
        return happened[OUTSIDE[event]]
    if event == 4:
        return leaves and interrupt
    if event == 8:
        return leaves and not interrupt and all(cause not in causes for causes in EXCEPTIONS.values())
    return leaves and not interrupt and cause in EXCEPTIONS.get(event, ())


def test_every_counter():
    dut, r = Hpm(CONFIG), random.Random(3)
    causes = (1, 2, 3, 5, 7, 8, 10, 12, 13, 15, 20, 21, 22, 23, 24, 25)

    async def bench(ctx):
        counted = set()
        for _ in range(3000):
            mode, retire, leaves, interrupt = r.choice(list(Mode)), r.randrange(2), r.randrange(2), r.random() < 0.2
            cause, inhibit = r.choice(causes), r.getrandbits(32) & r.getrandbits(32)
            filters = [r.getrandbits(5) << 58 for _ in range(2)]
            events = [r.randrange(12) for _ in range(4)]
            happened = {name: r.randrange(2) for name in Happenings.as_shape().members}
            for name, value in (("mode", mode), ("retire", retire), ("leaves_guest", leaves), ("interrupt", interrupt),
                                ("cause", cause), ("mcountinhibit", inhibit), ("mcyclecfg", filters[0]),
                                ("minstretcfg", filters[1]), ("mhpmevent", events), ("happened", happened)):
                ctx.set(getattr(dut, name), value)
            want = [not filters[0] >> INHIBIT[mode] & 1, retire and not filters[1] >> INHIBIT[mode] & 1]
            want += [happens(event, happened, leaves, interrupt, cause) for event in events]
            want = [bool(value) and not inhibit >> n & 1 for value, n in zip(want, (0, 2, 3, 4, 5, 6), strict=True)]
            counted |= {event for event, value in zip(events, want[2:], strict=True) if value}
            assert ctx.get(dut.increments) == sum(value << i for i, value in enumerate(want))
        assert counted == set(range(1, 12))

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
