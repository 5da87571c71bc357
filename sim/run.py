"""Run one ELF on the golden model or on Spike; see `sim.bench` for the RTL."""

import time
from collections.abc import Callable
from pathlib import Path

from isa.profile import Profile
from sim.model import Machine
from sim.model.elf import ElfError
from sim.outcome import BadInput, Outcome, Verdict, ended

CHUNK = 50_000              # instructions between looks at the clock and the progress bar

Progress = Callable[[int], None]


def on_model(elf: Path, profile: Profile, ram_size: int, *, max_instructions: int, timeout: float,
             console: Callable[[bytes], None], progress: Progress = lambda done: None,
             signature: Path | None = None) -> Outcome:
    """Run to the program's end, `max_instructions` or `timeout` seconds."""
    machine = Machine(profile=profile, ram_size=ram_size)
    try:
        machine.load_elf(elf)
    except ElfError as error:
        raise BadInput(str(error)) from error
    machine.on_console = console
    start = time.monotonic()
    done, verdict, detail = 0, Verdict.LIMIT, f"stopped after {max_instructions:,} instructions"
    while done < max_instructions:
        before = machine.instructions
        reason = machine.run(min(CHUNK, max_instructions - done))
        done += machine.instructions - before
        progress(done)
        if reason == "exit" and machine.exit_code is not None:
            verdict, detail = ended(machine.exit_code), ""
            break
        if time.monotonic() - start > timeout:
            detail = f"stopped after {timeout:g} seconds"
            break
    if signature is not None:
        write_signature(signature, machine.symbols, machine.read_memory)
    return Outcome(verdict, "model", done, time.monotonic() - start, machine.exit_code, detail)


def write_signature(path: Path, symbols: dict[str, int], read: Callable[[int, int], bytes]) -> None:
    """Write memory from begin_signature to end_signature as one 4-byte word in hexadecimal a line, as Spike does.

    Raises BadInput when the program lacks the symbols or the file cannot be written.
    """
    missing = [name for name in ("begin_signature", "end_signature") if name not in symbols]
    if missing:
        raise BadInput(f"the ELF has no symbol {missing[0]!r}, so there is no signature to write")
    start, end = symbols["begin_signature"], symbols["end_signature"]
    data = read(start, end - start)
    lines = [data[i:i + 4][::-1].hex() for i in range(0, len(data), 4)]
    try:
        path.write_text("".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise BadInput(f"cannot write the signature to {path}: {error.strerror}") from error
