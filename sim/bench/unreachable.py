"""Lines of the core's Verilog that no program can run, each kind with the reason."""

import re
from typing import NamedTuple


class Row(NamedTuple):
    """Points of units that match `module`, in lines that match `line`; both are searched as regular expressions."""

    module: str
    line: str
    why: str


ROWS: tuple[Row, ...] = (
    Row("", r"\b_start_\b", "starts an `always @*` at time 0; the condition is constant and guards nothing"),
)


def explanation(module: str, line: str) -> Row | None:
    """Why this line of this unit cannot run; None when it can."""
    return next((row for row in ROWS if re.search(row.module, module) and re.search(row.line, line)), None)
