"""Explicit accesses and fetch: sizes, alignment, memory attributes, and instructions across a boundary."""

import pytest

from isa.causes import VS, M, S, U
from isa.platform import BOOT_ROM, FINISHER, RAM_BASE, UART
from tests.sim.model.bare import CODE, DATA, LEAF, PA, PD, PR, PU, PV, PW, Bare, asm, sv39

LOADS = {"lb": (0, True), "lbu": (0, False), "lh": (1, True), "lhu": (1, False), "lw": (2, True), "lwu": (2, False),
         "ld": (3, True)}
STORES = {"sb": 0, "sh": 1, "sw": 2, "sd": 3}
PATTERN = 0x8182_8384_8586_8788
END = RAM_BASE + (1 << 20)


@pytest.mark.parametrize("name", LOADS)
def test_loads_extend_and_report_their_bytes(name: str) -> None:
    log2, signed = LOADS[name]
    for offset in range(0, 8, 1 << log2):
        b = Bare()
        b.put(DATA, [PATTERN], 8)
        b.x(x5=DATA + 2047)
        for _ in range(2):                                  # a miss, then a hit, of the software TLB
            r = b.do(asm(name, rd=7, rs1=5, imm=offset - 2047))
            raw = PATTERN >> 8 * offset & (1 << (8 << log2)) - 1
            assert b.h.x[7] == (raw - (1 << (8 << log2)) if signed else raw)
            assert (r["mem_rdata"], r["mem_vaddr"], r["mem_paddr"]) == (raw, DATA + offset, DATA + offset)
            assert (r["mem_read"], r["mem_write"], r["mem_size"], r["mem_wdata"]) == (1, 0, log2, 0)


@pytest.mark.parametrize("name", STORES)
def test_stores_change_their_bytes_only(name: str) -> None:
    size = 1 << STORES[name]
    for offset in range(0, 8, size):
        b = Bare()
        b.put(DATA, [PATTERN], 8)
        b.x(x5=DATA, x6=-0x0123_4567_89AB_CDEF)
        for _ in range(2):
            r = b.do(asm(name, rs1=5, rs2=6, imm=offset))
            new = (-0x0123_4567_89AB_CDEF).to_bytes(8, "little", signed=True)[:size]
            expected = bytearray(PATTERN.to_bytes(8, "little"))
            expected[offset:offset + size] = new
            assert b.m.read_memory(DATA, 8) == expected
            assert (r["mem_wdata"], r["mem_paddr"]) == (int.from_bytes(new, "little"), DATA + offset)
            assert (r["mem_read"], r["mem_write"], r["rd"]) == (0, 1, 0)


@pytest.mark.parametrize(("name", "log2", "cause"), [(n, size, 4) for n, (size, _) in LOADS.items() if size]
                         + [(n, size, 6) for n, size in STORES.items() if size])
def test_misaligned_comes_before_translation(name: str, log2: int, cause: int) -> None:
    for low in range(1, 1 << log2):
        b = Bare()
        b.csr(satp=sv39(b.table()), mstatus=1 << 17 | 1 << 11)      # MPRV: nothing is mapped
        b.x(x5=DATA + low)
        word = asm(name, rd=7, rs1=5) if cause == 4 else asm(name, rs1=5, rs2=6)
        r = b.do(word)
        assert (r["cause"], r["tval"], r["mem_read"], r["mem_vaddr"]) == (cause, DATA + low, 0, 0)


@pytest.mark.parametrize(("address", "load", "store", "fetch"), [
    (DATA, 0, 0, 0), (END - 8, 0, 0, 0), (END, 5, 7, 1), (0, 5, 7, 1), (-8 % (1 << 64), 5, 7, 1), (1 << 56, 5, 7, 1),
    (BOOT_ROM.base, 0, 7, 0), (BOOT_ROM.base + BOOT_ROM.size, 5, 7, 1), (UART.base, 0, 0, 1), (FINISHER.base + 8, 0, 0, 1),
    (0x7FFF_FFF8, 5, 7, 1),
])
def test_memory_attributes(address: int, load: int, store: int, fetch: int) -> None:
    b = Bare()
    b.x(x5=address)
    assert b.do(asm("lbu", rd=7, rs1=5))["cause"] == load
    assert b.do(asm("sb", rs1=5))["cause"] == store
    b.h.pc = address - (1 << 64) if address >> 63 else address
    r = b.step()
    assert (r["cause"] if r["cause"] != 2 else 0) == fetch       # what is there need not be an instruction
    if fetch:
        assert (r["tval"], r["insn"], r["compressed"], r["tinst"]) == (address, 0, 0, 0)


