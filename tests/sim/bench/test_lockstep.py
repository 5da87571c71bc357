"""Lockstep on the toy: verdicts, where blocks end, and that the fast way and the slow way agree."""

import pytest

from isa import platform, retire
from sim.bench.job import BusError, Verdict
from sim.bench.session import Session
from tests.sim.bench.conftest import make_toy
from tests.sim.bench.toy import Op

BASE = platform.RAM_BASE
DATA = BASE + 0x1000
PASS = platform.FINISHER_PASS
DIGEST = "tests.sim.bench.consumers:Digest"
COUNT = ((Op.ADD, 7), (Op.STORE, DATA), (Op.ADD, 300), (Op.LOAD, DATA), (Op.ADD, 60), (Op.JUMP, "@5"),
         (Op.FINISH, PASS))
SUM_1000 = ((Op.ADD, 400), (Op.ADD, 300), (Op.SWAP, 0), (Op.SWAP, 0), (Op.ADD, 300), (Op.ADD, 1),
            (Op.FINISH, PASS))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """A simulation of a toy that computes 1001 where 1000 is right."""
    with Session(make_toy(tmp_path_factory.mktemp("faulty"), toy={"fault": "sum"})) as session:
        yield session


def test_a_program_passes(session, job):
    result = session.run(job(*COUNT))
    assert (result.verdict, result.code, result.records) == (Verdict.PASS, 0, 6 + 67 + 1)


def test_the_program_may_fail(session, job):
    for command, verdict, code in ((0x3333, Verdict.FAIL, 1), (0x3_3333, Verdict.FAIL, 3), (0x7777, Verdict.PASS, 0)):
        result = session.run(job((Op.FINISH, command)))
        assert (result.verdict, result.code) == (verdict, code)


@pytest.mark.parametrize("per_cycle", [False, True])
@pytest.mark.parametrize("block", [1, 3, 1024])
def test_a_difference_is_found(faulty, job, per_cycle, block):
    result = faulty.run(job(*SUM_1000, per_cycle=per_cycle, block=block))
    assert result.verdict is Verdict.DIVERGED
    difference = result.divergence
    rtl, model = retire.unpack(difference.rtl), retire.unpack(difference.model)
    assert (rtl["rd_value"], model["rd_value"], rtl["order_low"]) == (1001, 1000, 4)
    assert [retire.unpack(words)["order_low"] for words in difference.history] == [0, 1, 2, 3]
    assert result.detail == difference.reason == "word 4 differs"


def test_the_history_is_the_last_16_records_whatever_the_blocks(faulty, job):
    program = ((Op.ADD, 20), (Op.JUMP, "@1"), (Op.ADD, 1000), (Op.FINISH, PASS))
    for block in (1, 5, 7, 1024):
        history = faulty.run(job(*program, block=block)).divergence.history
        assert [retire.unpack(words)["order_low"] for words in history] == list(range(6, 22))


def test_both_ways_give_the_same_records_and_verdict(session, job):
    disturbed = {"stall_chance": 0.4, "stall_longest": 4, "seed": 5,
                 "errors": [BusError(DATA, DATA, read=False, beats=1)]}
    for fields in ({}, disturbed):
        fast = session.run(job(*COUNT, statistics=DIGEST, **fields))
        slow = session.run(job(*COUNT, statistics=DIGEST, per_cycle=True, **fields))
        assert fast.verdict is slow.verdict is Verdict.PASS
        assert (fast.cycles, fast.records, fast.stalled) == (slow.cycles, slow.records, slow.stalled)
        assert fast.statistics["hash"] == slow.statistics["hash"]
        assert slow.statistics["records"] == slow.statistics["blocks"] == fast.records
        assert fast.statistics["blocks"] < fast.records


def test_the_seed_of_the_job_chooses_the_stalls(session, job):
    stalled = [session.run(job(*COUNT, stall_chance=0.5, stall_longest=9, seed=seed)).stalled for seed in (1, 2, 1)]
    assert stalled[0] == stalled[2] != stalled[1]


def test_bus_errors_are_input_to_the_model(session, job):
    result = session.run(job(*COUNT, errors=[BusError(DATA, DATA + 7, fetch=False)]))
    assert (result.verdict, result.bus_errors) == (Verdict.PASS, 2)


def test_limits(session, job):
    forever = ((Op.ADD, 1), (Op.JUMP, "@0"))
    result = session.run(job(*forever, max_records=2500, block=1000))
    assert (result.verdict, result.records) == (Verdict.LIMIT, 2500)
    assert result.detail == "stopped after 2500 records"
    result = session.run(job(*forever, max_cycles=777))
    assert (result.verdict, result.cycles) == (Verdict.LIMIT, 777)
    assert result.detail == "stopped after 777 cycles"
    result = session.run(job(*forever, max_seconds=0.01, check=False))
    assert (result.verdict, result.detail) == (Verdict.LIMIT, "stopped after 0.01 seconds")


def test_a_hart_that_stands_still_is_noticed(session, job):
    result = session.run(job((Op.ADD, 1), (Op.GET, 0), quiet_limit=5000))
    assert (result.verdict, result.detail) == (Verdict.QUIET, "nothing has retired for 5000 cycles")


def test_without_checking_no_model_is_asked(faulty, job):
    result = faulty.run(job(*SUM_1000, check=False))
    assert (result.verdict, result.records) == (Verdict.PASS, 7)


def test_each_program_starts_at_power_on(session, job):
    program = ((Op.SWAP, 0), (Op.JUMP, "@4"), (Op.ADD, 5), (Op.SWAP, 0), (Op.FINISH, PASS))
    for _ in range(3):      # a cell that kept its 5 would take the jump
        assert session.run(job(*program)).records == 5


def test_htif_ends_a_run_and_prints(session, job):
    """The host has taken the command, and cleared it, before the next load."""
    program = ((Op.LOAD, "@9"), (Op.STORE, DATA), (Op.LOAD, DATA), (Op.ADD, 1), (Op.STORE, DATA + 16),
               (Op.SWAP, 0), (Op.ADD, 7), (Op.STORE, DATA), (Op.ADD, 1), 0x0101 << 48 | ord("!"))
    symbols = {"tohost": DATA, "fromhost": DATA + 8, "begin_signature": DATA + 8, "end_signature": DATA + 24}
    seen = []
    result = session.run(job(*program, symbols=symbols, signature=True), console=seen.append)
    assert (result.verdict, result.code, result.records) == (Verdict.FAIL, 3, 8)
    assert b"".join(seen) == b"!"
    assert bytes.fromhex(result.signature) == bytes(8) + (1).to_bytes(8, "little")


@pytest.mark.parametrize("fault", ["moves", "flickers"])
def test_a_broken_bus_rule_is_reported(tmp_path, job, fault):
    with Session(make_toy(tmp_path, toy={"fault": fault})) as session:
        result = session.run(job((Op.ADD, 1), (Op.STORE, DATA), (Op.FINISH, PASS), stall_chance=1, stall_longest=3))
        assert result.verdict is Verdict.BROKEN
        assert result.detail in (f"the bus request at {at:#x} changed before its ack or err" for at in (DATA, DATA + 8))
        assert session.run(job((Op.ADD, 1), (Op.FINISH, PASS))).verdict is Verdict.PASS
