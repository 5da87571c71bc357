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


def test_csr_contents_stay_in_what_all_harts_agree_on() -> None:
    rng = random.Random(1)
    for row in csrs.CSRS:
        for _ in range(20):
            assert not values.csr_value(rng, row.name) & ~values.WRITABLE.get(row.name, values.MASK64)
    assert {values.csr_value(rng, "stimecmp") for _ in range(50)} == {0, values.MASK64}


def test_absent_numbers_are_absent() -> None:
    assert not set(values.ABSENT) & set(csrs.BY_NUMBER)
