"""What a guest must see, fact by fact."""

from dataclasses import replace

import pytest

from isa.profile import PROFILES
from sim.firmware import machine
from sim.vmm.policy import pool
from sim.vmm.view import view

ALL = pool([PROFILES["full"]])
TINY = pool([PROFILES["tiny"]])


def facts(policy, name, **defines):
    """Number -> value, of the lines that begin with this name."""
    lines = [line.split() for line in view(policy, machine(defines)) if line.startswith(f"{name} ")]
    return {int(which, 0): int(value, 0) for _, which, value in lines}


def test_numbers():
    """Of the SBI; vendors have extensions of their own."""
    policy = replace(ALL, mvendorid=0x102, marchid=3, mimpid=4, sbi_spec=5, sbi_impl=6, sbi_impl_version=7)
    assert facts(policy, "base") == {0: 5, 1: 6, 2: 7, 4: 0x102, 5: 3, 6: 4}
    probed = facts(policy, "probe")
    assert probed[0x0900_0102] == probed[0x10] == 1 and probed[0x504D55] == probed[3] == 0


@pytest.mark.parametrize("policy, seen", [(ALL, [0xFFFF_FFFF, 0xFFFF, 64, 1]), (TINY, [7, 0xF, 0, 0])])
def test_hart(policy, seen):
    assert [facts(policy, name)[0] for name in ("counters", "asid", "zeroed", "cleaned")] == seen


def test_machine():
    """What is built in, and nothing else."""
    assert facts(TINY, "region") == {0x0C00_0000: 0x400_0000, 0x1000_0000: 0x100, 0x8000_0000: 0x20_0000}
    assert facts(TINY, "region", DISK_SIZE=4096, PORTS=1).keys() >= {0x1000_2000, 0x1100_0000}
    assert facts(TINY, "interrupt", NETWORK=1) == {0x1000_0000: 10, 0x1000_3000: 2}
    assert facts(TINY, "harts", HARTS=3) == {0: 7}
    assert facts(TINY, "tree", HARTS=16) == {0: 0x8000_0000 + 0x20_0000 - 2 * 4096}
