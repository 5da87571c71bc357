"""rtl/csr_rules.py: the fixed masks, typed from the manual and the profile. `test_csr` covers the conditions."""

from dataclasses import replace

from isa.profile import PROFILES
from rtl.csr_rules import fixed_masks


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
    masks = fixed_masks(PROFILES["default"])
    assert (masks["medeleg"], masks["hedeleg"]) == (0xFCB7FE, 0x0CB1FE)
    assert fixed_masks(PROFILES["default"].without("H"))["medeleg"] == 0x0CB3FE


def test_others():
    masks = fixed_masks(PROFILES["tiny"])
    assert masks["misa"] == 0
    assert masks["mtvec"] == masks["stvec"] == masks["vstvec"] == 0xFFFF_FFFF_FFFF_FFFD
