"""Lines of the core's Verilog that no program can run, each kind with the reason.

What a line says often hangs on names without a meaning: `_12_`. So it is looked at together with what these are assigned.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from isa.platform import BUS_ERROR_IRQ, UART_IRQ

DEPTH = 3       # assignments that are followed


class Row(NamedTuple):
    """Points of units that match `module`, in lines that match `line`; both are searched as regular expressions. A line has
    the assignments behind it, as `assign _12_ = ...;`."""

    module: str
    line: str
    why: str


ROWS: tuple[Row, ...] = (
    Row("", r"\b_start_\b", "starts an `always @*` at time 0; the condition is constant and guards nothing"),
    Row(r"\.plic$", rf"\? \\priority \[(?!{3 * UART_IRQ + 2}:|{3 * BUS_ERROR_IRQ + 2}:)",
        "only the UART and lost write-backs are connected: no other source ever asks"),
    Row(r"\.interrupts$", r"^if .*_\[([013579]|11)\] & .* & hideleg;", "only interrupts of VS are delegated past HS"),
    Row(r"\.interrupts$", r"^if .*_\[(3|7|11)\] & .* = ~ hideleg;", "interrupts of M are not delegated"),
    Row(r"\.interrupts$", r"^if .*_\[(2|6|10)\] & .* = ~ mideleg;", "interrupts of VS are delegated, always"),
    Row(r"\.(m|w)$", r"\bif \(_02_\)", "nothing drops what is in M or W"),
    Row(r"\.w$", r"if \(enter__ready\)", "nothing holds what is in W"),
    Row(r"\.itlb$", r"\? \\\$signature__data \[9[45]\] :", "fetches look up the one, loads and stores the other TLB"),
    Row(r"\.dtlb$", r"\? \\\$signature__data \[95\] :", "fetches look up the one, loads and stores the other TLB"),
    # Of two the one with the higher numbers wins in three places only: source 11, sources 10 and 11, sources 8 to 15.
    Row(r"\.plic$", r"assign c\d_of(32_(?!5 )|16_(?!2 )|8_|4_1 |2_)\d* *=", "the winner would be a source that never asks"),
)


def in_full(source: Sequence[str], number: int) -> str:
    """A line of Verilog, by its number from 1, and behind it what the nameless signals in it are assigned."""
    first = next((i for i in range(number - 1, -1, -1) if source[i].startswith("module ")), 0)
    last = next((i for i in range(number, len(source)) if source[i].startswith("endmodule")), len(source))
    text, known = source[number - 1].strip(), set[str]()
    for _ in range(DEPTH):
        names = set(re.findall(r"\b_\d+_(?=\W)", text)) - known
        known |= names
        text = " ".join((text, *(line.strip() for line in source[first:last]
                                 if (found := re.match(r"\s*assign (_\d+_) =", line)) and found[1] in names)))
    return text


def explanation(module: str, line: str) -> Row | None:
    """Why this line of this unit cannot run; None when it can."""
    return next((row for row in ROWS if re.search(row.module, module) and re.search(row.line, line)), None)
