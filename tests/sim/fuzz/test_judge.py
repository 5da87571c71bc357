"""sim/fuzz/judge.py."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from isa.retire import pack
from sim import spike
from sim.fuzz import layout
from sim.fuzz.generator import generate
from sim.fuzz.judge import Result, against_spike, on_model


@pytest.fixture
def elf(tmp_path: Path) -> Path:
    path = tmp_path / "x.elf"
    path.write_bytes(generate(1).elf())
    return path


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_model_and_spike_agree(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "x.elf"
    path.write_bytes(generate(seed).elf())
    seen: list[int] = []
    result = against_spike(path, lambda machine, words: seen.append(words[0]))
    assert (result.field, result.difference, result.ended) == ("", "", True)
    assert len(seen) == result.records == len(list(on_model(path)))


def test_a_difference_is_named(elf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = spike.events

    def tampered(*args: Any) -> Iterator[spike.Event]:
        for count, event in enumerate(genuine(*args)):
            yield dataclasses.replace(event, pc=event.pc + 2) if count == 500 else event

    monkeypatch.setattr(spike, "events", tampered)
    result = against_spike(elf)
    assert (result.field, result.ended, result.counts, result.records) == ("pc", False, False, 501)
    assert "pc: the model has" in result.difference and "core   0:" in result.difference


def test_quality_needs_length_guests_and_an_end() -> None:
    def result(retired: int, virtual: int, end: bool = True) -> Result:
        out = Result(records=retired, retired=retired - end, virtual=virtual)
        if end:
            out.count(pack({"mem_write": 1, "mem_paddr": layout.TOHOST, "mode": 3}))
        return out

    assert result(2000, 600).counts
    assert not result(1999, 1000).counts
    assert not result(2000, 599).counts
    assert not result(2000, 600, end=False).counts
