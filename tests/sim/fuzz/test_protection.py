"""sim/fuzz/protection.py, with the PMP of the model."""

import random

from isa.causes import M, S
from isa.profile import PROFILES
from sim.fuzz import layout, protection
from sim.fuzz.values import SPIKE
from sim.model import Machine

TABLE = layout.WILD_TABLES + 0x3000
KINDS = LOAD, STORE, FETCH = 1, 2, 4        # R, W and X in pmpcfg
DATA = range(layout.DATA, layout.DATA + layout.DATA_PAGES * 0x1000, 0x1000)


def machine_with(values: dict[str, int]) -> Machine:
    machine = Machine(SPIKE.profile, layout.RAM_SIZE)
    for name in protection.NAMES:
        machine.write_csr(name, values[name])
    return machine


def allowed(machine: Machine, kind: int, address: int, mode: int = S) -> bool:
    """May an access of this kind reach this physical address?"""
    return machine.hart.pmp.permits(address, kind, mode)


def test_code_is_always_allowed_and_some_data_is_not() -> None:
    closed = dict.fromkeys(KINDS, 0)
    for seed in range(60):
        machine = machine_with(protection.state(random.Random(seed), SPIKE.profile, [TABLE], holes=1))
        for kind in KINDS:
            assert all(allowed(machine, kind, at) for at in (layout.S_CODE, layout.U_CODE + 0x4000, layout.TABLES))
            closed[kind] += sum(not allowed(machine, kind, at) for at in (*DATA, TABLE))
    assert min(closed.values()) > 60


def test_without_holes_everything_is_open() -> None:
    for seed in range(20):
        machine = machine_with(protection.state(random.Random(seed), SPIKE.profile, [TABLE], holes=0))
        assert all(allowed(machine, kind, at) for kind in KINDS for at in (*DATA, TABLE, layout.S_CODE))


def test_a_lock_holds_for_m_and_never_moves_another_range() -> None:
    """Programs set PMP up again for each block: whatever is locked, code stays open."""
    locked = 0
    for seed in range(20):
        rng, machine = random.Random(seed), Machine(SPIKE.profile, layout.RAM_SIZE)
        for _ in range(60):
            for name, value in protection.state(rng, SPIKE.profile, [TABLE], holes=1).items():
                machine.write_csr(name, value)
            assert all(allowed(machine, FETCH, at) for at in (layout.S_CODE, layout.U_CODE))
            assert allowed(machine, LOAD, layout.TABLES)
        locked += any(not allowed(machine, STORE, at, M) for at in (*DATA, TABLE))
    assert locked > 10


def test_a_hart_without_pmp_has_none() -> None:
    rng = random.Random(0)
    assert protection.state(rng, PROFILES["tiny"], [TABLE]) == protection.reset(PROFILES["tiny"]) == {}
    assert protection.reset(SPIKE.profile) == {"pmpcfg0": 0}
