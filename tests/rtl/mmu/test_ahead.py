"""rtl/mmu/ahead.py: what the TLB is asked, when, and how long its answer counts."""

from amaranth.sim import Simulator

from rtl.mmu.ahead import Ahead

IDLE = {"next": {"vaddr": 0}, "request": {"vaddr": 0}, "advance": 0, "changes": 0, "expected": 1, "valid": 0, "ends": 0,
        "tlb_hit": 0, "tlb_page": {"ppn": 0}, "filled": 0}


def observe(*cycles):
    """The outputs in each cycle, with the inputs that it is given."""
    dut, seen = Ahead(), []

    async def bench(ctx):
        for inputs in cycles:
            for name, value in (IDLE | inputs).items():
                ctx.set(getattr(dut, name), value)
            await ctx.delay(1e-9)
            seen.append({"asked": ctx.get(dut.lookup.vaddr), "ppn": ctx.get(dut.page.ppn),
                         **{name: ctx.get(getattr(dut, name)) for name in ("hit", "miss")}})
            await ctx.tick()

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    return seen


def next_is(vaddr, ppn=7, **others):
    """A cycle in which an access to `vaddr` is in X, goes on to M, and has its page in the TLB."""
    return {"next": {"vaddr": vaddr}, "advance": 1, "tlb_hit": 1, "tlb_page": {"ppn": ppn}, **others}


def in_m(vaddr, **others):
    """A cycle in which it waits in M."""
    return {"next": {"vaddr": 99}, "request": {"vaddr": vaddr}, "valid": 1, **others}


def test_accesses_that_hit_follow_each_other_without_a_gap():
    seen = observe(next_is(1, 11), in_m(1, ends=1) | next_is(2, 12), in_m(2, ends=1) | next_is(3, 13), in_m(3, ends=1))
    assert [each["asked"] for each in seen] == [1, 2, 3, 99]
    assert [(each["hit"], each["ppn"]) for each in seen[1:]] == [(1, 11), (1, 12), (1, 13)]
    assert not any(each["miss"] for each in seen)


def test_a_miss_is_told_at_once_and_looked_up_until_it_is_filled():
    miss, fill, full = in_m(1), in_m(1, filled=1), in_m(1, tlb_hit=1, tlb_page={"ppn": 5})
    seen = observe(next_is(1, tlb_hit=0), miss, miss, miss, fill, full, in_m(1, ends=1) | next_is(2), in_m(2))
    assert [each["asked"] for each in seen] == [1, 99, 1, 1, 1, 1, 2, 99]
    assert [each["hit"] for each in seen] == [0, 0, 0, 0, 0, 0, 1, 1]
    assert [each["miss"] for each in seen] == [0, 1, 0, 1, 1, 0, 0, 0], "not while the page that came is looked up"
    assert seen[6]["ppn"] == 5


def test_an_answer_from_before_a_change_is_void():
    hit = in_m(1, tlb_hit=1)
    seen = observe(next_is(1, changes=1), hit, hit)
    assert [(each["asked"], each["hit"], each["miss"]) for each in seen] == [(1, 0, 0), (1, 0, 0), (99, 1, 0)]


def test_an_answer_counts_for_one_cycle():
    """An access that does not begin in its first cycle in M asks again: what is known may have changed by then."""
    hit = in_m(1, tlb_hit=1)
    seen = observe(next_is(1), hit | {"valid": 0}, hit, hit, hit)
    assert [each["hit"] for each in seen] == [0, 1, 0, 0, 1] and [each["asked"] for each in seen[3:]] == [1, 99]


def test_what_accesses_nothing_leaves_the_tlb_to_the_next():
    seen = observe(next_is(1, changes=1), in_m(1, valid=0, expected=0) | next_is(2), in_m(2))
    assert [each["asked"] for each in seen] == [1, 2, 99] and seen[2]["hit"]
