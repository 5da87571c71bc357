"""The counters mcycle, minstret and mhpmcounter3 onwards (privileged manual, "Hardware Performance Monitor")."""

from amaranth.hdl import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import bits_for

from rtl.config import Config
from rtl.tree import any_of


def counted(config: Config) -> tuple[int, ...]:
    """Numbers of the counters that count: the last five bits of the numbers of their CSRs."""
    return (0, 2, *range(3, 3 + config.profile.hpm_counters))


class Counters(wiring.Component):
    """64-bit counters in one RAM behind one adder.

    Beside each counter a few bits of `pending` hold what it has counted but the RAM has not. In every cycle one counter is
    brought up to date: the one that an instruction accesses, else the next in turn.

    1. With `access`, `value` is the counter `number` as it was before the last cycle, unless `hold`: then ask again in the next
       cycle. It is read in a cycle with `hold`. After an access comes a turn, so that no counter waits for long, whatever the
       program does.
    2. With `write` (and `access` without `hold`) it becomes `data`; what it counts in the same cycle is lost.
    3. `increments` has a bit for each of `counted`: it counts one.
    4. After reset all become 0 while `clearing`; then there is no `access`.
    """

    def __init__(self, config: Config):
        self._counted = counted(config)
        super().__init__({
            "number":     In(5),
            "access":     In(1),
            "write":      In(1),
            "data":       In(64),
            "increments": In(len(self._counted)),
            "value":      Out(64),
            "hold":       Out(1),
            "clearing":   Out(1, init=1),
        })

    def elaborate(self, platform):
        m = Module()
        last = self._counted[-1]
        m.submodules.ram = ram = memory.Memory(shape=64, depth=last + 1, init=[])
        read, write = ram.read_port(domain="comb"), ram.write_port()

        # Whose cycle it is
        turn, at, serve = Signal(range(last + 1)), Signal(range(last + 1)), Signal()
        is_read, was_read = Signal(), Signal()      # the counter that is accessed; and it was the access's last cycle
        m.d.comb += [self.hold.eq(~is_read), serve.eq(self.access & ~was_read), at.eq(Mux(serve, self.number, turn))]
        m.d.sync += [is_read.eq(serve & ~is_read), was_read.eq(is_read)]
        with m.If(~serve):
            m.d.sync += turn.eq(turn + 1)
            with m.Switch(turn):
                with m.Case(0):
                    m.d.sync += turn.eq(2)      # number 1 is time
                with m.Case(last):
                    m.d.sync += [turn.eq(0), self.clearing.eq(0)]

        # A counter waits for three rounds at most: each turn may come after an access of two cycles.
        longest = 3 * len(self._counted)
        visits = [at == number for number in self._counted]
        waiting = [Signal(bits_for(longest), name=f"pending_{number}") for number in self._counted]
        for pending, visit, increment in zip(waiting, visits, self.increments, strict=True):
            m.d.sync += pending.eq(Mux(visit, 0, pending) + increment)
            with m.If(visit & self.write):
                m.d.sync += pending.eq(0)

        value = Signal(64)
        fresh = any_of(Mux(visit, pending, 0) for pending, visit in zip(waiting, visits, strict=True))
        m.d.comb += [
            read.addr.eq(at),
            value.eq(read.data + fresh),
            write.addr.eq(at),
            write.data.eq(Mux(self.write | self.clearing, self.data, value)),
            write.en.eq(1),
        ]
        m.d.sync += self.value.eq(value)
        return m
