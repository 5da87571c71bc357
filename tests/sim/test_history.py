"""Backwards is exactly where it came from: every moment has one state, whatever way led to it."""

from sim.history import KEPT, History
from sim.model.observe import Watchpoint
from tests.sim.model.bare import CODE, DATA, Bare, asm
from tests.sim.model.test_snapshot import busy


def history(b: Bare, interval: int = 50) -> History:
    return History(b.m, interval)


def test_a_moment_has_one_state() -> None:
    h = history(busy())
    states = {}
    for _ in range(120):
        states[h.now] = h.machine.snapshot()
        assert h.run(7) == "limit"
    for at in (700, 693, 49, 50, 56, 0, 350, 7):
        h.go(at // 7 * 7)
        assert h.machine.snapshot() == states[h.now]
    assert h.run(350) == "limit" and h.machine.snapshot() == states[h.now]


def test_step_back_ends_at_the_beginning() -> None:
    b = busy()
    b.m.run(10)
    h = history(b)
    h.run(3)
    assert [h.step_back() for _ in range(4)] == ["limit", "limit", "limit", "begin"] and h.now == 10


def test_input_is_repeated_at_its_moment() -> None:
    b = busy()
    h = history(b)
    h.run(333)
    h.receive(b"later")
    h.run(900)
    end = h.machine.snapshot()
    h.go(20)
    h.run(333 + 900 - 20)
    assert h.machine.snapshot() == end
    h.go(333)
    assert b.m.uart.queue[-5:] == list(b"later")
    h.go(332)
    assert b.m.uart.queue[-5:] != list(b"later")


def test_a_change_in_the_past_makes_another_future() -> None:
    b = busy()
    h = history(b)
    h.run(300)
    h.receive(b"old")
    h.run(200)
    h.go(250)
    h.change(lambda: b.m.__setitem__("s11", 77))
    h.run(200)
    assert b.m["s11"] == 77 and bytes(b.m.uart.queue[-3:]) != b"old"
    h.go(260)
    assert b.m["s11"] == 77
    h.go(249)
    assert b.m["s11"] == 0


def test_a_change_at_the_very_beginning_is_part_of_it() -> None:
    b = counting()
    h = history(b)
    h.change(lambda: b.m.__setitem__("s11", 77))
    h.run(20)
    h.go(0)
    assert b.m["s11"] == 77


def test_a_change_in_the_past_is_not_passed_over_by_later_steps_back() -> None:
    b = counting()
    h = history(b, interval=100_000)
    h.run(50_000)
    h.step_back()
    h.go(1_000)
    h.change(lambda: b.m.__setitem__("s11", 77))
    h.run(49_000)
    h.go(49_500)
    assert b.m["s11"] == 77


def counting() -> Bare:
    """x6 counts rounds of four instructions, and is stored in each."""
    b = Bare()
    b.put(CODE, [asm("addi", rd=6, rs1=6, imm=1), asm("sd", rs1=5, rs2=6), asm("addi"), asm("jal", imm=-12)])
    b.x(x5=DATA)
    return b


def test_back_to_breakpoints_one_after_the_other() -> None:
    b = counting()
    h = history(b)
    h.run(401)
    b.m.observer.breakpoints.add(CODE + 8)
    for rounds in range(100, 0, -1):
        assert h.back() == "breakpoint"
        assert (h.now, b.m["pc"], b.m["x6"]) == (4 * rounds - 2, CODE + 8, rounds)
    assert h.back() == "begin" and h.now == 0
    assert h.run(1000) == "breakpoint" and h.now == 2


def test_back_to_before_a_watched_store() -> None:
    b = counting()
    h = history(b)
    h.run(201)
    b.m.observer.watchpoints.append(watchpoint := Watchpoint(DATA))
    assert h.back() == "watchpoint" and b.m.observer.found is watchpoint
    assert (h.now, b.m["pc"], b.m.read_memory(DATA, 1)[0]) == (197, CODE + 4, 49)
    assert h.run(100) == "watchpoint" and b.m.read_memory(DATA, 1)[0] == 50
    assert h.back() == "watchpoint" and h.now == 197
    assert h.back() == "watchpoint" and h.now == 193


def test_snapshots_are_thinned_out() -> None:
    b = counting()
    h = history(b, interval=10)
    h.run(10 * KEPT * 9)
    assert len(h._moments) <= KEPT and h.interval == 160 and h._moments[0].at == 0
    h.go(5)
    assert h.machine["x6"] == 2


def test_steps_back_over_a_long_way_start_near() -> None:
    b = counting()
    h = history(b, interval=100_000)
    h.run(50_000)
    h.step_back()
    assert h._near is not None and h._near.at > 45_000
    assert h.now == 49_999 and b.m["x6"] == 12_500


def test_callbacks_come_forwards_only_and_the_console_shows_each_byte_once() -> None:
    b = Bare()
    b.put(CODE, [asm("sb", rs1=5, rs2=6), asm("addi", rd=6, rs1=6, imm=1), asm("jal", imm=-8)])
    b.x(x5=0x1000_0000, x6=65)
    shown, seen = bytearray(), []
    b.m.on_console = shown.extend
    b.m.observer.on_retire = lambda r: seen.append(r["pc"])
    h = history(b)
    h.run(9)
    assert shown == b"ABC" and len(seen) == 9
    h.go(1)
    assert len(seen) == 9
    h.run(14)
    assert shown == b"ABCDE" and len(seen) == 23


def test_interrupted() -> None:
    b = counting()
    answers = iter([False, True, True])
    h = History(b.m, interval=30_000, interrupted=lambda: next(answers))
    assert h.run(10**9) == "interrupted" and h.now == 30_000
    assert h.run(1) == "limit"
    b.m.observer.breakpoints.add(4)
    assert h.back() == "interrupted" and h.now == 30_000


def test_the_end_can_be_left_backwards() -> None:
    b = counting()
    b.m.memory.tohost = b.m.htif.tohost = DATA
    h = history(b)
    assert h.run(100) == "exit" and h.run(100) == "exit"
    end = h.now
    assert h.step_back() == "limit" and b.m.exit_code is None
    assert h.run(100) == "exit" and h.now == end
