"""Jobs and results survive the way through JSON."""

import json

from sim.bench.job import BusError, Divergence, Job, Result, Verdict


def through_json(thing):
    return type(thing).from_json(json.loads(json.dumps(thing.to_json())))


def test_a_job():
    job = Job("a.elf", errors=[BusError(1, 2, fetch=False, beats=3)], stall_chance=0.5, stall_longest=3, uart_input="\xff")
    assert through_json(job) == job


def test_a_result():
    difference = Divergence([1 << 63] * 16, [2] * 16, "why", [[3] * 16], ["walk"], "a.elf", "replay")
    for result in (Result(Verdict.PASS, 1, 2, 3.5, 0), Result(Verdict.DIVERGED, 1, 2, 3.0, divergence=difference)):
        assert through_json(result) == result
