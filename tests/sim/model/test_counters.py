"""When mcycle and minstret stand still, and what hpm counters count."""

import pytest

from isa.causes import VS, VU, M, S, U
from isa.events import EVENTS
from isa.profile import PROFILES
from tests.sim.model.bare import CODE, DATA, HANDLER, Bare, asm

FULL = PROFILES["full"]
FILTER = {M: 1 << 62, S: 1 << 61, U: 1 << 60, VS: 1 << 59, VU: 1 << 58}
CODES = {event.name: event.code for event in EVENTS}
NOP, READ_CYCLE, READ_INSTRET = asm("addi"), asm("csrrs", rd=7, csr="mcycle"), asm("csrrs", rd=7, csr="minstret")


def bare() -> Bare:
    b = Bare(FULL)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F, mcounteren=-1)
    return b


def counts(b: Bare) -> tuple[int, int]:
    return b.m.read_csr("mcycle"), b.m.read_csr("minstret")


def at(b: Bare, words: list[int], mode: int) -> None:
    """Arrive in `mode` by MRET, with these instructions ahead."""
    b.put(CODE, [asm("mret")])
    b.put(DATA, words)
    b.csr(mepc=DATA, mstatus=(mode & 3) << 11 | (mode >> 2) << 39)
    b.h.pc = CODE
    b.mode(M)
    b.step()


@pytest.mark.parametrize("mode", [M, S, U, VS, VU])
@pytest.mark.parametrize("counter", ["mcyclecfg", "minstretcfg"])
def test_a_mode_that_is_filtered_is_not_counted(mode: int, counter: str) -> None:
    for filtered, bit in FILTER.items():
        b = bare()
        b.csr(**{counter: bit})
        at(b, [NOP] * 8, mode)
        before = counts(b)
        for _ in range(3):
            b.step()
        cycle, instret = (after - start for after, start in zip(counts(b), before, strict=True))
        stopped = 0 if filtered == mode else 3
        assert (cycle, instret) == ((stopped, 3) if counter == "mcyclecfg" else (3, stopped)), filtered


def test_all_filters_clear_counts_everything() -> None:
    b = bare()
    for mode in FILTER:
        at(b, [NOP] * 2, mode)
        before = counts(b)
        b.step()
        assert counts(b) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize(("configured", "counted"), [(0, 1), (FILTER[M], 0), (FILTER[S], 1)])
def test_a_return_counts_in_the_mode_it_leaves(configured: int, counted: int) -> None:
    b = bare()
    b.csr(minstretcfg=configured, mcyclecfg=configured)
    before = counts(b)
    at(b, [NOP], S)
    assert counts(b) == (before[0] + counted, before[1] + counted)


@pytest.mark.parametrize(("configured", "counted"), [(0, 1), (FILTER[M], 1), (FILTER[S], 1), (FILTER[VS], 0)])
def test_sret_counts_in_the_mode_it_leaves(configured: int, counted: int) -> None:
    b = bare()
    b.csr(minstretcfg=configured)
    at(b, [asm("sret"), NOP], VS)
    b.csr(vsepc=DATA + 4)
    before = counts(b)[1]
    b.step()
    assert b.h.mode == VU and counts(b)[1] == before + counted


@pytest.mark.parametrize(("configured", "cycles"), [(0, 1), (FILTER[S], 0), (FILTER[M], 1)])
def test_a_trap_retires_nothing_and_its_cycle_is_of_the_mode_before(configured: int, cycles: int) -> None:
    b = bare()
    b.csr(mcyclecfg=configured)
    at(b, [asm("ecall")], S)
    before = counts(b)
    assert b.step()["trap"]
    assert counts(b) == (before[0] + cycles, before[1])


def test_a_user_program_counts_its_own_instructions_through_a_fault() -> None:
    """As the manual explains the rule: with all modes but U filtered, a load that faults first counts once."""
    b = bare()
    b.csr(minstretcfg=sum(FILTER.values()) & ~FILTER[U])
    at(b, [asm("ld", rd=7, rs1=5), NOP], U)
    b.put(HANDLER, [asm("addi", rd=5, rs1=6), asm("mret")])
    b.x(x5=1 << 40, x6=DATA)
    before = counts(b)[1]
    trapped = [b.step()["trap"] for _ in range(5)]          # fault, handler, return, load, nop
    assert trapped == [1, 0, 0, 0, 0]
    assert counts(b)[1] == before + 2


def test_the_instruction_that_starts_or_stops_a_counter_is_counted_as_before() -> None:
    for name, stop, index in (("mcountinhibit", 1, 0), ("mcountinhibit", 4, 1), ("mcyclecfg", FILTER[M], 0),
                              ("minstretcfg", FILTER[M], 1)):
        b = bare()
        b.x(x5=stop)
        before = counts(b)[index]
        b.do(asm("csrrs", rs1=5, csr=name), M)
        assert counts(b)[index] == before + 1, name
        b.do(NOP, M)
        b.do(asm("csrrc", rs1=5, csr=name), M)
        assert counts(b)[index] == before + 1, name
        b.do(NOP, M)
        assert counts(b)[index] == before + 2, name


