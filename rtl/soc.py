"""The machine: one core and its devices. RAM and the bit-serial side of the UART are outside."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from isa import platform as soc_map
from isa import retire

from . import activity
from .config import Config
from .core import HOST, Core
from .devices import WORLD, Devices


class Soc(wiring.Component):
    """A core in its machine; the ports are those of `Devices` that face the world, the core's `retire` and `activity`, and
    its ports for a host that shares RAM.

    mtime counts once in `cycles_per_tick` clock cycles.
    `irq` raises interrupt lines of the core, whatever the devices say: machine software, machine timer, supervisor external,
    machine external, from bit 0 on.

    No logic reads `wake`: a simulator that runs the clock by itself moves it to wake its testbench.
    """

    def __init__(self, config: Config, *, cycles_per_tick: int = soc_map.CYCLES_PER_TICK):
        self.config, self._cycles_per_tick = config, cycles_per_tick
        super().__init__({**WORLD, **HOST, "retire": Out(64 * retire.WORDS), "activity": Out(activity.WIDTH),
                          "irq": In(4), "wake": In(1)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.core = core = Core(self.config)
        m.submodules.devices = devices = Devices(self.config, cycles_per_tick=self._cycles_per_tick)
        connect(m, core.ibus, devices.ibus)
        connect(m, core.dbus, devices.dbus)
        m.d.comb += [
            core.irq_msip.eq(devices.irq_msip | self.irq[0]),
            core.irq_mtip.eq(devices.irq_mtip | self.irq[1]),
            core.irq_seip.eq(devices.irq_seip | self.irq[2]),
            core.irq_meip.eq(devices.irq_meip | self.irq[3]),
            core.mtime.eq(devices.time),
            devices.lost.eq(core.lost),
            devices.lost_paddr.eq(core.lost_paddr),
            self.retire.eq(core.retire),
            self.activity.eq(core.activity),
            core.uncached_first.eq(self.uncached_first),
            core.uncached_last.eq(self.uncached_last),
            core.flush.eq(self.flush),
            self.flushed.eq(core.flushed),
            devices.boot_target.eq(self.boot_target),
            self.finished.eq(devices.finished),
            self.finish_code.eq(devices.finish_code),
        ]
        connect(m, devices.iram, flipped(self.iram))
        connect(m, devices.dram, flipped(self.dram))
        connect(m, devices.uart_tx, flipped(self.uart_tx))
        connect(m, devices.uart_rx, flipped(self.uart_rx))
        return m
