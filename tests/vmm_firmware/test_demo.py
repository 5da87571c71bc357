"""The demo: two guests that check themselves, side by side."""

import re

import pytest

from sim.firmware import GUESTS
from tests.vmm_firmware.machines import EVERYWHERE

GROUPS = re.findall(r'{ "(\w+)", driver_\w+ }', (GUESTS / "driver.c").read_text())


@pytest.mark.parametrize("on", EVERYWHERE)
def test_passes(run, on):
    demo = run(on)
    assert demo.code == 0, demo.text
    assert demo.hypervisor()[-1] == "all guests have ended, passed"
    assert "FAIL" not in demo.text


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("on", EVERYWHERE)
def test_driver(run, on, group):
    """Every path on which the hypervisor carries out an instruction, checked by the guest itself."""
    assert f"PASS {group}" in run(on).guest(1), run(on).text


@pytest.mark.parametrize("on", EVERYWHERE)
def test_worker(run, on):
    """The result of paging, user mode and timer interrupts under time slices is what plain arithmetic says."""
    lines = run(on).guest(0)
    assert lines[-1] == "PASS worker", run(on).text
    header, source = (GUESTS / "worker.h").read_text(), (GUESTS / "worker.c").read_text()
    words = int(re.search(r"TASK_WORDS +(\d+)", header)[1])
    rounds = int(re.search(r"WORKER_ROUNDS (\d+)", source)[1])
    assert lines[-2] == f"worker: checksum {worker_checksum(words, rounds):#x}, 2 page faults"


def worker_checksum(words: int, rounds: int) -> int:
    """What the worker computes, with sorted() for its sort."""
    full = (1 << 64) - 1
    total = 0
    for seed in range(rounds):
        x, values = (seed * 0x1e3779b1 + 1) & full, []
        for _ in range(words):
            x ^= x << 13 & full
            x ^= x >> 7
            x ^= x << 17 & full
            values.append(x)
        result = 0
        for value in sorted(values):
            result = (result ^ value) * 0x01000193 & full
        total = (total * 31 + result) & full
    return total


@pytest.mark.parametrize("on", EVERYWHERE)
def test_lines_of_guests_do_not_mix(run, on):
    """Every line has one owner, and is a whole line of that owner."""
    assert all(re.fullmatch(r"\[(guest \d|hypervisor)\] [^\[\]]*", line)
               for line in run(on).text.splitlines() if not line.startswith("***"))


@pytest.mark.parametrize("on", EVERYWHERE)
def test_figures_mean_something(run, on):
    """Enough exits for a percentile, and enough switches to know that slices work."""
    demo = run(on)
    assert sum(demo.exits("worker").values()) + sum(demo.exits("driver").values()) >= 1000
    assert demo.figure("switches") >= 20
