"""sim/fuzz/on_rtl.py: the core as the judge."""

from collections import Counter
from pathlib import Path

import pytest

from isa import retire
from isa.causes import VS, M
from rtl.config import CONFIGS
from sim.bench.job import Divergence, Verdict
from sim.bench.job import Result as Run
from sim.fuzz import on_rtl
from sim.fuzz.coverage import Watcher
from sim.fuzz.generator import Options, generate
from sim.fuzz.on_rtl import AgainstRtl, Tally, disturbance, verdict

GUEST, MACHINE = {"valid": 1, "mode": VS, "next_mode": VS}, {"valid": 1, "mode": M, "next_mode": M}


def words(*records: dict[str, int]) -> list[int]:
    return [word for record in records for word in retire.pack(record)]


def summary(*records: dict[str, int]) -> list[list[int]]:
    tally = Tally()
    tally.feed(words(*records), len(records))
    return tally.summary()


def test_a_disturbance_belongs_to_its_seed() -> None:
    assert disturbance(5) == disturbance(5)
    kinds = [disturbance(seed) for seed in range(100)]
    for field in ("error_chance", "stall_chance", "irq_chance"):
        assert 0 < sum(field in kind for kind in kinds) < 100


def test_records_are_tallied_by_kind() -> None:
    statistics = summary(GUEST, GUEST, MACHINE, {**GUEST, "trap": 1, "cause": 2, "next_mode": 1})
    result = verdict(Run(Verdict.PASS, 4, 10, 0.0, code=0, statistics=statistics))
    assert (result.records, result.retired, result.virtual, result.ended, result.field) == (4, 3, 2, True, "")
    watcher = Watcher()
    watcher.count(result.seen)
    assert watcher.coverage.points["trap", "VS", "ILLEGAL_INSTRUCTION", "S"] == 1
    assert watcher.coverage.records == 4


def test_a_divergence_is_named_by_its_first_field() -> None:
    rtl, model = retire.pack({**GUEST, "rd": 3, "rd_value": 1}), retire.pack({**GUEST, "rd": 3, "rd_value": 2})
    difference = Divergence(rtl, model, "rd_value", [])
    result = verdict(Run(Verdict.DIVERGED, 1, 10, 0.0, statistics=summary(GUEST), divergence=difference))
    assert (result.field, result.ended) == ("rd_value", False)
    assert "RTL and model differ" in result.difference


@pytest.mark.parametrize("ending", [Verdict.QUIET, Verdict.BROKEN])
def test_a_core_that_stops_has_failed(ending: Verdict) -> None:
    result = verdict(Run(ending, 0, 10, 0.0, detail="nothing has retired", statistics=[]))
    assert (result.field, result.difference) == (ending.value, "nothing has retired")


def test_an_endless_program_has_not_failed() -> None:
    result = verdict(Run(Verdict.LIMIT, 1, 10, 0.0, statistics=summary(GUEST)))
    assert (result.field, result.ended) == ("", False)


@pytest.mark.parametrize("config", CONFIGS)
def test_random_programs_in_lockstep(tmp_path: Path, config: str) -> None:
    judge, options = AgainstRtl(config), Options(limits=on_rtl.limits(config))
    results = []
    for seed in range(4):
        path = tmp_path / f"seed-{seed}.elf"
        path.write_bytes(generate(seed, options).elf())
        results.append(judge(path))
    assert [(result.field, result.difference) for result in results] == [("", "")] * 4
    assert Counter(result.counts for result in results)[True] >= 3
    watcher = Watcher()
    for result in results:
        watcher.count(result.seen)
    assert any(point[0] == "trap" and point[2] == "MEI" for point in watcher.coverage.points)    # which no device raises
