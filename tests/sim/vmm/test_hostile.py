"""Guests that try everything: the hypervisor goes on, its stack stays small, and neighbours come to their right end."""

import pytest

from isa.profile import PROFILES
from sim.firmware import FIRMWARE, Edit, build_firmware
from sim.model import Machine
from sim.outcome import Verdict
from sim.terminal import Terminal
from sim.vmm.hostile import STACK_SIZE, scenario
from sim.vmm.scenario import Setting

ROUNDS = 200
DOORBELLS = 500         # of virtio devices: guests that ring less have not attacked them


def on(profile: str) -> Setting:
    return Setting("model", profile, 120.0, Terminal())


@pytest.mark.parametrize("profile", ["default", "spike"])
def test_neighbours_finish(profile):
    outcome = scenario(on(profile), [1], ROUNDS)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert 100 < outcome.figures["stack"] < STACK_SIZE // 2
    assert outcome.figures["bells"] > DOORBELLS


def test_a_panic_is_noticed():
    """What a guest does by jumping to nowhere must not end the hypervisor."""
    edits = [Edit("traps.c", '#include "mmio.h"\n', '#include "mmio.h"\n#include "panic.h"\n'),
             Edit("traps.c", "static enum outcome fetch_fault(struct vcpu *vcpu)\n{\n",
                  'static enum outcome fetch_fault(struct vcpu *vcpu)\n{\n    panic("a jump to nowhere\\n");\n')]
    outcome = scenario(on("default"), [1], ROUNDS, edits)
    assert outcome.verdict is Verdict.FAIL and "code 2" in outcome.detail


@pytest.mark.parametrize("flaw, complaint", [
    ("FLAW_UNCHECKED_RING", "the hypervisor ended with code 2"),
    ("FLAW_UNCHECKED_SECTOR", "the hypervisor ended with code 2"),
    ("FLAW_SWITCH_FLOODS", "a neighbour, has not passed"),
    ("FLAW_SWITCH_BELIEVES", "a neighbour, has not passed"),
])
def test_flaws_of_devices(flaw, complaint):
    """What hostile queues and frames do to a hypervisor that believes them."""
    outcome = scenario(on("default"), [1, 2], ROUNDS, flaw=flaw)
    assert outcome.verdict is Verdict.FAIL and complaint in outcome.detail


def test_ownership_is_asserted_where_bytes_move():
    """A buffer that is not looked at is found by the assertion behind it, before a byte of another's has moved."""
    edits = [Edit("virtqueue.c", "    return vm_memory(vm, address, length);",
                  "    return length ? (uint8_t *)(vm->ram + (address - GUEST_RAM_BASE)) : 0;")]
    outcome = scenario(on("default"), [1, 2], ROUNDS, edits)
    assert outcome.verdict is Verdict.FAIL and "belong to owner" in outcome.detail


def endless(edits=()):
    machine = Machine(profile=PROFILES["default"])
    machine.load_elf(build_firmware(["endless"], {"DISK_SIZE": 4096}, edits))
    machine.run(5_000_000)
    return machine.exit_code


def test_a_queue_that_feeds_itself():
    """A doorbell is answered, although each request makes the next; without the bound it never would be."""
    assert endless() == 0
    assert endless([Edit("vblock.c", "most > 0 && virtqueue_take", "(most > 0 || virtio) && virtqueue_take")]) is None


def test_stack_size_is_that_of_the_firmware():
    assert f"#define STACK_SIZE          {STACK_SIZE:#x}" in (FIRMWARE / "layout.h").read_text()
