"""The machine: a hart, its memory and devices, and the ways to make it run.

`run` executes in bursts that end where an interrupt may have become takeable; `step` executes one instruction
or trap and fills `hart.record`; `lock` follows the records of an RTL (`lockstep.py`). All three share
`_execute`.
"""

from collections.abc import Callable
from pathlib import Path

from isa import platform
from isa.platform import Region
from isa.profile import PROFILES, Profile
from sim.model import elf, lockstep, record, snapshot
from sim.model.access import fetch
from sim.model.bits import ult, unsigned, wrap
from sim.model.csr import CsrFile
from sim.model.decode import decoder
from sim.model.devices.clint import Clint
from sim.model.devices.device import Device
from sim.model.devices.finisher import Finisher
from sim.model.devices.plic import Plic
from sim.model.devices.uart import Uart
from sim.model.elf import Image
from sim.model.hart import ABSENT, NO_PAGE, Hart
from sim.model.htif import RUNNING, Htif
from sim.model.insn import Insn
from sim.model.interrupts import takeable
from sim.model.masks import STCE
from sim.model.memory import Memory
from sim.model.trap import Trap, take_exception, take_interrupt

NEVER = 1 << 64                         # ticks until something that will not happen


class Machine:
    """One hart and the devices of isa/platform.py.

    `rom`: contents of the boot ROM. With one, the hart starts at the reset vector, without it at the entry of
    the ELF with a0 = a1 = 0. Raises ValueError for a RAM or ROM of an impossible size.
    """

    def __init__(self, profile: Profile = PROFILES["default"], ram_size: int = platform.RAM_SIZE,
                 rom: bytes = b"") -> None:
        self.profile = profile
        self.on_console: Callable[[bytes], None] = lambda data: None
        self.memory = Memory(ram_size, rom)
        self.hart = Hart(profile, self.memory, platform.RESET_VECTOR if rom else platform.RAM_BASE)
        self.harts = [self.hart]
        self.hart.csrs = CsrFile(profile)
        self.decode = decoder(profile).decode
        self.has_rom = bool(rom)
        self.symbols: dict[str, int] = {}
        self.lock_reason = ""
        self.clint, self.plic = Clint(self.hart), Plic()
        self.uart, self.finisher = Uart(self._print), Finisher()
        self.htif = Htif(self.read_memory, self.write_memory, self._print, ABSENT, ABSENT)
        self.attach(platform.FINISHER, self.finisher)
        self.attach(platform.CLINT, self.clint)
        self.attach(platform.PLIC, self.plic)
        self.attach(platform.UART, self.uart, irq=platform.UART_IRQ)

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
            self.hart.pc = wrap(image.entry)
        return image

    # Running.

    def run(self, max_instructions: int) -> str:
        """Execute up to so many instructions and traps; "exit" when the program has ended, else "limit"."""
        h = self.hart
        h.locked = False
        last = h.steps + max_instructions
        self._service()
        while self.exit_code is None and h.steps < last:
            code = takeable(h)
            if code != ABSENT:
                take_interrupt(h, code)
            else:
                self._burst(min(last - h.steps, self._records_to_event()))
            self._service()
        return "limit" if self.exit_code is None else "exit"

    def step(self) -> None:
        """Execute one instruction, or take one trap, and fill `hart.record`."""
        self.hart.locked = False
        self._service()
        flags, words = record.inputs(self.hart)
        self._execute(takeable(self.hart))
        self.hart.record[0] |= flags
        self.hart.record[record.FIRST_INPUT:] = words

    def lock(self, block: lockstep.Block, count: int) -> int:
        """Follow `count` records of an RTL, 16 words each; see lockstep.py.

        Returns `count`, or the index of the first that differs: then `hart.record` is what the model says and
        `lock_reason` what differs, in words.
        """
        agreed, self.lock_reason = lockstep.follow(self.hart, self._execute, block, count)
        return agreed

    def _execute(self, interrupt: int) -> None:
        """One interrupt (if not ABSENT) or instruction or exception, with its record."""
        h = self.hart
        pc, mode, order = h.pc, h.mode, h.retired + h.traps
        if interrupt != ABSENT:
            h.record = record.trapped(h, None, take_interrupt(h, interrupt), pc, mode, order)
            return
        insn = None
        try:
            insn = h.icache.get(pc + h.x_tlb.get(pc >> 12, NO_PAGE)) or self._fetch()
            h.npc = pc + insn.length
            insn.run(h)
            h.pc = h.npc
            h.retired += 1
            h.record = record.retired(h, insn, pc, mode, order)
        except Trap as trap:
            h.record = record.trapped(h, insn, take_exception(h, trap, insn), pc, mode, order)

    def _burst(self, count: int) -> None:
        """Up to `count` instructions; ends early after a trap or where the hart asks for attention."""
        h = self.hart
        h.attention = False
        insn = None
        try:
            for _ in range(count):
                pc = h.pc
                insn = h.icache.get(pc + h.x_tlb.get(pc >> 12, NO_PAGE))
                if insn is None:
                    insn = self._fetch()
                h.npc = pc + insn.length
                insn.run(h)
                h.pc = h.npc
                h.retired += 1
                if h.attention:
                    break
        except Trap as trap:
            take_exception(h, trap, insn)

    def _fetch(self) -> Insn:
        """Fetch and decode at pc; remembered by physical address until FENCE.I."""
        word, pa = fetch(self.hart)
        insn = self.decode(word)
        if pa != ABSENT:
            self.hart.icache[pa] = insn
        return insn

    def _service(self) -> None:
        """Between instructions, alone: host commands, time, devices, interrupt wires."""
        h = self.hart
        if self.memory.host_touched or self.htif.asked:
            self.memory.host_touched = False
            self.htif.poll()
            self.memory.host_touched = False
        h.refresh_time()
        for _, device in self.memory.devices:
            device.tick(h.time)
        h.lines = self.clint.lines() | self.plic.lines()
        if h.waiting:
            h.waiting = False
            ticks = self._ticks_to_event()
            if not h.pending() & h.mie and ticks != NEVER:
                h.set_time(wrap(h.time + ticks))
                h.lines = self.clint.lines() | self.plic.lines()

    def _ticks_to_event(self) -> int:
        """Ticks until the next comparator fires that has not fired yet."""
        h = self.hart
        pairs = [(h.time, self.clint.mtimecmp)]
        if h.menvcfg & STCE:
            pairs.append((h.time, h.stimecmp))
            if h.henvcfg & STCE:
                pairs.append((wrap(h.time + h.htimedelta), h.vstimecmp))
        return min((unsigned(compare - now) for now, compare in pairs if ult(now, compare)), default=NEVER)

    def _records_to_event(self) -> int:
        return self._ticks_to_event() * platform.CYCLES_PER_TICK - self.hart.steps % platform.CYCLES_PER_TICK

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

    def read_csr(self, name: str) -> int:
        """Unsigned value of a CSR as M-mode reads it. Raises KeyError for one that this profile lacks."""
        self.hart.refresh_time()
        return unsigned(self.hart.csrs[name].read(self.hart))

    def write_csr(self, name: str, value: int) -> None:
        """Write a CSR as M-mode does. Raises KeyError for one that this profile lacks."""
        self.hart.csrs[name].write(self.hart, wrap(value))
        self.hart.attention = True

    def read_memory(self, address: int, count: int) -> bytes:
        """Bytes of RAM or boot ROM. Raises ValueError outside of them."""
        return self.memory.peek(address, count)

    def write_memory(self, address: int, data: bytes) -> None:
        """Change bytes of RAM behind the hart's back. Raises ValueError outside of it."""
        self.memory.poke(address, data)
        self.hart.icache.clear()
        self.hart.flush()

    def snapshot(self) -> bytes:
        """The whole machine, every device included."""
        return snapshot.save(self)

    def restore(self, state: bytes) -> None:
        """Take over what `snapshot` returned. Raises ValueError if that is damaged or of another machine."""
        snapshot.restore(self, state)

    def _print(self, data: bytes) -> None:
        self.on_console(data)
