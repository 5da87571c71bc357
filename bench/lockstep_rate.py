"""What checking costs: the demo on one build of the SoC, in lockstep with the model and without, side by side in one run.

    python -m bench.lockstep_rate [ROUNDS]

Clock rate is simulated cycles per second of wall-clock time; the ratio is what counts, since both ways share the machine.
"""

import sys
from statistics import median

from sim.bench.build import build_soc
from sim.bench.job import Job, Verdict
from sim.bench.session import Session
from sim.firmware import build_firmware


def main(rounds: int) -> None:
    """Alternate the two ways, and print medians."""
    elf = str(build_firmware())
    rates: dict[bool, list[float]] = {True: [], False: []}
    with Session(build_soc("default")) as session:
        for _ in range(rounds):
            for check in (True, False):
                result = session.run(Job(elf=elf, check=check))
                if result.verdict is not Verdict.PASS:
                    sys.exit(f"the demo ended with {result.verdict.value}: {result.detail}")
                rates[check].append(result.cycles / result.seconds)
    checked, free = median(rates[True]), median(rates[False])
    print(f"{'in lockstep':22} {checked:12,.0f} cycles/s")
    print(f"{'without checking':22} {free:12,.0f} cycles/s")
    print(f"{'ratio':22} {checked / free:12.1%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
