"""msip, mtimecmp and mtime, at every width."""

from isa.platform import CLINT, CYCLES_PER_TICK
from sim.model.masks import MSIP, MTIP
from tests.sim.model.bare import CODE, Bare, asm

MSIP_AT, MTIMECMP, MTIME = 0, 0x4000, 0xBFF8


def test_msip_has_one_bit() -> None:
    c = Bare().m.clint
    c.write(MSIP_AT, 4, 0xFFFF_FFFF)
    assert (c.read(MSIP_AT, 4), c.lines()) == (1, MSIP)
    c.write(MSIP_AT, 4, 0xFFFF_FFFE)
    assert (c.read(MSIP_AT, 4), c.lines()) == (0, 0)


def test_mtimecmp_in_halves() -> None:
    b = Bare()
    c = b.m.clint
    assert c.read(MTIMECMP, 8) == (1 << 64) - 1 and c.lines() == 0
    c.write(MTIMECMP, 4, 0x1234_5678)
    c.write(MTIMECMP + 4, 4, 0x9ABC_DEF0)
    assert c.read(MTIMECMP, 8) == 0x9ABC_DEF0_1234_5678
    assert (c.read(MTIMECMP, 4), c.read(MTIMECMP + 4, 4), c.read(MTIMECMP + 1, 1)) == (0x1234_5678, 0x9ABC_DEF0, 0x56)
    b.h.time = -(1 << 63)
    assert c.lines() == 0                                   # the comparison is unsigned
    b.h.time = 0x9ABC_DEF0_1234_5678 - (1 << 64)
    assert c.lines() == MTIP


def test_mtime_goes_on_from_what_was_written() -> None:
    b = Bare()
    b.m.clint.write(MTIME, 8, 1000)
    b.put(CODE, [asm("addi")] * 20)
    b.m.run(CYCLES_PER_TICK * 2)
    assert b.m.clint.read(MTIME, 8) == 1002 == b.m.read_csr("time")
    b.m.clint.write(MTIME + 4, 4, 1)
    assert b.m.clint.read(MTIME, 8) == 1 << 32 | 1002


def test_unused_offsets_read_zero_and_ignore_writes() -> None:
    b = Bare()
    before = b.m.snapshot()
    b.m.clint.write(8, 8, 5)
    b.m.clint.write(0x4008, 8, 5)
    assert b.m.clint.read(8, 8) == b.m.clint.read(0x4008, 8) == 0 and b.m.snapshot() == before


def test_a_program_sees_its_own_software_interrupt_at_once() -> None:
    b = Bare()
    b.csr(mie=1 << 3, mstatus=1 << 3)
    b.put(CODE, [asm("sw", rs1=5, rs2=6), asm("addi")])
    b.x(x5=CLINT.base, x6=1)
    assert not b.step()["trap"]
    r = b.step()
    assert (r["interrupt"], r["cause"], r["pc"], r["irq"]) == (1, 3, CODE + 4, MSIP)
