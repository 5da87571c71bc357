"""bench/core/observe.py: cycles and losses of a piece, from records and activity written by hand."""

from itertools import chain

import pytest

from bench.core.observe import Observer
from isa import retire
from rtl.activity import Activity

MARK, NOP, LOAD = 0xC00025F3, 0x13, 0x00052583


def word(**bits):
    return Activity.const(bits).as_value().value


DONE = word(m_valid=1, x_valid=1, d_valid=1)
HELD = word(m_valid=1, m_held=1, m_memory=1, x_valid=1, d_valid=1)
TRAP = word(m_valid=1, m_trap=1, flush=1)


def record(clock, pc, insn, trap=0):
    return retire.pack({"valid": 1, "clock": clock, "pc": pc, "insn": insn, "trap": trap})


ACTIVITY = [DONE, DONE, DONE, HELD, HELD, DONE, DONE, HELD, DONE, TRAP, 0, 0, DONE, DONE]
RECORDS = [record(0, 0, NOP), record(1, 4, MARK), record(2, 8, NOP), record(5, 12, LOAD), record(6, 16, NOP),
           record(8, 12, LOAD), record(9, 20, NOP, trap=1), record(12, 24, NOP), record(13, 28, MARK)]
PIECE = {
    "cycles": 12, "instructions": 6, "traps": 1,
    "spent": {"RETIRING": 6, "LOAD_USE": 0, "OPERAND": 0, "EXECUTE": 0, "BRANCH": 0, "FETCH": 0, "MEMORY": 3, "WALK": 0,
              "TRAP": 3, "WAIT": 0},
    "worst": [{"pc": 12, "insn": LOAD, "why": "MEMORY", "cycles": 3, "times": 2},
              {"pc": 24, "insn": NOP, "why": "TRAP", "cycles": 2, "times": 1}],
}


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_piece_whatever_the_blocks(size):
    observer = Observer()
    observer.observe(ACTIVITY)
    for first in range(0, len(RECORDS), size):
        part = RECORDS[first:first + size]
        observer.feed(list(chain(*part)), len(part))
    assert observer.summary() == [PIECE]


def test_every_cycle_is_spent_on_something():
    assert sum(PIECE["spent"].values()) == PIECE["cycles"]


def test_a_second_piece_begins_anew():
    observer = Observer()
    observer.observe([DONE] * 10)
    records = [record(n, 4 * n, MARK if n in (1, 3, 5, 8) else NOP) for n in range(10)]
    observer.feed(list(chain(*records)), len(records))
    pieces = observer.summary()
    assert [(piece["cycles"], piece["instructions"], piece["worst"]) for piece in pieces] == [(2, 2, []), (3, 3, [])]
