"""What a stream of retirement records has exercised, against what could be.

Five kinds of points: instructions by mode, traps by mode, cause and target, accesses to CSRs, walks by kind of access
and what ended them, and how deep the leaf was that the program planned for the address.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from isa import causes, csrs, insns
from isa.causes import EXC, IRQ, MODES, VS, VU, M, S, U
from sim.fuzz.values import SPIKE

Point = tuple[str, ...]
MACHINE = 3                 # bits 9:8 of a CSR number
Record = Mapping[str, int]

FETCH, LOAD, STORE, HLV, HLVX, HSV, MPRV = "fetch", "load", "store", "hlv", "hlvx", "hsv", "mprv"
_EXCEPTION = {c.code: c.name for c in causes.EXCEPTIONS}
_INTERRUPT = {c.code: c.name for c in causes.INTERRUPTS}
_VS_INTERRUPTS = tuple(c.code for c in causes.INTERRUPTS if c.hedeleg)
_FETCH_FAULTS = {EXC[n] for n in ("INSTRUCTION_ACCESS_FAULT", "INSTRUCTION_PAGE_FAULT", "INSTRUCTION_GUEST_PAGE_FAULT")}
_OUTCOME = {"ACCESS_FAULT": "access fault", "GUEST_PAGE_FAULT": "guest-page fault", "PAGE_FAULT": "page fault",
            "MISALIGNED": "misaligned"}
_MEMORY = ("load", "store", "amo", "hload", "hstore")


@lru_cache(maxsize=1 << 16)
def decode(word: int, compressed: bool) -> str:
    """Name of the instruction; "illegal" where there is none. A compressed one goes by its own name."""
    if compressed:
        row = next((r for r in insns.COMPRESSED if word & r.mask == r.match), None)
        return row.name if row and row.base else "illegal"
    return next((i.name for i in insns.INSNS if word & i.mask == i.match), "illegal")


_BASE = {row.name: row.base for row in insns.COMPRESSED if row.base}
NAMES = tuple(dict.fromkeys([*(i.name for i in insns.INSNS), *_BASE, "illegal"]))


def unit(name: str) -> str:
    """What executes an instruction."""
    base = _BASE.get(name, name)
    return "illegal" if base == "illegal" else insns.BY_NAME[base].unit


@dataclass
class Coverage:
    """Counts of points. Feed records in order; add coverages of several programs."""

    points: Counter[Point] = field(default_factory=Counter)
    records: int = 0

    def feed(self, record: Record) -> None:
        """Count what one record shows."""
        self.records += 1
        mode = MODES[record["mode"]]
        if record["interrupt"]:
            code = record["cause"] + (record["next_mode"] == VS)        # VS sees its interrupts one lower
            self.points["trap", mode, _INTERRUPT[code], MODES[record["next_mode"]]] += 1
            return
        trap = record["trap"]
        if trap:
            self.points["trap", mode, _EXCEPTION[record["cause"]], MODES[record["next_mode"]]] += 1
            if record["cause"] in _FETCH_FAULTS:
                self.points["walk", FETCH, mode, _outcome(record)] += 1
                return
        elif record["next_mode"] != record["mode"]:
            self.points["return", mode, MODES[record["next_mode"]]] += 1
        name = decode(record["insn"], bool(record["compressed"]))
        self.points["insn", mode, name] += 1
        kind = unit(name)
        if kind == "csr":
            self._csr(record, mode, name)
        elif kind in _MEMORY and not (trap and _EXCEPTION[record["cause"]] in ("ILLEGAL_INSTRUCTION", "VIRTUAL_INSTRUCTION")):
            self.points["walk", _access(name, kind), mode, _outcome(record)] += 1

    def _csr(self, record: Record, mode: str, name: str) -> None:
        insn = record["insn"]
        number = insn >> 20
        row = csrs.BY_NUMBER.get(number)
        writes = name in ("csrrw", "csrrwi") or insn >> 15 & 31
        outcome = _EXCEPTION[record["cause"]] if record["trap"] else "done"
        self.points["csr", row.name if row else "absent", mode, "write" if writes else "read", outcome] += 1

    def add(self, other: "Coverage") -> None:
        """Add the counts of another one."""
        self.points.update(other.points)
        self.records += other.records

    def holes(self) -> dict[str, list[Point]]:
        """Expected points never seen, by kind; those that have an explanation are none."""
        out: dict[str, list[Point]] = {}
        for point in expected():
            if explanation(point):
                continue
            if point[0] == "csr":
                seen = any(self.points[(*point, outcome)] for outcome in ("done", "ILLEGAL_INSTRUCTION", "VIRTUAL_INSTRUCTION"))
            else:
                seen = point in self.points
            if not seen:
                out.setdefault(point[0], []).append(point)
        return out

    def table(self) -> str:
        """Seen and expected points of each kind, then the holes."""
        holes = self.holes()
        lines = [f"{self.records:,} records"]
        wanted = Counter(p[0] for p in expected() if not explanation(p))
        for kind, count in wanted.items():
            lines.append(f"{kind:8} {count - len(holes.get(kind, ())):5} of {count}")
        lines += [f"hole: {' '.join(point)}" for points in holes.values() for point in points]
        why = Counter(explanation(p) for p in expected())
        lines += [f"not expected: {count} points, {text}" for text, count in why.items() if text]
        return "\n".join(lines)


def _access(name: str, kind: str) -> str:
    if kind == "hload":
        return HLVX if name.startswith("hlvx") else HLV
    return HSV if kind == "hstore" else name if kind == "amo" and name[:2] in ("lr", "sc") else kind


def _outcome(record: Record) -> str:
    """How an access ended; a guest-page fault also says whether the VS-stage walk itself met it."""
    if not record["trap"]:
        return "done"
    name = _EXCEPTION[record["cause"]]
    text = next((text for suffix, text in _OUTCOME.items() if name.endswith(suffix)), name)
    return text + " of the walk" if text == "guest-page fault" and record["tinst"] in (
        causes.TINST_READ_PTE, causes.TINST_WRITE_PTE) else text


@lru_cache(maxsize=1)
def expected() -> tuple[Point, ...]:
    """Every point that a complete campaign has seen."""
    points: list[Point] = [("insn", mode, name) for mode in MODES.values() for name in NAMES]
    points += [("trap", MODES[mode], name, MODES[to]) for mode in MODES for name, to in _traps(mode)]
    points += [("return", MODES[a], MODES[b]) for a, b in _returns()]
    points += [("csr", row.name, mode, how) for row in csrs.CSRS for mode in MODES.values() for how in ("read", "write")]
    points += list(_walks())
    return tuple(points)


def explanation(point: Point) -> str:
    """Why a program for Spike cannot reach a point; empty when it can."""
    if point[0] == "csr" and point[1] in SPIKE.constant and point[3] == "write":
        level = csrs.BY_NAME[point[1]].level
        if point[2] == "M" or (point[2] == "S" and level < MACHINE):
            return "what a write does is legally different on Spike"
    return ""


def _traps(mode: int) -> Iterable[tuple[str, int]]:
    """Traps that code in a mode can take, and where they go."""
    guest = [EXC[n] for n in ("LOAD_GUEST_PAGE_FAULT", "STORE_GUEST_PAGE_FAULT")]
    plain = [EXC[n] for n in ("INSTRUCTION_ACCESS_FAULT", "ILLEGAL_INSTRUCTION", "BREAKPOINT", "LOAD_MISALIGNED",
                              "LOAD_ACCESS_FAULT", "STORE_MISALIGNED", "STORE_ACCESS_FAULT", "LOAD_PAGE_FAULT",
                              "STORE_PAGE_FAULT")]
    calls = {U: "ECALL_U", VU: "ECALL_U", S: "ECALL_S", VS: "ECALL_VS", M: "ECALL_M"}
    codes = [*plain, EXC[calls[mode]], *guest]                  # guest faults: of HLV and HSV, and of MPRV
    if mode != M:
        codes.append(EXC["INSTRUCTION_PAGE_FAULT"])
    if mode & 4:
        codes += [EXC["INSTRUCTION_GUEST_PAGE_FAULT"], EXC["VIRTUAL_INSTRUCTION"]]
    for cause in causes.EXCEPTIONS:
        if cause.code in codes:
            yield cause.name, M
            if cause.medeleg and mode != M:
                yield cause.name, S
            if cause.hedeleg and mode & 4:
                yield cause.name, VS
    for cause in causes.INTERRUPTS:
        if cause.code == IRQ["MEI"]:                            # no device raises it here
            continue
        if not cause.hedeleg:
            yield cause.name, M
        if cause.medeleg and mode != M:
            yield cause.name, S
        if cause.hedeleg and mode & 4:
            yield cause.name, VS


def _returns() -> Iterable[tuple[int, int]]:
    """Mode before and after an MRET or SRET, where it changes."""
    yield from ((M, to) for to in (U, S, VU, VS))
    yield from ((S, to) for to in (U, VU, VS))
    yield VS, VU


def _walks() -> Iterable[Point]:
    faults = ("access fault", "page fault")
    guest = ("guest-page fault", "guest-page fault of the walk")
    for mode in MODES:
        kinds = [FETCH, LOAD, STORE, "amo", "lr.w", "lr.d", "sc.w", "sc.d"]
        for kind in kinds:
            if kind == FETCH and mode == M:
                yield "walk", FETCH, "M", "access fault"
                continue
            outcomes = [*faults, *(guest if mode & 4 or mode == M else ())]
            if kind != FETCH:
                outcomes += ["done", "misaligned"]
            yield from (("walk", kind, MODES[mode], outcome) for outcome in outcomes)
        if not mode & 4:
            for kind in (HLV, HLVX, HSV):
                yield from (("walk", kind, MODES[mode], outcome) for outcome in (*faults, *guest, "done", "misaligned"))
