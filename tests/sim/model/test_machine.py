"""run() and step() are the same machine; time, WFI, console and limits."""

import pytest

from isa.causes import M, S
from isa.platform import CYCLES_PER_TICK, RAM_BASE, UART
from isa.retire import WORDS
from sim.model import Machine
from tests.sim.model.bare import CODE, DATA, HANDLER, LEAF, PLAIN, Bare, asm, sv39
from tests.sim.model.test_snapshot import busy


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 63, 200, 1000])
def test_run_and_step_reach_the_same_state(count: int) -> None:
    runner, stepper, chunks = busy(), busy(), busy()
    assert runner.m.run(count) == "limit"
    for _ in range(count):
        stepper.m.step()
        assert len(stepper.h.record) == WORDS
    while chunks.m.instructions < count:
        chunks.m.run(min(3, count - chunks.m.instructions))
    for b in (runner, stepper, chunks):
        b.m.read_csr("time")                                # brings the stored copy of the time up to date
        assert b.m.instructions == count
        b.m.attend()
    assert runner.m.snapshot() == stepper.m.snapshot() == chunks.m.snapshot()
    assert count < 1000 or runner.h.x[22] > 10              # timer interrupts were taken


def test_trace_ends_with_the_program() -> None:
    b = Bare()
    b.m.htif.tohost = b.m.memory.tohost = DATA
    b.put(CODE, [asm("sd", rs1=5, rs2=6), asm("addi")])
    b.x(x5=DATA, x6=7)
    assert len(b.m.trace(100)) == 8 * WORDS and b.m.exit_code == 3
    assert b.m.trace(100) == b""


def test_a_device_changed_from_outside_is_seen_when_told() -> None:
    b = Bare()
    b.put(CODE, [asm("addi")] * 8)
    b.csr(mie=1 << 7, mstatus=1 << 3)
    b.step()
    b.m.clint.mtimecmp = 0
    b.m.attend()
    assert b.step()["interrupt"] == 1


def test_a_timer_interrupt_comes_at_its_tick_exactly() -> None:
    for ticks in (1, 2, 5):
        b = Bare()
        b.put(CODE, [asm("addi")] * 100)
        b.csr(mie=1 << 7, mstatus=1 << 3)
        b.m.clint.mtimecmp = ticks
        b.m.run(CYCLES_PER_TICK * ticks)
        assert b.h.pc == CODE + 4 * CYCLES_PER_TICK * ticks and b.h.traps == 0
        b.m.run(1)
        assert (b.h.pc, b.h.traps, b.m.read_csr("mepc")) == (HANDLER, 1, CODE + 4 * CYCLES_PER_TICK * ticks)


@pytest.mark.parametrize(("setup", "pending"), [
    (lambda b: setattr(b.m.clint, "mtimecmp", 1000), 7),
    (lambda b: b.csr(menvcfg=1 << 63, stimecmp=1000), 5),
    (lambda b: (b.csr(menvcfg=1 << 63, stimecmp=-1), b.csr(henvcfg=1 << 63, htimedelta=50, vstimecmp=1050)), 6)])
def test_wfi_skips_to_the_next_event(setup, pending: int) -> None:
    for step in (False, True):
        b = Bare()
        b.put(CODE, [asm("wfi"), asm("csrrs", rd=7, csr="time"), asm("csrrs", rd=8, csr="mip")])
        b.csr(mie=1 << pending)
        setup(b)
        for _ in range(3):
            if step:
                b.step()
            else:
                b.m.run(1)
        assert b.h.x[7] == 1000 and b.h.x[8] >> pending & 1


def test_wfi_does_not_wait_for_what_is_pending_already() -> None:
    b = Bare()
    b.put(CODE, [asm("wfi"), asm("csrrs", rd=7, csr="time")])
    b.m.clint.mtimecmp = 1000
    b.csr(mie=2, mip=2, mideleg=2)                          # delegated, and M-mode: pending all the same
    b.m.run(2)
    assert b.h.x[7] == 0


def test_wfi_without_any_event_goes_on() -> None:
    b = Bare()
    b.put(CODE, [asm("wfi"), asm("jal", imm=-4)])
    assert b.m.run(100) == "limit" and b.m.instructions == 100


def test_a_trap_loop_ends_at_the_limit() -> None:
    b = Bare()
    b.put(HANDLER, [0])
    b.put(CODE, [0])
    assert b.m.run(1000) == "limit" and b.m.instructions == 1000 and b.m.read_csr("minstret") == 0


