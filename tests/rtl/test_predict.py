# amaranth: UnusedElaboratable=no
"""rtl/predict.py, behind fetch and in front of X: what is predicted rightly when code runs again and again."""

import random
from dataclasses import replace

import pytest

from rtl.predict import Predict
from tests.rtl.front_bench import CONFIG, START, Code, Front, Run, settled, simulate


def always(targets):
    """Transfers that always go to the same place."""
    return targets.get


@pytest.mark.parametrize("length", [2, 4])
@pytest.mark.parametrize("offset", range(0, 8, 2))
def test_a_loop_costs_nothing_wherever_it_ends(offset, length):
    """Also when its jump lies across two words: one instruction per cycle."""
    at = START + 0x20 + offset
    run = settled(Code({at: ("jump", length)}, lambda _: START), 100, warm=60)
    assert run.wrong.total() == 0 and run.retired == 100


def test_two_transfers_in_a_word():
    """A branch that leaves a loop behind a branch that does not, and a return right behind it."""
    turns = iter([True, True, True, False] * 100)
    code = Code({START: ("call", 4), START + 4: ("jump", 2), START + 0x110: ("branch", 2), START + 0x112: ("return", 2)},
                lambda at: {START: START + 0x100, START + 4: START}.get(at) or (START + 0x108 if next(turns) else None))
    assert settled(code, 150, warm=400).wrong.total() == 0, "the history tells which round is the last"


def test_two_branches_in_a_word():
    """Each has its own counter: one is taken every fourth time, the other always."""
    turns = iter([False, False, False, True] * 200)
    code = Code({START: ("branch", 2), START + 2: ("branch", 2), START + 0x24: ("jump", 2), START + 0x42: ("jump", 2)},
                lambda at: {START + 2: START + 0x24}.get(at, START) if at != START else START + 0x42 if next(turns) else None)
    assert settled(code, 100, warm=300).wrong.total() == 0


def test_two_words_of_one_row():
    """The newer one takes it, and none of the entries of the other is believed."""
    other = START + 8 * CONFIG.btb_entries // 4
    run = settled(Code({START: ("jump", 2), other + 4: ("jump", 2)}, {START: other, other + 4: START}.get), 60, warm=30)
    assert run.wrong.total() == run.wrong[START] + run.wrong[other + 4] > 5


def test_returns_go_back_to_their_calls():
    function, other = START + 0x1040, START + 0x2080
    targets = {START: function, START + 0xE: other, START + 0x16: function, START + 0x20: START, function: other}
    code = Code({START: ("call", 4), START + 0x0E: ("call", 2), START + 0x16: ("call", 4), START + 0x20: ("jump", 2),
                 function: ("call", 4), function + 4: ("return", 2), other + 8: ("return", 2)}, always(targets))
    run = settled(code, 150, warm=200)
    assert run.wrong.total() == 0 and run.executed[other + 8] > 5


@pytest.mark.parametrize("levels, wrong", [(4, False), (6, True)])
def test_recursion_is_right_as_deep_as_the_stack(levels, wrong):
    left = [levels]

    def target(at):
        if at == START:
            left[0] = levels
        elif at == START + 0x100:           # a level that is not the last goes to its own call
            left[0] -= 1
            return START + 0x110 if left[0] else None
        return {START: START + 0x100, START + 4: START, START + 0x110: START + 0x100}[at]

    code = Code({START: ("call", 4), START + 4: ("jump", 4), START + 0x100: ("branch", 4), START + 0x104: ("return", 2),
                 START + 0x110: ("call", 4), START + 0x114: ("return", 2)}, target)
    run = settled(code, 300, warm=300)
    assert bool(run.wrong[START + 0x114]) == wrong


def test_a_wrong_prediction_costs_two_cycles():
    """A jump to three places in turn: the last target is always the wrong one, and so is the one before."""
    turn = [0]

    def target(_):
        turn[0] += 1
        return START + 2 * (turn[0] % 3)

    run = settled(Code({START + 6: ("jump", 2)}, target), 150, warm=30)
    assert run.wrong.total() == run.executed.total() == 30 and run.retired == 90


def test_a_branch_that_is_never_taken_is_right_from_the_start():
    code = Code({START + 4: ("branch", 2), START + 0x20: ("jump", 2)}, lambda at: None if at == START + 4 else START)
    run = settled(code, 60, warm=0)
    assert run.wrong[START + 4] == 0 and run.executed[START + 4] > 2


def test_a_random_program_is_mostly_right():
    """Jumps, and branches that go one way nineteen times out of twenty, of random length at random places."""
    rng = random.Random(91)
    transfers, targets, taken = {START + 12 * 21: ("jump", 4)}, {START + 12 * 21: START}, {}
    for place in rng.sample(range(20), 14):
        at = START + 12 * place + 2 * rng.randrange(3)
        transfers[at] = (rng.choice(("branch", "branch", "jump")), rng.choice((2, 4)))
        targets[at], taken[at] = START + 12 * min(21, place + rng.randrange(1, 4)), rng.random() < 0.7

    def target(at):
        strays = rng.random() < 0.05
        return None if transfers[at][0] == "branch" and taken[at] == strays else targets[at]

    run = settled(Code(transfers, target), 800, warm=800)
    assert run.executed.total() > 100 and run.wrong.total() < 0.15 * run.executed.total()


@pytest.mark.parametrize("before", ["jump", "call", "return", "branch"])
@pytest.mark.parametrize("after", ["", "branch"])
def test_other_code_at_the_same_place(before, after):
    """What is no transfer any more is wrong once; a branch that is not taken any more, until the history tells only of that."""
    at = START + 0x12
    jump = {at + 0x10: ("jump", 2)}

    async def bench(ctx, dut):
        front = Front(ctx, dut, Code({at: (before, 2)}, lambda _: START))
        for _ in range(60):
            await front.cycle()
        assert front.run.executed[at] > 3
        front.code = Code(jump | ({at: (after, 2)} if after else {}), lambda a: None if a == at else START)
        front.run = Run()
        await front.cycle(flush=START)
        for _ in range(200):
            await front.cycle()
        most = 1 if not after else 3 if before != "branch" else 12
        assert 1 <= front.run.wrong[at] <= most and front.run.executed[at + 0x10] > 5

    simulate(bench)


@pytest.mark.parametrize("offset", range(0, 8, 2))
def test_an_entry_inside_of_an_instruction(offset):
    """A jump was where now a long instruction begins: it is found out once, then forgotten."""
    at = START + 0x10 + offset

    async def bench(ctx, dut):
        front = Front(ctx, dut, Code({at: ("jump", 2)}, lambda _: START))
        for _ in range(40):
            await front.cycle()
        front.code = Code({START + 0x40: ("jump", 2)}, lambda _: START, long={at})
        await front.cycle(flush=START)
        for _ in range(100):
            await front.cycle()
        front.run = Run()
        for _ in range(64):
            await front.cycle()
        assert front.run.wrong.total() == 0 and front.run.retired == 64

    simulate(bench)


@pytest.mark.parametrize("name, size", [("btb_entries", 48), ("btb_entries", 4096), ("bht_entries", 4), ("ras_entries", 1),
                                        ("ras_entries", 32)])
def test_impossible_sizes(name, size):
    with pytest.raises(ValueError, match=f"{name} is a power of two up to .*, not {size}"):
        Predict(replace(CONFIG, **{name: size}))
