"""State by name: integer registers, pc, mode and CSRs, as people and tools see them."""

import pytest

from isa.causes import VS, M, S, U
from isa.profile import PROFILES
from sim.model import Machine, state
from sim.model.bits import signed


def machine(**options) -> Machine:
    return Machine(ram_size=1 << 20, **options)


def test_registers_have_numbers_and_abi_names() -> None:
    m = machine()
    for n, name in enumerate(("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0")):
        m[f"x{n}"] = 100 + n
        assert m[name] == (100 + n if n else 0)
    assert m["fp"] == m["s0"] == m["x8"] and m["t6"] == m["x31"]


def test_values_are_unsigned_and_wrap() -> None:
    m = machine()
    m["a0"] = -1
    assert m["a0"] == (1 << 64) - 1 and m.hart.x[10] == -1
    m["pc"] = 0xFFFF_FFC0_0000_0000
    assert m["pc"] == 0xFFFF_FFC0_0000_0000 and m.hart.pc == signed(0xFFFF_FFC0_0000_0000)
    m["mscratch"] = 1 << 63
    assert m["mscratch"] == 1 << 63


def test_csrs_take_what_their_fields_allow() -> None:
    m = machine()
    m["mtvec"] = 0x8000_0003
    assert m["mtvec"] == 0x8000_0001
    before = m["mhartid"]
    m["mhartid"] = 7
    assert m["mhartid"] == before


def test_mode_changes_what_is_addressed() -> None:
    m = machine()
    assert m["mode"] == M
    m["mode"] = VS
    assert m["mode"] == m.hart.data_mode == VS
    m["vsatp"] = 8 << 60 | 1
    m["mode"] = S
    assert (m["vsatp"], m["satp"]) == (8 << 60 | 1, 0)


def test_counters_know_the_mode() -> None:
    m = machine(profile=PROFILES["full"])
    m["minstretcfg"] = 1 << 61                              # not in S
    m["mode"] = S
    before = m["minstret"]
    m.hart.retired += 1
    assert m["minstret"] == before
    m["mode"] = M
    m.hart.retired += 1
    assert m["minstret"] == before + 1


def test_every_name_can_be_read() -> None:
    m = machine(profile=PROFILES["full"])
    names = state.names(m.hart)
    assert len(names) == len(set(names)) and {"a0", "pc", "mode", "hgatp", "mstateen0"} <= set(names)
    assert all(0 <= m[name] < 1 << 64 for name in names)


@pytest.mark.parametrize(("name", "value", "error", "words"), [
    ("x32", 0, KeyError, "'x32'"), ("hgatp2", 0, KeyError, "'hgatp2'"), ("pc", 0x8000_0001, ValueError, "0x80000001"),
    ("mode", 2, ValueError, "no mode 2")])
def test_what_cannot_be(name: str, value: int, error: type[Exception], words: str) -> None:
    m = machine()
    with pytest.raises(error, match=words):
        m[name] = value
    if error is KeyError:
        with pytest.raises(KeyError, match=words):
            m[name]


def test_a_hart_without_h_has_no_guest_modes_and_no_guest_csrs() -> None:
    m = machine(profile=PROFILES["default"].without("H"))
    with pytest.raises(ValueError, match="no mode 5"):
        m["mode"] = VS
    with pytest.raises(KeyError, match="'vsatp'"):
        m["vsatp"]


def test_a_hart_without_s_has_no_mode_for_it() -> None:
    m = machine(profile=PROFILES["tiny"].without("H", "Sstc", "S"))
    with pytest.raises(ValueError, match="no mode 1"):
        m["mode"] = S
    m["mode"] = U
    assert m["mode"] == U
