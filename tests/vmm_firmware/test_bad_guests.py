"""Guests that misbehave end with a message; their neighbours and the hypervisor do not notice."""

import pytest

from sim.firmware import GUESTS
from tests.vmm_firmware.machines import EVERYWHERE

LOOP = "its trap handler traps at its first instruction"
SLICES = "has used up its time slices"
MESSAGES = {
    "bad_illegal": LOOP, "bad_jump": LOOP, "bad_load": LOOP, "bad_loop": LOOP, "bad_stack": LOOP, "bad_store": LOOP,
    "bad_table_device": LOOP, "bad_table_hole": LOOP, "bad_spin": SLICES, "bad_storm": SLICES,
    "bad_wait": "waits for an interrupt that cannot come", "bad_report": "reports a system failure",
}
NEIGHBOURS = ("worker", "calls")
IMAGE = ("worker", *MESSAGES, "calls")
OPTIONS = {"SLICES_MAX": 60, "SLICE_TICKS": 500, "WORKER_ROUNDS": 2}


def test_every_bad_guest_is_here():
    assert set(MESSAGES) == {path.stem for path in GUESTS.glob("bad_*")}


@pytest.mark.parametrize("guest", MESSAGES)
@pytest.mark.parametrize("on", EVERYWHERE)
def test_message(run, on, guest):
    lines = run(on, *IMAGE, **OPTIONS).hypervisor()
    index = IMAGE.index(guest)
    assert any(line.startswith(f"guest {index} at pc 0x") and line.endswith(f": {MESSAGES[guest]}")
               for line in lines), "\n".join(lines)
    assert f"guest {index} ({guest}) failed" in lines


@pytest.mark.parametrize("guest", [name for name, message in MESSAGES.items() if message == LOOP and name != "bad_loop"])
@pytest.mark.parametrize("on", EVERYWHERE)
def test_found_at_once(run, on, guest):
    """A loop of exits is seen in the first of them; only one without exits (bad_loop) has to wait for the timer."""
    assert run(on, *IMAGE, **OPTIONS).exits(guest)["timer"] == 0


@pytest.mark.parametrize("guest", NEIGHBOURS)
@pytest.mark.parametrize("on", EVERYWHERE)
def test_neighbour_finishes(run, on, guest):
    lines = run(on, *IMAGE, **OPTIONS).hypervisor()
    assert f"guest {IMAGE.index(guest)} ({guest}) passed" in lines, "\n".join(lines)


@pytest.mark.parametrize("on", EVERYWHERE)
def test_one_failure_is_a_failure(run, on):
    bad = run(on, *IMAGE, **OPTIONS)
    assert bad.hypervisor()[-1] == "all guests have ended, failed"
    assert bad.code == 1
