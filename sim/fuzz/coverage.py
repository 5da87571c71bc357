"""What a run has exercised, against what could be.

Six kinds of points: instructions by mode, traps by mode, cause and target, returns, accesses to CSRs, accesses to memory by
kind and what became of them, and walks by stage, level and what decided there. What could be is in `expected.py`.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from isa import causes, csrs, insns
from isa.causes import EXC, MODES, VS, M
from isa.retire import FIELDS, Words
from sim.fuzz import expected
from sim.fuzz.expected import FETCH, HLV, HLVX, HSV, Point
from sim.fuzz.walks import FETCH as X
from sim.fuzz.walks import LOAD as R
from sim.fuzz.walks import STORE as W
from sim.fuzz.walks import Request, State, Tables
from sim.model import Machine

_EXCEPTION = {c.code: c.name for c in causes.EXCEPTIONS}
_INTERRUPT = {c.code: c.name for c in causes.INTERRUPTS}
_FETCH_FAULTS = {EXC[n] for n in ("INSTRUCTION_ACCESS_FAULT", "INSTRUCTION_PAGE_FAULT", "INSTRUCTION_GUEST_PAGE_FAULT")}
_OUTCOME = {"ACCESS_FAULT": "access fault", "GUEST_PAGE_FAULT": "guest-page fault", "PAGE_FAULT": "page fault",
            "MISALIGNED": "misaligned"}
_MEMORY = ("load", "store", "amo", "hload", "hstore")
_NO_ACCESS = {EXC["ILLEGAL_INSTRUCTION"], EXC["VIRTUAL_INSTRUCTION"], EXC["LOAD_MISALIGNED"], EXC["STORE_MISALIGNED"]}
_MPRV, _SPVP = 1 << 17, 1 << 8
_PAGE = 12
ONES = (1 << 64) - 1

_ROWS: dict[int, list[tuple[int, int, str]]] = {}               # by opcode and funct3
for _row in insns.INSNS:
    for _funct3 in range(8):
        if (_row.match ^ _funct3 << 12) & _row.mask & 7 << 12 == 0:
            _ROWS.setdefault(_funct3 << 12 | _row.match & 0x7F, []).append((_row.mask, _row.match, _row.name))
_SHORT_ROWS = [(row.mask, row.match, row.name if row.base else "illegal") for row in insns.COMPRESSED]


@lru_cache(maxsize=1 << 18)
def decode(word: int, compressed: bool) -> str:
    """Name of the instruction; "illegal" where there is none. A compressed one goes by its own name."""
    rows = _SHORT_ROWS if compressed else _ROWS.get(word & 0x707F, ())
    return next((name for mask, match, name in rows if word & mask == match), "illegal")


def _shift(name: str) -> tuple[int, int]:
    return FIELDS[name].lsb, (1 << FIELDS[name].width) - 1


_TRAP, _INTERRUPTED, _COMPRESSED, _READS, _WRITES, _CSR = (1 << FIELDS[n].lsb for n in (
    "trap", "interrupt", "compressed", "mem_read", "mem_write", "csr_write"))
(_CAUSE, _CAUSE_MASK), (_MODE, _MODE_MASK), (_NEXT, _) = _shift("cause"), _shift("mode"), _shift("next_mode")
_ACCESSES, _CHANGES = _READS | _WRITES | _TRAP, _CSR | _TRAP
COUNTED = (_TRAP | _INTERRUPTED | _COMPRESSED | _CAUSE_MASK << _CAUSE | _MODE_MASK << _MODE | _MODE_MASK << _NEXT)
_WORD_MASK = (1 << FIELDS["insn"].width) - 1
_TINST = FIELDS["tinst"].lsb
_TVAL, _PC, _VADDR, _PADDR = (FIELDS[n].word for n in ("tval", "pc", "mem_vaddr", "mem_paddr"))
# What of the registers in `State` a translation depends on, MPRV included.
_STATE_BITS = (ONES, ONES, ONES, _MPRV | 3 << 11 | 1 << 39 | 3 << 18, 3 << 18, 1 << 61, 1 << 61)


@dataclass
class Coverage:
    """Counts of points, of one program or of many."""

    points: Counter[Point] = field(default_factory=Counter)
    records: int = 0

    def count(self, flags: int, insn: int, number: int = 1) -> None:
        """Count what so many records show, by the first two words of each."""
        self.records += number
        mode, target = MODES[flags >> _MODE & _MODE_MASK], MODES[flags >> _NEXT & _MODE_MASK]
        code = flags >> _CAUSE & _CAUSE_MASK
        if flags & _INTERRUPTED:
            self.points["trap", mode, _INTERRUPT[code + (target == MODES[VS])], target] += number   # VS sees them one lower
            return
        outcome = "done"
        if flags & _TRAP:
            outcome = _EXCEPTION[code]
            self.points["trap", mode, outcome, target] += number
            if code in _FETCH_FAULTS:
                self.points["access", FETCH, mode, _ending(insn, outcome)] += number
                return
        elif mode != target:
            self.points["return", mode, target] += number
        word = insn & _WORD_MASK
        name = decode(word, bool(flags & _COMPRESSED))
        self.points["insn", mode, name] += number
        kind = expected.unit(name)
        if kind == "csr":
            row = csrs.BY_NUMBER.get(word >> 20)
            writes = name in ("csrrw", "csrrwi") or word >> 15 & 31
            self.points["csr", row.name if row else "absent", mode, "write" if writes else "read", outcome] += number
        elif kind in _MEMORY and outcome not in ("ILLEGAL_INSTRUCTION", "VIRTUAL_INSTRUCTION"):
            self.points["access", _access(name, kind), mode, _ending(insn, outcome)] += number

    def add(self, other: "Coverage") -> None:
        """Add the counts of another one."""
        self.points.update(other.points)
        self.records += other.records

    def holes(self) -> dict[str, list[Point]]:
        """Expected points never seen, by kind; those that have an explanation are none."""
        out: dict[str, list[Point]] = {}
        for point in expected.points():
            if not expected.explanation(point) and not self._seen(point):
                out.setdefault(point[0], []).append(point)
        return out

    def _seen(self, point: Point) -> bool:
        if point[0] == "csr":
            return any(self.points[(*point, outcome)] for outcome in ("done", "ILLEGAL_INSTRUCTION", "VIRTUAL_INSTRUCTION"))
        return point in self.points

    def contradicted(self) -> list[Point]:
        """Points that an explanation says cannot be, and that were seen all the same."""
        return [point for point in expected.points() if expected.explanation(point) and self._seen(point)]

    def table(self) -> str:
        """Seen and expected points of each kind, then the holes."""
        holes = self.holes()
        lines = [f"{self.records:,} records"]
        wanted = Counter(p[0] for p in expected.points() if not expected.explanation(p))
        for kind, count in wanted.items():
            if any(point[0] == kind for point in self.points):
                lines.append(f"{kind:8} {count - len(holes[kind]) if kind in holes else count:5} of {count}")
            else:
                lines.append(f"{kind:8}     not watched")
                holes.pop(kind, None)
        lines += [f"hole: {' '.join(point)}" for points in holes.values() for point in points]
        lines += [f"not impossible: {' '.join(point)}" for point in self.contradicted()]
        why = Counter(expected.explanation(p) for p in expected.points())
        lines += [f"not expected: {count} points, {text}" for text, count in why.items() if text]
        return "\n".join(lines)


class Watcher:
    """Counts what one machine does: call `feed` after each of its steps, with its record."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._records: Counter[tuple[int, int]] = Counter()     # by what `Coverage.count` looks at
        self._steps: Counter[Point] = Counter()
        self._spvp = 0
        self._state = State(*[0] * len(_STATE_BITS))            # before the last step
        self._walked: dict[State, set[tuple[str, int, int, bool]]] = {}
        self._pages: set[tuple[str, int, int, bool]] = set()    # walked in this state

    @property
    def coverage(self) -> Coverage:
        """All of it so far."""
        out = Coverage(Counter(self._steps))
        for (flags, insn), number in self._records.items():
            out.count(flags, insn, number)
        return out

    def count(self, seen: Counter[tuple[int, int]]) -> None:
        """Count records by their first two words, without the walks."""
        self._records.update(seen)

    def feed(self, machine: Machine, words: Words) -> None:
        """Count the last step: its record, and the walks of its accesses."""
        flags = words[0]
        self._tables.attach(machine)
        self._records[flags & COUNTED, words[1]] += 1
        if not flags & _INTERRUPTED:
            self._walks(flags, words)
        if flags & _WRITES and words[_PADDR] >= expected.FIRST_TABLE:
            self._tables.refresh(words[_PADDR])
            self._walked.clear()
            self._pages = set()
        if flags & _CHANGES or (flags >> _MODE ^ flags >> _NEXT) & _MODE_MASK:
            h = machine.hart
            registers = h.satp, h.vsatp, h.hgatp, h.mstatus, h.vsstatus, h.menvcfg, h.henvcfg
            self._state = State(*(value & bits for value, bits in zip(registers, _STATE_BITS, strict=True)))
            self._spvp = h.hstatus & _SPVP
            self._pages = self._walked.setdefault(self._state, set())

    def _walks(self, flags: int, words: Words) -> None:
        """Walk again for the fetch and for the explicit access, unless this page has been walked in this state."""
        mode, code, trap = flags >> _MODE & _MODE_MASK, flags >> _CAUSE & _CAUSE_MASK, flags & _TRAP
        if trap and code in _FETCH_FAULTS:
            self._walk(X, words[_TVAL], mode)
            return
        self._walk(X, words[_PC], mode)
        if not flags & _ACCESSES:
            return
        name = decode(words[1] & _WORD_MASK, bool(flags & _COMPRESSED))
        kind = expected.unit(name)
        if kind not in _MEMORY or (trap and code in _NO_ACCESS):
            return
        if kind in ("hload", "hstore"):
            mode = causes.VS if self._spvp else causes.VU
        elif mode == M and self._state.mstatus & _MPRV:
            mode = self._state.mstatus >> 11 & 3
            if mode != M:
                mode |= self._state.mstatus >> 39 << 2 & causes.VU
        reads = kind in ("load", "hload") or name[:2] == "lr"
        self._walk(R if reads else W, words[_TVAL if trap else _VADDR], mode, name[:4] == HLVX)

    def _walk(self, kind: str, address: int, mode: int, hlvx: bool = False) -> None:
        key = kind, address >> _PAGE, mode, hlvx
        if key not in self._pages:
            self._pages.add(key)
            for step in self._tables.steps(self._state, Request(kind, address, mode, hlvx)):
                self._steps["walk", *step] += 1


def _access(name: str, kind: str) -> str:
    if kind == "hload":
        return HLVX if name.startswith(HLVX) else HLV
    return HSV if kind == "hstore" else name if kind == "amo" and name[:2] in ("lr", "sc") else kind


def _ending(insn: int, outcome: str) -> str:
    """How an access ended; a guest-page fault also says whether the VS-stage walk itself met it."""
    text = next((text for suffix, text in _OUTCOME.items() if outcome.endswith(suffix)), outcome)
    implicit = insn >> _TINST & _WORD_MASK in (causes.TINST_READ_PTE, causes.TINST_WRITE_PTE)
    return f"{text} of the walk" if text == "guest-page fault" and implicit else text
