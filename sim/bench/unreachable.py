"""Lines of the core's Verilog that no program can run, each kind with the reason."""

import re
from typing import NamedTuple

from isa.platform import BUS_ERROR_IRQ, UART_IRQ


class Row(NamedTuple):
    """Points of units that match `module`, in lines that match `line`; both are searched as regular expressions."""

    module: str
    line: str
    why: str


ROWS: tuple[Row, ...] = (
    Row("", r"\b_start_\b", "starts an `always @*` at time 0; the condition is constant and guards nothing"),
    Row(r"\.plic$", rf"\? \\priority \[(?!{3 * UART_IRQ + 2}:|{3 * BUS_ERROR_IRQ + 2}:)",
        "only the UART and lost write-backs are connected: no other source ever asks"),
    # Of two the one with the higher numbers wins in three places only: source 11, sources 10 and 11, sources 8 to 15.
    Row(r"\.plic$", r"assign c\d_of(32_(?!5 )|16_(?!2 )|8_|4_1 |2_)\d* *=", "the winner would be a source that never asks"),
)


def explanation(module: str, line: str) -> Row | None:
    """Why this line of this unit cannot run; None when it can."""
    return next((row for row in ROWS if re.search(row.module, module) and re.search(row.line, line)), None)
