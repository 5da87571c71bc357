"""`doppelhart vmm hostile`: guests that do at random whatever could hurt, between others that must not notice.

A run passes when the hypervisor comes to its end without panic, all neighbours have computed and kept what they should, and its
stack was never half full. What becomes of the hostile guests does not matter.
"""

import re
import time
from collections.abc import Sequence

from isa.profile import PROFILES
from sim.firmware import Edit, build_firmware
from sim.model import Machine
from sim.outcome import BadInput, Outcome, Verdict
from sim.run import named
from sim.toolchain import ToolchainError
from sim.vmm.devices import HARDWARE, SOFTWARE
from sim.vmm.scenario import Setting

GUESTS = ("hostile", "keeper", "hostile", "worker", "hostile", "hostile", "keeper", "hostile")
NEIGHBOURS = [i for i, name in enumerate(GUESTS) if name != "hostile"]
KEEPERS = sum(1 << i for i, name in enumerate(GUESTS) if name == "keeper")
BELL = re.compile(r"^\[guest (\d+)\] figure bells (\d+)$", re.MULTILINE)
LIMIT = 200_000_000     # instructions of one run
CHUNK = 500_000
STACK_SIZE = 0x2000     # of layout.h


def scenario(setting: Setting, seeds: Sequence[int], rounds: int, edits: Sequence[Edit] = (),
             flaw: str = "FLAW_NONE") -> Outcome:
    """One run on the model for each seed, `rounds` of random code in each guest; ends at the first that fails.

    `bells` among the figures: doorbells of virtio devices that the hostile guests have rung. Raises BadInput.
    """
    total = Outcome(Verdict.PASS, "model", 0, 0.0, 0, "", {"seeds": 0, "stack": 0, "bells": 0})
    start = time.monotonic()
    for seed in seeds:
        try:
            machine, text = _run(setting, seed, rounds, edits, flaw)
        except ToolchainError as error:
            raise BadInput(str(error)) from error
        total.instructions += machine.instructions
        total.figures["seeds"] += 1
        total.figures["stack"] = max(total.figures["stack"], stack_used(machine))
        total.figures["bells"] += sum({guest: int(bells) for guest, bells in BELL.findall(text)}.values())
        if reason := _wrong(machine, text):
            total.verdict, total.code, total.detail = Verdict.FAIL, 1, f"seed {seed}: {reason}"
            break
    total.seconds = time.monotonic() - start
    return total


def stack_used(machine: Machine) -> int:
    """Bytes of the hypervisor's stack from its top down to the last that is not 0."""
    stack = machine.read_memory(machine.symbols["stack"], STACK_SIZE)
    return STACK_SIZE - next((i for i, byte in enumerate(stack) if byte), STACK_SIZE)


def _run(setting: Setting, seed: int, rounds: int, edits: Sequence[Edit], flaw: str) -> tuple[Machine, str]:
    """The machine after its end, and what it has printed."""
    machine, console = Machine(profile=named(setting.config, PROFILES)), bytearray()
    machine.load_elf(build_firmware(GUESTS, {
        "HOSTILE_SEED": seed, "HOSTILE_ROUNDS": rounds, "WORKER_ROUNDS": 2, "SLICES_MAX": 100 + rounds,
        "KEEPERS": KEEPERS, "KEEPER_ROUNDS": 10 + rounds // 25, "HARTS": 2, "DISK_SIZE": 4096, "NETWORK": 1,
        "PORTS": HARDWARE if machine.profile.has("Xdoppel") else SOFTWARE, "FLAW": flaw}, edits))
    machine.on_console = console.extend
    while machine.exit_code is None and machine.instructions < LIMIT:
        machine.run(CHUNK)
        setting.terminal.progress(f"seed {seed}", machine.instructions, None)
    return machine, console.decode(errors="replace").replace("\r", "")


def _wrong(machine: Machine, text: str) -> str:
    if machine.exit_code is None:
        return f"no end after {LIMIT:,} instructions"
    if machine.exit_code not in (0, 1):
        return f"the hypervisor ended with code {machine.exit_code}: {text.splitlines()[-1:]}"
    for index in NEIGHBOURS:
        if f"[hypervisor] guest {index} ({GUESTS[index]}) passed" not in text:
            return f"guest {index}, a neighbour, has not passed"
    used = stack_used(machine)
    return f"{used} of {STACK_SIZE} bytes of the stack were used" if used >= STACK_SIZE // 2 else ""
