"""Walks are told as the tables stand."""

from types import SimpleNamespace

import pytest

from isa import retire
from sim.bench.walks import addresses, describe, involved

V, R, W, X, U, A, D = 1, 2, 4, 8, 16, 64, 128
SV39 = 8 << 60


def memory(dwords):
    """A read function on dwords by address."""
    def read(address, size):
        if address not in dwords:
            raise ValueError("no memory")
        return dwords[address].to_bytes(size, "little")
    return read


def pte(address, flags):
    return address >> 12 << 10 | flags


TABLES = {
    0x8000_0000 + 8 * 1: pte(0x8000_1000, V),
    0x8000_1000 + 8 * 2: pte(0x8000_2000, V),
    0x8000_2000 + 8 * 3: pte(0x9000_0000, V | R | W | A | D),
    0x8000_0000 + 8 * 2: pte(0x4000_0000, V | X | U | A),
    # The G-stage: its root is four pages; guest-physical 2 GiB and up is mapped to itself, in one page of 1 GiB.
    0x8000_4000 + 8 * 2: pte(0x8000_0000, V | R | W | X | U | A | D),
    0x8000_4000 + 8 * 1025: pte(0x4000_0000, V | R | U | A),
}
ADDRESS = 1 << 30 | 2 << 21 | 3 << 12 | 0x456
SATP, HGATP = SV39 | 0x8_0000, SV39 | 0x8_0004


def test_one_stage():
    assert describe(memory(TABLES), ADDRESS, satp=SATP, hgatp=None) == [
        f"{ADDRESS:#x}:",
        "  S-stage level 2: [0x80000008] = 0x0000000020000401 -------v",
        "  S-stage level 1: [0x80001010] = 0x0000000020000801 -------v",
        "  S-stage level 0: [0x80002018] = 0x00000000240000c7 da---wrv",
        "  S-stage: leads to 0x90000456",
    ]


def test_a_large_page_and_an_invalid_entry():
    large = describe(memory(TABLES), 2 << 30 | 0x123456, satp=SATP, hgatp=None)
    assert large[-2].endswith("-a-ux--v")
    assert large[-1] == "  S-stage: leads to 0x40123456"
    tables = {**TABLES, 0x8000_0008: pte(0x8000_1000, 0)}
    assert describe(memory(tables), ADDRESS, satp=SATP, hgatp=None)[1:] == [
        "  S-stage level 2: [0x80000008] = 0x0000000020000400 --------"]


def test_tables_outside_of_memory():
    assert describe(memory({}), ADDRESS, satp=SATP, hgatp=None)[1:] == ["  S-stage level 2: [0x80000008] is not memory"]


def test_two_stages():
    text = describe(memory(TABLES), ADDRESS, satp=SATP, hgatp=HGATP)
    assert text[1] == ("  VS-stage level 2: [guest-physical 0x80000008 = 0x80000008] = 0x0000000020000401 -------v")
    assert text[4:] == ["  VS-stage: leads to 0x90000456",
                        "  G-stage level 2: [0x80004010] = 0x00000000200000df da-uxwrv",
                        "  G-stage: leads to 0x90000456"]


def test_the_top_index_of_the_g_stage_has_two_more_bits():
    text = describe(memory(TABLES), 1025 << 30 | 0x10, satp=0, hgatp=HGATP)
    assert text[-1] == "  G-stage: leads to 0x40000010"


def test_page_tables_that_the_g_stage_does_not_map():
    tables = {**TABLES, 0x8000_4010: 0}
    assert describe(memory(tables), ADDRESS, satp=SATP, hgatp=HGATP)[1:] == [
        "  VS-stage level 2: guest-physical 0x80000008, which the G-stage does not translate:",
        "    G-stage level 2: [0x80004010] = 0x0000000000000000 --------"]


def test_without_translation_there_is_nothing_to_tell():
    assert describe(memory({}), ADDRESS, satp=0, hgatp=0) == []


@pytest.mark.parametrize(("fields", "wanted"), [
    ({}, [0x100]),
    ({"mem_read": 1, "mem_vaddr": 0x200}, [0x100, 0x200]),
    ({"trap": 1, "cause": 21, "tval": 0x300}, [0x100, 0x300]),
    ({"trap": 1, "cause": 2, "tval": 0x300}, [0x100]),
    ({"trap": 1, "interrupt": 1, "cause": 5, "tval": 0x300}, [0x100]),
    ({"trap": 1, "cause": 12, "tval": 0x100}, [0x100]),
])
def test_addresses(fields, wanted):
    record = retire.unpack(retire.pack({"pc": 0x100, **fields}))
    assert addresses(retire.unpack(retire.pack({"pc": 0x100})), record) == wanted


def test_the_guest_registers_count_when_the_address_is_the_guests():
    hart = SimpleNamespace(satp=0, vsatp=SATP - (1 << 64), hgatp=HGATP - (1 << 64))
    record = retire.unpack(retire.pack({"pc": ADDRESS, "mode": 0b101}))
    assert involved(memory(TABLES), hart, record, record)[-1] == "  G-stage: leads to 0x90000456"
    assert involved(memory(TABLES), hart, {**record, "mode": 1}, record) == []
    load = {**record, "mode": 3, "trap": 1, "cause": 5, "tval": ADDRESS}
    assert involved(memory(TABLES), hart, load, {**load, "gva": 1}) != []
