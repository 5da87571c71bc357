"""RAM with one write and one registered read per cycle, for caches and predictors."""

from amaranth.hdl import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out


class BlockRam(wiring.Component):
    """`depth` words of `shape`, zero after power-up; a reset does not clear them.

    1. `data` is the word at the `address` of the last cycle with `enable`, which is high unless it is driven.
    2. What is read in the cycle in which the same word is written is not specified: it must not be used.
    3. With a `granularity`, `write` has a bit for each so many bits of a word.
    4. `early`: few words, whose `data` is needed at the beginning of a cycle. They come from flip-flops behind distributed RAM,
       where block RAM takes a quarter of the cycle.
    """

    def __init__(self, shape, depth: int, granularity: int | None = None, *, early: bool = False):
        if depth < 2:
            raise ValueError(f"A block RAM holds at least 2 words, not {depth!r}.")
        self._shape, self._depth, self._granularity = shape, depth, granularity
        self._style = "distributed" if early else "block"
        super().__init__({
            "address":       In(range(depth)),
            "enable":        In(1, init=1),
            "data":          Out(shape),
            "write":         In(1 if granularity is None else Shape.cast(shape).width // granularity),
            "write_address": In(range(depth)),
            "write_data":    In(shape),
        })

    def elaborate(self, platform):
        m = Module()
        # A synchronous read port would promise the old word on a collision, which block RAMs of most FPGAs do not give:
        # synthesis would surround the RAM with registers and a bypass. A combinational read with a register behind it and
        # the attribute promise nothing, and become the RAM alone.
        m.submodules.words = words = memory.Memory(
            shape=self._shape, depth=self._depth, init=[], attrs={"no_rw_check": 1, "ram_style": self._style})
        read, write = words.read_port(domain="comb"), words.write_port(granularity=self._granularity)
        data = Signal(self._shape, reset_less=True)
        with m.If(self.enable):
            m.d.sync += data.eq(read.data)
        m.d.comb += [
            read.addr.eq(self.address),
            self.data.eq(data),
            write.addr.eq(self.write_address),
            write.data.eq(self.write_data),
            write.en.eq(self.write),
        ]
        return m
