"""A restored machine has the same future as the one that was saved."""

import pytest

from isa.platform import CLINT, UART
from isa.profile import PROFILES
from sim.model import Machine
from sim.model.hart import KEEP
from tests.sim.model.bare import CODE, DATA, HANDLER, Bare, asm

PROGRAM = [asm("ld", rd=7, rs1=5), asm("addi", rd=7, rs1=7, imm=3), asm("sd", rs1=5, rs2=7), asm("lbu", rd=8, rs1=6),
           asm("add", rd=9, rs1=9, rs2=8), asm("lr.d", rd=10, rs1=5), asm("csrrs", rd=11, csr="time"),
           asm("sc.d", rd=10, rs1=5, rs2=9), asm("csrrs", rd=12, rs1=11, csr="mscratch"), asm("jal", imm=-36)]


def busy() -> Bare:
    """Adds up bytes from the UART while a timer interrupts it."""
    b = Bare()
    b.put(CODE, PROGRAM)
    b.put(HANDLER, [asm("csrrs", rd=20, csr="time"), asm("addi", rd=20, rs1=20, imm=3), asm("sd", rs1=21, rs2=20),
                    asm("addi", rd=22, rs1=22, imm=1), asm("mret")])
    b.csr(mie=1 << 7 | 1 << 11, mstatus=1 << 3, htimedelta=-5, vsatp=8 << 60 | 3)
    b.x(x5=DATA, x6=UART.base, x21=CLINT.base + 0x4000)
    b.m.clint.mtimecmp = 4
    b.m.receive(bytes(range(1, 200)))
    return b


def trace(b: Bare, count: int) -> list[list[int]]:
    records = []
    for _ in range(count):
        b.m.step()
        records.append(list(b.h.record))
    return records


@pytest.mark.parametrize("at", [0, 1, 6, 7, 33, 95])
def test_round_trip(at: int) -> None:
    b = busy()
    trace(b, at)
    state = b.m.snapshot()
    future = trace(b, 150)
    assert b.h.x[22] > 2 and b.h.x[9] > 0
    fresh = Bare()
    fresh.m.restore(state)
    assert trace(fresh, 150) == future
    assert fresh.m.snapshot() == b.m.snapshot()
    b.m.restore(state)                                      # and back in time
    assert trace(b, 150) == future


def test_every_number_of_the_hart_is_kept_or_an_input_or_a_cache() -> None:
    hart = Bare().h
    transient = {"npc", "attention", "error_va", "locked", "in_cycle", "in_clock", "in_counter", "in_rdata", "in_sc_spurious",
                 "error_dword", "error_fetch", "data_mode", "code_page",
                 "mem_vaddr", "mem_paddr", "mem_rdata", "mem_wdata", "sc_success"}
    construction = {"number", "hypervisor", "tinst_zero", "lowest"}
    numbers = {name for name in dir(hart) if not name.startswith("_") and isinstance(getattr(hart, name), int)} - {"steps"}
    assert numbers == set(KEEP) | transient | construction


def test_all_devices_and_the_host_are_kept() -> None:
    b = Bare()
    m = b.m
    m.uart.ier, m.uart.scr, m.uart.divisor, m.uart.queue = 3, 0x55, 0x1234, [1, 2]
    m.plic.priority[5], m.plic.pending, m.plic.serving, m.plic.enable, m.plic.threshold = 3, 32, 64, [1, 2], [3, 4]
    m.clint.msip, m.clint.mtimecmp = 1, 12345
    m.finisher.code = 9
    m.htif.tohost, m.htif.fromhost, m.htif.asked, m.htif.input = DATA, DATA + 8, True, [7]
    m.symbols = {"main": 4}
    other = Bare().m
    other.restore(m.snapshot())
    assert [d.save() for _, d in other.memory.devices] == [d.save() for _, d in m.memory.devices]
    assert (other.uart.queue, other.plic.serving, other.clint.mtimecmp, other.exit_code) == ([1, 2], 64, 12345, 9)
    assert (other.memory.tohost, other.memory.fromhost, other.symbols) == (DATA, DATA + 8, {"main": 4})
    assert (other.htif.asked, other.htif.input) == (True, [7])


def test_a_snapshot_of_another_machine_is_refused() -> None:
    state = Bare().m.snapshot()
    with pytest.raises(ValueError, match=r"is of a machine with profile plain, 1048576 bytes of RAM.*has profile tiny"):
        Bare(PROFILES["tiny"]).m.restore(state)
    with pytest.raises(ValueError, match="this one has profile default, 4096 bytes of RAM"):
        Machine(ram_size=4096).restore(state)


@pytest.mark.parametrize(("damage", "words"), [
    (lambda s: b"", "begin with b''"), (lambda s: s[:10], "begin with b'doppelhart'"),
    (lambda s: s[:40], r"it has \d of \d{4} bytes"),
    (lambda s: s[:-1], "it has"), (lambda s: s + b"x", "it has"),
    (lambda s: s[:-9] + bytes((s[-9] ^ 1,)) + s[-8:], "its checksum is"), (lambda s: b"{}\n" + s, "begin with b'{}'")])
def test_damaged_snapshots_change_nothing(damage, words: str) -> None:
    b = busy()
    before = b.m.snapshot()
    with pytest.raises(ValueError, match=words):
        b.m.restore(damage(before))
    assert b.m.snapshot() == before


