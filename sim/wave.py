"""A window of a lockstep run as a waveform, and as a pipeline view."""

from pathlib import Path

from rtl.config import CONFIGS
from sim.bench import kanata, report, vcd
from sim.bench.build import BuildError, Features, build_soc
from sim.bench.job import Job, Verdict
from sim.bench.session import Refused, Session, SimulationError
from sim.model.elf import ElfError, read_elf
from sim.outcome import BadInput
from sim.run import named


def record(elf: Path, config: str, window: tuple[int, int], waveform: Path, pipeline: Path | None = None, stalls: int = 0,
           seed: int = 0) -> str:
    """Write clock cycles window[0] to window[1] of the run; what there is to say of it. Raises BadInput.

    `stalls`: bus answers are late by up to so many cycles, drawn from `seed`.
    """
    first, last = window
    if last < first:
        raise BadInput(f"the window ends with cycle {last}, before it begins with {first}")
    named(config, CONFIGS)
    for path in filter(None, (waveform, pipeline)):
        if not path.absolute().parent.is_dir():
            raise BadInput(f"cannot write {path}: {path.parent} is not a folder")
    job = Job(elf=str(elf.absolute()), config=config, max_cycles=last + 1, stall_chance=0.5 if stalls else 0.0,
              stall_longest=stalls, seed=seed, wave=str(waveform.absolute()), wave_from=first, wave_to=last)
    try:
        read_elf(elf)
        with Session(build_soc(config, Features(traced=True))) as session:
            result = session.run(job)
    except (ElfError, BuildError, Refused, SimulationError) as error:
        raise BadInput(str(error)) from error
    if result.cycles <= first:
        raise BadInput(f"the program ends after {result.cycles:,} cycles, before the window begins with {first:,}")
    vcd.decode(waveform)
    written = [f"cycles {first:,} to {min(last, result.cycles):,} are in {waveform}"]
    if pipeline is not None:
        kanata.write(waveform, pipeline)
        written.append(f"the pipeline is in {pipeline}")
    if result.divergence:
        written.append(report.text(result.divergence))
    elif result.verdict is not Verdict.LIMIT:
        written.append(f"the program ended after {result.cycles:,} cycles")
    return "\n".join(written)
