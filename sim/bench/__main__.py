"""python -m sim.bench FILE: replay a divergence with a waveform. Divergence reports print this command."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from sim.bench.build import BuildError, Features, build_soc
from sim.bench.replay import ReplayError, load
from sim.bench.report import render
from sim.bench.session import Refused, Session, SimulationError
from sim.bench.vcd import decode

ERROR_STATUS, DIVERGED_STATUS = 2, 4


def main(arguments: list[str]) -> int:
    """Exit status: 4 when the run diverges again, 0 when it does not, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m sim.bench",
                                     description="Replay a divergence with a waveform.")
    parser.add_argument("job", type=Path, help="the file that the report of the divergence names")
    console = Console(stderr=True, highlight=False)
    try:
        job = load(parser.parse_args(arguments).job)
        with Session(build_soc(job.config, Features(traced=True))) as session:
            result = session.run(job)
        decode(Path(job.wave))
    except (ReplayError, BuildError, Refused, SimulationError) as error:
        console.print(str(error), markup=False, soft_wrap=True)
        return ERROR_STATUS
    if result.divergence:
        console.print(render(result.divergence))
    else:
        console.print(f"no difference any more: {result.verdict.value} after {result.records:,} records", markup=False)
    console.print(f"cycles {job.wave_from} to {job.wave_to} are in {job.wave}", markup=False, soft_wrap=True)
    return DIVERGED_STATUS if result.divergence else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
