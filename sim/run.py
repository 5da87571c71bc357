"""Run one ELF: on the golden model, on Spike, on the RTL alone, or on the RTL in lockstep with the model."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from isa import platform
from isa.profile import PROFILES
from rtl.config import CONFIGS
from sim.model import Machine
from sim.model.elf import ElfError, check_fits, read_elf
from sim.outcome import BadInput, Outcome, Verdict, ended

CHUNK = 50_000              # instructions between looks at the clock and the progress bar


@dataclass(frozen=True)
class Options:
    """What every way to run understands. Sizes in bytes, `timeout` in seconds, `stalls` in cycles."""

    config: str
    ram_size: int
    max_instructions: int
    timeout: float
    signature: Path | None
    console: Callable[[bytes], None]
    progress: Callable[[int], None]
    stalls: int = 0
    seed: int = 0
    statistics: str = ""        # `module:Class` that sees every record; see sim.bench.job


def on_model(elf: Path, options: Options) -> Outcome:
    """Run on the golden model alone. Raises BadInput."""
    return _to_its_end(_loaded(elf, options), options)


def under_gdb(elf: Path, options: Options, port: int, announce: Callable[[int], None]) -> Outcome:
    """Let gdb run the golden model, until it ends the program or lets go of it; then run on alone. Raises BadInput."""
    from sim.gdb.server import serve
    from sim.gdb.session import Ended
    machine = _loaded(elf, options)
    start = time.monotonic()
    if serve(machine, port, announce) is Ended.KILLED:
        return Outcome(Verdict.LIMIT, "model", machine.instructions, time.monotonic() - start, None, Ended.KILLED.value)
    return _to_its_end(machine, options)


def _loaded(elf: Path, options: Options) -> Machine:
    machine = Machine(profile=named(options.config, PROFILES), ram_size=options.ram_size)
    try:
        machine.load_elf(elf)
    except ElfError as error:
        raise BadInput(str(error)) from error
    if options.signature is not None:
        signature_range(machine.symbols)
    machine.on_console = options.console
    return machine


def _to_its_end(machine: Machine, options: Options) -> Outcome:
    start = time.monotonic()
    limit, done = options.max_instructions, machine.instructions
    verdict, detail = Verdict.LIMIT, f"stopped after {limit:,} instructions"
    while done < limit:
        reason = machine.run(min(CHUNK, limit - done))
        done = machine.instructions
        options.progress(done)
        if reason == "exit" and machine.exit_code is not None:
            verdict, detail = ended(machine.exit_code), ""
            break
        if time.monotonic() - start > options.timeout:
            detail = f"stopped after {options.timeout:g} seconds"
            break
    if options.signature is not None:
        first, last = signature_range(machine.symbols)
        write_signature(options.signature, machine.read_memory(first, last - first))
    return Outcome(verdict, "model", done, time.monotonic() - start, machine.exit_code, detail)


def on_spike(elf: Path, options: Options) -> Outcome:
    """Run on Spike, which is told what the profile `spike` is. Raises BadInput."""
    from sim import spike
    try:
        image = read_elf(elf)
        check_fits(image, platform.RAM_BASE, platform.RAM_BASE + options.ram_size, elf)
        for name in ("tohost", "fromhost"):
            if name not in image.symbols:
                raise BadInput(f"{elf} has no symbol {name!r}; without it Spike does not see a program's end")
        if options.signature is not None:
            signature_range(image.symbols)
        start = time.monotonic()
        ending = spike.run(elf, image.symbols["tohost"], options.max_instructions, options.timeout, options.ram_size,
                           console=options.console, signature=options.signature)
    except (ElfError, spike.SpikeError) as error:
        raise BadInput(str(error)) from error
    verdict = Verdict.LIMIT if ending.code is None else ended(ending.code)
    detail = "stopped before the program ended" if ending.code is None else ""
    return Outcome(verdict, "spike", ending.instructions, time.monotonic() - start, ending.code, detail)


def against_spike(elf: Path, max_events: int, ram_size: int) -> Outcome:
    """Run on the model and on Spike and compare every event. Raises BadInput."""
    from sim.crosscheck import crosscheck
    from sim.spike import SpikeError
    start = time.monotonic()
    try:
        result = crosscheck(elf, max_events, ram_size)
    except (ElfError, SpikeError) as error:
        raise BadInput(str(error)) from error
    verdict = Verdict.LIMIT if result.code is None else ended(result.code)
    if result.report:
        verdict = Verdict.DIVERGED
    return Outcome(verdict, "model and spike", result.events, time.monotonic() - start, result.code, result.report)


def on_rtl(elf: Path, options: Options) -> Outcome:
    """Run on the simulated SoC, unchecked. Raises BadInput."""
    return _simulated(elf, options, check=False)


def in_lockstep(elf: Path, options: Options) -> Outcome:
    """Run on the simulated SoC and compare each record with the model's. Raises BadInput."""
    return _simulated(elf, options, check=True)


def _simulated(elf: Path, options: Options, *, check: bool) -> Outcome:
    from sim.bench import report
    from sim.bench.build import BuildError
    from sim.bench.job import Result
    from sim.bench.job import Verdict as Ending
    from sim.bench.session import Refused, SimulationError, run_lockstep
    named(options.config, CONFIGS)
    try:
        image = read_elf(elf)
        check_fits(image, platform.RAM_BASE, platform.RAM_BASE + options.ram_size, elf)
        if options.signature is not None:
            signature_range(image.symbols)
        result: Result = run_lockstep(
            elf, config=options.config, console=options.console, progress=lambda records, cycles: options.progress(records),
            check=check, ram_size=options.ram_size, max_records=options.max_instructions, max_seconds=options.timeout,
            seed=options.seed, stall_chance=0.5 if options.stalls else 0.0, stall_longest=options.stalls,
            signature=options.signature is not None, statistics=options.statistics)
    except (ElfError, Refused, BuildError, SimulationError) as error:
        raise BadInput(str(error)) from error
    verdict = {Ending.PASS: Verdict.PASS, Ending.FAIL: Verdict.FAIL, Ending.DIVERGED: Verdict.DIVERGED,
               Ending.BROKEN: Verdict.DIVERGED}.get(result.verdict, Verdict.LIMIT)
    detail = report.text(result.divergence) if result.divergence else result.detail
    if options.signature is not None:
        write_signature(options.signature, bytes.fromhex(result.signature))
    return Outcome(verdict, "rtl in lockstep" if check else "rtl", result.records, result.seconds, result.code, detail,
                   {"cycles": result.cycles, "statistics": result.statistics})


T = TypeVar("T")


def named(name: str, known: Mapping[str, T]) -> T:
    """The one of this name. Raises BadInput."""
    try:
        return known[name]
    except KeyError:
        raise BadInput(f"no configuration is called {name!r}; there are {', '.join(known)}") from None


def signature_range(symbols: Mapping[str, int]) -> tuple[int, int]:
    """Addresses of begin_signature and end_signature. Raises BadInput when the program lacks one."""
    for name in ("begin_signature", "end_signature"):
        if name not in symbols:
            raise BadInput(f"the ELF has no symbol {name!r}, so there is no signature to write")
    return symbols["begin_signature"], symbols["end_signature"]


def write_signature(path: Path, data: bytes) -> None:
    """Write memory as one 4-byte word in hexadecimal a line, as Spike does. Raises BadInput."""
    lines = [data[i:i + 4][::-1].hex() for i in range(0, len(data), 4)]
    try:
        path.write_text("".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise BadInput(f"cannot write the signature to {path}: {error.strerror}") from error
