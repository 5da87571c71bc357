"""`doppelhart vmm prices`: what each kind of exit costs. `python -m sim.vmm.prices` writes docs/prices.md again."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isa import causes
from sim.outcome import BadInput, Verdict
from sim.terminal import Terminal
from sim.vmm.scenario import Image, Run, Setting, run

GUEST = "prices"
IMAGE = Image((GUEST, GUEST), {"SLICE_TICKS": 100, "RAM_ON_DEMAND": 1, "GUEST_RAM_SIZE": "0x400000"},
              statistics="sim.vmm.labels:Labelled")
PAGE = Path(__file__).parent.parent.parent / "docs" / "prices.md"
MARK = "<!-- measured -->\n"      # around what is written again
BATCH = 8                       # calls of one batch, as in the guest

_ECALL, _LOAD, _STORE, _VIRTUAL = (next(c.code for c in causes.EXCEPTIONS if c.name == name) for name in (
    "ECALL_VS", "LOAD_GUEST_PAGE_FAULT", "STORE_GUEST_PAGE_FAULT", "VIRTUAL_INSTRUCTION"))
_TIMER = 1 << 6 | next(c.code for c in causes.INTERRUPTS if c.name == "STI")


@dataclass(frozen=True)
class Kind:
    """A row of the table: the label that the guest writes, the cause of the exits that count, and how many share one."""

    title: str
    label: int
    cause: int
    share: int = 1


KINDS = (
    Kind("null hypercall", 1, _ECALL),
    Kind("SBI call", 2, _ECALL),
    Kind(f"hypercall in a batch of {BATCH}", 3, _ECALL, BATCH),
    Kind("MMIO load", 4, _LOAD),
    Kind("MMIO store", 5, _STORE),
    Kind("CSR read", 6, _VIRTUAL),
    Kind("WFI, interrupt pending", 7, _VIRTUAL),
    Kind("interrupt injected", 8, _ECALL),
    Kind("G-stage fault, page mapped", 9, _STORE),
    Kind("world switch", 10, _TIMER),
)


def measure(setting: Setting) -> tuple[Run, list[dict[str, Any]]]:
    """Run the guest; one row for each kind: title, count, min, median, p99 and instructions, all per request."""
    done = run(IMAGE, setting)
    if done.outcome.verdict is not Verdict.PASS:
        return done, []
    return done, [_row(kind, done.statistics[f"{kind.label}/{kind.cause}"]) for kind in KINDS]


def _row(kind: Kind, sample: dict[str, int | None]) -> dict[str, Any]:
    def each(name: str) -> int | None:
        value = sample[name]
        return value if value is None or name == "count" else -(-value // kind.share)

    return {"kind": kind.title, **{name: each(name) for name in ("count", "min", "median", "p99", "instructions")}}


def show(terminal: Terminal, setting: Setting, rows: Sequence[dict[str, Any]]) -> None:
    """The table."""
    unit = "instructions" if setting.on == "model" else "cycles"
    terminal.table(f"{unit.capitalize()} from the trap to the next guest instruction, each request",
                   ("", "requests", "minimum", "median", "99th percentile", "instructions"),
                   [(row["kind"], row["count"], row["min"], row["median"], row["p99"], row["instructions"]) for row in rows])


def markdown(config: str, rows: Sequence[dict[str, Any]]) -> str:
    """The same for the page."""
    lines = [f"Configuration `{config}`, cycles:", "",
             "| exit | requests | minimum | median | 99th percentile | instructions |",
             "|---|---:|---:|---:|---:|---:|"]
    lines += [f"| {row['kind']} | {row['count']:,} | {row['min']} | {row['median']} | {row['p99']} | {row['instructions']} |"
              for row in rows]
    return "".join(f"{line}\n" for line in lines)


def rewrite(page: Path, text: str) -> None:
    """Put the text between the marks of a page. Raises ValueError for a page without two marks."""
    before, _, after = page.read_text().split(MARK)
    page.write_text(f"{before}{MARK}{text}{MARK}{after}")


def main(configs: Sequence[str]) -> None:
    """Measure these configurations of the RTL and write the page again."""
    tables = []
    for config in configs or ("default",):
        with Terminal() as terminal:
            setting = Setting("rtl", config, 3600.0, terminal)
            done, rows = measure(setting)
        if not rows:
            sys.exit(f"{config}: {done.outcome.verdict.value} {done.outcome.detail}")
        show(terminal, setting, rows)
        tables.append(markdown(config, rows))
    rewrite(PAGE, "\n".join(tables))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BadInput as error:
        sys.exit(f"prices: {error}")