def test_inhibit_and_filter_both_stop() -> None:
    b = bare()
    b.csr(mcountinhibit=4, minstretcfg=FILTER[M])
    before = counts(b)[1]
    b.csr(mcountinhibit=0)
    b.do(NOP, M)
    assert counts(b)[1] == before
    b.csr(minstretcfg=0)
    start = counts(b)[1]
    b.do(NOP, M)
    assert counts(b)[1] == start + 1


def test_what_is_written_while_a_filter_stops_the_counter_is_kept() -> None:
    b = bare()
    b.csr(minstretcfg=FILTER[M], mcyclecfg=FILTER[M])
    b.x(x5=500)
    b.do(asm("csrrw", rs1=5, csr="minstret"), M)
    b.do(asm("csrrw", rs1=5, csr="mcycle"), M)
    b.do(NOP, M)
    assert counts(b) == (500, 500)
    at(b, [NOP, NOP], S)
    b.step()
    assert counts(b) == (501, 501)


# hpm counters: exits of a guest.

EXITS = {
    "EXIT_VIRTUAL": (VS, asm("hfence.gvma"), {}), "EXIT_OTHER": (VS, asm("mret"), {}),
    "EXIT_GUEST_PAGE": (VS, asm("ld", rd=7, rs1=5), {"hgatp": True}),
    "EXIT_INTERRUPT": (VS, NOP, {"mie": 0x20, "mip": 0x20, "mideleg": 0x20}),
}


def guest(b: Bare, word: int, mode: int, state: dict[str, int]) -> dict[str, int]:
    """One instruction of a guest; with `hgatp` its code alone is mapped."""
    state = dict(state)
    if state.pop("hgatp", 0):
        root = b.table(16384)
        b.map(root, CODE, CODE, 0xDF)
        state["hgatp"] = 8 << 60 | root >> 12
    b.csr(**state)
    return b.do(word, mode)


@pytest.mark.parametrize("event", [name for name in CODES if name.startswith("EXIT")])
@pytest.mark.parametrize("delegated", [0, -1])
def test_each_exit_counts_for_its_event_alone(event: str, delegated: int) -> None:
    b = bare()
    b.csr(medeleg=delegated, mhpmevent4=CODES[event])
    for name, (mode, word, state) in {**EXITS, "EXIT_ECALL": (VS, asm("ecall"), {})}.items():
        before = b.m.read_csr("mhpmcounter4")
        assert guest(b, word, mode, state)["trap"]
        assert b.m.read_csr("mhpmcounter4") == before + (name == event), name
        b.csr(hgatp=0, mie=0, mip=0)
    assert b.do(asm("ecall"), VU)["trap"]
    assert b.m.read_csr("mhpmcounter4") == 1 + (event == "EXIT_ECALL")


def test_traps_that_are_no_exits() -> None:
    b = bare()
    b.csr(mhpmevent3=CODES["EXIT_ECALL"], mhpmevent4=CODES["EXIT_OTHER"], medeleg=-1, hedeleg=-1)
    for word, mode in ((asm("ecall"), VU), (asm("ebreak"), VS), (asm("ecall"), S), (asm("ecall"), M), (asm("ebreak"), U)):
        assert b.do(word, mode)["trap"]
    assert b.m.read_csr("mhpmcounter3") == b.m.read_csr("mhpmcounter4") == 0


def test_every_counter_with_the_event_counts_unless_inhibited() -> None:
    b = bare()
    b.csr(**{f"mhpmevent{n}": CODES["EXIT_ECALL"] for n in (3, 5, 6)}, mcountinhibit=1 << 5, mhpmcounter6=(1 << 63) - 1)
    b.do(asm("ecall"), VS)
    assert [b.m.read_csr(f"mhpmcounter{n}") for n in (3, 4, 5, 6)] == [1, 0, 0, 1 << 63]


def test_filters_do_not_bind_hpm_counters() -> None:
    b = bare()
    b.csr(mhpmevent3=CODES["EXIT_ECALL"], minstretcfg=sum(FILTER.values()), mcyclecfg=sum(FILTER.values()))
    b.do(asm("ecall"), VS)
    assert b.m.read_csr("mhpmcounter3") == 1


def test_what_only_hardware_has_stays_at_zero_here() -> None:
    b = bare()
    for event in ("TLB_MISS", "TLB_MISS_G", "WALK_REFERENCE", "FETCH_MISS", "DATA_MISS", "BRANCH_MISS", "NONE"):
        b.csr(mhpmevent3=CODES[event])
        guest(b, asm("ld", rd=7, rs1=5), VS, {"hgatp": True})
        b.csr(hgatp=0)
    assert b.m.read_csr("mhpmcounter3") == 0
