"""A divergence again, with a waveform of the cycles around it.

The job of a failed run is kept as a file under `build/divergences/`; a replay runs it on a build that can
write waveforms. Stalls and bus errors come from the job's seed, so the same cycles follow.
"""

import json
import sys
from pathlib import Path

from sim.bench.build import BUILD, digest
from sim.bench.job import Divergence, Job
from sim.bench.report import window


class ReplayError(Exception):
    """There is nothing to replay; one sentence."""


def save(job: Job, divergence: Divergence) -> str:
    """Keep a job whose run diverged; the command that replays it."""
    job.wave_from, job.wave_to = window(divergence)
    text = json.dumps(job.to_json(), indent=2)
    path = BUILD / "divergences" / f"{Path(job.elf).stem}-{digest(text)[:8]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return f"{sys.executable} -m sim.bench {path}"


def load(path: Path) -> Job:
    """The job of a divergence, writing its waveform beside the file. Raises ReplayError."""
    try:
        job = Job.from_json(json.loads(path.read_text()))
    except OSError as error:
        raise ReplayError(f"{str(path)!r} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError) as error:
        raise ReplayError(f"{str(path)!r} is not the job of a divergence: {error}.") from None
    job.wave = str(path.with_suffix(".vcd").absolute())
    return job
