"""rtl/realign.py: random words with random predictions against a reader that knows the stream they were cut from."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.realign import Realign


class Words:
    """A stream of fetched words: random code in which now and then a prediction leads elsewhere, rightly or not."""

    def __init__(self, rng):
        self.rng = rng
        self.vaddr = 8 * rng.getrandbits(50)
        self.restart()

    def restart(self, *, vaddr=None, blind=False):
        """Go on at an address, its first word without a prediction if `blind`."""
        self.vaddr = self.rng.getrandbits(60) << 1 if vaddr is None else vaddr
        self.blind, self.ahead = blind, []

    def word(self):
        """The next word, as fields of `Word`; its halfwords are drawn anew for every word."""
        rng, start = self.rng, self.vaddr >> 1 & 3
        halves = [rng.getrandbits(16) | 3 if rng.random() < 0.5 else rng.getrandbits(16) & ~2 for _ in range(4)]
        last = rng.randrange(start, 4)
        known = 0 if self.blind else rng.getrandbits(4)
        taken = known >> last & rng.getrandbits(1)
        self.blind = False
        word = {"vaddr": self.vaddr, "bits": sum(half << 16 * i for i, half in enumerate(halves)), "fault": 0,
                "prediction": {"known": known, "counters": [rng.getrandbits(2) for _ in range(4)], "taken": taken, "last": last,
                               "snapshot": {"history": rng.getrandbits(12), "depth": rng.getrandbits(4),
                                            "row": rng.getrandbits(1)}}}
        if rng.random() < 0.04:
            word |= {"fault": 1, "prediction": word["prediction"] | {"known": 0, "taken": 0}}
        self.vaddr = rng.getrandbits(60) << 1 if taken else (self.vaddr | 7) + 1
        return word


def expected(words, pc):
    """What is delivered at `pc`, the first word being the one that holds it: fields, how many words leave with it, and the
    next pc; None where a second word is needed; "broken" where the prediction cuts the instruction."""
    first = words[0]
    base = {"pc": pc}
    if first["fault"]:
        return base | {"raw": 0, "fault": 1}, None, None
    at = pc >> 1 & 3
    raw = first["bits"] >> 16 * at
    prediction = first["prediction"]
    if raw & 3 == 3 and prediction["taken"] and prediction["last"] == at:
        return "broken"
    last, leaving, bits = at, at == 3, 16
    if raw & 3 == 3:
        last, leaving, bits = at + 1, at >= 2, 32
        if at == 3:
            if len(words) < 2:
                return None
            second = words[1]
            if second["fault"]:
                return base | {"raw": 0, "fault": 1}, None, None
            raw |= second["bits"] << 16
            prediction, last = second["prediction"], 0
    taken = prediction["taken"] and prediction["last"] == last
    guess = {"known": prediction["known"] >> last & 1, "counter": prediction["counters"][last], "taken": int(taken),
             "snapshot": prediction["snapshot"]}
    fields = base | {"raw": raw & (1 << bits) - 1, "fault": 0, "guess": guess}
    gone = int(leaving) + int(bits == 32 and at == 3 and taken) or int(taken)
    following = None if taken else pc + bits // 8
    return fields, gone, following


def same(delivered, fields):
    """What counts of an instruction is as it should be."""
    told = {name: delivered[name] for name in ("pc", "fault")}
    told["raw"] = delivered["raw"] & (0xFFFF_FFFF if delivered["raw"] & 3 == 3 else 0xFFFF)
    if not fields["fault"]:
        guess = delivered["guess"]
        snapshot = {name: guess["snapshot"][name] for name in ("history", "depth", "row")}
        told["guess"] = {name: guess[name] for name in ("known", "counter", "taken")} | {"snapshot": snapshot}
    assert told == fields


@pytest.mark.parametrize("arrives, ready", [(1.0, 1.0), (1.0, 0.6), (0.5, 1.0), (0.6, 0.6)])
def test_random_streams(arrives, ready):
    rng = random.Random(71)
    dut = Realign()
    seen = {"broken": 0, "crossing": 0, "taken": 0, "fault": 0, "crossing and taken": 0}

    async def bench(ctx):
        source, words, pc = Words(rng), [], None
        word = None
        for _ in range(4000):
            offered = rng.random() < arrives
            word = word or source.word()
            clear = rng.random() < 0.02
            is_ready = rng.random() < ready
            ctx.set(dut.enter.valid, offered)
            ctx.set(dut.enter.p, word)
            ctx.set(dut.out.ready, is_ready)
            ctx.set(dut.clear, 0)
            assert ctx.get(dut.empty) == (not words)
            assert ctx.get(dut.enter.ready) == (len(words) < 2)
            visible = words + [word] * (offered and len(words) < 2)
            if pc is None:
                pc = (words or [word])[0]["vaddr"]
            assert ctx.get(dut.out.p.pc) == pc, "also while nothing is valid"
            wanted = expected(visible, pc) if visible else None
            assert ctx.get(dut.broken) == (wanted == "broken")
            assert ctx.get(dut.out.valid) == (wanted is not None and wanted != "broken")
            if words and not words[0]["fault"]:
                half = words[0]["bits"] >> 16 * (pc >> 1 & 3)
                assert ctx.get(dut.spans) == (half & 3 == 3 and pc & 6 == 6)
            restart = None
            if wanted == "broken":
                assert ctx.get(dut.start.history) == visible[0]["prediction"]["snapshot"]["history"]
                seen["broken"] += 1
                restart = {"vaddr": pc, "blind": True}
            elif wanted:
                fields, leaving, following = wanted
                same(ctx.get(dut.out.p), fields)
                if is_ready and fields["fault"]:
                    seen["fault"] += 1
                    restart = {}
                elif is_ready:
                    words = visible[leaving:]
                    seen["taken"] += fields["guess"]["taken"]
                    crossing = pc & 6 == 6 and fields["raw"] & 3 == 3
                    seen["crossing"] += crossing
                    seen["crossing and taken"] += crossing and fields["guess"]["taken"]
                    pc = following
                else:
                    words = visible
            else:
                words = visible
            if clear or restart is not None:
                ctx.set(dut.clear, 1)
                source.restart(**(restart or {}))
                words, pc, word = [], None, None
            elif visible and visible[-1] is word:
                word = None
            await ctx.tick()

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
    assert min(seen.values()) > 5, seen
