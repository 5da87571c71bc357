"""sim/fuzz/shrink.py."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.causes import EXC
from isa.retire import unpack
from sim.fuzz.generator import generate
from sim.fuzz.judge import on_model
from sim.fuzz.program import Program
from sim.fuzz.shrink import minimize, shrink


@given(st.sets(st.integers(0, 60)), st.integers(1, 61))
def test_minimize_keeps_exactly_what_is_needed(needed: set[int], size: int) -> None:
    needed = {n for n in needed if n < size}
    assert minimize(range(size), lambda kept: needed <= set(kept)) == sorted(needed)


def test_what_does_not_fail_cannot_be_shrunk() -> None:
    with pytest.raises(ValueError, match="seed 3 does not fail"):
        shrink(generate(3), lambda program: False)


def test_a_failure_shrinks_to_a_handful(tmp_path: Path) -> None:
    """The failure stood for: a load guest-page fault that VS takes in two stages, from a guest's own code."""
    def fails(program: Program) -> bool:
        path = tmp_path / "x.elf"
        path.write_bytes(program.elf())
        return any(r["trap"] and r["cause"] == EXC["LOAD_GUEST_PAGE_FAULT"] and r["mode"] & 4 and not r["interrupt"]
                   for r in (unpack(machine.hart.record) for machine in on_model(path)))

    program = next(p for p in map(generate, range(20)) if fails(p))
    before = program.elf()
    small = shrink(program, fails)
    assert fails(small)
    assert len(small.blocks) == 1
    assert small.instructions <= 8
    assert program.elf() == before
