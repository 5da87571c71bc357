"""What a measured piece of a program consists of: kinds of instructions, and loads whose value the next instruction wants.

From retirement records, of the model or of the RTL: the mix belongs to the program, not to who runs it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise

from isa import retire
from isa.insns import BY_NAME, COMPRESSED, COMPRESSED_FIELDS, FIELDS, INSNS

# `csrr rd, cycle`: the first one of a program begins a measurement, the second ends it, and so on.
MARK_MASK, MARK = 0xFFFF_F07F, 0xC000_2073
_INSN, _PC, _NEXT = (retire.FIELDS[name].word for name in ("insn", "pc", "next_pc"))


@dataclass
class Mix:
    """Counts of retired instructions. `used_next`: loads whose register the next retired instruction reads."""

    instructions: int = 0
    loads: int = 0
    used_next: int = 0
    stores: int = 0
    branches: int = 0       # conditional ones
    taken: int = 0          # ... that went elsewhere than to the next instruction
    jumps: int = 0
    products: int = 0       # MUL and DIV
    system: int = 0         # CSRs, fences, and what traps or returns

    def share(self, name: str) -> float:
        """Of all instructions; `used_next` of the loads, `taken` of the branches."""
        whole = {"used_next": "loads", "taken": "branches"}.get(name, "instructions")
        total = getattr(self, whole)
        return getattr(self, name) / total if total else 0.0


@dataclass(frozen=True)
class Static:
    """What the bits of an instruction say: the name of a count of `Mix` ("" for none), registers read, register written."""

    kind: str
    reads: frozenset[int]
    rd: int


_KINDS = {"load": "loads", "hload": "loads", "store": "stores", "hstore": "stores", "mul": "products", "div": "products",
          "csr": "system", "sys": "system", "fence": "system"}


def _field(word: int, msb: int, lsb: int) -> int:
    return word >> lsb & (1 << msb - lsb + 1) - 1


@lru_cache(maxsize=1 << 16)
def static(word: int) -> Static:
    """Of an instruction of 16 or 32 bits. Raises ValueError for bits that are none."""
    long = word & 3 == 3
    row = next((row for row in (INSNS if long else COMPRESSED) if word & row.mask == row.match), None)
    base = row if long else row and BY_NAME.get(row.base)
    if row is None or base is None:
        raise ValueError(f"{word:#x} is not an instruction")
    if long:
        registers = {name: _field(word, *FIELDS[name]) for name in ("rd", "rs1", "rs2") if name in base.operands}
    else:
        registers = {name: _register(word, source) for name, source in row.operands.items() if name != "imm"}
    kind = _KINDS.get(base.unit, "")
    if base.unit == "branch":
        kind = "jumps" if base.name in ("jal", "jalr") else "branches"
    if base.name.startswith("lr."):
        kind = "loads"
    reads = frozenset(number for name, number in registers.items() if name != "rd" and number)
    return Static(kind, reads, registers.get("rd", 0))


def _register(word: int, source: str) -> int:
    if source in COMPRESSED_FIELDS:
        return _field(word, *COMPRESSED_FIELDS[source]) + 8 * source.endswith("'")
    return int(source.removeprefix("x"))


def measured(block: Sequence[int], count: int) -> Iterator[tuple[int, int]]:
    """First and last record (inclusive) of each measured piece, without the two marks."""
    insns = block[_INSN:count * retire.WORDS:retire.WORDS]
    marks = [at for at, word in enumerate(insns) if word & MARK_MASK == MARK]
    for first, last in zip(marks[::2], marks[1::2], strict=True):
        yield first + 1, last - 1


def mix_of(block: Sequence[int], first: int, last: int) -> Mix:
    """Of the records `first` to `last`. Records of traps are left out."""
    heads, insns, pcs, nexts = (block[word + first * retire.WORDS:(last + 1) * retire.WORDS:retire.WORDS]
                                for word in (0, _INSN, _PC, _NEXT))
    trap = 1 << retire.FIELDS["trap"].lsb
    retired = [(word & 0xFFFF_FFFF, target != pc + (4 if word & 3 == 3 else 2))
               for head, word, pc, target in zip(heads, insns, pcs, nexts, strict=True) if not head & trap]
    mix = Mix(instructions=len(retired))
    for (word, jumped), times in Counter(retired).items():
        kind = static(word).kind
        if kind:
            setattr(mix, kind, getattr(mix, kind) + times)
        if kind == "branches" and jumped:
            mix.taken += times
    for (word, following), times in Counter(pairwise(word for word, _ in retired)).items():
        if static(word).kind == "loads" and static(word).rd in static(following).reads:
            mix.used_next += times
    return mix


COUNTS = tuple(field.name for field in fields(Mix))
