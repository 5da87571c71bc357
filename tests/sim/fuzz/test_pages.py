"""sim/fuzz/pages.py: what the tables promise, checked with the model's walk."""

import random

import pytest

from isa.causes import VS, VU, S, U
from isa.profile import PROFILES
from sim.fuzz import layout, pages, protection
from sim.fuzz.pages import A, D, R, V, W, X
from sim.fuzz.pages import U as USER
from sim.model import Machine
from sim.model.bits import signed
from sim.model.translate import FETCH, LOAD, STORE, Access, translate
from sim.model.trap import Trap

MODES = {"s": (S, U), "vs": (VS, VU)}


def machine_with(memory: pages.Memory) -> Machine:
    machine = Machine(PROFILES["spike"], layout.RAM_SIZE)
    for base, data in memory.image().items():
        machine.write_memory(base, data)
    for name, value in protection.state(random.Random(0), PROFILES["spike"], [], holes=0).items():
        machine.write_csr(name, value)
    return machine


def walk(machine: Machine, kind: int, address: int, mode: int) -> int | None:
    """Physical address, None where the access faults."""
    try:
        return translate(machine.hart, Access(kind, signed(address), mode))
    except Trap:
        return None


@pytest.mark.parametrize("seed", range(8))
def test_every_space_maps_the_code_and_its_aliases(seed: int) -> None:
    rng, memory = random.Random(seed), pages.Memory()
    guest = pages.build(rng, memory, "g")
    spaces = {"s": pages.build(rng, memory, "s"), "vs": pages.build(rng, memory, "vs", guest)}
    machine = machine_with(memory)
    machine.hart.hgatp = signed(guest.atp(5))
    machine.hart.satp, machine.hart.vsatp = signed(spaces["s"].atp(1)), signed(spaces["vs"].atp(2))
    for stage, (supervisor, user) in MODES.items():
        last = (layout.CODE_PAGES << 12) - 2
        assert walk(machine, FETCH, layout.S_CODE + last, supervisor) == layout.S_CODE + last
        assert walk(machine, FETCH, layout.U_CODE + last, user) == layout.U_CODE + last
        assert walk(machine, FETCH, layout.S_CODE, user) is None
        for base, for_user, for_supervisor in spaces[stage].alias:
            if for_supervisor:
                assert walk(machine, FETCH, base + 0x4000, supervisor) == layout.S_CODE + 0x4000
            if for_user:
                offset = layout.U_CODE - layout.S_CODE
                assert walk(machine, FETCH, base + offset, user) == layout.U_CODE


@pytest.mark.parametrize("stage, register, mode", [("s", "satp", S), ("vs", "vsatp", VS), ("g", "hgatp", VS)])
def test_a_blind_space_faults_at_the_first_fetch(stage: str, register: str, mode: int) -> None:
    for seed in range(10):
        memory = pages.Memory()
        space = pages.blind(memory, random.Random(seed), stage)
        machine = machine_with(memory)
        setattr(machine.hart, register, signed(space.atp()))
        found = walk(machine, FETCH, layout.S_CODE + layout.HANDLERS_END, mode)
        assert found is None or found not in range(layout.S_CODE, layout.S_CODE + layout.RAM_SIZE)


@pytest.mark.parametrize("stage, register, mode", [("s", "satp", S), ("vs", "vsatp", VS), ("g", "hgatp", VS)])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_broken_entry_never_translates_and_a_leaf_always_does(stage: str, register: str, mode: int, level: int) -> None:
    kinds = {R: LOAD, W: STORE, X: FETCH}
    for seed in range(30):
        rng, memory = random.Random(seed), pages.Memory()
        root = memory.table(4)
        table = root
        for _ in range(2 - level):
            memory.set(table, 5, pages.pointer(below := memory.table()))
            table = below
        address = sum(5 << 12 + 9 * n for n in range(level, 3))
        for pte, good in ((pages.broken(rng, level, stage), False), (pages.leaf(rng, level, stage, None), True)):
            memory.set(table, 5, pte)
            machine = machine_with(memory)
            machine.hart.mstatus |= 1 << 18         # SUM
            machine.hart.vsstatus |= 1 << 18
            setattr(machine.hart, register, signed(pages.Space(stage, root).atp()))
            for bit, kind in kinds.items():
                found = walk(machine, kind, address, mode)
                inside = found is not None and layout.S_CODE <= found < layout.S_CODE + layout.RAM_SIZE
                user_code = kind == FETCH and stage != "g" and pte & USER
                assert inside == (good and bool(pte & bit) and not user_code), hex(pte)


def test_reach_finds_what_a_walk_finds() -> None:
    memory = pages.Memory()
    space = pages.Space("s", memory.table())
    memory.set(space.root, 3, pages.pointer(layout.S_CODE, V | R | W | A | D | USER))
    assert pages.reach(memory, space, 3 << 30 | 0x123, V | R, user=True) == layout.S_CODE | 0x123
    assert pages.reach(memory, space, 3 << 30, V | R, user=False) is None
    assert pages.reach(memory, space, 3 << 30, V | X, user=True) is None
    assert pages.reach(memory, space, 4 << 30, V, user=True) is None
    assert pages.reach(memory, None, 0x1234, V, user=True) == 0x1234


def test_memory_runs_out_with_a_clear_error() -> None:
    memory = pages.Memory()
    with pytest.raises(ValueError, match="no room for the page table at 0x80700000"):
        for _ in range(10_000):
            memory.table()
