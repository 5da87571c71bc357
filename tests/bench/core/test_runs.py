"""bench/core/runs.py: what a program says of itself beside what was seen; one short program on the RTL."""

import pytest

from bench.core.account import Spent
from bench.core.programs import COMPILERS, PROGRAMS, World, build
from bench.core.runs import ROW, Piece, RunError, pieces, rows, run
from sim.bench.build import build_soc
from sim.bench.session import Session

NOTHING = {kind.name: 0 for kind in Spent}


def signature(*measurements):
    return b"".join(ROW.pack(name, *numbers) for name, *numbers in measurements) + bytes(2 * ROW.size)


def seen(cycles, **fields):
    return {"cycles": cycles, "instructions": 70, "traps": 0, "spent": NOTHING | {"RETIRING": 70}, "worst": [], **fields}


def test_measurements_of_a_program():
    memory = signature((b"first", 100, 80, 5, 42, 1, 2, 3, 4), (b"sixteen letters.", 9, 8, 1, 0, 0, 0, 0, 0))
    assert rows(memory) == [("first", (100, 80, 5, 42, 1, 2, 3, 4)), ("sixteen letters.", (9, 8, 1, 0, 0, 0, 0, 0))]


def test_both_sides_of_a_piece():
    memory = signature((b"a", 100, 80, 5, 42, 1, 2, 3, 4), (b"b", 90, 80, 5, 42, 0, 0, 0, 0))
    first, second = pieces(memory, [seen(100), seen(90)])
    assert first == Piece("a", 5, 42, 100, 70, 0, NOTHING | {"RETIRING": 70}, (1, 2, 3, 4))
    assert second.hpm == ()
    assert (first.ipc, first.share(Spent.RETIRING), first.share(Spent.TRAP)) == (0.7, 0.7, 0.0)


def test_other_cycles_than_the_program_s_are_refused():
    with pytest.raises(RunError, match=r"^'a' took 100 cycles by mcycle, 101 were seen$"):
        pieces(signature((b"a", 100, 80, 5, 42, 1, 2, 3, 4)), [seen(101)])


def test_a_measurement_that_was_not_seen_is_refused():
    with pytest.raises(RunError, match=r"^the program has 1 measurements, 0 were seen$"):
        pieces(signature((b"a", 100, 80, 5, 42, 1, 2, 3, 4)), [])


def test_on_the_rtl():
    """In lockstep; slower memory changes the cycles and nothing else, and every cycle is spent on something."""
    elf = build(PROGRAMS["traps"], COMPILERS["gcc -O2"], World.VS4K)
    with Session(build_soc("default")) as session:
        fast, slow = (run(session, elf, "default", latency, check=True) for latency in (0, 10))
    assert [piece.name for piece in fast] == ["system call", "hypercall", "CSR emulation", "timer interrupt"]
    assert [piece.traps for piece in fast] == [piece.traps for piece in slow] == [201, 200, 200, 200]   # and one back from U
    for quick, late in zip(fast, slow, strict=True):
        assert sum(quick.spent.values()) == quick.cycles <= late.cycles == sum(late.spent.values())
        assert quick.spent["RETIRING"] == quick.instructions
        # A trap and a return empty the pipeline.
        assert quick.spent["TRAP"] >= 400


def test_a_program_that_fails_is_named():
    """Zb* instructions are illegal on a core that lacks them."""
    elf = build(PROGRAMS["blend"], COMPILERS["gcc -O3 Zb*"], World.M)
    with Session(build_soc("tiny")) as session, pytest.raises(RunError, match=r"^blend-m-\w+\.elf ended with fail: code 2$"):
        run(session, elf, "tiny", 0, check=False)
