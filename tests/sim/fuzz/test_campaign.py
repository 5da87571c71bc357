"""sim/fuzz/campaign.py, with judges that need no Spike."""

from pathlib import Path

from isa.causes import VS
from isa.retire import FIELDS
from sim.fuzz import campaign
from sim.fuzz.campaign import Summary
from sim.fuzz.encode import op
from sim.fuzz.generator import Options
from sim.fuzz.judge import Result, Watch, on_model
from sim.fuzz.values import LOCKSTEP

RECORD = dict.fromkeys(FIELDS, 0) | {"mode": VS, "next_mode": VS, "insn": op("mul", 1, 2, 3).bits}


def odd_seeds_differ(elf: Path, watch: Watch) -> Result:
    """A judge that goes by the file name, and leaves a mark that it has run."""
    seed = int(elf.stem.removeprefix("seed-"))
    watch(RECORD)
    if seed % 2:
        return Result(10, 10, 5, False, "rd_value", "report of the difference")
    return Result(3000, 2500, 1000, True)


def must_not_run(elf: Path, watch: Watch) -> Result:
    """A judge for seeds that were judged before."""
    raise AssertionError(f"{elf} was judged twice")


def test_failures_are_kept_and_counted(tmp_path: Path) -> None:
    seen: list[int] = []
    summary = campaign.run(range(4), odd_seeds_differ, tmp_path, 2, lambda s: seen.append(len(s.seeds)))
    assert seen == [1, 2, 3, 4]
    assert sorted(s.seed for s in summary.failed) == [1, 3]
    assert summary.coverage.points["insn", "VS", "mul"] == 4
    assert sorted(p.name for p in tmp_path.glob("seed-*")) == ["seed-1.elf", "seed-1.txt", "seed-3.elf", "seed-3.txt"]
    assert (tmp_path / "seed-3.txt").read_text() == "report of the difference"
    text = summary.text()
    assert "4 of 4 programs, 5,020 instructions, 40 % of them with V=1" in text
    assert "2 programs retire at least 2,000" in text
    assert "2 differ\n      2 in rd_value\n" in text


def test_a_campaign_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first = campaign.run(range(3), odd_seeds_differ, tmp_path)
    again = campaign.run(range(3), must_not_run, tmp_path)
    assert sorted(s.seed for s in again.seeds) == [0, 1, 2]
    assert again.coverage.points == first.coverage.points and again.text().splitlines()[0] == first.text().splitlines()[0]


def test_another_generator_starts_again(tmp_path: Path, monkeypatch) -> None:
    campaign.run([2], odd_seeds_differ, tmp_path)
    monkeypatch.setattr(campaign, "fingerprint", lambda options: "other")
    calls: list[Summary] = []
    campaign.run([2], odd_seeds_differ, tmp_path, 1, calls.append)
    assert len(calls) == 1
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 2


def has_a_guest_store_fault(elf: Path, watch: Watch) -> Result:
    """A judge that calls the first store guest-page fault a difference."""
    result = Result()
    for record in on_model(elf):
        result.count(record)
        if record["trap"] and not record["interrupt"] and record["cause"] == 23:
            result.field, result.difference, result.ended = "store", "a store guest-page fault", False
            break
    return result


def test_a_failing_seed_becomes_a_small_program(tmp_path: Path) -> None:
    seed = next(s for s in range(20) if campaign.one(s, has_a_guest_store_fault, tmp_path, "").field)
    small = campaign.reduce(seed, has_a_guest_store_fault, tmp_path)
    assert small.instructions <= 10
    assert has_a_guest_store_fault(tmp_path / f"seed-{seed}-small.elf", lambda record: None).field == "store"
    text = (tmp_path / f"seed-{seed}-small.txt").read_text()
    assert "meant for" in text and text.endswith("a store guest-page fault\n")
    assert len(text.splitlines()) < 40


def test_options_are_part_of_the_fingerprint() -> None:
    assert campaign.fingerprint(Options()) == campaign.fingerprint(Options())
    assert campaign.fingerprint(Options()) != campaign.fingerprint(Options(blocks=1))
    assert campaign.fingerprint(Options()) != campaign.fingerprint(Options(limits=LOCKSTEP))
