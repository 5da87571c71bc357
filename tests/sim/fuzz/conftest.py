"""Small hand-made programs for the tests of the fuzzer."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from isa.retire import unpack
from sim.fuzz import protection
from sim.fuzz.judge import on_model
from sim.fuzz.program import STATE, Block, Literal, Program, Segment, Unit
from sim.fuzz.values import SPIKE

Run = Callable[..., list[dict[str, int]]]


def block(number: int, mode: str, *units: Unit, budget: int = 20, **state: int) -> Block:
    """A block with translation off that enters `mode`."""
    privilege = {"M": 3, "S": 1, "U": 0, "VS": 1, "VU": 0}[mode]
    opened = protection.state(random.Random(0), SPIKE.profile, [], holes=0)
    status = privilege << 11 | (mode[0] == "V") << 39
    start = dict.fromkeys(STATE, 0) | opened | {"mtimecmp": -1, "mstatus": status} | state
    label = f"b{number}s0"
    literals = {"mtvec": Literal("m"), "stvec": Literal("hs_ECALL_S"), "vstvec": Literal("vs"), "mepc": Literal(label)}
    return Block(start | literals, [Segment(label, mode, mode in ("U", "VU"), list(units))], budget)


@pytest.fixture(name="block")
def block_fixture() -> Callable[..., Block]:
    return block


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Records of a program of these blocks on the model."""
    def runs(*blocks: Block, **parts: dict[str, int]) -> list[dict[str, int]]:
        path = tmp_path / "x.elf"
        path.write_bytes(Program(0, list(blocks), {}, **parts).elf())
        return [unpack(machine.hart.record) for machine in on_model(path)]
    return runs
