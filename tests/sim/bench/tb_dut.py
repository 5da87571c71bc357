"""Runs inside the simulation of the toy (test_dut.py starts it): each promise of `Bench`, one test."""

import cocotb
import pytest
from cocotb.triggers import FallingEdge, RisingEdge, Timer

from isa import platform, retire
from sim.bench.dut import Bench, BenchError, Event, chance
from tests.sim.bench.toy import Op, assemble

BASE = platform.RAM_BASE
DATA = BASE + 0x1000
LOOP = ((Op.ADD, 1), (Op.ADD, 2), (Op.JUMP, "@0"))


def fresh(dut, *program, **settings):
    """The toy at power-on with a program; one record per two cycles, starting with the second."""
    bench = Bench(dut)
    bench.make_ram(1 << 20)
    bench.stalls(0, 0)
    bench.random_errors(0)
    bench.interrupts(0, 0)
    for name, value in {"quiet_limit": 0, "edges": 0, "seed": 0, "activity": 0, "latency": 0, **settings}.items():
        setattr(bench.settings, name, value)
    bench.power_on()
    for i, word in enumerate(assemble(*program, base=BASE)):
        bench.write(BASE + 8 * i, word.to_bytes(8, "little"))
    return bench


def taken(bench, field):
    """One field of all waiting records."""
    words, f = bench.take(), retire.FIELDS[field]
    return [word >> f.lsb & (1 << f.width) - 1 for word in words[f.word::retire.WORDS]]


@cocotb.test()
async def records_arrive_in_order(dut):
    bench = fresh(dut, *LOOP, threshold=5)
    assert await bench.run(1000) == Event.RECORDS
    assert taken(bench, "rd_value") == [1, 3, 2, 3, 5]
    assert bench.take().nbytes == 0
    assert await bench.run(1000) == Event.RECORDS
    assert taken(bench, "order_low") == [5, 6, 7, 8, 9]
    assert bench.status.retired == 10


@cocotb.test()
async def a_run_ends_at_its_limit(dut):
    bench = fresh(dut, *LOOP, threshold=1000)
    assert await bench.run(100) == Event.LIMIT
    assert bench.status.cycles == 100
    assert await bench.run(1) == Event.LIMIT
    assert bench.status.cycles == 101


@cocotb.test()
async def a_full_buffer_is_reported_and_never_overrun(dut):
    bench = fresh(dut, *LOOP, threshold=1 << 31)
    assert await bench.run(1 << 20) == Event.OVERFLOW
    assert (bench.status.count, bench.status.lost) == (bench.capacity, 1)
    assert taken(bench, "order_low")[-1] == (bench.capacity - 1) % 128


@cocotb.test()
async def without_records_they_are_counted(dut):
    bench = fresh(dut, *LOOP, threshold=1, record=0)
    bench.watch(DATA)
    assert await bench.run(1000) == Event.LIMIT
    assert (bench.status.count, bench.status.retired) == (0, 499)


@cocotb.test()
async def stalls_delay_and_change_nothing(dut):
    values = {}
    for probability in (0, 0.5):
        bench = fresh(dut, (Op.ADD, 7), (Op.STORE, DATA), (Op.LOAD, DATA), (Op.JUMP, "@0"), threshold=100)
        bench.stalls(probability, 99)
        await bench.run(10_000)
        values[probability] = taken(bench, "rd_value"), bench.status.cycles, bench.status.stalled
    assert values[0][0] == values[0.5][0]
    assert values[0][2] == 0
    assert values[0.5][1] == values[0][1] + values[0.5][2]
    # 150 beats, half of them delayed by 50 cycles on average
    assert 2500 < values[0.5][2] < 5000


@cocotb.test()
async def the_seed_chooses_the_stalls(dut):
    stalled = []
    for seed in (1, 2, 1):
        bench = fresh(dut, *LOOP, threshold=200, seed=seed)
        bench.stalls(0.3, 5)
        await bench.run(10_000)
        stalled.append((bench.status.stalled, taken(bench, "clock")))
    assert stalled[0] == stalled[2] != stalled[1]


@cocotb.test()
async def interrupt_lines_rise_at_random_and_fall(dut):
    """The toy shows them in its records, one in two cycles."""
    lines = []
    for seed in (1, 2, 1):
        bench = fresh(dut, *LOOP, threshold=2000, seed=seed)
        bench.interrupts(0.02, 9)
        await bench.run(10_000)
        assert 40 < bench.status.irqs < 120         # in 4,000 cycles
        lines.append(taken(bench, "irq"))
    assert lines[0] == lines[2] != lines[1]
    high = [sum(word >> line & 1 for word in lines[0]) for line in range(4)]
    assert all(10 < number < 150 for number in high), high      # each a quarter of them, for 5 cycles


