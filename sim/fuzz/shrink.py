"""Cut a failing program down: blocks, segments, units, instructions, then state that does not matter (delta debugging)."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import TypeVar

from isa import paging
from sim.fuzz import layout
from sim.fuzz.program import Block, Program, Segment

K = TypeVar("K")
T = TypeVar("T")
Failing = Callable[[Program], bool]


def minimize(items: Sequence[T], fails: Callable[[list[T]], bool]) -> list[T]:
    """A sublist that still fails and from which no single item can be left out. `items` itself must fail."""
    kept, chunk = list(items), max(1, len(items) // 2)
    while True:
        at, dropped = 0, False
        while at < len(kept):
            rest = kept[:at] + kept[at + chunk:]
            if fails(rest):
                kept, dropped = rest, True
            else:
                at += chunk
        if chunk == 1 and not dropped:
            return kept
        chunk = max(1, chunk // 2)


def shrink(program: Program, fails: Failing) -> Program:
    """The smallest program found for which `fails` still holds. Raises ValueError when it does not hold at first."""
    if not _holds(program, fails):
        raise ValueError(f"the program of seed {program.seed} does not fail, so there is nothing to shrink")
    best = deepcopy(program)
    before = None
    while before != _weight(best):
        before = _weight(best)
        _blocks(best, fails)
        for block in best.blocks:
            for segment in block.segments:
                segment.units = minimize(segment.units, _with(best, segment, "units", fails))
        for block in best.blocks:
            for segment in block.segments:
                for unit in segment.units:
                    unit.code = minimize(unit.code, _with(best, unit, "code", fails))
        _state(best, fails)
    return best


def _weight(program: Program) -> tuple[int, int]:
    return program.instructions, len(program.blocks)


def _holds(program: Program, fails: Failing) -> bool:
    """A program that cannot be built any more (a label is gone, a branch too long) does not fail."""
    try:
        program.image()
    except (KeyError, ValueError):
        return False
    return fails(program)


def _with(program: Program, owner: object, name: str, fails: Failing) -> Callable[[list[T]], bool]:
    """Does the program fail with this list in place of `owner.name`? The old list comes back."""
    def test(items: list[T]) -> bool:
        old = getattr(owner, name)
        setattr(owner, name, items)
        try:
            return _holds(program, fails)
        finally:
            setattr(owner, name, old)
    return test


def _blocks(program: Program, fails: Failing) -> None:
    """Drop blocks, then all but the first segment of each."""
    program.blocks = minimize(program.blocks, _with(program, program, "blocks", fails))
    for block in program.blocks:
        block.segments = block.segments[:1] + minimize(block.segments[1:], _after(program, block, fails))


def _after(program: Program, block: Block, fails: Failing) -> Callable[[list[Segment]], bool]:
    test, first = _with(program, block, "segments", fails), block.segments[:1]
    return lambda others: test(first + others)


def _state(program: Program, fails: Failing) -> None:
    """Zero what can be zero: registers, CSRs of each block, data, and page-table entries one by one."""
    for register in program.registers:
        _try(program, program.registers, register, 0, fails)
    for block in program.blocks:
        for name in block.state:
            if name not in ("mepc", "mtvec"):
                _try(program, block.state, name, 0, fails)
    for base, data in list(program.memory.items()):
        if not _try(program, program.memory, base, bytes(len(data)), fails) and base >= layout.TABLES:
            used = [at for at in range(0, len(data), paging.PTE_SIZE) if any(data[at:at + paging.PTE_SIZE])]
            program.memory[base] = _entries(data, minimize(used, _table(program, base, fails)))


def _entries(data: bytes, kept: list[int]) -> bytes:
    """Page tables with only these entries."""
    out = bytearray(len(data))
    for at in kept:
        out[at:at + paging.PTE_SIZE] = data[at:at + paging.PTE_SIZE]
    return bytes(out)


def _table(program: Program, base: int, fails: Failing) -> Callable[[list[int]], bool]:
    data = program.memory[base]

    def test(kept: list[int]) -> bool:
        program.memory[base] = _entries(data, kept)
        try:
            return _holds(program, fails)
        finally:
            program.memory[base] = data
    return test


def _try(program: Program, table: dict[K, T], key: K, value: T, fails: Failing) -> bool:
    """Put a value into a table for good if the program still fails with it."""
    old = table[key]
    table[key] = value
    if old == value or _holds(program, fails):
        return True
    table[key] = old
    return False
