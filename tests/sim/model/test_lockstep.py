"""lock() against records that a second model made: equal streams agree, and every flipped field is caught."""

from array import array

import pytest

from isa.causes import VS, M, S
from isa.events import BY_NAME as EVENTS
from isa.platform import RAM_BASE, UART
from isa.profile import PROFILES
from isa.retire import FIELDS, WORDS, pack, unpack
from sim.model.lockstep import PATIENCE
from tests.sim.model.bare import CODE, DATA, HANDLER, LEAF, PU, Bare, asm, sv39

NOP = asm("addi")
PROGRAM = [
    asm("addi", rd=7, imm=5), asm("sd", rs1=5, rs2=7), asm("ld", rd=8, rs1=5), asm("amoadd.w", rd=9, rs1=5, rs2=7),
    asm("lr.d", rd=9, rs1=5), asm("sc.d", rd=9, rs1=5, rs2=7), asm("sc.d", rd=9, rs1=5, rs2=7),
    asm("csrrw", rd=9, rs1=7, csr="mscratch"), asm("csrrs", rd=9, csr="minstret"), asm("csrrs", rd=9, csr="mcycle"),
    asm("csrrs", rd=9, csr="time"), asm("lbu", rd=9, rs1=6, imm=5), asm("sb", rs1=6, rs2=7), asm("wfi"),
    asm("hlv.d", rd=9, rs1=0), asm("csrrs", rd=9, rs1=7, csr="sip"), asm("ecall"),
]


def machine() -> Bare:
    """Runs PROGRAM, then the handler for ever; its HLV takes a guest-page fault."""
    b = Bare()
    b.put(CODE, PROGRAM)
    b.put(HANDLER, [asm("csrrs", rd=30, csr="mepc"), asm("addi", rd=30, rs1=30, imm=4), asm("csrrw", rs1=30, csr="mepc"),
                    asm("mret")])
    b.csr(hgatp=sv39(b.table(16384)), hstatus=1 << 8)
    b.x(x5=DATA, x6=UART.base)
    b.h.pc = CODE
    return b


def stream(b: Bare, count: int) -> "array[int]":
    block = array("Q")
    for _ in range(count):
        b.m.step()
        block.extend(b.h.record)
    return block


COUNT = len(PROGRAM) + 9


def test_two_models_agree() -> None:
    block = stream(machine(), COUNT)
    follower = machine()
    assert follower.m.lock(block, COUNT) == COUNT and follower.m.lock_reason == ""
    view = memoryview(block.tobytes()).cast("Q")
    assert machine().m.lock(view, COUNT) == COUNT
    halves = machine()
    assert halves.m.lock(block[:5 * WORDS], 5) == 5 and halves.m.lock(block[5 * WORDS:], COUNT - 5) == COUNT - 5


def test_trace_makes_what_lock_takes() -> None:
    data = machine().m.trace(COUNT)
    assert data == stream(machine(), COUNT).tobytes()
    assert machine().m.lock(data, COUNT) == COUNT


COMPARED = [f.name for f in FIELDS.values() if not f.sampled and f.name != "interrupt"]


@pytest.mark.parametrize("name", COMPARED)
def test_every_compared_field_is_compared_in_every_record(name: str) -> None:
    block = stream(machine(), COUNT)
    field = FIELDS[name]
    for record in range(COUNT):
        wrong = block[:]
        flag = 1 << field.lsb
        before = unpack(block[record * WORDS:(record + 1) * WORDS].tolist())
        device_load = before["mem_read"] and before["mem_paddr"] >> 12 == UART.base >> 12
        if name == "mem_rdata" and device_load:
            continue                                        # an input there
        wrong[record * WORDS + field.word] ^= flag
        follower = machine()
        assert follower.m.lock(wrong, COUNT) == record
        assert f"{name}: model 0x" in follower.m.lock_reason
        assert unpack(follower.h.record)[name] != before[name] ^ 1


def test_only_the_closed_list_of_inputs_is_taken() -> None:
    block = stream(machine(), COUNT)
    for name in (f.name for f in FIELDS.values() if f.sampled):
        if name in ("irq", "time", "cycle", "bus_error", "sc_spurious", "error_paddr"):
            continue
        assert name == "clock"
        changed = block[:]
        changed[FIELDS[name].word] ^= 0xFFFF
        assert machine().m.lock(changed, COUNT) == COUNT


