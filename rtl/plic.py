"""Platform-level interrupt controller (RISC-V PLIC specification 1.0.0; sifive,plic-1.0.0)."""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from isa import platform as soc_map

from . import wishbone

SOURCES = soc_map.PLIC_SOURCES + 1      # source 0 does not exist; its bits and its priority are zero
CONTEXTS = 2                            # M and S of one hart
PRIORITY_BITS = soc_map.PLIC_MAX_PRIORITY.bit_length()


class Candidate(data.Struct):
    """A source that wants to interrupt; priority 0 never does."""

    priority: PRIORITY_BITS
    id: range(SOURCES)


class Plic(wiring.Component):
    """Level-triggered sources, two contexts, 32-bit registers in the two halves of the bus.

    A register is accessed when all four byte selects of its half are high; narrower stores are ignored,
    narrower loads return its value and claim nothing.
    """

    bus: In(wishbone.Signature())
    sources: In(SOURCES)    # bit i is source i, high while it asks for service; bit 0 is ignored
    meip: Out(1)
    seip: Out(1)

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        priority = Signal(data.ArrayLayout(PRIORITY_BITS, SOURCES))
        pending, in_service = Signal(SOURCES), Signal(SOURCES)
        enable = [Signal(SOURCES, name=f"enable{c}") for c in range(CONTEXTS)]
        threshold = [Signal(PRIORITY_BITS, name=f"threshold{c}") for c in range(CONTEXTS)]
        best = [self._best(m, priority, pending & enable[c], c) for c in range(CONTEXTS)]

        # Gateways: one request at a time, and the next one not before the completion of the last.
        requests = Cat(C(0, 1), self.sources[1:]) & ~in_service
        m.d.sync += pending.eq(pending | requests)
        for c, line in enumerate((self.meip, self.seip)):
            m.d.sync += line.eq(best[c].priority > threshold[c])

        beat = bus.cyc & bus.stb & ~bus.ack
        m.d.sync += [bus.ack.eq(beat), bus.dat_r.eq(0)]
        read = [beat & ~bus.we & bus.sel[h:h + 4].all() for h in (0, 4)]
        write = [beat & bus.we & bus.sel[h:h + 4].all() for h in (0, 4)]
        value, wanted = [bus.dat_r[:32], bus.dat_r[32:]], [bus.dat_w[:32], bus.dat_w[32:]]

        with m.Switch(bus.adr[:exact_log2(soc_map.PLIC.size // 8)]):
            for source in range(0, SOURCES, 2):
                with m.Case((soc_map.PLIC_PRIORITY + 4 * source) // 8):
                    for half in (0, 1):
                        m.d.sync += value[half].eq(priority[source + half])
                        if source + half:
                            with m.If(write[half]):
                                m.d.sync += priority[source + half].eq(wanted[half])
            with m.Case(soc_map.PLIC_PENDING // 8):
                m.d.sync += value[0].eq(pending)
            for c in range(CONTEXTS):
                with m.Case((soc_map.PLIC_ENABLE + c * soc_map.PLIC_ENABLE_STRIDE) // 8):
                    m.d.sync += value[0].eq(enable[c])
                    with m.If(write[0]):
                        m.d.sync += enable[c][1:].eq(wanted[0][1:])
                with m.Case((soc_map.PLIC_CONTEXT + c * soc_map.PLIC_CONTEXT_STRIDE) // 8):
                    m.d.sync += [value[0].eq(threshold[c]), value[1].eq(best[c].id)]
                    with m.If(write[0]):
                        m.d.sync += threshold[c].eq(wanted[0])
                    claimed = Mux(read[1], 1 << best[c].id, 0)
                    # The specification: a completion of a source that the context does not enable is ignored.
                    in_range = wanted[1] < SOURCES
                    completed = Mux(write[1] & in_range, (1 << wanted[1][:len(best[c].id)]) & enable[c], 0)
                    m.d.sync += [
                        pending.eq((pending | requests) & ~claimed),
                        in_service.eq((in_service | claimed) & ~completed),
                    ]
        return m

    def _best(self, m, priority, wants, context):
        """Highest priority that wants; among equals the lowest source: 0, of priority 0, when none wants."""
        layer = [Signal(Candidate, name=f"c{context}_s{i}") for i in range(SOURCES)]
        for i, candidate in enumerate(layer):
            m.d.comb += [candidate.priority.eq(Mux(wants[i], priority[i], 0)), candidate.id.eq(i)]
        while len(layer) > 1:
            half = len(layer) // 2
            winners = [Signal(Candidate, name=f"c{context}_of{len(layer)}_{i}") for i in range(half)]
            for winner, low, high in zip(winners, layer[::2], layer[1::2], strict=True):
                m.d.comb += winner.eq(Mux(high.priority > low.priority, high, low))
            layer = winners
        return layer[0]
