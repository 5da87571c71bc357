"""sim/fuzz/handlers.py: small programs on the model."""

from isa.causes import EXC, MODES, VU, U
from sim.fuzz import handlers, layout
from sim.fuzz.encode import Code, li, op
from sim.fuzz.program import Segment, Unit


def ended(records: list[dict[str, int]]) -> bool:
    return bool(records[-1]["mem_write"]) and records[-1]["mem_paddr"] == layout.TOHOST


def written(records: list[dict[str, int]], register: int) -> list[int]:
    return [r["rd_value"] for r in records if r["rd"] == register]


def test_the_handler_returns_behind_instructions_of_both_lengths(run, block) -> None:
    code = [op("addi", 5, 5, imm=1), Code(0x9002, 2), op("addi", 5, 5, imm=1), op("ebreak"), op("addi", 5, 5, imm=1)]
    for mode, delegation in (("M", {}), ("S", {"medeleg": 8}), ("VS", {"medeleg": 8, "hedeleg": 8})):
        records = run(block(0, mode, Unit("x", code), **delegation))
        assert written(records, 5) == [1, 2, 3]
        assert {MODES[r["next_mode"]] for r in records if r["trap"] and r["cause"] == 3} == {mode}


def test_a_block_out_of_budget_gives_way_to_the_next(run, block) -> None:
    endless = [op("ebreak"), op("jal", imm=-4)]
    records = run(block(0, "VU", Unit("x", endless), budget=5), block(1, "U", Unit("y", li(6, 1))))
    assert sum(r["trap"] for r in records if r["mode"] == VU) == 5
    assert written(records, 6) == [1] and ended(records)


def test_an_environment_call_goes_on_in_the_mode_that_takes_it(run, block) -> None:
    for medeleg, mode in ((0, "M"), (1 << 10, "S")):
        up = Unit("switch", [Code(op("auipc", 23).bits, 4, "b0s1", "hi"), Code(op("addi", 23, 23).bits, 4, "b0s1", "lo"),
                             op("ecall")])
        first = block(0, "VS", up, medeleg=medeleg)
        first.segments.append(Segment("b0s1", "?", False, [Unit("x", li(5, 9))]))
        assert [MODES[r["mode"]] for r in run(first) if r["rd"] == 5] == [mode]


def test_a_fetch_fault_returns_to_the_caller(run, block) -> None:
    call = [*li(7, layout.HOLES[0]), op("jalr", layout.LINK, 7), *li(5, 3)]
    for delegation, mode in (({}, "VS"), ({"medeleg": 2, "hedeleg": 2}, "VS"), ({"medeleg": 2}, "U")):
        records = run(block(0, mode, Unit("call", call), **delegation))
        assert next(r["cause"] for r in records if r["trap"]) == EXC["INSTRUCTION_ACCESS_FAULT"]
        assert written(records, 5) == [3]


def test_an_interrupt_is_taken_once_and_disabled(run, block) -> None:
    records = run(block(0, "U", Unit("x", li(5, 1)), msip=1, mie=8))
    assert [(r["cause"], r["mode"]) for r in records if r["interrupt"]] == [(3, U)]
    assert written(records, 5) == [1] and ended(records)


def test_a_block_has_a_way_out_of_hs() -> None:
    for name in handlers.HS_EXITS:
        only = ~(1 << EXC[name]) & (1 << 64) - 1
        assert handlers.hs_handlers(only) == [f"hs_{name}"]
    assert len(handlers.hs_handlers(0)) == 3
    assert handlers.ADDRESS["m"] == layout.S_CODE
