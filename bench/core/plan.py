"""Which programs run where, and their results: every program in every world, on each core with and without H, in front of fast
and of slow memory."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from bench.core.mix import Mix, measured, mix_of
from bench.core.programs import COMPILERS, PROGRAMS, World, build
from bench.core.runs import Piece, RunError, run
from isa import retire
from isa.profile import PROFILES
from rtl.config import CONFIGS, Config
from sim.bench.build import DESIGN, Model, build_design, build_model, build_soc
from sim.bench.session import Session
from sim.model import Machine

SLOW = 10               # cycles to the first beat
LATENCIES = (0, SLOW)
MIX_STEPS = 5_000_000   # more than any program takes on the model


@dataclass(frozen=True)
class Case:
    """One program in one world on one core. `h`: the core has the hypervisor extension."""

    config: str
    h: bool
    program: str
    compiler: str
    world: World
    latency: int = 0

    @property
    def native(self) -> "Case":
        """The same work in HS-mode."""
        return replace(self, world=World.HS)

    @property
    def without_h(self) -> "Case":
        """The same work on the core without H."""
        return replace(self, h=False)

    def elf(self) -> Path:
        """The program. Raises ToolchainError."""
        return build(PROGRAMS[self.program], COMPILERS[self.compiler], self.world)


def plan(configs: Sequence[str], latencies: Sequence[int], programs: Sequence[str]) -> list[Case]:
    """All cases, those that share a simulation next to each other."""
    cases = [Case(config, h, name, compiler, world, latency)
             for config in configs for h in (True, False) for name in programs
             for compiler in PROGRAMS[name].compilers if COMPILERS[compiler].fits(CONFIGS[config].profile)
             for world in PROGRAMS[name].worlds for latency in latencies]
    return [case for case in cases if case.h or not case.world.guest]


def simulation(config: Config) -> Model:
    """The SoC of a configuration. Raises BuildError."""
    if config.name in CONFIGS:
        return build_soc(config.name)

    def make_verilog(path: Path) -> None:
        from rtl.soc import Soc
        from rtl.verilog import to_verilog
        to_verilog(Soc(config), DESIGN, path, config.name)

    return build_model(build_design(make_verilog, config.name))


def measure(cases: Sequence[Case], told: Callable[[int, Case], None]) -> Iterator[tuple[Case, list[Piece]]]:
    """Run all cases; `told` hears of each before it begins. Raises RunError, BuildError, ToolchainError.

    What runs in front of fast memory on a core with H is compared with the model, instruction by instruction.
    """
    for (name, h), group in groupby(enumerate(cases), key=lambda item: (item[1].config, item[1].h)):
        config = CONFIGS[name] if h else CONFIGS[name].without_h()
        with ExitStack() as stack:
            session = None
            for number, case in group:
                told(number, case)
                elf = case.elf()
                session = session or stack.enter_context(Session(simulation(config)))
                yield case, run(session, elf, name, case.latency, check=h and not case.latency)


def mixes(program: str, compiler: str) -> list[Mix]:
    """What each measured piece consists of, from a run on the model. Raises RunError, ToolchainError."""
    machine = Machine(PROFILES["full"])
    machine.load_elf(build(PROGRAMS[program], COMPILERS[compiler], World.HS))
    block = array("Q", machine.trace(MIX_STEPS))
    if machine.exit_code != 0:
        raise RunError(f"{program} ended on the model with code {machine.exit_code}")
    return [mix_of(block, first, last) for first, last in measured(block, len(block) // retire.WORDS)]
