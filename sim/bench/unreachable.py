"""Points of the core's Verilog that no program can run, each kind with the reason, by what `sim/bench/conditions.py` shows."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from amaranth.hdl import ShapeLike
from amaranth.lib import data

from isa.platform import BUS_ERROR_IRQ, UART_IRQ
from rtl.alu import AluOp
from rtl.commit import CsrVerdict, Operation
from rtl.config import Config
from rtl.decode import Decoded

_ACCESS = r"request\[65:64\]"       # of a TranslateRequest
_CBO = r"request\[1:0\] == 2'h3"    # in a MemRequest


class Row(NamedTuple):
    """Points of units that match `module`, shown as what matches `text`; both are searched as regular expressions."""

    module: str
    text: str
    why: str


def rows(config: Config) -> Iterator[Row]:
    """The reasons that hold in this configuration."""
    has = config.profile.has
    yield Row("", "^then _start_: ", "starts an `always @*` at time 0; the condition is constant and guards nothing")
    yield Row("", "^(then 1'h0|else 1'h1): ", "the condition is constant")
    yield Row(r"\.interrupts$", r"^then .* & hideleg\)\[([013579]|11)\]", "only interrupts of VS are delegated past HS")
    yield Row(r"\.interrupts$", r"^then .* & \(~ hideleg\)\)\[(3|7|11)\]", "interrupts of M are not delegated")
    yield Row(r"\.interrupts$", r"^then .* & \(~ mideleg\)\)\[(2|6|10)\]", "interrupts of VS are delegated, always")
    yield Row(r"\.w$", "^else enter__ready: ", "nothing holds what is in W")
    yield Row(r"\.itlb$", rf"^else \(! {_ACCESS}\): |^then \({_ACCESS} == 2'h2\): ", "it is asked for fetches only")
    yield Row(r"\.dtlb$", rf"^then \(! {_ACCESS}\): ", "it is not asked for fetches")

    asking = [UART_IRQ, *([BUS_ERROR_IRQ] if config.dcache_kib else [])]
    bits = "|".join(f"{3 * source + 2}:" for source in asking)
    yield Row(r"\.plic$", rf"^then .* \? \\priority \[(?!{bits})", "this source is connected to nothing that asks")
    # Of two the one with the higher numbers wins only if one of these asks; of 32 the winner of the first two is number 0.
    wins = "|".join(sorted({f"of{32 >> k}_{source >> k + 1} " for source in asking for k in range(5) if source >> k & 1}))
    yield Row(r"\.plic$", rf"^then .*: assign c\d_(?!{wins})of\d", "the winner would be a source that never asks")

    if not config.btb_entries:
        x, m = (_of(struct, "guess", "taken") for struct in (Decoded, Operation))
        yield Row(r"\.redirect$", rf"^then (x\[{x}\]|m\[{m}\]): ", "nothing is predicted")
        yield Row(r"\.fetch$", r"^then \\\$signal +: end else if", "no prediction cuts an instruction")
    if not config.walk_entries:
        yield Row(r"\.walker$", r"^then \(cached & |^else \(~ cached\): ", "there is no cache of page tables")
    if not has("Zba"):
        yield Row(r"\.alu$", rf"^then op\[({_of(AluOp, 'scale')}|{_of(AluOp, 'scale') + 1})\]: ", "only Zba shifts an addend")
    if not has("Zbs"):
        yield Row(r"\.alu$", rf"^then op\[{_of(AluOp, 'single')}\]: ", "only Zbs asks for 1 << b")
    if not has("Zbb"):
        yield Row(r"\.bits$", "^then backwards: |^case op: 3'h[2-7]:", "only Zbb asks for it")
    if not (has("Zicbom") or has("Zicboz") or has("Zicbop")):
        x, m = (_of(struct, "control", "unit") for struct in (Decoded, Operation))
        yield Row(r"\.core$", rf"^then \(\S+ ?\[({x + 3}:{x}|{m + 3}:{m})\] == 4'hc\): |^then \(\(x_{_CBO}\) & ",
                  "there are no cache-block operations")
        yield Row(r"\.lsu$", rf"^then \(({_CBO}|\({_CBO}\) & .*)\): |^then zeroes: ", "there are no cache-block operations")
        yield Row(r"\.legality$", r"^then \\\S+ \[4\]: ", "there are no cache-block operations")
    if not has("Svinval"):
        yield Row(r"\.legality$", "^case .*: 4'hb, 4'hc:", "only Svinval has SFENCE.W.INVAL and SFENCE.INVAL.IR")
    if not has("Svadu"):
        yield Row(r"\.commit$", rf"^then \(op\[{_of(Operation, 'fetch_fault')}\] & \S+ \[0\]\): ",
                  "no fetch asks for A to be set")
        yield Row(r"\.tinst$", "^then implicit_write: ", "page tables are not written")
        yield Row(r"\.walker\.step$", "^then writing: ", "page tables are not written")
    if not has("Smpmp"):
        yield Row(r"\.csr$", r"^then \S+ ?: assign wvalue = \S+ +\? 64'h0+ :", "no CSR is one of PMP")
    if not has("Xdoppel"):
        yield Row(r"\.commit$", rf"^then csr\[{_of(CsrVerdict, 'pause_exit')}\]: ", "only Xdoppel counts PAUSE")
        yield Row(r"\.walker$", r"^case \S+ : 3'h3:", "only Xdoppel has a log")


def explanation(reasons: Iterable[Row], module: str, shown: Iterable[str]) -> Row | None:
    """Why a point of this unit, shown with all that it stands inside, cannot run; None when it can."""
    mine = [row for row in reasons if re.search(row.module, module)]
    return next((row for text in shown for row in mine if re.search(row.text, text)), None)


def _of(struct: ShapeLike, field: str, *inner: str) -> int:
    """Number of the first bit of a field; of one inside of it, and so on."""
    found = data.Layout.cast(struct)[field]
    return int(found.offset) + (_of(found.shape, *inner) if inner else 0)