@cocotb.test()
async def a_bus_error_hits_its_address_so_often(dut):
    bench = fresh(dut, *((Op.LOAD, DATA), (Op.LOAD, DATA + 8), (Op.STORE, DATA)) * 2, threshold=6)
    bench.error_at(DATA + 4, DATA + 7, write=False, beats=1)
    bench.error_at(DATA, DATA, read=False)
    bench.error_at(DATA, DATA, data=False)
    bench.error_at(BASE, BASE + 0xFFF, fetch=False)
    await bench.run(50)
    assert taken(bench, "trap") == [1, 0, 1, 0, 0, 1]
    assert bench.status.bus_errors == 3


@cocotb.test()
async def random_bus_errors_come_as_often_as_asked(dut):
    bench = fresh(dut, (Op.LOAD, DATA), (Op.JUMP, "@0"), (Op.ADD, 1), (Op.JUMP, "@0"), threshold=1)
    bench.settings.error_chance = chance(1.0)
    bench.settings.quiet_limit = 100
    assert await bench.run(1000) == Event.QUIET     # not one fetch succeeds
    assert bench.status.bus_errors > 40


@cocotb.test()
async def outside_of_ram_is_a_bus_error(dut):
    end = BASE + (1 << 20)
    bench = fresh(dut, (Op.LOAD, end - 8), (Op.LOAD, end), (Op.LOAD, BASE - 8), threshold=3)
    await bench.run(100)
    assert taken(bench, "trap") == [0, 1, 1]


@cocotb.test()
async def a_watched_store_stops_twice(dut):
    """On the bus before the next instruction, and when it retires; the next load sees the host's answer."""
    bench = fresh(dut, (Op.ADD, 5), (Op.STORE, DATA + 4), (Op.LOAD, DATA), (Op.STORE, DATA + 8), threshold=1000)
    bench.watch(DATA + 3)
    seen = Event(0)
    while not seen & Event.RETIRE_WATCH:
        events = await bench.run(100)
        assert not events & Event.LIMIT
        if events & Event.BUS_WATCH:
            assert bench.read(DATA, 8) == (5).to_bytes(8, "little")
            bench.write(DATA, (77).to_bytes(8, "little"))
        seen |= events
    assert seen & Event.BUS_WATCH
    assert taken(bench, "mem_write") == [0, 1]
    assert await bench.run(20) == Event.LIMIT       # the other store is not watched
    assert taken(bench, "rd_value")[0] == 77
    bench.power_on()
    assert await bench.run(100) == Event.LIMIT      # nor is the first one any more


@cocotb.test()
async def a_flush_ends_a_run_and_tells_what_else_happened(dut):
    bench = fresh(dut, *LOOP, threshold=1000)
    await bench.run(20)
    assert await bench.flush() == Event(0)
    before = bench.status.cycles
    assert await bench.run(30) == Event.LIMIT       # asked once, told once
    assert bench.status.cycles == before + 30
    bench.settings.threshold = 1
    assert await bench.flush() & ~Event.RECORDS == Event(0)


@cocotb.test()
async def random_bus_errors_spare_write_bursts(dut):
    """Address bit 4 makes a beat of the toy part of a burst."""
    trapped = {}
    for op, address in ((Op.STORE, DATA), (Op.LOAD, DATA | 16), (Op.STORE, DATA | 16)):
        bench = fresh(dut, (Op.ADD, 1), (op, address), (Op.JUMP, "@0"), threshold=60)
        bench.write(DATA, b"\1" * 64)           # a load leaves something to count down
        bench.random_errors(0.5)
        await bench.run(10_000)
        trapped[op, address] = sum(taken(bench, "trap"))
    assert trapped.pop((Op.STORE, DATA | 16)) == 0
    assert min(trapped.values()) > 3


@cocotb.test()
async def the_host_may_change_ram_under_a_beat(dut):
    """A beat that is answered but not ended when the design stands still gets what the host writes then."""
    bench = fresh(dut, (Op.LOAD, DATA), threshold=1000)
    await bench.run(2)
    for value in (1, 2, 3):      # the load's beat is open at one of these points
        assert taken(bench, "valid") == []
        bench.write(DATA, value.to_bytes(8, "little"))
        if await bench.run(1) and bench.status.count:
            break
    assert taken(bench, "rd_value") == [value]


@cocotb.test()
async def the_uart_is_two_queues(dut):
    bench = fresh(dut, (Op.GET, 0), (Op.ADD, 1), (Op.PUT, 0), (Op.JUMP, "@0"), threshold=1 << 20)
    bench.uart_put(b"HAL")
    await bench.run(100)
    assert bench.uart_take() == b"IBM"
    assert bench.uart_take() == b""
    await bench.run(100)
    bench.uart_put(b"\xff")
    await bench.run(100)
    assert bench.uart_take() == b"\0"
    bench.uart_put(b"lost")
    bench.power_on()
    await bench.run(100)
    assert bench.uart_take() == b""


