"""Gateways, priorities, thresholds, claim and complete."""

import pytest

from sim.model.devices.device import Device
from sim.model.devices.plic import Plic
from sim.model.masks import MEIP, SEIP

ENABLE, THRESHOLD, CLAIM, PENDING = 0x2000, 0x20_0000, 0x20_0004, 0x1000
S_ENABLE, S_THRESHOLD, S_CLAIM = 0x2080, 0x20_1000, 0x20_1004


class Wire(Device):
    level = False

    def wire(self) -> bool:
        return self.level


def plic() -> tuple[Plic, Wire, Wire]:
    """Sources 1 and 10, priority 1, enabled for M."""
    p, a, b = Plic(), Wire(), Wire()
    p.wires = {1: a, 10: b}
    p.write(4, 4, 1)
    p.write(40, 4, 1)
    p.write(ENABLE, 4, 1 << 1 | 1 << 10)
    return p, a, b


def test_claim_and_complete() -> None:
    p, a, _ = plic()
    assert p.lines() == 0 and p.read(CLAIM, 4) == 0
    a.level = True
    assert (p.lines(), p.read(PENDING, 4)) == (MEIP, 2)
    assert (p.read(CLAIM, 4), p.lines(), p.read(PENDING, 4)) == (1, 0, 0)
    p.write(CLAIM, 4, 1)                                    # still high: pending again
    assert p.lines() == MEIP
    assert p.read(CLAIM, 4) == 1
    a.level = False
    p.write(CLAIM, 4, 1)
    assert p.lines() == 0


def test_a_pulse_stays_pending() -> None:
    p, a, _ = plic()
    a.level = True
    p.lines()
    a.level = False
    assert p.lines() == MEIP and p.read(CLAIM, 4) == 1


def test_priority_then_lowest_number() -> None:
    p, a, b = plic()
    a.level = b.level = True
    assert p.read(CLAIM, 4) == 1 and p.read(CLAIM, 4) == 10
    p, a, b = plic()
    a.level = b.level = True
    p.write(40, 4, 2)
    assert p.read(CLAIM, 4) == 10


@pytest.mark.parametrize(("priority", "threshold", "line"), [(0, 0, 0), (1, 0, MEIP), (3, 3, 0), (4, 3, MEIP), (7, 7, 0)])
def test_threshold_gates_the_line_but_not_the_claim(priority: int, threshold: int, line: int) -> None:
    p, a, _ = plic()
    a.level = True
    p.write(4, 4, priority)
    p.write(THRESHOLD, 4, threshold)
    assert p.lines() == line
    assert p.read(CLAIM, 4) == (1 if priority else 0)


def test_contexts_are_separate() -> None:
    p, a, _ = plic()
    a.level = True
    p.write(S_ENABLE, 4, 2)
    assert p.lines() == MEIP | SEIP
    p.write(ENABLE, 4, 0)
    assert p.lines() == SEIP
    p.write(S_THRESHOLD, 4, 1)
    assert p.lines() == 0
    assert p.read(S_CLAIM, 4) == 1
    p.write(CLAIM, 4, 1)                                    # M has not enabled it: ignored
    p.write(S_THRESHOLD, 4, 0)
    assert p.lines() == 0
    p.write(S_CLAIM, 4, 1)
    assert p.lines() == SEIP


def test_registers_keep_their_bits() -> None:
    p, _, _ = plic()
    for offset, ones in ((0, 0), (4, 7), (124, 7), (128, 0), (ENABLE, 0xFFFF_FFFE), (S_ENABLE, 0xFFFF_FFFE), (ENABLE + 4, 0),
                         (THRESHOLD, 7), (S_THRESHOLD, 7), (PENDING, 0), (0x20_2000, 0)):
        p.write(offset, 4, 0xFFFF_FFFF)
        assert p.read(offset, 4) == ones, hex(offset)
    p.write(THRESHOLD, 4, 2)
    p.write(THRESHOLD, 2, 5)
    assert (p.read(THRESHOLD, 2), p.read(THRESHOLD, 4)) == (0, 2)
    p.write(0, 8, 5 << 32)
    assert (p.read(0, 8), p.read(4, 4)) == (5 << 32, 5)
