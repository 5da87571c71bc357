"""sim/fuzz/program.py: small programs on the model."""


import pytest

from isa.causes import MODES
from sim.fuzz import layout
from sim.fuzz.encode import li, op
from sim.fuzz.program import SKIP, Program, Unit


def ended(records: list[dict[str, int]]) -> bool:
    return bool(records[-1]["mem_write"]) and records[-1]["mem_paddr"] == layout.TOHOST


def written(records: list[dict[str, int]], register: int) -> list[int]:
    return [r["rd_value"] for r in records if r["rd"] == register]


@pytest.mark.parametrize("mode", MODES.values())
def test_a_block_runs_in_its_mode_and_the_program_ends(run, block, mode: str) -> None:
    records = run(block(0, mode, Unit("x", li(5, 77))))
    assert [MODES[r["mode"]] for r in records if r["rd"] == 5] == [mode]
    assert ended(records)


def test_the_constants_and_registers_are_set_first(run, block) -> None:
    body = Unit("x", [op("csrrs", 5, 0, csr="mscratch"), op("addi", 6, 7)])
    records = run(block(0, "M", body), registers={7: 1 << 63}, constants={"mscratch": 1 << 63})
    assert (written(records, 5), written(records, 6)) == ([1 << 63], [1 << 63])


@pytest.mark.parametrize("skip, value", [(1, 4), (2, 0), (9, 0)])
def test_a_branch_jumps_over_units(run, block, skip: int, value: int) -> None:
    units = [Unit("branch", [op("beq", label=SKIP)], skip), Unit("a", li(5, 2)), Unit("b", li(6, 4))]
    records = run(block(0, "VS", *units))
    assert written(records, 5) == []
    assert written(records, 6) == ([value] if value else [])


def test_code_that_does_not_fit_is_an_error(block) -> None:
    body = Unit("x", [op("addi")] * (layout.CODE_PAGES << 10))
    with pytest.raises(ValueError, match="bytes of code at 0x80004000 do not fit"):
        Program(0, [block(0, "M", body)], {}).image()


