"""Guests that try everything: the hypervisor goes on, its stack stays small, and neighbours come to their right end."""

import pytest

from sim.firmware import FIRMWARE, Edit
from sim.outcome import Verdict
from sim.terminal import Terminal
from sim.vmm.hostile import STACK_SIZE, scenario
from sim.vmm.scenario import Setting

ROUNDS = 200


def on(profile: str) -> Setting:
    return Setting("model", profile, 120.0, Terminal())


@pytest.mark.parametrize("profile", ["default", "spike"])
def test_neighbours_finish(profile):
    outcome = scenario(on(profile), [1], ROUNDS)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert 100 < outcome.figures["stack"] < STACK_SIZE // 2


def test_a_panic_is_noticed():
    """What a guest does by jumping to nowhere must not end the hypervisor."""
    edits = [Edit("traps.c", '#include "mmio.h"\n', '#include "mmio.h"\n#include "panic.h"\n'),
             Edit("traps.c", "static enum outcome fetch_fault(struct vcpu *vcpu)\n{\n",
                  'static enum outcome fetch_fault(struct vcpu *vcpu)\n{\n    panic("a jump to nowhere\\n");\n')]
    outcome = scenario(on("default"), [1], ROUNDS, edits)
    assert outcome.verdict is Verdict.FAIL and "code 2" in outcome.detail


def test_stack_size_is_that_of_the_firmware():
    assert f"#define STACK_SIZE          {STACK_SIZE:#x}" in (FIRMWARE / "layout.h").read_text()
