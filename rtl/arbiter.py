"""Wishbone arbiter: several masters share one bus (specification B.4, 8.2.3 "Arbitration")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from . import wishbone


class Arbiter(wiring.Component):
    """1. A master owns the bus for as long as it holds `cyc`: a read-modify-write is one cycle and cannot be
    split.
    2. A free bus is granted in the same cycle to the requesting master that follows the last owner, in
       circular order.
    3. Masters that do not own the bus see neither `ack` nor `err`.
    """

    def __init__(self, masters: int):
        if masters < 2:
            raise ValueError(f"An arbiter needs at least 2 masters, not {masters}.")
        self._masters = masters
        super().__init__({
            "masters": In(wishbone.Signature()).array(masters),
            "bus":     Out(wishbone.Signature()),
        })

    def elaborate(self, platform):
        m = Module()
        count = self._masters
        owner, grant = Signal(range(count)), Signal(range(count))
        locked = Signal()       # the owner held `cyc` in the last cycle
        with m.Switch(owner):
            for last in range(count):
                with m.Case(last):
                    m.d.comb += grant.eq(last)
                    for distance in reversed(range(1, count)):  # the nearest, assigned last, wins
                        follower = (last + distance) % count
                        with m.If(self.masters[follower].cyc):
                            m.d.comb += grant.eq(follower)
                    with m.If(locked & self.masters[last].cyc):
                        m.d.comb += grant.eq(last)
        m.d.sync += [owner.eq(grant), locked.eq(self.bus.cyc)]
        with m.Switch(grant):
            for index, master in enumerate(self.masters):
                with m.Case(index):
                    m.d.comb += [getattr(self.bus, name).eq(getattr(master, name))
                                 for name in ("adr", "dat_w", "sel", "cyc", "stb", "we", "cti", "bte")]
                    m.d.comb += [master.ack.eq(self.bus.ack), master.err.eq(self.bus.err)]
        for master in self.masters:
            m.d.comb += master.dat_r.eq(self.bus.dat_r)
        return m
