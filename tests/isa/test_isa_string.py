"""ISA strings become profiles; what is no such string, or not in the model, is refused in one sentence."""

import pytest

from isa.isa_string import BASE, profile_of
from isa.profile import PROFILES


@pytest.mark.parametrize(("text", "extensions"), [
    ("rv64i", ""), ("rv64imac", "M A C"), ("RV64IMACH_Sstc", "M A C H Sstc"), ("rv64imac_zba_zbb", "M A C Zba Zbb"),
    ("rv64imb", "M Zba Zbb Zbs"), ("rv64imaczicond", "M A C Zicond"), ("rv64imsstc", "M Sstc"),
    ("rv64i2p1_m2p0_zba1p0", "M Zba"), ("rv64ima2p1_zicsr_zifencei", "M A"), ("rv64ih_svinval_ssccptr_sstvala", "H Svinval")])
def test_extensions(text: str, extensions: str) -> None:
    assert profile_of(text).extensions == BASE | {"S", "U"} | set(extensions.split())


def test_modes() -> None:
    assert profile_of("rv64imac", "m").extensions == BASE | {"M", "A", "C"}
    assert profile_of("rv64imac", "mu").extensions == BASE | {"M", "A", "C", "U"}


def test_widths_and_counts() -> None:
    profile = profile_of("rv64i_smpmp_zihpm", widths=PROFILES["linux"])
    assert (profile.asid_bits, profile.vmid_bits, profile.pmp_regions, profile.hpm_counters) == (16, 14, 8, 4)
    assert profile.name == "rv64i_smpmp_zihpm" and profile_of("rv64i").pmp_regions == 0


@pytest.mark.parametrize(("text", "priv", "words"), [
    ("imac", "msu", "'imac' is not an ISA string"), ("rv64", "msu", "'rv64' is not an ISA string"),
    ("rv64imac-zba", "msu", "'rv64imac-zba' is not"), ("rv32imc", "msu", "XLEN 32"), ("rv64gc", "msu", "no extension 'f'"),
    ("rv64mac", "msu", "does not begin with the base I"), ("rv64imac_zfoo", "msu", "'zfoo'"), ("rv64iq", "msu", "'q'"),
    ("rv64imac", "ms", "'ms' is not a set of privilege modes"), ("rv64ih", "mu", "H needs S"),
    ("rv64i_smstateen", "m", "Smstateen needs S")])
def test_refused(text: str, priv: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        profile_of(text, priv)
    assert "\n" not in str(refusal.value)