def paged(second: int) -> tuple[Bare, int]:
    """Two pages of code for S at 0x4000_0000, the second with the given flags, elsewhere in memory."""
    b = Bare()
    root = b.table()
    b.map(root, 0x4000_0000, DATA, LEAF)
    b.map(root, 0x4000_1000, DATA + 0x3000, second)
    b.csr(satp=sv39(root))
    word = asm("addi", rd=7, imm=0x123)
    b.put(DATA + 0xFFE, [word & 0xFFFF], 2)
    b.put(DATA + 0x3000, [word >> 16], 2)
    b.h.pc = 0x4000_0FFE
    b.mode(S)
    return b, root


def test_an_instruction_on_two_pages() -> None:
    b, root = paged(LEAF)
    r = b.step()
    assert (r["trap"], b.h.x[7], r["insn"]) == (0, 0x123, asm("addi", rd=7, imm=0x123))
    # It is not remembered by its first half alone.
    b.map(root, 0x4000_1000, DATA + 0x5000, LEAF)
    b.put(DATA + 0x5000, [asm("addi", rd=7, imm=0x456) >> 16], 2)
    b.h.pc = 0x4000_0FFE
    b.step()
    assert b.h.x[7] == 0x456


def test_a_fault_in_the_second_half_reports_the_second_page() -> None:
    b, _ = paged(PV | PA | PR)
    r = b.step()
    assert (r["cause"], r["pc"], r["tval"], r["insn"]) == (12, 0x4000_0FFE, 0x4000_1000, 0)
    b = Bare()
    b.put(END - 2, [0x0003], 2)
    b.h.pc = END - 2
    r = b.step()
    assert (r["cause"], r["pc"], r["tval"]) == (1, END - 2, END)
    assert b.m.read_csr("mepc") == END - 2


def test_a_guest_page_fault_in_the_second_half_reports_its_guest_address() -> None:
    b = Bare()
    g_root = b.table(16384)
    b.map(g_root, 0x4000_0000, DATA, LEAF | PU)
    b.csr(hgatp=sv39(g_root))
    b.put(DATA + 0xFFE, [0x0003], 2)
    b.h.pc = 0x4000_0FFE
    b.mode(VS)
    r = b.step()
    assert (r["cause"], r["tval"], r["tval2"], r["gva"], r["tinst"]) == (20, 0x4000_1000, 0x4000_1000 >> 2, 1, 0)


def test_a_16_bit_instruction_at_the_end_of_a_page_needs_no_second_page() -> None:
    b, _ = paged(0)
    b.put(DATA + 0xFFE, [0x0505], 2)                            # c.addi a0, 1
    assert not b.step()["trap"] and b.h.x[10] == 1


def test_a_longer_encoding_is_illegal_after_both_halves_are_fetched() -> None:
    b, _ = paged(0)
    b.put(DATA + 0xFFE, [0x001F], 2)
    assert b.step()["cause"] == 12
    b = Bare()
    r = b.do(0xABCD_001F)
    assert (r["cause"], r["tval"], r["insn"], r["compressed"]) == (2, 0xABCD_001F, 0xABCD_001F, 0)


def test_permissions_of_one_mode_do_not_leak_into_another() -> None:
    b = Bare()
    root = b.table()
    b.map(root, 0x4000_0000, DATA, PV | PR | PW | PA | PD)
    b.csr(satp=sv39(root))
    b.put(DATA + 0x8000, [asm("lw", rd=7, rs1=5)])
    b.map(root, 0x5000_0000, DATA + 0x8000, LEAF)
    b.map(root, 0x6000_0000, DATA + 0x8000, LEAF | PU)
    b.x(x5=0x4000_0000)
    for mode, pc, cause in ((S, 0x5000_0000, 0), (U, 0x6000_0000, 13), (S, 0x5000_0000, 0), (M, DATA + 0x8000, 5)):
        b.h.pc = pc
        b.mode(mode)
        assert b.step()["cause"] == cause


def test_code_start_is_where_a_machine_without_rom_and_program_starts() -> None:
    assert Bare().m.hart.pc == CODE == RAM_BASE
