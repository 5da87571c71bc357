"""The top of an FPGA: clock, reset, the SoC with its memory in block RAM, serial line and LEDs."""

from dataclasses import dataclass

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out, connect

from isa import platform as soc_map

from .config import Config
from .serial import Serial
from .soc import Soc
from .sram import Sram

RESET_CYCLES = 64       # after the clock is stable
PHASE_DETECTOR_MHZ = 3.125      # the slowest that it compares (ECP5 family data sheet)


@dataclass(frozen=True)
class Pll:
    """Dividers of an EHXPLLL whose feedback is its first output (Lattice, ECP5 sysCLOCK guide)."""

    reference: int      # divides the input
    feedback: int       # multiplies
    output: int         # divides the oscillator, 400 to 800 MHz


def pll(input_mhz: float, output_mhz: float) -> Pll:
    """Dividers that give this frequency exactly. Raises ValueError when there are none."""
    for reference in range(1, 9):
        feedback = output_mhz * reference / input_mhz
        if feedback == int(feedback) and 1 <= feedback <= 80 and input_mhz / reference >= PHASE_DETECTOR_MHZ:
            for output in range(1, 129):
                if 400 <= output_mhz * output <= 800:
                    return Pll(reference, int(feedback), output)
    raise ValueError(f"the PLL cannot make {output_mhz:g} MHz of {input_mhz:g} MHz")


class Machine(wiring.Component):
    """What the clock of the board drives. `ram_size` in bytes, `frequency` in Hz: a multiple of TIMEBASE_HZ, else ValueError.

    LEDs: 0 blinks once a second; 1 is on from the first byte sent; 2 and 3 flicker with what is sent and received; 4 is on when
    the program has ended, and then 5 (passed) or 6 (failed); 7 is on.
    """

    tx: Out(1, init=1)
    rx: In(1, init=1)
    leds: Out(8)

    def __init__(self, config: Config, image: bytes, *, ram_size: int, frequency: int, baud: int):
        if frequency % soc_map.TIMEBASE_HZ:
            raise ValueError(f"time counts at {soc_map.TIMEBASE_HZ / 1e6:g} MHz, "
                             f"which {frequency / 1e6:g} MHz is no multiple of")
        self._config, self._image = config, image
        self._ram_size, self._frequency, self._baud = ram_size, frequency, baud
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.soc = soc = Soc(self._config, cycles_per_tick=self._frequency // soc_map.TIMEBASE_HZ)
        m.submodules.sram = sram = Sram(self._ram_size, self._image)
        m.submodules.serial = serial = Serial(round(self._frequency / self._baud))
        connect(m, soc.iram, sram.ibus)
        connect(m, soc.dram, sram.dbus)
        connect(m, soc.uart_tx, serial.sent)
        connect(m, soc.uart_rx, serial.received)

        life = Signal(range(self._frequency))
        spoke, passed = Signal(), Signal()
        m.d.sync += [
            life.eq(Mux(life == self._frequency - 1, 0, life + 1)),
            spoke.eq(spoke | soc.uart_tx.valid),
        ]
        m.d.comb += [
            self.tx.eq(serial.tx),
            serial.rx.eq(self.rx),
            passed.eq(soc.finish_code[:16] == soc_map.FINISHER_PASS),
            self.leds.eq(Cat(life < self._frequency // 2, spoke, ~serial.tx, ~self.rx,
                             soc.finished, soc.finished & passed, soc.finished & ~passed, 1)),
        ]
        return m


class Board(wiring.Component):
    """The pins of an ECP5 board: its oscillator, a reset button (pressed: 1), a serial line and eight LEDs."""

    def __init__(self, machine: Machine, dividers: Pll):
        self._machine, self._dividers = machine, dividers
        super().__init__({"osc": In(1), "button": In(1), "uart_tx": Out(1), "uart_rx": In(1), "leds": Out(8)})

    def elaborate(self, platform):
        m = Module()
        m.domains.sync = sync = ClockDomain()
        locked, stable, pressed = Signal(), Signal(), Signal()
        count = Signal(range(RESET_CYCLES), reset_less=True)
        m.submodules.pll = Instance(
            "EHXPLLL",
            p_CLKI_DIV=self._dividers.reference, p_CLKFB_DIV=self._dividers.feedback, p_CLKOP_DIV=self._dividers.output,
            p_CLKOP_ENABLE="ENABLED", p_CLKOP_CPHASE=self._dividers.output // 2, p_FEEDBK_PATH="CLKOP",
            i_CLKI=self.osc, i_CLKFB=sync.clk, i_RST=0, i_STDBY=0, i_PHASESEL0=0, i_PHASESEL1=0, i_PHASEDIR=0,
            i_PHASESTEP=0, i_PHASELOADREG=0, i_PLLWAKESYNC=0, i_ENCLKOP=0,
            o_CLKOP=sync.clk, o_LOCK=locked)
        # The counter and these synchronizers run while everything else is in reset.
        m.domains.start = start = ClockDomain(reset_less=True)
        m.d.comb += start.clk.eq(sync.clk)
        m.submodules.lock = FFSynchronizer(locked, stable, o_domain="start")
        m.submodules.button = FFSynchronizer(self.button, pressed, o_domain="start")
        with m.If(~stable | pressed):
            m.d.start += count.eq(0)
        with m.Elif(count != RESET_CYCLES - 1):
            m.d.start += count.eq(count + 1)
        m.d.comb += sync.rst.eq(count != RESET_CYCLES - 1)
        m.submodules.machine = machine = self._machine
        m.d.comb += [self.uart_tx.eq(machine.tx), machine.rx.eq(self.uart_rx), self.leds.eq(machine.leds)]
        return m
