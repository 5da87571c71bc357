"""Breakpoints, watchpoints and callbacks; a machine that is looked at does what the same machine does alone."""

import pytest

from isa.causes import M
from isa.profile import PROFILES
from sim.model.observe import Watchpoint
from tests.sim.model.bare import CODE, DATA, HANDLER, LEAF, Bare, asm
from tests.sim.model.test_snapshot import busy


def loop() -> Bare:
    """sd x6, 0(x5); lw x7, 4(x5); addi x6, x6, 1; back to the start."""
    b = Bare()
    b.put(CODE, [asm("sd", rs1=5, rs2=6), asm("lw", rd=7, rs1=5, imm=4), asm("addi", rd=6, rs1=6, imm=1), asm("jal", imm=-12)])
    b.x(x5=DATA)
    return b


def test_a_breakpoint_stops_before_its_instruction_and_lets_the_next_run_go_on() -> None:
    b = loop()
    b.m.observer.breakpoints.add(CODE + 8)
    for turn in range(3):
        assert b.m.run(100) == "breakpoint"
        assert (b.m["pc"], b.m["x6"], b.m.instructions) == (CODE + 8, turn, 2 + 4 * turn)
    b.m.observer.breakpoints.clear()
    assert b.m.run(100) == "limit" and b.m.instructions == 110


def test_a_breakpoint_is_an_unsigned_virtual_address() -> None:
    b = Bare()
    root = b.table()
    b.map(root, 1 << 38, CODE, LEAF)
    b.put(CODE, [asm("addi")] * 4)
    b.csr(satp=8 << 60 | root >> 12)
    b.m["mode"], b.m["pc"] = 1, 0xFFFF_FFC0_0000_0000
    b.m.observer.breakpoints.add(0xFFFF_FFC0_0000_0008)
    assert b.m.run(100) == "breakpoint" and b.m.instructions == 2


@pytest.mark.parametrize(("watchpoint", "steps"), [
    (Watchpoint(DATA), 1), (Watchpoint(DATA + 7, 1), 1), (Watchpoint(DATA + 8, 8), None), (Watchpoint(DATA - 8, 8), None),
    (Watchpoint(DATA, 8, reads=True, writes=False), 2), (Watchpoint(DATA, 4, reads=True, writes=False), None),
    (Watchpoint(DATA, 5, reads=True, writes=True), 1)])
def test_a_watchpoint_stops_after_the_access(watchpoint: Watchpoint, steps: int | None) -> None:
    b = loop()
    b.m.observer.watchpoints.append(watchpoint)
    assert b.m.run(100) == ("limit" if steps is None else "watchpoint")
    assert b.m.instructions == (steps or 100)
    assert b.m.observer.found is (watchpoint if steps else None)


def test_cbo_zero_touches_its_whole_block() -> None:
    b = Bare(PROFILES["full"])
    b.put(CODE, [asm("cbo.zero", rs1=5), asm("addi")])
    b.x(x5=DATA + 13)
    for address, reason in ((DATA + 63, "watchpoint"), (DATA + 64, "limit"), (DATA, "watchpoint")):
        b.m["pc"] = CODE
        b.m.observer.watchpoints[:] = [Watchpoint(address, 1)]
        assert b.m.run(2) == reason


def test_callbacks_see_each_record_once_in_run_and_in_step() -> None:
    b = loop()
    b.put(CODE + 16, [asm("ecall")])
    retired: list[tuple[int, int]] = []
    trapped: list[tuple[int, int]] = []
    b.m.observer.on_retire = lambda r: retired.append((r["pc"], r["rd_value"]))
    b.m.observer.on_trap = lambda r: trapped.append((r["pc"], r["cause"]))
    b.m.run(3)
    b.m.step()
    assert retired == [(CODE, 0), (CODE + 4, 0), (CODE + 8, 1), (CODE + 12, 0)] and not trapped
    b.m["pc"] = CODE + 16
    b.m.step()
    assert trapped == [(CODE + 16, 11)] and len(retired) == 4 and b.m["pc"] == HANDLER


def test_a_callback_can_stop_the_run() -> None:
    b = loop()
    b.m.observer.on_retire = lambda r: b.m.observer.stop() if r["rd_value"] == 5 else None
    assert b.m.run(100) == "stopped" and b.m["x6"] == 5
    assert b.m.run(10) == "limit"


@pytest.mark.parametrize("count", [1, 9, 200, 1000])
def test_looking_changes_nothing(count: int) -> None:
    alone, looked_at = busy(), busy()
    seen: list[int] = []
    looked_at.m.observer.on_retire = lambda r: seen.append(r["pc"])
    looked_at.m.observer.on_trap = lambda r: seen.append(r["pc"])
    assert alone.m.run(count) == looked_at.m.run(count) == "limit"
    assert alone.m.snapshot() == looked_at.m.snapshot() and len(seen) == count


def test_the_end_of_the_program_comes_at_the_same_record() -> None:
    counts = []
    for looked_at in (False, True):
        b = Bare()
        b.put(CODE, [asm("sd", rs1=5, rs2=6), *[asm("addi")] * 20])
        b.x(x5=DATA, x6=5)
        b.m.memory.tohost = b.m.htif.tohost = DATA
        if looked_at:
            b.m.observer.breakpoints.add(0)
        assert b.m.run(100) == "exit" and b.m.exit_code == 2
        assert b.m.run(100) == "exit" and b.m["mode"] == M
        counts.append(b.m.instructions)
    assert counts[0] == counts[1]
