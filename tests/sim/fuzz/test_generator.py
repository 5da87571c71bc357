"""sim/fuzz/generator.py: deterministic, and programs worth running."""

from collections import Counter
from pathlib import Path

from isa.causes import MODES
from isa.retire import unpack
from sim.fuzz.generator import Options, generate
from sim.fuzz.judge import Result, on_model

SEEDS = range(12)


def test_a_seed_is_a_program() -> None:
    assert generate(7).elf() == generate(7).elf()
    assert generate(7).elf() != generate(8).elf()


def test_options_set_the_size() -> None:
    small = generate(1, Options(blocks=2, segments=2, units=4))
    assert len(small.blocks) == 3
    assert small.instructions < generate(1).instructions / 4


def test_programs_end_and_most_are_long_and_virtual(tmp_path: Path) -> None:
    good, modes, traps, targets = 0, Counter[str](), set(), set()
    for seed in SEEDS:
        path = tmp_path / "x.elf"
        path.write_bytes(generate(seed).elf())
        result = Result()
        for machine in on_model(path):
            result.count(machine.hart.record)
            record = unpack(machine.hart.record)
            modes[MODES[record["mode"]]] += 1
            if record["trap"]:
                traps.add((record["interrupt"], record["cause"]))
                targets.add(MODES[record["next_mode"]])
        assert result.ended, seed
        good += result.counts
    assert good >= 9
    assert min(modes.values()) > 100 and len(modes) == 5
    assert targets == {"M", "S", "VS"}
    assert len(traps) >= 18
