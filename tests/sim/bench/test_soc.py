"""The real SoC against the real model: every test program, disturbed or not, and both ways to lock them."""

import pytest

from isa.profile import PROFILES
from sim.bench.build import build_soc
from sim.bench.job import Job, Verdict
from sim.bench.session import Session
from sim.programs import SOURCES, all_programs, build_program

DIGEST = "tests.sim.bench.consumers:Digest"
LONGEST = 60_000        # records of the longest test program
ENDS = (Verdict.PASS, Verdict.FAIL)


@pytest.fixture(scope="module")
def soc():
    """A simulation process of the default configuration."""
    with Session(build_soc("default")) as session:
        yield session


def elf(name):
    return str(build_program(SOURCES / f"{name}.S"))


@pytest.mark.parametrize("source", all_programs(PROFILES["default"]), ids=lambda source: source.stem)
def test_programs(soc, source):
    result = soc.run(Job(elf=str(build_program(source)), max_records=LONGEST))
    assert (result.verdict, result.code, result.detail) == (Verdict.PASS, 0, "")


@pytest.mark.parametrize("source", all_programs(PROFILES["default"]), ids=lambda source: source.stem)
def test_programs_with_a_slow_bus(soc, source):
    """Timing changes and results do not; what depends on time may turn out otherwise, but equally on both sides."""
    result = soc.run(Job(elf=str(build_program(source)), stall_chance=0.5, stall_longest=7, seed=1, max_records=4000))
    assert result.verdict in (*ENDS, Verdict.LIMIT), result.detail
    assert result.stalled > min(100, result.records)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["traps", "sv39", "h_two_stage", "h_hlv", "amo", "loadstore"])
def test_bus_errors_anywhere(soc, name, seed):
    """Fetches, loads, stores and page walks fail at random; model and RTL agree on every access fault."""
    result = soc.run(Job(elf=elf(name), error_chance=0.02, seed=seed, max_records=4000, quiet_limit=10_000))
    assert result.verdict in (*ENDS, Verdict.LIMIT), result.detail
    assert result.bus_errors > 0


@pytest.mark.parametrize("name", ["interrupts", "h_guest_faults", "wfi"])
def test_both_ways_agree(soc, name):
    fields = {"elf": elf(name), "statistics": DIGEST, "stall_chance": 0.3, "stall_longest": 3, "seed": 2}
    fast, slow = (soc.run(Job(per_cycle=per_cycle, **fields)) for per_cycle in (False, True))
    assert fast.verdict in ENDS
    assert (fast.verdict, fast.code, fast.cycles, fast.records) == (slow.verdict, slow.code, slow.cycles, slow.records)
    assert fast.statistics["hash"] == slow.statistics["hash"]
    assert slow.statistics["blocks"] == slow.records > fast.statistics["blocks"]


def test_the_same_program_again_is_the_same_run(soc):
    """Nothing carries over from one program to the next."""
    first, _, again = (soc.run(Job(elf=elf(name), statistics=DIGEST)) for name in ("sv39", "h_two_stage", "sv39"))
    assert (first.cycles, first.statistics) == (again.cycles, again.statistics)


def test_statistics_of_the_records(soc):
    result = soc.run(Job(elf=elf("h_modes"), statistics="sim.stats:Statistics"))
    assert result.statistics["records"] == result.records
    assert result.statistics["cycles"] <= result.cycles
    assert result.statistics["exits"]


def test_activity_and_records_tell_of_the_same_cycles(soc):
    aligned = "tests.sim.bench.consumers:Aligned"
    result = soc.run(Job(elf=elf("interrupts"), statistics=aligned, activity=True, stall_chance=0.3, stall_longest=3))
    traps = result.statistics.pop("traps")
    assert result.statistics == {"same": True, "same traps": True} and traps > 10
