"""Faults that nobody chose: a seeded draw of one-operator changes in the expressions of rtl/.

Only what becomes hardware is changed: operands of assignments and conditions of `m.If`. An expression that is a number while
the design is elaborated may be among them; what then never reaches the hardware is not drawn (`drawn`).
"""

import ast
import random
from collections.abc import Iterator, Sequence
from functools import cache

from sim.bench.build import ROOT
from sim.bench.mutate import Mutation, elaborated

# Not the core: what surrounds it, and tables that the source of other files is made of.
_OUTSIDE = {f"{name}.py" for name in (
    "__main__", "activity", "board", "config", "device_tree", "devices", "finisher", "from_isa", "plic", "rom", "serial", "soc",
    "sram", "tree", "types", "uart", "uncached", "verilog")}
_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr, ast.Add: ast.Sub, ast.Sub: ast.Add}
_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_REDUCED = {"any": "all", "all": "any"}


def _inside(node: ast.expr) -> Iterator[ast.expr]:
    """The expression and its parts that are signals."""
    match node:
        case ast.BinOp(left=left, right=right, op=operator) if type(operator) in _BINARY:
            parts = [left, right]
        case ast.Compare(left=left, comparators=[right]):
            parts = [left, right]
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            parts = [operand]
        case ast.Call(func=ast.Name(id="Mux" | "Cat"), args=arguments):
            parts = [argument for argument in arguments if not isinstance(argument, ast.Starred | ast.GeneratorExp)]
        case ast.Call(func=ast.Attribute(value=value, attr="any" | "all" | "bool"), args=[]):
            parts = [value]
        case _:
            parts = []
    yield node
    for part in parts:
        yield from _inside(part)


def _expressions(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="eq"), args=[argument]):
                yield from _inside(argument)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="m"), attr="If" | "Elif"), args=[argument]):
                yield from _inside(argument)


def _changed(node: ast.expr) -> str:
    """The source of the expression with its outermost operator changed; empty where there is none to change."""
    match node:
        case ast.BinOp(left=left, right=right, op=operator) if type(operator) in _BINARY:
            return ast.unparse(ast.BinOp(left, _BINARY[type(operator)](), right))
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _COMPARE:
            return ast.unparse(ast.Compare(left, [_COMPARE[type(operator)]()], [right]))
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return ast.unparse(operand)
        case ast.Call(func=ast.Name(id="Mux"), args=[choice, first, second]):
            return f"Mux({', '.join(map(ast.unparse, (choice, second, first)))})"
        case ast.Call(func=ast.Attribute(value=value, attr=attr), args=[]) if attr in _REDUCED:
            return ast.unparse(ast.Call(ast.Attribute(value, _REDUCED[attr]), [], []))
    return ""


def _mutation(file: str, source: str, node: ast.expr) -> Mutation | None:
    """This change in its lines, and in those before as far as it takes to be unlike any other place."""
    changed, original = _changed(node), ast.unparse(node)
    if not changed or node.end_lineno is None or node.end_col_offset is None:
        return None
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    first, last = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
    begin = node.lineno - 1
    while begin and source.count(source[starts[begin]:starts[node.end_lineno]]) > 1:
        begin -= 1
    old = source[starts[begin]:starts[node.end_lineno]]
    at = first - starts[begin]
    new = f"{old[:at]}Mux(FAULT, {changed}, {original}){old[at + last - first:]}"
    return Mutation(f"{file}:{node.lineno}: {original} is {changed}", file, old, new)


def changes(file: str, source: str) -> list[Mutation]:
    """Every change in this source; columns are counted in ASCII."""
    if not source.isascii():
        return []
    found = (_mutation(file, source, node) for node in _expressions(ast.parse(source)))
    return list(dict.fromkeys(mutation for mutation in found if mutation))


@cache
def candidates() -> tuple[Mutation, ...]:
    """Every change that could be drawn, in the order of the sources."""
    paths = sorted(path for path in (ROOT / "rtl").rglob("*.py") if path.name not in _OUTSIDE)
    return tuple(mutation for path in paths for mutation in changes(str(path.relative_to(ROOT)), path.read_text()))


def drawn(seed: int, count: int, config: str, beside: Sequence[Mutation] = ()) -> list[Mutation]:
    """`count` changes of this seed that are in the hardware of this configuration, in different places, and not in those of
    `beside`."""
    order = list(candidates())
    random.Random(seed).shuffle(order)
    apart: list[Mutation] = []
    for mutation in order:
        if len(apart) < 2 * count and not any(_touch(mutation, other) for other in [*beside, *apart]):
            apart.append(mutation)
    used = elaborated(apart, config)
    return [mutation for number, mutation in enumerate(apart, 1) if number in used][:count]


def _touch(one: Mutation, other: Mutation) -> bool:
    """Do their places overlap?"""
    if one.file != other.file:
        return False
    source = (ROOT / one.file).read_text()
    a, b = source.index(one.old), source.index(other.old)
    return a < b + len(other.old) and b < a + len(one.old)
