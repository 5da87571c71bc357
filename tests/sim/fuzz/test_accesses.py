"""sim/fuzz/accesses.py: units that must not go astray."""

from dataclasses import replace

import pytest

from isa import insns
from sim.fuzz import accesses, layout, values
from sim.fuzz.encode import MASK64, Code
from tests.sim.fuzz.made_context import context


def loaded(monkeypatch: pytest.MonkeyPatch, maker: object, seed: int, limits: values.Limits = values.SPIKE) -> list[int]:
    """Constants that a unit loads, in order."""
    out: list[int] = []

    def li(rd: int, value: int) -> list[Code]:
        out.append(value & MASK64)
        return []

    monkeypatch.setattr(accesses, "li", li)
    maker(replace(context(seed, "VS"), limits=limits))
    return out


def test_half_of_a_patch_is_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The upper half writes no register but those of the body, and neither jumps nor reads memory."""
    seen = set()
    for seed in range(300):
        _, change = loaded(monkeypatch, accesses.patch, seed)
        assert change & 0x707F == insns.BY_NAME["addi"].match and change >> 7 & 31 in layout.BODY
        row = values.compressed(change >> 16)
        assert row is not None and row.name in ("c.addi", "c.slli", "c.addi4spn")
        assert row.name == "c.addi4spn" or change >> 16 + 7 & 31 == 0
        seen.add(row.name)
    assert {"c.addi", "c.slli"} <= seen


@pytest.mark.parametrize("aligned", [True, False])
def test_zeroing_a_block_spares_what_opens_and_ends_a_page(monkeypatch: pytest.MonkeyPatch, aligned: bool) -> None:
    limits = replace(values.SPIKE, aligned_zero=aligned)
    monkeypatch.setattr(values, "instructions", lambda profile, *units: (insns.BY_NAME["cbo.zero"],))
    found = [loaded(monkeypatch, accesses.cache_block, seed, limits)[0] for seed in range(300)]
    assert all(at & 0xFFF >= layout.BLOCK and at % 0x1000 | 63 < layout.CROSSING for at in found)
    assert all(at % layout.BLOCK == 0 for at in found) == aligned


def test_tables_are_read_where_a_window_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = {slot for slot, _, _ in context(0, "VS").slots}
    for seed in range(20):
        found = loaded(monkeypatch, accesses.look_at_table, seed)
        assert len(found) == 4 and set(found) <= slots
