"""What a complete campaign has seen, and why some of it cannot be seen with Spike as the judge."""

from collections.abc import Iterable
from functools import cache

from isa import causes, csrs, insns, paging
from isa.causes import EXC, MODES, VS, VU, M, S, U
from sim.fuzz import layout, walks
from sim.fuzz.values import SPIKE

Point = tuple[str, ...]
MACHINE = 3                 # bits 9:8 of a CSR number
FIRST_TABLE = layout.TABLES
FETCH, LOAD, STORE, HLV, HLVX, HSV = "fetch", "load", "store", "hlv", "hlvx", "hsv"

_BASE = {row.name: row.base for row in insns.COMPRESSED if row.base}
_INSNS = [i for i in insns.INSNS if SPIKE.profile.has(i.ext)]
_CSRS = [c for c in csrs.CSRS if SPIKE.profile.has(c.ext)]
NAMES = tuple(dict.fromkeys([*(i.name for i in _INSNS), *_BASE, "illegal"]))
_UNITS = {i.name: i.unit for i in insns.INSNS} | {"illegal": "illegal"}
_UNITS |= {name: _UNITS[base] for name, base in _BASE.items()}


def unit(name: str) -> str:
    """What executes an instruction."""
    return _UNITS[name]


@cache
def points() -> tuple[Point, ...]:
    """Every point that a campaign could see, if nothing were in the way."""
    out: list[Point] = [("insn", mode, name) for mode in MODES.values() for name in NAMES]
    out += [("trap", MODES[mode], name, MODES[to]) for mode in MODES for name, to in _traps(mode)]
    out += [("return", MODES[a], MODES[b]) for a, b in _returns()]
    out += [("csr", row.name, mode, how) for row in _CSRS for mode in MODES.values() for how in ("read", "write")]
    out += [*_accesses(), *_walks()]
    return tuple(out)


def explanation(point: Point) -> str:
    """Why a program for Spike cannot reach a point; empty when it can."""
    if point[0] == "trap" and point[2] == "MEI":
        return "no device raises a machine external interrupt"
    if point[:2] == ("walk", "g of vs") and point[3] == "D clear":
        return "hardware writes a VS-stage entry only where menvcfg.ADUE lets it set D in the G-stage, too"
    if point[0] == "csr" and point[1] in SPIKE.constant - SPIKE.flags.keys() and point[3] == "write":
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


def _accesses() -> Iterable[Point]:
    faults = ("access fault", "page fault")
    guest = ("guest-page fault", "guest-page fault of the walk")
    for mode in MODES:
        kinds = [FETCH, LOAD, STORE, "amo", "lr.w", "lr.d", "sc.w", "sc.d"]
        for kind in kinds:
            if kind == FETCH and mode == M:
                yield "access", FETCH, "M", "access fault"
                continue
            outcomes = [*faults, *(guest if mode & 4 or mode == M else ())]
            if kind != FETCH:
                outcomes += ["done", "misaligned"]
            yield from (("access", kind, MODES[mode], outcome) for outcome in outcomes)
        if not mode & 4:
            for kind in (HLV, HLVX, HSV):
                yield from (("access", kind, MODES[mode], outcome) for outcome in (*faults, *guest, "done", "misaligned"))


def _walks() -> Iterable[Point]:
    for stage in walks.STAGES:
        yield "walk", stage, "-", "address"
        for level in range(paging.LEVELS):
            yield from (("walk", stage, str(level), reason) for reason in walks.REASONS if _possible(level, reason))


def _possible(level: int, reason: str) -> bool:
    return bool(level) if reason == "misaligned" else not level if reason == "too deep" else True
