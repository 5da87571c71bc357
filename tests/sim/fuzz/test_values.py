"""sim/fuzz/values.py."""

import random

import pytest

from isa import csrs
from isa.profile import PROFILES
from sim.fuzz import values
from sim.model import Machine
from sim.model.decode import Decoder

decode = Decoder(PROFILES["spike"]).decode


def is_illegal(word: int) -> bool:
    machine = Machine(ram_size=1 << 16)
    machine.write_memory(0x8000_0000, word.to_bytes(4, "little"))
    machine.hart.pc = 0x8000_0000
    machine.step()
    return bool(machine.hart.traps) and machine.hart.mcause == 2


@pytest.mark.parametrize("seed", range(40))
def test_no_instruction_has_these_encodings(seed: int) -> None:
    rng = random.Random(seed)
    word, half = values.word(rng), values.half(rng)
    assert word & 3 == 3 and is_illegal(word)
    assert half & 3 != 3 and is_illegal(half)


def test_csr_contents_stay_in_what_the_judge_allows() -> None:
    rng = random.Random(1)
    for row in csrs.CSRS:
        for _ in range(20):
            written = values.csr_value(rng, row.name, values.SPIKE)
            assert not written & ~values.SPIKE.writable.get(row.name, values.MASK64)
    assert {values.csr_value(rng, "stimecmp", values.SPIKE) for _ in range(50)} == {0, values.MASK64}
    assert {values.csr_value(rng, "satp", values.SPIKE) >> 60 for _ in range(200)} == {0, 1, 7, 8, 11, 15}
    assert {values.csr_value(rng, "satp", values.LOCKSTEP) >> 60 for _ in range(400)} == set(range(16))
    assert any(values.csr_value(rng, "mcounteren", values.LOCKSTEP) > 7 for _ in range(50))


def test_absent_numbers_are_absent() -> None:
    assert not set(values.ABSENT) & set(csrs.BY_NUMBER)
