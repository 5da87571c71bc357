"""Every program that Spike can run, on the golden model and on Spike; and what the comparison would find."""

import dataclasses
import re
from collections import Counter

import pytest

from isa.csrs import BY_NAME
from isa.profile import PROFILES
from sim import crosscheck, programs, spike, spike_differences
from sim.model import Machine
from sim.spike_differences import CSR_BITS, EXCLUDED

STCE = 1 << 63
NAMES = [path.name for path in programs.all_programs(PROFILES["spike"]) if path.stem not in EXCLUDED]


def mismatches(machine, event):
    return crosscheck.mismatches(machine, machine.hart.record, event, Counter())


def check(name, **options):
    return crosscheck.crosscheck(programs.build_program(programs.SOURCES / name), **options)


@pytest.mark.parametrize("name", NAMES)
def test_agree(name):
    result = check(name)
    assert result.report == ""
    assert result.code == 0 and result.events > 50


def test_the_bound_ends_a_comparison():
    result = check("alu.S", max_events=100)
    assert (result.events, result.code, result.report) == (100, None, "")


@pytest.mark.parametrize("name", EXCLUDED)
def test_excluded_programs_differ(name):
    """A program stays on the list only as long as Spike disagrees with it, or with the model."""
    result = check(f"{name}.S")
    assert result.report != "" or result.code != 0


@pytest.mark.parametrize("row", CSR_BITS, ids=lambda row: row.csr)
def test_each_difference_is_needed(monkeypatch, row):
    monkeypatch.setitem(spike_differences.ROWS, BY_NAME[row.csr].number, [])
    shown = {"mideleg": "h_delegation.S", "hedeleg": "h_delegation.S", "mip": "h_interrupts.S", "marchid": "csr.S",
             "mimpid": "csr.S", "cycle": "counters.S", "mcycle": "counters.S"}[row.csr]
    assert "the model has" in check(shown).report


# Field of a log line, a value that is not the right one, and what the report must name.
WRONG = [
    ("alu.S", {"pc": 0}, "pc"), ("alu.S", {"insn": 0x13}, "insn"), ("alu.S", {"mode": 1}, "mode"),
    ("alu.S", {"rd": 7}, "rd"), ("alu.S", {"rd": -1}, "rd"), ("alu.S", {"rd_value": 99}, "rd_value"),
    ("alu.S", {"trap": True}, "trap"), ("alu.S", {"loads": (0x80000000,)}, "mem_read"),
    ("alu.S", {"stores": ((0x80000000, 1, 8),)}, "mem_write"), ("alu.S", {"csrs": ((0x300, 1),)}, "mstatus"),
]


@pytest.mark.parametrize(("name", "change", "named"), WRONG)
def test_one_wrong_field_is_found(monkeypatch, name, change, named):
    genuine = spike.events

    def tampered(*args):
        for count, event in enumerate(genuine(*args)):
            yield dataclasses.replace(event, **change) if count == 20 else event

    monkeypatch.setattr(spike, "events", tampered)
    result = check(name)
    assert result.events == 20
    assert f"  {named}: the model has" in result.report


def first(name, wanted):
    """The first event of a program that `wanted` accepts, and the model after that step."""
    elf = programs.build_program(programs.SOURCES / name)
    machine = Machine(profile=PROFILES["spike"])
    entry = machine.load_elf(elf).entry
    crosscheck.after_boot_rom(machine, entry)
    for event in spike.events(elf, entry, 1_000_000):
        machine.step()
        if wanted(event):
            assert mismatches(machine, event) == []
            return machine, event
    raise AssertionError(f"{name} has no such event")


@pytest.mark.parametrize(("field", "value", "named"), [
    ("cause", 5, "cause"), ("tval", 1, "tval"), ("interrupt", True, "interrupt"), ("trap", False, "trap")])
def test_a_wrong_trap_is_found(field, value, named):
    machine, event = first("loadstore.S", lambda e: e.trap)
    found = mismatches(machine, dataclasses.replace(event, **{field: value}))
    assert [what for what, _, _ in found] == [named]


@pytest.mark.parametrize(("access", "named"), [
    ((8, 0, 0), ["mem_vaddr"]), ((0, 1, 0), ["mem_wdata"]), ((0, 0, 1), ["bytes"])])
def test_a_wrong_store_is_found(access, named):
    machine, event = first("loadstore.S", lambda e: e.stores)
    wrong = tuple(a + b for a, b in zip(event.stores[0], access, strict=True))
    found = mismatches(machine, dataclasses.replace(event, stores=(wrong,)))
    assert [what for what, _, _ in found] == named


def test_a_wrong_load_address_is_found():
    machine, event = first("loadstore.S", lambda e: e.loads)
    found = mismatches(machine, dataclasses.replace(event, loads=(event.loads[0] + 1,)))
    assert [what for what, _, _ in found] == ["mem_vaddr"]


def test_the_report_shows_the_way_there(monkeypatch):
    monkeypatch.setattr(spike_differences, "BOOT_INSTRUCTIONS", 6)
    report = check("counters.S").report.splitlines()
    assert len(report) == crosscheck.CONTEXT + 2
    mine, theirs = (int(number, 16) for number in re.findall("0x[0-9a-f]+", report[-2]))
    assert report[-2].startswith("  rd_value: the model has") and mine == theirs + 1
    assert "the model's record: valid=0x1 mode=0x3" in report[-1]


def test_spike_that_stops_early_is_reported(monkeypatch):
    genuine = spike.events
    monkeypatch.setattr(spike, "events", lambda elf, entry, bound, ram: genuine(elf, entry, 50, ram))
    assert re.fullmatch(r"Spike stopped after \d+ events, the model goes on", check("alu.S").report)


def test_a_comparator_that_is_off_does_not_fire():
    """Time moves to where a timer interrupt that Spike has taken is pending, by the comparators that STCE switches on."""
    for menvcfg, henvcfg, cause, time in (
            (0, 0, 5, 0), (STCE, 0, 5, 1000), (STCE, 0, 6, 0), (STCE, STCE, 6, 2000), (0, 0, 7, 3000)):
        machine = Machine(profile=PROFILES["spike"])
        values = {"menvcfg": menvcfg, "henvcfg": henvcfg, "stimecmp": 1000, "vstimecmp": 2000}
        for name, value in values.items():
            machine.write_csr(name, value)
        machine.clint.mtimecmp = 3000
        crosscheck.follow_time(machine, spike.Event(0, "", trap=True, interrupt=True, cause=cause))
        assert machine.hart.time == time


def test_a_block_that_is_zeroed_is_compared_whole():
    machine, event = first("cbo.S", lambda e: len(e.stores) == crosscheck.BLOCK)
    for wrong in (event.stores[1:], ((event.stores[0][0], 1, 1), *event.stores[1:])):
        assert [what for what, _, _ in mismatches(machine, dataclasses.replace(event, stores=wrong))] == ["block zeroed"]