def one(b: Bare, word: int, **inputs: int) -> dict[str, int]:
    """What a follower in the state of `b` says to one record with these inputs; the RTL's record is made equal."""
    if b.m.read_memory(CODE, 4) != word.to_bytes(4, "little"):
        b.put(CODE, [word])                                 # this empties the caches
    b.h.pc = CODE
    b.m.lock(array("Q", pack({**inputs})), 1)
    return unpack(b.h.record)


def test_time_and_cycle_come_from_the_record() -> None:
    b = Bare()
    assert one(b, asm("csrrs", rd=7, csr="time"), time=77)["rd_value"] == 77
    assert one(b, asm("csrrs", rd=7, csr="mcycle"), cycle=(1 << 64) - 5)["rd_value"] == (1 << 64) - 5
    b.x(x5=100)
    assert one(b, asm("csrrw", rd=7, rs1=5, csr="mcycle"), cycle=9)["csr_value"] == 100
    b.csr(menvcfg=1 << 63, stimecmp=100)
    assert one(b, asm("csrrs", rd=7, csr="mip"), time=99)["rd_value"] == 0
    assert one(b, asm("csrrs", rd=7, csr="mip"), time=100)["rd_value"] == 0x20
    assert one(b, asm("csrrs", rd=7, csr="mip"), irq=0xA88, time=0)["rd_value"] == 0xA88


@pytest.mark.parametrize(("rd", "inputs"), [(7, {"rd_value": 50}), (0, {"csr_value": 50 | 5})])
def test_a_counter_of_what_only_the_rtl_has_comes_from_the_record(rd: int, inputs: dict[str, int]) -> None:
    b = Bare(PROFILES["full"])
    b.csr(mhpmevent3=EVENTS["TLB_MISS"])
    b.x(x5=5)
    r = one(b, asm("csrrs", rd=rd, rs1=5, csr="mhpmcounter3"), rd=rd, **inputs)
    assert (r["rd_value"], r["csr_value"]) == (50 if rd else 0, 50 | 5)


def test_a_counter_of_what_the_model_has_is_compared() -> None:
    b = Bare(PROFILES["full"])
    b.csr(mhpmevent3=EVENTS["EXIT_ECALL"])
    assert one(b, asm("csrrs", rd=7, csr="mhpmcounter3"), rd_value=50)["rd_value"] == 0


def test_device_loads_take_the_data_of_the_record_and_stores_stay_inside() -> None:
    b = Bare()
    out: list[bytes] = []
    b.m.on_console = out.append
    b.x(x5=UART.base, x6=0x41)
    r = one(b, asm("lb", rd=7, rs1=5), mem_rdata=0x80)
    assert (b.h.x[7], r["mem_rdata"]) == (-128, 0x80)
    r = one(b, asm("sb", rs1=5, rs2=6))
    assert (r["mem_write"], r["mem_wdata"], out) == (1, 0x41, [])
    r = one(b, asm("ld", rd=7, rs1=8), mem_rdata=5)
    assert r["cause"] == 5                                  # nobody is at address 0


def test_loads_of_tohost_and_fromhost_take_the_data_of_the_record() -> None:
    b = Bare()
    b.m.memory.tohost, b.m.memory.fromhost = DATA, DATA + 8
    for offset in (0, 8):
        b.x(x5=DATA + offset)
        for _ in range(2):
            assert one(b, asm("ld", rd=7, rs1=5), mem_rdata=0x123)["rd_value"] == 0x123
    b.x(x5=DATA + 16)
    assert one(b, asm("ld", rd=7, rs1=5), mem_rdata=0x123)["rd_value"] == 0


@pytest.mark.parametrize(("word", "cause", "address"), [
    (asm("ld", rd=7, rs1=5), 5, DATA), (asm("sw", rs1=5, rs2=6, imm=4), 7, DATA), (asm("lr.d", rd=7, rs1=5), 5, DATA),
    (asm("amoadd.d", rd=7, rs1=5), 7, DATA), (asm("sc.d", rd=7, rs1=5), 7, DATA), (NOP, 1, CODE)])
