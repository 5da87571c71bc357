"""Pause-loop exit: when a `pause` of a guest traps, what the trap says, and what ends a loop. The clock counts records."""

from isa.causes import EXC, VS, VU, M, S, U
from isa.profile import PROFILES
from isa.retire import FIELDS
from sim.model import Machine
from tests.sim.model.bare import CODE, HANDLER, Bare, asm

FULL = PROFILES["full"]
PAUSE, NOP = asm("pause"), asm("addi")
ENABLE, ON_VS, ON_VU = 1 << 63, 1 << 61, 1 << 62
GAP, WINDOW = 3, 10


def guest(hple: int = ENABLE | ON_VS | ON_VU | GAP << 32 | WINDOW, mode: int = VS) -> Bare:
    """A page of pauses and, in its other half, of no operations."""
    b = Bare(FULL)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F, medeleg=0, hple=hple)
    b.put(CODE, [PAUSE] * 512 + [NOP] * 512)
    b.mode(mode)
    return b


def idle(b: Bare, records: int) -> None:
    """So many other instructions, in the same mode."""
    pc = b.h.pc
    b.h.pc = CODE + 0x800
    b.h.set_mode(b.h.mode)
    for _ in range(records):
        assert b.step()["trap"] == 0
    b.h.pc = pc
    b.h.set_mode(b.h.mode)


def pauses(b: Bare, most: int = 100) -> int:
    """How many pauses retire before one traps."""
    for count in range(most):
        r = b.step()
        if r["trap"]:
            assert r["cause"] == EXC["PAUSE_LOOP"]
            return count
        assert r["insn"] == PAUSE
    return most


def test_a_loop_may_last_as_long_as_the_window() -> None:
    for window in (0, 1, 10, 50):
        b = guest(ENABLE | ON_VS | GAP << 32 | window)
        assert pauses(b) == window + 1          # the first at 0, the last at `window`; one later traps


def test_the_first_pause_begins_a_loop_however_soon_after_reset() -> None:
    b = guest(ENABLE | ON_VS | 1000 << 32 | 2)
    idle(b, 5)
    assert pauses(b) == 3


def test_the_exception() -> None:
    b = guest()
    assert pauses(b) == 11
    pc = CODE + 4 * 11
    assert (b.h.mcause, b.h.mepc, b.h.mtval, b.h.mtval2, b.h.mtinst) == (24, pc, 0x0100_000F, 0, 0)
    assert (b.h.mode, b.h.pc, b.h.mstatus >> 38 & 1, b.h.mstatus >> 39 & 1) == (M, HANDLER, 0, 1)   # GVA, MPV


def test_it_is_delegated_to_hs_and_never_to_vs() -> None:
    b = guest()
    b.csr(medeleg=-1, hedeleg=-1)
    assert pauses(b) == 11
    assert (b.h.mode, b.h.scause, b.h.stval, b.h.htval, b.h.htinst) == (S, 24, 0x0100_000F, 0, 0)
    assert b.h.hstatus >> 6 & 3 == 0b10                                                             # SPV, not GVA


def test_a_gap_that_is_too_long_begins_a_new_loop() -> None:
    for others, same in ((GAP - 1, True), (GAP, False)):        # the pauses are one more than `others` apart
        b = guest()
        for _ in range(30):
            if b.step()["trap"]:
                break
            idle(b, others)
        assert (b.h.mode == M) == same


def test_the_gap_is_from_the_last_pause_and_the_window_from_the_first() -> None:
    b = guest(ENABLE | ON_VS | 5 << 32 | 8)
    for _ in range(3):                          # at 0, 4 and 8
        assert b.step()["trap"] == 0
        idle(b, 3)
    assert b.step()["cause"] == EXC["PAUSE_LOOP"]


def test_only_where_it_is_enabled() -> None:
    for hple, modes in ((ENABLE | ON_VS, (VS,)), (ENABLE | ON_VU, (VU,)), (ENABLE, ()), (ON_VS | ON_VU, ())):
        for mode in (M, S, U, VS, VU):
            b = guest(hple | GAP << 32, mode)
            assert (pauses(b, 5) == 1) == (mode in modes), (hex(hple), mode)


