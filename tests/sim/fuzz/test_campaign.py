"""sim/fuzz/campaign.py, with judges that need no Spike."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from isa.retire import unpack
from sim.fuzz import campaign
from sim.fuzz.campaign import Summary
from sim.fuzz.generator import Options
from sim.fuzz.judge import Result, Watch, on_model
from sim.fuzz.values import LOCKSTEP


def number(elf: Path) -> int:
    return int(elf.stem.removeprefix("seed-"))


def odd_seeds_differ(elf: Path, watch: Watch) -> Result:
    """A judge that goes by the file name, and looks at a few steps."""
    for machine, _ in zip(on_model(elf), range(100), strict=False):
        watch(machine, machine.hart.record)
    if number(elf) % 2:
        return Result(10, 10, 5, False, "rd_value", "report of the difference")
    return Result(3000, 2500, 1000, True, used=Counter({"mip": 3, "mideleg": 1}))


def early_seeds_are_short(elf: Path, watch: Watch) -> Result:
    """Agrees on everything; programs 0 and 1 are not worth counting."""
    return Result(3000, 2500 if number(elf) > 1 else 100, 1000, True)


def all_are_short(elf: Path, watch: Watch) -> Result:
    """Agrees on programs of which none counts."""
    return Result(10, 10, 10, True)


def must_not_run(elf: Path, watch: Watch) -> Result:
    """A judge for seeds that were judged before."""
    raise AssertionError(f"{elf} was judged twice")


def interrupts_its_parent(elf: Path, watch: Watch) -> Result:
    """Presses Ctrl-C while the second program runs."""
    if number(elf) == 1:
        os.kill(os.getppid(), signal.SIGINT)
    return Result(3000, 2500, 1000, True)


def test_failures_are_kept_and_counted(tmp_path: Path) -> None:
    seen: list[int] = []
    summary = campaign.run(range(4), odd_seeds_differ, tmp_path, 2, lambda s: seen.append(len(s.seeds)))
    assert seen == [1, 2, 3, 4]
    assert sorted(s.seed for s in summary.failed) == [1, 3]
    assert summary.coverage.records == 400 and summary.coverage.points["insn", "M", "csrrw"]
    assert sorted(p.name for p in tmp_path.glob("seed-*")) == ["seed-1.elf", "seed-1.txt", "seed-3.elf", "seed-3.txt"]
    assert (tmp_path / "seed-3.txt").read_text() == "report of the difference\n"
    text = summary.text()
    assert "2 of 4 programs count: they end, and retire at least 2,000 instructions, 30% of them with V=1" in text
    assert "5,020 instructions, 40% of them with V=1; 1,000 traps" in text
    assert "2 programs differ\n      2 in rd_value\n" in text
    assert "known difference 'mip': needed 6 times, in 50.0% of the programs\n" in f"{text}\n"
    assert "known difference 'mideleg': needed 2 times, in 50.0% of the programs; its value is foreseen, and compared" in text


def test_a_campaign_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first = campaign.run(range(3), odd_seeds_differ, tmp_path)
    again = campaign.run(range(3), must_not_run, tmp_path)
    assert sorted(again.seeds) == [0, 1, 2] and again.seconds >= first.seconds > 0
    assert again.coverage == first.coverage and again.text().splitlines()[:2] == first.text().splitlines()[:2]
    more = campaign.run(range(4), odd_seeds_differ, tmp_path)
    assert sorted(more.seeds) == [0, 1, 2, 3] and more.coverage.records == first.coverage.records + 100


def test_a_program_that_does_not_count_is_replaced(tmp_path: Path) -> None:
    summary = campaign.run(range(4), early_seeds_are_short, tmp_path)
    assert sorted(summary.seeds) == [0, 1, 2, 3, 4, 5] and summary.counted == 4
    assert not summary.failed


def test_replacements_have_a_bound(tmp_path: Path) -> None:
    summary = campaign.run(range(2, 5), all_are_short, tmp_path)
    assert sorted(summary.seeds) == [2, 3, 4, 5, 6, 7] and summary.counted == 0


def test_an_interrupt_loses_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        campaign.run(range(50), interrupts_its_parent, tmp_path, 1)
    kept = campaign.load(tmp_path / campaign.STATE, campaign.fingerprint(Options()), 50)
    assert {0, 1} <= set(kept.seeds) and len(kept.seeds) < 50


def test_another_generator_starts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign.run(range(2, 3), odd_seeds_differ, tmp_path)
    monkeypatch.setattr(campaign, "fingerprint", lambda options: "other")
    calls: list[Summary] = []
    campaign.run(range(2, 3), odd_seeds_differ, tmp_path, 1, calls.append)
    assert len(calls) == 1


def has_a_guest_store_fault(elf: Path, watch: Watch) -> Result:
    """A judge that calls the first store guest-page fault a difference."""
    result = Result()
    for machine in on_model(elf):
        result.count(machine.hart.record)
        record = unpack(machine.hart.record)
        if record["trap"] and not record["interrupt"] and record["cause"] == 23:
            result.field, result.difference, result.ended = "store", "a store guest-page fault", False
            break
    return result


def test_a_failing_seed_becomes_a_small_program(tmp_path: Path) -> None:
    seed = next(s for s in range(20) if campaign.one(s, has_a_guest_store_fault, tmp_path)[0].field)
    small = campaign.reduce(seed, has_a_guest_store_fault, tmp_path)
    assert small.instructions <= 10
    assert has_a_guest_store_fault(tmp_path / f"seed-{seed}-small.elf", lambda machine, words: None).field == "store"
    text = (tmp_path / f"seed-{seed}-small.txt").read_text()
    assert "meant for" in text and text.endswith("a store guest-page fault\n")
    assert len(text.splitlines()) < 40


def test_no_program_begins_after_the_time_is_over(tmp_path: Path) -> None:
    assert not campaign.run(range(4), must_not_run, tmp_path, seconds=0).seeds


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    """Otherwise no run would go on where the one before it stopped."""
    code = ("from sim.fuzz import campaign, on_rtl; from sim.fuzz.generator import Options; "
            "print(campaign.fingerprint(Options(limits=on_rtl.limits('default'))))")
    told = {subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, check=True,
                           capture_output=True, text=True).stdout for seed in ("1", "2", "3")}
    assert len(told) == 1


def test_options_are_part_of_the_fingerprint() -> None:
    assert campaign.fingerprint(Options()) == campaign.fingerprint(Options())
    assert campaign.fingerprint(Options()) != campaign.fingerprint(Options(blocks=1))
    assert campaign.fingerprint(Options()) != campaign.fingerprint(Options(limits=LOCKSTEP))