def test_a_bus_error_is_an_access_fault_of_the_access_that_meets_it(word: int, cause: int, address: int) -> None:
    b = Bare()
    b.x(x5=DATA)
    assert not one(b, word)["trap"]                         # caches are warm now
    r = one(b, word, bus_error=1, cause=cause, error_paddr=address + 3, tval=address)
    assert (r["trap"], r["cause"]) == (1, cause)
    # It was the fetch that met it, or it was not: the cause tells where both touch the same doubleword.
    assert not one(b, word, bus_error=1, cause=5 if cause == 1 else 1, error_paddr=address + 3, tval=address)["trap"]
    assert not one(b, word, bus_error=1, cause=cause, error_paddr=address + 8, tval=address)["trap"]
    assert not one(b, word)["trap"]


def test_a_bus_error_in_the_second_half_of_an_instruction() -> None:
    b = Bare()
    b.put(CODE + 6, [NOP])
    b.h.pc = CODE + 6
    b.m.lock(array("Q", pack({"bus_error": 1, "cause": 1, "error_paddr": CODE + 8, "tval": CODE + 8})), 1)
    r = unpack(b.h.record)
    assert (r["cause"], r["pc"], r["tval"]) == (1, CODE + 6, CODE + 8)


def test_a_bus_error_is_that_of_the_portion_which_was_fetched_then() -> None:
    """Both portions may be fetched through one page-table entry, and the RTL have read it long ago for the first."""
    for portion in (CODE + 6, CODE + 8):
        b = Bare()
        b.put(CODE + 6, [NOP])
        b.h.pc = CODE + 6
        b.m.lock(array("Q", pack({"bus_error": 1, "cause": 1, "error_paddr": CODE + 2, "tval": portion})), 1)
        # The doubleword at CODE holds the first portion alone.
        assert unpack(b.h.record)["trap"] == (portion == CODE + 6)


def test_a_bus_error_in_a_walk_is_reported_as_the_original_access() -> None:
    for level in (2, 1, 0):
        b = Bare()
        g_root = b.table(16384)
        b.map(g_root, DATA, DATA, LEAF | PU)
        table = g_root
        for n in (2, 1, 0)[:3 - level]:
            slot = table + 8 * (DATA >> 12 + 9 * n & 511)
            table = int.from_bytes(b.m.read_memory(slot, 8), "little") >> 10 << 12
        b.csr(hgatp=sv39(g_root), hstatus=1 << 8)
        b.x(x5=DATA)
        r = one(b, asm("hsv.d", rs1=5, rs2=6), bus_error=1, error_paddr=slot)
        assert (r["cause"], r["tval"], r["gva"], r["tval2"]) == (7, DATA, 1, 0)


@pytest.mark.parametrize("error", [
    {"cause": 1, "error_paddr": CODE, "tval": CODE}, {"cause": 5, "error_paddr": DATA, "tval": DATA},
    {"cause": 5, "error_paddr": None, "tval": DATA}], ids=["fetch", "data", "walk"])
def test_a_bus_error_makes_nobody_forget_a_translation(error: dict[str, int | None]) -> None:
    """The fetch of a fence may fail: what the RTL remembers from before it is right then."""
    b = Bare()
    root = b.table()
    b.map(root, CODE, CODE, LEAF)
    b.map(root, DATA, DATA, LEAF)
    b.csr(satp=sv39(root))
    b.mode(S)
    b.x(x5=DATA)
    load = asm("ld", rd=7, rs1=5)
    slot = b.map(root, DATA, DATA, LEAF)
    assert one(b, load)["mem_paddr"] == DATA
    b.m.memory.poke(slot, (DATA + 0x1000 >> 2 | LEAF).to_bytes(8, "little"))
    assert one(b, load)["mem_paddr"] == DATA, "nobody has told"
    r = one(b, load, bus_error=1, **(error | {"error_paddr": error["error_paddr"] or slot}))
    assert (r["trap"], r["cause"]) == (1, error["cause"])
    b.mode(S)
    assert one(b, load)["mem_paddr"] == DATA


