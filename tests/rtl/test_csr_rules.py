"""rtl/csr_rules.py: the fixed masks, typed from the manual and the profile. `test_csr` covers the conditions."""

from dataclasses import replace

import pytest
from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from isa.profile import PROFILES
from rtl.csr_rules import fixed_masks, turns_zero


def test_identifier_and_address_widths():
    """Corner cases 1 and 27: hgatp.PPN[1:0] is zero, and only implemented bits of ASID, VMID and PPN can be set."""
    masks = fixed_masks(replace(PROFILES["default"], asid_bits=9, vmid_bits=7, pa_bits=40))
    assert masks["satp"] == masks["vsatp"] == 0xF << 60 | 0x1FF << 44 | 0xFFF_FFFF
    assert masks["hgatp"] == 0xF << 60 | 0x7F << 44 | 0xFFF_FFFC
    masks = fixed_masks(PROFILES["linux"])
    assert masks["satp"] == (1 << 64) - 1
    assert masks["hgatp"] == 0xF << 60 | 0x3FFF << 44 | 0xFFF_FFFF_FFFC


def test_delegation():
    """Corner case 20: of hedeleg, bits 18 and 19 are writable, and those of H's own exceptions are not."""
    masks = fixed_masks(PROFILES["tiny"])
    assert (masks["medeleg"], masks["hedeleg"]) == (0xFCB7FE, 0x0CB1FE)
    assert fixed_masks(PROFILES["tiny"].without("H"))["medeleg"] == 0x0CB3FE
    assert fixed_masks(PROFILES["full"])["medeleg"] == 0x3FCB7FE
    assert fixed_masks(PROFILES["full"])["hedeleg"] == 0x0CB1FE


def test_counters():
    """Enables and inhibition of counters that there are."""
    for profile, bits in (("tiny", 7), ("full", 0x7F)):
        masks = fixed_masks(PROFILES[profile])
        assert {masks[name] for name in ("mcounteren", "hcounteren", "scounteren", "mcountinhibit")} == {bits}


@pytest.mark.parametrize(("name", "lsb", "width", "illegal"), [
    ("mstatus", 11, 2, {2}), ("menvcfg", 4, 2, {2}), ("senvcfg", 4, 2, {2}), ("henvcfg", 4, 2, {2}),
    ("mhpmevent3", 0, 4, {12, 13, 14, 15})])
def test_illegal_values_turn_zero(name, lsb, width, illegal):
    m, new, kept = Module(), Signal(64), Signal(64)
    m.d.comb += kept.eq(new & ~(Signal(64) | turns_zero(name, new)))

    async def bench(ctx):
        for value in range(1 << width):
            ctx.set(new, value << lsb)
            assert ctx.get(kept) == (0 if value in illegal else value << lsb)

    sim = Simulator(m)
    sim.add_testbench(bench)
    sim.run()


def test_others():
    masks = fixed_masks(PROFILES["tiny"])
    assert masks["misa"] == 0
    assert masks["mtvec"] == masks["stvec"] == masks["vstvec"] == 0xFFFF_FFFF_FFFF_FFFD
