"""Everything around the core but RAM: address map, boot ROM, CLINT, PLIC, UART, finisher and lost write-backs."""

from amaranth.hdl import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from isa import platform as soc_map
from isa.platform import Region

from . import wishbone
from .bus_error import BusError
from .clint import Clint
from .config import Config
from .decoder import Decoder
from .finisher import Finisher
from .plic import Plic
from .rom import Rom, rom_image
from .uart import Uart

# The ports that face the world; the SoC hands them through.
WORLD = {
    "iram": Out(wishbone.Signature()),              # fetches from RAM
    "dram": Out(wishbone.Signature()),              # loads, stores and page-table accesses
    "uart_tx": Out(stream.Signature(8)),
    "uart_rx": In(stream.Signature(8)),
    "boot_target": In(64, init=soc_map.RAM_BASE),   # where the boot code jumps
    "finished": Out(1),                             # software ended the run ...
    "finish_code": Out(32),                         # ... with this word
}


class Devices(wiring.Component):
    """The machine of isa/platform.py with a socket for a core.

    RAM is outside: its two ports carry the whole address, and every address from RAM_BASE to the end of the
    physical address space; where RAM ends, the outside answers `err`.
    """

    def __init__(self, config: Config, *, cycles_per_tick: int = soc_map.CYCLES_PER_TICK):
        self.config, self._cycles_per_tick = config, cycles_per_tick
        super().__init__({
            "ibus": In(wishbone.Signature()),
            "dbus": In(wishbone.Signature()),
            "irq_msip": Out(1),
            "irq_mtip": Out(1),
            "irq_meip": Out(1),
            "irq_seip": Out(1),
            "time": Out(64),
            "lost": In(1),              # by the core: a write-back ...
            "lost_paddr": In(56),       # ... to this word
            **WORLD,
        })

    def elaborate(self, platform):
        m = Module()
        ram = Region("ram", soc_map.RAM_BASE, (1 << self.config.profile.pa_bits) - soc_map.RAM_BASE, "")
        m.submodules.idecoder = idecoder = Decoder({"boot_rom": soc_map.BOOT_ROM, "ram": ram})
        m.submodules.ddecoder = ddecoder = Decoder({r.name: r for r in (*soc_map.DEVICES, ram)})
        m.submodules.rom = rom = Rom(rom_image(self.config))
        m.submodules.finisher = finisher = Finisher()
        m.submodules.clint = clint = Clint(self._cycles_per_tick)
        m.submodules.plic = plic = Plic()
        m.submodules.uart = uart = Uart()
        m.submodules.bus_error = bus_error = BusError()

        connect(m, flipped(self.ibus), idecoder.bus)
        connect(m, flipped(self.dbus), ddecoder.bus)
        connect(m, idecoder.boot_rom, rom.ibus)
        connect(m, ddecoder.boot_rom, rom.dbus)
        for name, device in (("finisher", finisher), ("clint", clint), ("plic", plic), ("uart", uart),
                             ("bus_error", bus_error)):
            connect(m, getattr(ddecoder, name), device.bus)
        connect(m, idecoder.ram, flipped(self.iram))
        connect(m, ddecoder.ram, flipped(self.dram))
        connect(m, uart.tx, flipped(self.uart_tx))
        connect(m, uart.rx, flipped(self.uart_rx))

        m.d.comb += [
            rom.boot_target.eq(self.boot_target),
            plic.sources[soc_map.UART_IRQ].eq(uart.irq),
            plic.sources[soc_map.BUS_ERROR_IRQ].eq(bus_error.irq),
            bus_error.lost.eq(self.lost),
            bus_error.lost_paddr.eq(self.lost_paddr),
            self.irq_msip.eq(clint.msip),
            self.irq_mtip.eq(clint.mtip),
            self.irq_meip.eq(plic.meip),
            self.irq_seip.eq(plic.seip),
            self.time.eq(clint.time),
            self.finished.eq(finisher.finished),
            self.finish_code.eq(finisher.code),
        ]
        return m
