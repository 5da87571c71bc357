"""Decode: from instruction bits to an object that runs, by the rows of isa/insns.py.

What no row of a built-in extension matches is illegal; so are all encodings longer than 32 bits (low bits
11111), which are fetched as 32.
"""

from functools import lru_cache

from isa import insns
from isa.insns import COMPRESSED, COMPRESSED_FIELDS, FIELDS, IMMEDIATES, INSNS
from isa.profile import Profile
from sim.model import (
    execute_atomic,
    execute_bits,
    execute_cbo,
    execute_hypervisor,
    execute_int,
    execute_memory,
    execute_mul,
    execute_system,
)
from sim.model.hart import Hart
from sim.model.insn import Insn
from sim.model.trap import illegal

LONGER = 0b11111                        # bits 4:0 of an encoding longer than 32 bits
ENOUGH = 1 << 16                        # instructions to remember


class Illegal(Insn):
    """Bits that no instruction of this hart has."""

    def run(self, h: Hart) -> None:
        raise illegal(self)


MODULES = (execute_int, execute_mul, execute_bits, execute_memory, execute_cbo, execute_atomic, execute_system,
           execute_hypervisor)


def _classes() -> dict[str, type[Insn]]:
    found: dict[str, type[Insn]] = {}
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Insn) and value is not Insn:
                found[name.rstrip("_").replace("_", ".")] = value
    return found


CLASSES: dict[str, type[Insn]] = _classes()     # mnemonic -> class; a few are shared bases without a mnemonic


class Decoder:
    """Decodes for one profile."""

    def __init__(self, profile: Profile) -> None:
        self._rows = tuple((row.mask, row.match, row, CLASSES[row.name])
                           for row in INSNS if profile.has(row.ext))
        self._compressed = tuple((row.mask, row.match, row) for row in COMPRESSED if profile.has("C"))
        self._known: dict[int, Insn] = {}

    def decode(self, word: int) -> Insn:
        """The instruction with these bits: 16 of them when the low two are not 11, else 32."""
        insn = self._known.get(word)
        if insn is None:
            if len(self._known) >= ENOUGH:
                self._known.clear()
            insn = self._known[word] = self._decode(word)
        return insn

    def _decode(self, word: int) -> Insn:
        if word & 3 != 3:
            word32 = self._expand(word)
            return self._match(word, word32, 2) if word32 else Illegal(None, word, 0, 2)
        if word & LONGER == LONGER:
            return Illegal(None, word, word, 4)
        return self._match(word, word, 4)

    def _match(self, word: int, word32: int, length: int) -> Insn:
        for mask, match, row, cls in self._rows:
            if word32 & mask == match:
                return cls(row, word, word32, length)
        return Illegal(None, word, word32, length)

    def _expand(self, word: int) -> int:
        """The 32-bit instruction that a compressed one stands for; 0 when there is none."""
        for mask, match, row in self._compressed:
            if word & mask == match:
                return expand(row, word) if row.base else 0
        return 0


@lru_cache
def decoder(profile: Profile) -> Decoder:
    """The decoder of a profile; machines share it, and with it the instructions it has made."""
    return Decoder(profile)


def expand(row: insns.Compressed, word: int) -> int:
    """32-bit form of the compressed instruction `word`, which matches `row`."""
    base = insns.BY_NAME[row.base]
    word32 = base.match
    for operand, source in row.operands.items():
        if operand == "imm":
            word32 |= _immediate(base, insns.extract(word, row.imm, row.signed))
        else:
            word32 |= _register(word, source) << FIELDS[operand][1]
    return word32


def _immediate(base: insns.Insn, value: int) -> int:
    kind = next(o for o in base.operands if o in IMMEDIATES or o in ("shamt6", "shamt5"))
    return insns.insert(value, IMMEDIATES[kind]) if kind in IMMEDIATES else value << FIELDS[kind][1]


def _register(word: int, source: str) -> int:
    """Number of the register `source`: x0..x31, or a field of the compressed word (primed: x8-x15)."""
    if source.startswith("x"):
        return int(source[1:])
    msb, lsb = COMPRESSED_FIELDS[source]
    number = word >> lsb & (2 << msb - lsb) - 1
    return number + 8 if source.endswith("'") else number
