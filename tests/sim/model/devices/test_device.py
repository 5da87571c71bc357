"""A device of a user's own: registers, an interrupt at an exact time, and a state that snapshots keep."""

import pytest

from isa.causes import IRQ
from isa.platform import CYCLES_PER_TICK, PLIC_CONTEXT, PLIC_ENABLE, PLIC_PRIORITY, Region
from sim.history import History
from sim.model.devices.device import NEVER, Device, PlainState
from tests.sim.model.bare import CODE, HANDLER, Bare, asm

ALARM = Region("alarm", 0x4000_0000, 0x1000, "test,alarm")
SOURCE = 3


class Alarm(PlainState):
    """Raises its wire at the time written to register 0; a store to register 8 lowers it."""

    KEEP = ("at", "ringing", "rung")

    def __init__(self) -> None:
        self.at, self.ringing, self.rung = NEVER, 0, 0

    def read(self, offset: int, size: int) -> int:
        return self.rung

    def write(self, offset: int, size: int, value: int) -> None:
        if offset == 0:
            self.at = value
        else:
            self.ringing = 0

    def tick(self, time: int) -> None:
        if time >= self.at:
            self.at, self.ringing, self.rung = NEVER, 1, self.rung + 1

    def due(self) -> int:
        return self.at

    def wire(self) -> bool:
        return self.ringing != 0


def machine(at: int) -> Bare:
    """Sets the alarm, then counts in x6 until it rings."""
    b = Bare()
    b.m.attach(ALARM, Alarm(), irq=SOURCE)
    b.put(CODE, [asm("sd", rs1=5, rs2=7), asm("addi", rd=6, rs1=6, imm=1), asm("jal", imm=-4)])
    b.put(HANDLER, [asm("csrrs", rd=8, csr="time"), asm("lw", rd=9, rs1=5), asm("sd", rs1=5, imm=8), asm("jal", imm=0)])
    b.x(x5=ALARM.base, x7=at)
    b.csr(mie=1 << IRQ["MEI"], mstatus=1 << 3)
    for offset, value in ((PLIC_PRIORITY + 4 * SOURCE, 1), (PLIC_ENABLE, 1 << SOURCE), (PLIC_CONTEXT, 0)):
        b.m.plic.write(offset, 4, value)
    return b


@pytest.mark.parametrize("at", [1, 7, 20_000])
@pytest.mark.parametrize("piece", [1 << 30, 1, 1000])
def test_the_alarm_rings_at_its_time_exactly(at: int, piece: int) -> None:
    b = machine(at)
    while b.h.traps == 0:
        before = b.m.instructions
        if piece == 1:
            b.m.step()
        else:
            b.m.run(min(piece, at * CYCLES_PER_TICK + 1 - before))
    assert b.m.instructions == at * CYCLES_PER_TICK + 1
    b.m.run(3)
    assert (b.m["x8"], b.m["x9"]) == (at, 1) and b.m["mepc"] in (CODE + 4, CODE + 8)
    assert not b.m.memory.devices[-1][1].ringing


def test_a_device_of_a_user_can_be_left_backwards() -> None:
    b = machine(500)
    h = History(b.m, interval=700)
    h.run(6_000)
    end = b.m.snapshot()
    for at in (3_999, 100, 4_001):
        h.go(at)
        assert (b.h.traps, b.m.memory.devices[-1][1].rung) == ((1, 1) if at > 4_000 else (0, 0))
    h.run(6_000 - h.now)
    assert b.m.snapshot() == end


def test_devices_that_do_nothing_by_themselves_are_not_asked() -> None:
    b = Bare()
    assert b.m.ticking == []
    b.m.attach(ALARM, Device(), irq=SOURCE)
    assert b.m.ticking == []