def test_uart_both_ways_with_interrupt() -> None:
    b = Bare()
    out = bytearray()
    b.m.on_console = out.extend
    claim = 0x0C20_0004
    b.put(CODE, [asm("wfi"), asm("jal", imm=-4)])
    b.put(HANDLER, [asm("lwu", rd=10, rs1=7), asm("lbu", rd=8, rs1=5), asm("addi", rd=8, rs1=8, imm=1),
                    asm("sb", rs1=5, rs2=8), asm("sw", rs1=7, rs2=10), asm("mret")])
    b.x(x5=UART.base, x7=claim)
    b.m.uart.write(1, 1, 1)
    b.m.plic.priority[10], b.m.plic.enable[0] = 1, 1 << 10
    b.csr(mie=1 << 11, mstatus=1 << 3)
    b.m.run(50)
    b.m.receive(b"HAL")
    b.m.run(100)
    assert out == b"IBM" and b.h.x[10] == 10 and b.h.traps == 3


def test_a_load_from_a_device_is_seen_by_the_next_instruction() -> None:
    b = Bare()
    b.put(CODE, [asm("lw", rd=8, rs1=7), asm("csrrs", rd=9, csr="mip")])
    b.x(x7=0x0C20_0004)                                     # claim
    b.m.plic.priority[10], b.m.plic.enable[0], b.m.plic.pending = 1, 1 << 10, 1 << 10
    b.m.run(2)
    assert (b.h.x[8], b.h.x[9]) == (10, 0)


def test_the_boot_rom_runs() -> None:
    words = [asm("csrrs", rd=10, csr="mhartid"), asm("auipc", rd=11), asm("ld", rd=5, rs1=11, imm=12), asm("jalr", rs1=5),
             RAM_BASE & 0xFFFF_FFFF, 0]
    m = Machine(ram_size=4096, rom=b"".join(w.to_bytes(4, "little") for w in words))
    m.write_memory(RAM_BASE, asm("addi", rd=6, imm=5).to_bytes(4, "little"))
    assert m.hart.pc == 0x1000
    m.run(5)
    assert (m.hart.x[10], m.hart.x[11], m.hart.x[6], m.hart.pc) == (0, 0x1004, 5, RAM_BASE + 4)


def test_csr_back_door() -> None:
    m = Machine(ram_size=4096)
    m.write_csr("mscratch", (1 << 64) - 1)
    assert m.read_csr("mscratch") == (1 << 64) - 1 and m.hart.mscratch == -1
    with pytest.raises(KeyError):
        m.read_csr("nothing")
    with pytest.raises(KeyError):
        Machine(PLAIN.without("H"), ram_size=4096).write_csr("hgatp", 0)


def test_harts_is_a_list_of_one() -> None:
    m = Machine(ram_size=4096)
    assert m.harts == [m.hart] and m.hart.mode == M and m.exit_code is None


def test_bursts_end_where_an_interrupt_becomes_takeable() -> None:
    """Each of these instructions makes an interrupt takeable that was not before; the next record must be the trap."""
    cases = [  # before, instruction that unmasks
        ({"mie": 2, "mip": 2}, asm("csrrsi", imm=8, csr="mstatus")),
        ({"mstatus": 8, "mip": 2}, asm("csrrsi", imm=2, csr="mie")),
        ({"mstatus": 8, "mie": 2}, asm("csrrsi", imm=2, csr="mip")),
        ({"mstatus": 1 << 7 | 1 << 11, "mie": 2, "mip": 2, "mepc": CODE + 4}, asm("mret")),
        ({"mstatus": 1 << 8 | 1 << 11, "mie": 2, "mip": 2, "sepc": CODE + 4}, asm("sret")),
    ]
    for csrs, word in cases:
        b = Bare()
        b.put(CODE, [word, asm("addi"), asm("addi")])
        b.csr(**csrs)
        b.m.run(2)
        assert (b.h.pc, b.m.read_csr("mepc"), b.m.read_csr("mcause")) == (HANDLER, CODE + 4, 1 << 63 | 1), hex(word)


def test_run_translates_like_step() -> None:
    def world() -> Bare:
        b = Bare()
        root = b.table()
        b.map(root, 0x4000_0000, DATA, LEAF)
        b.csr(satp=sv39(root))
        b.put(DATA, [asm("ld", rd=7, rs1=5), asm("addi", rd=7, rs1=7, imm=1), asm("sd", rs1=5, rs2=7), asm("ecall")])
        b.put(HANDLER, [asm("csrrs", rd=9, csr="mcause"), asm("csrrw", rs1=10, csr="mepc"), asm("mret")])
        b.csr(mstatus=1 << 11)
        b.x(x5=0x4000_0800, x10=0x4000_0000)
        b.h.pc = 0x4000_0000
        b.mode(S)
        return b
    runner, stepper = world(), world()
    runner.m.run(703)
    for _ in range(703):
        stepper.m.step()
    assert runner.h.x == stepper.h.x and runner.h.pc == stepper.h.pc
    assert runner.m.read_memory(DATA + 0x800, 8) == stepper.m.read_memory(DATA + 0x800, 8) != bytes(8)


