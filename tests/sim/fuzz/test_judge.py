"""sim/fuzz/judge.py."""

from pathlib import Path

import pytest

from isa.retire import pack
from sim.fuzz import layout
from sim.fuzz.generator import generate
from sim.fuzz.judge import Result, against_spike, on_model
from sim.model import trap


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


def test_a_fault_of_the_model_is_named(elf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trap, "HSTATUS_GVA", 0)
    result = against_spike(elf)
    assert not result.ended and result.field and not result.counts
    assert "the model has" in result.difference and "core   0:" in result.difference


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
