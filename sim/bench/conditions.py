"""On what it hangs that a line of Yosys' Verilog runs.

What a line says often hangs on names without a meaning: `_12_`. So a point is shown with its condition, in which such names
are replaced by what they are assigned; and it is shown together with all that it stands inside.
"""

import re
from collections.abc import Iterator, Sequence

DEPTH = 3       # assignments that are followed; one of another name or of a constant does not count
_WAYS = {"if": "then", "elsif": "then", "cond_then": "then", "cond_else": "else"}
_NAMELESS = re.compile(r"\b_\d+_(?!\w)")


class Verilog:
    """A design, line by line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._assigned: list[dict[str, str]] = []       # of the module that a line stands in
        names: dict[str, str] = {}
        for line in lines:
            if line.startswith("module "):
                names = {}
            elif found := re.match(r"\s*assign (_\d+_) = (.*);", line):
                names[found[1]] = found[2]
            self._assigned.append(names)

    def point(self, number: int, what: str) -> Iterator[str]:
        """A point, by its line from 1 and Verilator's word for it, and then everything that it stands inside, outwards.

        `then CONDITION: LINE` and `else CONDITION: LINE` are the two ways of an `if` or of a `?`, `case VALUE: LABEL:` is a
        choice.
        """
        yield self._show(number, _WAYS.get(what.split()[-1], what.split()[-1]))
        for outer in self._outwards(number):
            line = self._lines[outer - 1]
            if re.search(r"\bif \(", line) or line.endswith(":"):
                yield self._show(outer, "then" if "if (" in line else "case")

    def _outwards(self, number: int) -> Iterator[int]:
        indent = _indent(self._lines[number - 1])
        for outer in range(number - 1, 0, -1):
            line = self._lines[outer - 1]
            if not indent or line.lstrip().startswith("always "):
                return
            if line.strip() and _indent(line) < indent:
                indent = _indent(line)
                yield outer

    def _show(self, number: int, way: str) -> str:
        line = self._lines[number - 1].strip()
        if way == "case":
            found = re.search(r"case\w* \((.*)\)", self._lines[next(self._outwards(number)) - 1])
        else:
            found = re.search(r"\bif \((.*)\) begin|= (.*?) \? ", line)
        condition = (found[1] or found[2]) if found else ""
        return f"{way} {self._expand(condition, self._assigned[number - 1], DEPTH)}: {line}"

    def _expand(self, text: str, names: dict[str, str], depth: int) -> str:
        def replace(found: re.Match[str]) -> str:
            value = names.get(found[0], found[0])
            if re.fullmatch(r"_\d+_|\d+'h\w+", value):
                return value if value == found[0] else self._expand(value, names, depth)
            return f"({self._expand(value, names, depth - 1)})" if depth else found[0]

        return _NAMELESS.sub(replace, text)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