@cocotb.test()
async def the_finisher_is_told_once(dut):
    bench = fresh(dut, (Op.FINISH, 42), threshold=100)
    assert await bench.run(100) == Event.FINISHED
    assert bench.status.finish_code == 42
    assert await bench.run(100) == Event.LIMIT


@cocotb.test()
async def silence_is_noticed(dut):
    bench = fresh(dut, (Op.ADD, 1), (Op.GET, 0), threshold=100, quiet_limit=50)
    assert await bench.run(1000) == Event.QUIET
    assert 50 <= bench.status.cycles < 60


@cocotb.test()
async def power_on_forgets_what_reset_keeps(dut):
    bench = fresh(dut, (Op.ADD, 9), (Op.SWAP, 0), (Op.GET, 0), threshold=100)
    await bench.run(20)
    assert taken(bench, "rd_value") == [9, 0]
    bench.reset()
    await bench.run(20)
    assert taken(bench, "rd_value") == [9, 9]
    bench.power_on()
    await bench.run(20)
    assert taken(bench, "rd_value") == [9, 0]


@cocotb.test()
async def cocotb_sees_the_edges_when_asked(dut):
    """Triggers fire at each edge, before the flip-flops move; a Timer does not disturb the count."""
    bench = fresh(dut, *LOOP, threshold=1000, edges=1)
    seen, sampled = [], []

    async def sampler():
        for _ in range(6):
            await FallingEdge(dut.clk)
            seen.append(int(dut.retire.value) & 1)
            await RisingEdge(dut.clk)
            sampled.append(int(dut.retire.value) & 1)

    task = cocotb.start_soon(sampler())
    await bench.run(8)
    assert task.done()
    assert seen == sampled == [0, 0, 1, 0, 1, 0]
    bench.settings.edges = 0
    task = cocotb.start_soon(_wait(55))
    assert await bench.run(100) == Event.LIMIT
    assert task.done()
    assert bench.status.cycles == 108


async def _wait(nanoseconds):
    await Timer(nanoseconds, "ns")


@cocotb.test()
async def mistakes_are_refused_with_a_sentence(dut):
    bench = fresh(dut, *LOOP)
    with pytest.raises(BenchError, match=r"8 bytes at 0x800ffffc are not in RAM \(0x80000000 to"):
        bench.read(BASE + (1 << 20) - 4, 8)
    with pytest.raises(BenchError, match="1 bytes at 0x7fffffff"):
        bench.write(BASE - 1, b"x")
    with pytest.raises(BenchError, match="multiple of 4096 bytes, not 100"):
        bench.make_ram(100)
    with pytest.raises(ValueError, match=r"between 0 and 1, not at 1\.5"):
        bench.stalls(1.5, 3)
    with pytest.raises(ValueError, match="at least one cycle, not 0"):
        bench.stalls(0.5, 0)
    with pytest.raises(ValueError, match="longest interrupt must be at least one cycle, not 0"):
        bench.interrupts(0.5, 0)
    with pytest.raises(ValueError, match="at least one cycle, not 0"):
        await bench.run(0)
    with pytest.raises(BenchError, match="built without waveforms"):
        bench.trace("x.vcd", 0, 1)


@cocotb.test()
async def the_activity_of_each_cycle_is_kept_when_asked(dut):
    """Sampled before the edge that ends the cycle; the toy shows its clock and whether it retires."""
    bench = fresh(dut, *LOOP, threshold=10, activity=1)
    await bench.run(1000)
    activity = bench.take_activity().tolist()
    assert [word >> 1 for word in activity] == list(range(bench.status.cycles))
    assert [word >> 1 for word in activity if word & 1] == taken(bench, "clock")
    await bench.run(7)
    assert [word >> 1 for word in bench.take_activity()] == list(range(len(activity), len(activity) + 7))
    bench.settings.activity = 0
    await bench.run(7)
    assert bench.take_activity().nbytes == 0


@cocotb.test()
async def latency_is_that_of_the_first_beat_of_a_burst(dut):
    """The toy's loads are beats of a burst when their address has bit 4 set."""
    cycles = {}
    for latency in (0, 3):
        bench = fresh(dut, (Op.LOAD, DATA), (Op.LOAD, DATA + 16), (Op.LOAD, DATA + 24), (Op.LOAD, DATA), (Op.LOAD, DATA),
                      threshold=5, latency=latency, record=1)
        await bench.run(1000)
        cycles[latency] = taken(bench, "clock")
    assert [slow - fast for slow, fast in zip(cycles[3], cycles[0], strict=True)] == [6, 12, 15, 18, 24]
