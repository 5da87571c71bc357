"""The machine: a hart, its memory and devices, and the ways to make it run.

`run` executes in bursts that end where an interrupt may have become takeable; `step` executes one instruction
or trap and fills `hart.record`; `lock` follows the records of an RTL (`lockstep.py`).
"""

from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Final

from mypy_extensions import i64

from isa import platform
from isa.platform import Region
from isa.profile import PROFILES, Profile
from sim.model import elf, record, snapshot, state
from sim.model.bits import signed, ult, unsigned, wrap
from sim.model.block import Block, Writer
from sim.model.csr import CsrFile
from sim.model.decode import decoder
from sim.model.devices.bus_error import BusError
from sim.model.devices.clint import Clint
from sim.model.devices.device import Device
from sim.model.devices.finisher import Finisher
from sim.model.devices.plic import Plic
from sim.model.devices.uart import Uart
from sim.model.elf import Image
from sim.model.execution import burst, execute
from sim.model.hart import ABSENT, CYCLES_PER_TICK, Hart, M
from sim.model.htif import RUNNING, Htif
from sim.model.interrupts import takeable
from sim.model.lockstep import Follower
from sim.model.masks import STCE
from sim.model.memory import Memory
from sim.model.observe import Observer
from sim.model.trap import take_interrupt

NEVER: Final[i64] = 0x07FF_FFFF_FFFF_FFFF       # ticks until something that will not happen
PATIENCE: Final[i64] = 0x1_0000         # records after which devices see the time again, whatever happens