def test_other_hints_and_fences_are_no_pauses() -> None:
    b = guest(ENABLE | ON_VS | 100 << 32)
    for word in (0x0200_000F, 0x0110_000F, asm("fence", imm=15), NOP):
        b.do(PAUSE, VS)
        b.h.pause_last = -1
        assert b.do(word, VS)["trap"] == 0
        assert b.h.pause_last == -1


def test_what_ends_a_loop() -> None:
    def begun() -> Bare:
        b = guest(ENABLE | ON_VS | 1000 << 32 | 20)
        assert b.step()["trap"] == 0 and b.h.pause_last != -1
        return b

    b = begun()
    b.csr(hple=ENABLE | ON_VS | 1000 << 32 | 20)
    assert b.h.pause_last == -1
    b = begun()
    b.csr(hgatp=0)
    assert b.h.pause_last == -1
    for delegated in (0, -1):                   # a trap to M or HS
        b = begun()
        b.csr(medeleg=delegated)
        b.do(asm("ecall"), VS)
        assert b.h.mode in (M, S) and b.h.pause_last == -1
    b = begun()                                 # not a trap that stays with the guest, nor its return
    b.csr(medeleg=-1, hedeleg=-1)
    assert b.do(asm("ebreak"), VS)["next_mode"] == VS
    b.h.pc, b.h.vsepc = CODE, CODE
    b.do(asm("sret"), VS, pc=CODE + 0x400)
    assert b.h.pause_last != -1
    b = begun()                                 # nor other registers, and reading
    b.csr(hstatus=b.h.hstatus, vsatp=0)
    assert b.m.read_csr("hple") and b.m.read_csr("hgatp") == 0 and b.h.pause_last != -1


def test_the_loop_goes_on_from_vs_to_vu() -> None:
    b = guest(ENABLE | ON_VS | ON_VU | 1000 << 32 | 5)
    for n in range(6):
        b.mode(VS if n % 2 else VU)
        assert b.step()["trap"] == 0
    assert b.step()["cause"] == EXC["PAUSE_LOOP"]


def test_all_bits_of_window_and_gap_count() -> None:
    b = guest(ENABLE | ON_VS | 0xFFFF << 32 | 0xFFFF_FFFF)
    b.step()
    for first, last, now, trap in (
            (0, 0xFFFF_0000, 0xFFFF_FFFF, 0), (0, 0xFFFF_0001, 0x1_0000_0000, 1),
            (0, 0xFFFF_0000, 0x1_0000_0000, 0)):        # the last of them: a gap of 0x10000
        b.h.pause_first, b.h.pause_last = first, last
        b.h.retired, b.h.traps = now, 0
        b.h.pc = CODE
        b.mode(VS)
        assert b.step()["trap"] == trap


def test_in_lockstep_the_clock_is_that_of_the_record() -> None:
    def follow(clocks: list[int]) -> int:
        """Let the model follow records of its own, with other clocks; how many it agrees with."""
        ours, follower = guest(), guest()
        records: list[int] = []
        for clock in clocks:
            ours.step()
            words = [w & (1 << 64) - 1 for w in ours.h.record]
            words[FIELDS["clock"].word] = clock
            records += words
        data = b"".join(w.to_bytes(8, "little") for w in records)
        return follower.m.lock(data, len(clocks))

    assert follow([100, 102, 105, 108]) == 4
    assert follow([100, 103, 106, 111]) == 4            # a gap of 5 begins a new loop
    assert follow([100, 103, 106, 109, 112]) == 4       # the fifth traps


def test_the_state_is_in_a_snapshot() -> None:
    b = guest()
    assert pauses(b, 5) == 5
    other = Machine(FULL, ram_size=1 << 20)
    other.restore(b.m.snapshot())
    b.m = other
    b.h = other.hart
    assert pauses(b) == 6
