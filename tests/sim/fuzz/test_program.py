"""sim/fuzz/program.py and sim/fuzz/handlers.py: small programs on the model."""

from pathlib import Path

import pytest

from isa.causes import EXC, MODES, VU, M, U
from sim.fuzz import handlers, layout
from sim.fuzz.encode import Code, li, op
from sim.fuzz.judge import Record, on_model
from sim.fuzz.program import SKIP, STATE, Block, Literal, Program, Segment, Unit


def block(number: int, mode: str, *units: Unit, budget: int = 20, **state: int) -> Block:
    """A block with translation off that enters `mode`."""
    privilege = {"M": 3, "S": 1, "U": 0, "VS": 1, "VU": 0}[mode]
    start = dict.fromkeys(STATE, 0) | {"mtimecmp": -1, "mstatus": privilege << 11 | (mode[0] == "V") << 39} | state
    label = f"b{number}s0"
    literals = {"mtvec": Literal("m"), "stvec": Literal("hs_ECALL_S"), "vstvec": Literal("vs"), "mepc": Literal(label)}
    return Block(start | literals, [Segment(label, mode, mode in ("U", "VU"), list(units))], budget)


def run(tmp_path: Path, *blocks: Block) -> list[Record]:
    path = tmp_path / "x.elf"
    path.write_bytes(Program(0, list(blocks), {}).elf())
    return list(on_model(path))


def ended(records: list[Record]) -> bool:
    return bool(records[-1]["mem_write"]) and records[-1]["mem_paddr"] == layout.TOHOST


def written(records: list[Record], register: int) -> list[int]:
    return [r["rd_value"] for r in records if r["rd"] == register]


@pytest.mark.parametrize("mode", MODES.values())
def test_a_block_runs_in_its_mode_and_the_program_ends(tmp_path: Path, mode: str) -> None:
    records = run(tmp_path, block(0, mode, Unit("x", li(5, 77))))
    assert [MODES[r["mode"]] for r in records if r["rd"] == 5] == [mode]
    assert ended(records)


def test_the_handler_returns_behind_instructions_of_both_lengths(tmp_path: Path) -> None:
    code = [op("addi", 5, 5, imm=1), Code(0x9002, 2), op("addi", 5, 5, imm=1), op("ebreak"), op("addi", 5, 5, imm=1)]
    for mode, delegation in (("M", {}), ("S", {"medeleg": 8}), ("VS", {"medeleg": 8, "hedeleg": 8})):
        records = run(tmp_path, block(0, mode, Unit("x", code), **delegation))
        assert written(records, 5) == [1, 2, 3]
        assert {MODES[r["next_mode"]] for r in records if r["trap"] and r["cause"] == 3} == {mode}


def test_a_block_out_of_budget_gives_way_to_the_next(tmp_path: Path) -> None:
    endless = [op("ebreak"), op("jal", imm=-4)]
    records = run(tmp_path, block(0, "VU", Unit("x", endless), budget=5), block(1, "U", Unit("y", li(6, 1))))
    assert sum(r["trap"] for r in records if r["mode"] == VU) == 5
    assert written(records, 6) == [1] and ended(records)


def test_an_environment_call_goes_on_in_the_mode_that_takes_it(tmp_path: Path) -> None:
    for medeleg, mode in ((0, "M"), (1 << 10, "S")):
        up = Unit("switch", [Code(op("auipc", 23).bits, 4, "b0s1", "hi"), Code(op("addi", 23, 23).bits, 4, "b0s1", "lo"),
                             op("ecall")])
        first = block(0, "VS", up, medeleg=medeleg)
        first.segments.append(Segment("b0s1", "?", False, [Unit("x", li(5, 9))]))
        assert [MODES[r["mode"]] for r in run(tmp_path, first) if r["rd"] == 5] == [mode]


def test_a_fetch_fault_returns_to_the_caller(tmp_path: Path) -> None:
    call = [*li(7, layout.HOLES[0]), op("jalr", layout.LINK, 7), *li(5, 3)]
    for delegation, mode in (({}, "VS"), ({"medeleg": 2, "hedeleg": 2}, "VS"), ({"medeleg": 2}, "U")):
        records = run(tmp_path, block(0, mode, Unit("call", call), **delegation))
        assert next(r["cause"] for r in records if r["trap"]) == EXC["INSTRUCTION_ACCESS_FAULT"]
        assert written(records, 5) == [3]


def test_an_interrupt_is_taken_once_and_disabled(tmp_path: Path) -> None:
    records = run(tmp_path, block(0, "U", Unit("x", li(5, 1)), msip=1, mie=8))
    assert [(r["cause"], r["mode"]) for r in records if r["interrupt"]] == [(3, U)]
    assert written(records, 5) == [1] and ended(records)


def test_the_constants_and_registers_are_set_first(tmp_path: Path) -> None:
    path = tmp_path / "x.elf"
    program = Program(0, [block(0, "M", Unit("x", [op("csrrs", 5, 0, csr="henvcfg"), op("addi", 6, 7)]))], {},
                      {7: 1 << 63}, {"menvcfg": 1 << 63, "henvcfg": 1 << 63})
    path.write_bytes(program.elf())
    records = list(on_model(path))
    assert (written(records, 5), written(records, 6)) == ([1 << 63], [1 << 63])


@pytest.mark.parametrize("skip, value", [(1, 4), (2, 0), (9, 0)])
def test_a_branch_jumps_over_units(tmp_path: Path, skip: int, value: int) -> None:
    units = [Unit("branch", [op("beq", label=SKIP)], skip), Unit("a", li(5, 2)), Unit("b", li(6, 4))]
    records = run(tmp_path, block(0, "VS", *units))
    assert written(records, 5) == []
    assert written(records, 6) == ([value] if value else [])


def test_code_that_does_not_fit_is_an_error() -> None:
    body = Unit("x", [op("addi")] * (layout.CODE_PAGES << 10))
    with pytest.raises(ValueError, match="bytes of code at 0x80004000 do not fit"):
        Program(0, [block(0, "M", body)], {}).image()


def test_a_block_has_a_way_out_of_hs() -> None:
    for name in handlers.HS_EXITS:
        only = ~(1 << EXC[name]) & (1 << 64) - 1
        assert handlers.hs_handlers(only) == [f"hs_{name}"]
    assert len(handlers.hs_handlers(0)) == 3
    assert M == 3 and handlers.ADDRESS["m"] == layout.S_CODE
