"""sim/fuzz/walks.py: each reason at each level."""

import pytest

from isa.causes import VS, VU, S, U
from sim.fuzz import layout
from sim.fuzz.pages import LEAF, A, D, Memory, R, Space, V, W, X, pointer
from sim.fuzz.pages import U as USER
from sim.fuzz.values import SPIKE
from sim.fuzz.walks import FETCH, LOAD, REASONS, STORE, Request, State, Step, Tables
from sim.model import Machine

ADUE = 1 << 61
OFF = State(0, 0, 0, 0, 0, 0, 0)
ADDRESS = sum(5 * size for size in LEAF)
HOLE = layout.HOLES[0]
GOOD = V | R | W | X | A | D


def chain(memory: Memory, level: int, pte: int) -> int:
    """Root of tables that lead to this entry at a level."""
    root = table = memory.table(4)
    for _ in range(2 - level):
        below = memory.table()
        memory.set(table, 5, pointer(below))
        table = below
    memory.set(table, 5, pte)
    return root


def steps(memory: Memory, state: State, request: Request) -> list[Step]:
    machine = Machine(SPIKE.profile, layout.RAM_SIZE)
    for base, data in memory.image().items():
        machine.write_memory(base, data)
    tables = Tables()
    tables.attach(machine)
    return tables.steps(state, request)


def entries(level: int) -> dict[str, int]:
    """An entry for each reason, for a store with ADUE set."""
    out = {"not valid": pointer(0, R | W), "W without R": pointer(0, V | W), "reserved bits": pointer(0, GOOD) | 1 << 60,
           "A, D or U in a pointer": pointer(layout.TABLES, V | A), "U": pointer(0, GOOD | USER),
           "permission": pointer(0, V | R | A), "A set": pointer(0, GOOD & ~A), "D set": pointer(0, GOOD & ~D),
           "leaf": pointer(0, GOOD)}
    return out | ({"misaligned": pointer(0x1000, GOOD)} if level else {"too deep": pointer(layout.TABLES)})


@pytest.mark.parametrize("level", [0, 1, 2])
def test_each_reason_of_the_first_stage(level: int) -> None:
    for stage, mode in (("s", S), ("vs", VS)):
        for reason, pte in entries(level).items():
            memory = Memory()
            atp = Space(stage, chain(memory, level, pte)).atp()
            state = State(atp, atp, 0, 0, 0, ADUE, ADUE)
            assert steps(memory, state, Request(STORE, ADDRESS, mode)) == [(stage, str(level), reason)]
    assert {*entries(0), *entries(1), "no memory", "A clear", "D clear"} == set(REASONS)


def test_a_and_d_fault_without_svadu() -> None:
    for pte, kind, reason in ((GOOD & ~A, LOAD, "A clear"), (GOOD & ~D, STORE, "D clear"), (GOOD & ~D, LOAD, "leaf")):
        memory = Memory()
        state = State(Space("s", chain(memory, 1, pointer(0, pte))).atp(), 0, 0, 0, 0, 0, 0)
        assert steps(memory, state, Request(kind, ADDRESS, S)) == [("s", "1", reason)]


def test_privilege_sum_and_mxr() -> None:
    def found(pte: int, mode: int, mstatus: int, kind: str = LOAD, hlvx: bool = False) -> str:
        memory = Memory()
        state = State(Space("s", chain(memory, 0, pointer(0, pte))).atp(), 0, 0, mstatus, 0, 0, 0)
        return steps(memory, state, Request(kind, ADDRESS, mode, hlvx))[0][2]

    assert found(GOOD, U, 0) == found(GOOD | USER, S, 0) == found(GOOD | USER, S, 1 << 18, FETCH) == "U"
    assert found(GOOD | USER, U, 0) == found(GOOD | USER, S, 1 << 18) == "leaf"
    assert found(V | X | A, S, 0) == "permission"
    assert found(V | X | A, S, 1 << 19) == found(V | X | A, S, 0, hlvx=True) == "leaf"


def test_an_address_may_be_out_of_range_and_a_table_in_no_memory() -> None:
    memory = Memory()
    atp = Space("s", chain(memory, 2, pointer(HOLE))).atp()
    state = State(atp, atp, atp, 0, 0, 0, 0)
    assert steps(memory, state, Request(LOAD, 1 << 38, S)) == [("s", "-", "address")]
    assert steps(memory, state, Request(LOAD, ADDRESS, S)) == [("s", "1", "no memory")]
    guest = State(0, 0, atp, 0, 0, 0, 0)
    assert steps(memory, guest, Request(LOAD, 1 << 41, VU)) == [("g", "-", "address")]


def test_both_stages_and_the_walk_below_the_walk() -> None:
    memory = Memory()
    guest = Space("g", memory.table(4))
    memory.set(guest.root, layout.TABLES // LEAF[2], pointer(layout.TABLES & -LEAF[2], V | R | A | USER))
    vsatp = Space("vs", chain(memory, 2, pointer(0, GOOD & ~A))).atp()
    first = ("g of vs", "2", "leaf")
    request = Request(LOAD, 5 * LEAF[2], VS)
    assert steps(memory, State(0, vsatp, guest.atp(), 0, 0, 0, 0), request) == [first, ("vs", "2", "A clear")]
    # The VS-stage entry is to get its A bit, and the G-stage does not let it be written.
    assert steps(memory, State(0, vsatp, guest.atp(), 0, 0, ADUE, ADUE), request) == [
        first, ("g of vs", "2", "permission")]
    assert steps(memory, State(0, 0, guest.atp(), 0, 0, 0, 0), Request(LOAD, 3, VS)) == [("g", "2", "not valid")]
    assert steps(memory, OFF, request) == []


def test_bits_that_the_access_has_set_are_still_clear() -> None:
    memory = Memory()
    root = chain(memory, 2, pointer(0, GOOD & ~A))
    machine = Machine(SPIKE.profile, layout.RAM_SIZE)
    for base, data in memory.image().items():
        machine.write_memory(base, data)
    tables, state = Tables(), State(Space("s", root).atp(), 0, 0, 0, 0, ADUE, 0)
    tables.attach(machine)
    machine.write_memory(root + 5 * 8, pointer(0, GOOD).to_bytes(8, "little"))
    request = Request(LOAD, ADDRESS, S)
    assert tables.steps(state, request) == [("s", "2", "A set")]
    assert tables.steps(state, request) == [("s", "2", "leaf")]