def test_spurious_sc_failure() -> None:
    b = Bare()
    b.x(x5=DATA, x6=9)
    one(b, asm("lr.d", rd=7, rs1=5))
    r = one(b, asm("sc.d", rd=7, rs1=5, rs2=6), sc_spurious=1)
    assert (r["rd_value"], r["mem_write"]) == (1, 0)
    assert b.m.read_memory(DATA, 8) == bytes(8)


def waiting(enabled: bool = True) -> Bare:
    """VS interrupts go to HS; the guest runs nops."""
    b = Bare()
    b.put(CODE, [NOP] * 64)
    b.csr(mie=1 << 6 | 1 << 7, hvip=1 << 6 if enabled else 0)
    b.h.pc = CODE
    b.mode(VS)
    return b


def nops(b: Bare, count: int) -> list[int]:
    """Records of `count` nops of a guest that takes no interrupt."""
    quiet = waiting(False)
    return stream(quiet, count).tolist()


def test_an_interrupt_that_is_not_allowed() -> None:
    b = waiting(False)
    b.mode(M)
    b.csr(mip=2)
    taken = pack({"valid": 1, "trap": 1, "interrupt": 1, "cause": 1, "mode": M, "next_mode": M, "pc": CODE, "next_pc": HANDLER})
    assert b.m.lock(array("Q", taken), 1) == 0
    assert b.m.lock_reason.startswith("interrupt not allowed: none is pending and enabled here (mip 0x2, mie 0xc0")
    assert "mode M" in b.m.lock_reason and unpack(b.h.record)["interrupt"] == 0


def test_the_wrong_interrupt_is_a_difference_in_the_cause() -> None:
    leader = waiting()
    block = stream(leader, 1)
    assert unpack(block.tolist())["cause"] == 6
    assert waiting().m.lock(block, 1) == 1
    b = waiting()
    block[0] |= 1 << FIELDS["irq"].lsb + 7                  # MTIP: goes to M and comes first
    assert b.m.lock(block, 1) == 0
    assert "cause: model 0x7, RTL 0x6" in b.m.lock_reason and "next_mode" in b.m.lock_reason


def test_an_interrupt_may_wait_for_8_records_and_no_more() -> None:
    for patience, verdict in ((PATIENCE, PATIENCE + 1), (PATIENCE + 1, PATIENCE)):
        b = waiting()
        block = nops(b, patience)
        leader = waiting(False)
        stream(leader, patience)
        leader.csr(hvip=1 << 6)
        block += stream(leader, 1).tolist()
        assert b.m.lock(array("Q", block), patience + 1) == verdict
    assert b.m.lock_reason == "late interrupt: virtual supervisor timer interrupt has been takeable for 9 records"
    assert unpack(b.h.record)["interrupt"] == 1


def test_the_wait_starts_when_the_interrupt_becomes_takeable() -> None:
    b = waiting(False)
    records = nops(b, 3 + PATIENCE + 1)
    for i in range(3, 3 + PATIENCE + 1):
        records[i * WORDS] |= 1 << FIELDS["irq"].lsb + 7
    assert b.m.lock(array("Q", records), 3 + PATIENCE + 1) == 3 + PATIENCE
    assert "for 9 records" in b.m.lock_reason


def test_the_wait_starts_again_when_the_interrupt_goes_away() -> None:
    b = waiting(False)
    records = nops(b, 16)
    for i in range(16):
        if i != 8:
            records[i * WORDS] |= 1 << FIELDS["irq"].lsb + 7
    assert b.m.lock(array("Q", records), 16) == 16
    b = waiting(False)
    for i in range(16):
        records[i * WORDS] |= 1 << FIELDS["irq"].lsb + 7
    assert b.m.lock(array("Q", records), 16) == 8


def test_wfi_retires_when_the_rtl_says_so() -> None:
    b = Bare()
    r = one(b, asm("wfi"), time=5)
    assert (r["trap"], r["next_pc"]) == (0, CODE + 4)
    assert one(b, asm("csrrs", rd=7, csr="time"), time=6)["rd_value"] == 6


def test_order_counts_records() -> None:
    b = Bare()
    b.put(RAM_BASE, [NOP] * 200)
    orders = [unpack(stream(b, 1).tolist())["order_low"] for _ in range(130)]
    assert orders == [n % 128 for n in range(130)]