class Machine:
    """One hart and the devices of isa/platform.py.

    `rom`: contents of the boot ROM. With one, the hart starts at the reset vector, without it at the entry of
    the ELF with a0 = a1 = 0. Raises ValueError for a RAM or ROM of an impossible size or place.
    """

    def __init__(self, profile: Profile = PROFILES["default"], ram_size: int = platform.RAM_SIZE,
                 rom: bytes = b"", ram_base: int = platform.RAM_BASE) -> None:
        self.profile = profile
        self.on_console: Callable[[bytes], None] = lambda data: None
        self.memory = Memory(ram_size, rom, ram_base)
        self.hart = Hart(profile, self.memory, platform.RESET_VECTOR if rom else ram_base)
        self.harts = [self.hart]
        self.hart.csrs = CsrFile(profile)
        self.hart.decoder = decoder(profile)
        self.has_rom = bool(rom)
        self.symbols: dict[str, int] = {}
        self.follower = Follower(self.hart)
        self.due: i64 = 0               # `steps` at which `attend` must be called again, or sooner
        self.observer = Observer()
        self.ticking: list[Device] = []     # devices that do something by themselves
        self.clint, self.plic = Clint(self.hart), Plic()
        self.uart, self.finisher = Uart(self._print), Finisher()
        self.htif = Htif(self.read_memory, self.memory.poke, self._print, ABSENT, ABSENT)
        self.attach(platform.FINISHER, self.finisher)
        self.attach(platform.CLINT, self.clint)
        self.attach(platform.PLIC, self.plic)
        self.attach(platform.UART, self.uart, irq=platform.UART_IRQ)
        self.attach(platform.BUS_ERROR, BusError(), irq=platform.BUS_ERROR_IRQ)

    def attach(self, region: Region, device: Device, irq: int = 0) -> None:
        """Add a device at an address range, with its wire at an input of the PLIC (0: none).

        Raises ValueError where the range overlaps RAM, the ROM or another device, or the input is taken.
        """
        end = region.base + region.size
        taken = [(r.base, r.base + r.size) for r, _ in self.memory.devices]
        taken += [(self.memory.rom_base, self.memory.rom_end), (self.memory.base, self.memory.end)]
        if any(region.base < last and first < end for first, last in taken):
            raise ValueError(f"{region.name} at 0x{region.base:x}..0x{end:x} overlaps another region")
        if irq in self.plic.wires or not 0 <= irq <= platform.PLIC_SOURCES:
            raise ValueError(f"interrupt source {irq} of {region.name} is taken or out of range")
        self.memory.devices.append((region, device))
        if type(device).tick is not Device.tick:
            self.ticking.append(device)
        if irq:
            self.plic.wires[irq] = device

    def load_elf(self, path: str | Path) -> Image:
        """Load a program and point the hart, HTIF and `symbols` at it. Raises ElfError."""
        image = elf.read_elf(path, self.memory.base, self.memory.end)
        for address, data in image.segments:
            self.write_memory(address, data)
        self.symbols = image.symbols
        self.htif.tohost = self.memory.tohost = image.symbols.get("tohost", ABSENT)
        self.htif.fromhost = self.memory.fromhost = image.symbols.get("fromhost", ABSENT)
        if not self.has_rom:
            self.hart.pc = signed(image.entry)
        return image

    # Running.

    def run(self, max_instructions: int) -> str:
        """Execute up to so many instructions and traps; "exit" when the program has ended, else "limit".

        With something for `observer` to look out for, it may also end for the reasons of `Observer.run`.
        """
        if self.observer.active():
            return self.observer.run(self, max_instructions)
        h = self.hart
        h.locked = False
        last = h.steps + max_instructions
        self.attend()
        while self.exit_code is None and h.steps < last:
            code = takeable(h)
            if code != ABSENT:
                take_interrupt(h, code)
            else:
                burst(h, min(last, self.due) - h.steps)
            self.attend()
        return "limit" if self.exit_code is None else "exit"

    def step(self) -> None:
        """Execute one instruction, or take one trap, and fill `hart.record`."""
        h = self.hart
        h.locked = False
        if h.attention or h.steps >= self.due:
            self.attend()
        h.refresh_time()
        record.sample(h)
        execute(h, takeable(h))
        if self.observer.active():
            self.observer.tell(h)

    def trace(self, count: int) -> bytes:
        """The records of up to `count` steps, in the form that `lock` takes: 16 words of 8 bytes each (isa/retire.py).

        Fewer when the program ends. `struct.iter_unpack("<16q", data)` goes through them.
        """
        writer = Writer()
        h = self.hart
        last = h.steps + count
        self.attend()
        while self.exit_code is None and h.steps < last:
            until = min(last, self.due)
            while h.steps < until and not h.attention:
                self.step()
                writer.append(h.retire)
            self.attend()
        return writer.data()

    def lock(self, records: "bytes | bytearray | memoryview | array[int]", count: int) -> int:
        """Follow `count` records of an RTL, 16 words each; see lockstep.py.

        Returns `count`, or the index of the first that differs: then `hart.record` is what the model says and
        `lock_reason` what differs, in words.
        """
        return self.follower.follow(Block(bytes(records)), count)

    @property
    def lock_reason(self) -> str:
        """What differed in the last `lock`; empty when nothing did."""
        return self.follower.reason

    def attend(self) -> None:
        """Between instructions, alone: host commands, time, devices, interrupt wires.

        `run` and `step` call it when it is due; call it after changing a device from outside.
        """
        h = self.hart
        h.attention = False
        if self.memory.host_touched or self.htif.asked:
            self.memory.host_touched = False
            self.htif.poll()
            self.memory.host_touched = False
        h.refresh_time()
        for device in self.ticking:
            device.tick(h.time)
        h.lines = self.clint.lines() | self.plic.lines()
        if h.waiting:
            h.waiting = False
            ticks = self._ticks_to_event()
            if not h.pending() & h.mie and ticks != NEVER:
                h.set_time(wrap(h.time + ticks))
                h.lines = self.clint.lines() | self.plic.lines()
                h.attention = False
        self.due = h.steps + min(self._records_to_event(), PATIENCE)

    def _ticks_to_event(self) -> i64:
        """Ticks until the next comparator fires that has not fired yet."""
        h = self.hart
        ticks = _ticks(h.time, self.clint.mtimecmp, NEVER)
        if h.menvcfg & STCE:
            ticks = _ticks(h.time, h.stimecmp, ticks)
            if h.henvcfg & STCE:
                ticks = _ticks(wrap(h.time + h.htimedelta), h.vstimecmp, ticks)
        for device in self.ticking:
            ticks = _ticks(h.time, device.due(), ticks)
        return ticks

    def _records_to_event(self) -> i64:
        return self._ticks_to_event() * CYCLES_PER_TICK - self.hart.steps % CYCLES_PER_TICK

    # Looking in.

    @property
    def exit_code(self) -> int | None:
        """None while running; 0 is a pass."""
        if self.finisher.code != RUNNING:
            return self.finisher.code
        return None if self.htif.code == RUNNING else self.htif.code

    @property
    def instructions(self) -> int:
        """Instructions and traps since reset."""
        return self.hart.steps

    def receive(self, data: bytes) -> None:
        """Console input: bytes for the UART and for HTIF."""
        self.uart.receive(data)
        self.htif.receive(data)
        self.hart.attention = True

    def __getitem__(self, name: str) -> int:
        """Unsigned value of a register by number or ABI name, `pc`, `mode` or a CSR. Raises KeyError for other names."""
        return state.read(self, name)

    def __setitem__(self, name: str, value: int) -> None:
        """Change what `machine[name]` reads; see state.py. Raises KeyError, or ValueError for a value it cannot have."""
        state.write(self, name, value)

    def read_csr(self, name: str) -> int:
        """Unsigned value of a CSR as M-mode reads it. Raises KeyError for one that this profile lacks."""
        h = self.hart
        h.refresh_time()
        mode, h.mode = h.mode, M
        value = unsigned(h.csrs[name].read(h))
        h.mode = mode
        return value

    def write_csr(self, name: str, value: int) -> None:
        """Write a CSR as an instruction in the current mode does that may. Raises KeyError for one that this profile lacks."""
        self.hart.csrs[name].write(self.hart, signed(value))
        self.hart.attention = True

    def read_memory(self, address: int, count: int) -> bytes:
        """Bytes of RAM or boot ROM. Raises ValueError outside of them."""
        return self.memory.peek(address, count)

    def write_memory(self, address: int, data: bytes) -> None:
        """Change bytes of RAM behind the hart's back. Raises ValueError outside of it."""
        self.memory.poke(address, data)
        self.hart.forget_code()
        self.hart.flush()

    def snapshot(self) -> bytes:
        """The whole machine, every device included."""
        return snapshot.save(self)

    def restore(self, state: bytes) -> None:
        """Take over what `snapshot` returned. Raises ValueError if that is damaged or of another machine."""
        snapshot.restore(self, state)

    def _print(self, data: bytes) -> None:
        self.on_console(data)


def _ticks(now: i64, compare: i64, limit: i64) -> i64:
    """Ticks until `now` reaches `compare`, if that is still to come and sooner than `limit`."""
    ticks = wrap(compare - now)
    return ticks if ult(now, compare) and ult(ticks, limit) else limit
