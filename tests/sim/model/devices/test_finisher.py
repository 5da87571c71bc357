"""The ends of a run."""

import pytest

from isa.platform import FINISHER
from sim.model.devices.finisher import RUNNING, Finisher
from tests.sim.model.bare import CODE, Bare, asm


@pytest.mark.parametrize(("value", "code"), [(0x5555, 0), (0x7777, 0), (0x3333, 1), (0x2A_3333, 42), (0xFFFF_3333, 0xFFFF),
                                             (0x1234, RUNNING), (0, RUNNING)])
def test_commands(value: int, code: int) -> None:
    f = Finisher()
    f.write(0, 4, value)
    assert f.code == code


def test_only_a_word_at_offset_0_counts_and_only_the_first_end() -> None:
    f = Finisher()
    f.write(4, 4, 0x5555)
    f.write(0, 2, 0x5555)
    assert f.code == RUNNING
    f.write(0, 4, 0x3_3333)
    f.write(0, 4, 0x5555)
    assert f.code == 3


def test_a_machine_stops() -> None:
    b = Bare()
    b.put(CODE, [asm("sw", rs1=5, rs2=6), asm("jal")])
    b.x(x5=FINISHER.base, x6=0x5_3333)
    assert (b.m.run(50), b.m.exit_code, b.m.instructions) == ("exit", 5, 1)
