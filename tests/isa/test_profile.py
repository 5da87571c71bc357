"""Profiles: what may be combined, and the one sentence for what may not."""

import pytest

from isa.profile import BUILT, EXTENSIONS, PROFILES, Profile
from rtl.config import CONFIGS

FULL = PROFILES["full"].extensions

CONTRADICTIONS = [
    ({"extensions": BUILT - {"S"}}, "H needs S"),
    ({"extensions": BUILT - {"H", "Sstc", "U"}}, "S needs U"),
    ({"extensions": BUILT - {"H", "S"}}, "Sstc needs S"),
    ({"extensions": BUILT - {"Zicsr"}}, "Zicntr needs Zicsr"),
    ({"extensions": BUILT - {"I"}}, "the base instruction set I is missing"),
    ({"extensions": BUILT | {"Zfoo"}}, "there is no extension 'Zfoo'"),
    ({"extensions": BUILT | {"F"}}, "there is no extension 'F'"),
    ({"extensions": FULL - {"H"}, "pmp_regions": 8, "hpm_counters": 4}, "Xdoppel needs H"),
    ({"extensions": FULL - {"Svadu"}, "pmp_regions": 8, "hpm_counters": 4}, "Xdoppel needs Svadu"),
    ({"extensions": FULL - {"Smstateen"}, "pmp_regions": 8, "hpm_counters": 4}, "Xdoppel needs Smstateen"),
    ({"extensions": BUILT - {"Zicntr"} | {"Smcntrpmf"}}, "Smcntrpmf needs Zicntr"),
    ({"asid_bits": -1}, "asid_bits is -1, it can be 0 to 16"),
    ({"asid_bits": 17}, "asid_bits is 17, it can be 0 to 16"),
    ({"vmid_bits": 15}, "vmid_bits is 15, it can be 0 to 14"),
    ({"pa_bits": 57}, "pa_bits is 57, it can be 32 to 56"),
    ({"pa_bits": 31}, "pa_bits is 31, it can be 32 to 56"),
    ({"pmp_regions": 8}, "pmp_regions is 8, it can be 0 without Smpmp"),
    ({"extensions": BUILT | {"Smpmp"}}, "pmp_regions is 0, it can be 8 or 16 with Smpmp"),
    ({"extensions": BUILT | {"Smpmp"}, "pmp_regions": 3}, "pmp_regions is 3, it can be 8 or 16 with Smpmp"),
    ({"pmp_grain": 2048}, "pmp_grain is 2048, it can be a power of two, at least a page of 4096 bytes"),
    ({"pmp_grain": 12288}, "pmp_grain is 12288, it can be a power of two, at least a page of 4096 bytes"),
    ({"hpm_counters": 4}, "hpm_counters is 4, it can be 0 without Zihpm"),
    ({"extensions": BUILT | {"Zihpm"}, "hpm_counters": 30}, "hpm_counters is 30, it can be 1 to 29 with Zihpm"),
]


@pytest.mark.parametrize(("choices", "reason"), CONTRADICTIONS, ids=[reason for _, reason in CONTRADICTIONS])
def test_a_contradiction_is_one_sentence(choices, reason):
    with pytest.raises(ValueError) as refused:
        Profile("x", **choices)
    assert str(refused.value) == f"profile 'x': {reason}"


def test_every_limit_is_legal():
    Profile("x", asid_bits=0, vmid_bits=0, pa_bits=32)
    Profile("x", BUILT | {"Smpmp", "Zihpm"}, asid_bits=16, vmid_bits=14, pa_bits=56, pmp_regions=16, pmp_grain=1 << 20,
            hpm_counters=29)
    Profile("x", frozenset(("I",)))


def test_has_asks_for_all_that_a_plus_joins():
    half = PROFILES["full"].without("H", "Xdoppel")
    assert half.has("Svinval") and not half.has("Svinval+H") and PROFILES["full"].has("Svinval+H")


def test_without_takes_the_sizes_along():
    assert PROFILES["full"].without("Smpmp").pmp_regions == 0
    assert PROFILES["full"].without("Zihpm").hpm_counters == 0
    left = PROFILES["full"].without("Xdoppel")
    assert (left.pmp_regions, left.hpm_counters, left.extensions) == (8, 4, FULL - {"Xdoppel"})


def test_without_takes_what_builds_on_it_along():
    full = PROFILES["full"]
    assert full.without("H").extensions == FULL - {"H", "Xdoppel"}
    assert full.without("S").extensions == FULL - {"S", "H", "Sstc", "Svinval", "Svadu", "Smstateen", "Xdoppel"}


@pytest.mark.parametrize(("extensions", "letters"), [
    (BUILT, "ACHIMSU"), (BUILT - {"C", "H"}, "AIMSU"), (BUILT | {"Zba", "Zbb", "Zbs"}, "ABCHIMSU"),
    (BUILT | {"Zba", "Zbb"}, "ACHIMSU"), (BUILT | {"Xdoppel", "Svadu", "Smstateen"}, "ACHIMSUX"),
])
def test_letters_of_misa(extensions, letters):
    assert Profile("x", extensions).letters == letters


def test_the_core_has_what_it_is_built_with():
    """The smallest has the least, and the others have the same besides."""
    tiny, default, linux = (config.profile.extensions for config in CONFIGS.values())
    assert tiny == BUILT < default == linux


def test_full_has_everything():
    full = PROFILES["full"]
    assert full.extensions == set(EXTENSIONS)
    assert (full.asid_bits, full.vmid_bits, full.pa_bits) == (16, 14, 56)
    assert (full.pmp_regions, full.pmp_grain) == (8, 4096) and full.hpm_counters >= 4


def test_spike_differs_in_what_cannot_be_configured():
    spike = PROFILES["spike"]
    assert (spike.asid_bits, spike.vmid_bits, spike.pa_bits, spike.tinst_zero) == (16, 14, 56, True)
    assert not spike.has("Xdoppel")
