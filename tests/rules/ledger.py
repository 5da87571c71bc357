"""The ledger of the normative rules: reads `tests/rules.tsv`, says what is wrong with it, writes `docs/rules.md`.

A row is `rule<TAB>verdict<TAB>test<TAB>note`; a line `# chapter` stands before the rows of a chapter of the manual.
Verdicts: `test` (the named test checks the rule), `choice` (the note names what this machine chose, the test shows
it), `n/a` (the note says why the rule does not apply).

    python -m tests.rules.ledger
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEDGER, PAGE = ROOT / "tests/rules.tsv", ROOT / "docs/rules.md"
RULES = 301                             # in the chapters on H, Sstc, Smstateen and the Sh extensions
HEADER = "rule\tverdict\ttest\tnote"
VERDICTS = {"test": "tested", "choice": "choice, tested", "n/a": "not applicable"}


@dataclass(frozen=True)
class Row:
    """One rule (or several that the manual names in one place), its chapter and what became of it."""

    chapter: str
    rule: str
    verdict: str
    test: str
    note: str


def read(text: str) -> list[Row]:
    """Rows of the ledger. Raises ValueError with one sentence for a line that is none."""
    lines = text.splitlines()
    if not lines or lines[0] != HEADER:
        raise ValueError(f"the ledger begins with {HEADER!r}, not with {lines[:1]!r}")
    rows, chapter = [], ""
    for number, line in enumerate(lines[1:], 2):
        if line.startswith("# "):
            chapter = line[2:]
            continue
        cells = line.split("\t")
        if len(cells) != 4:
            raise ValueError(f"line {number} has {len(cells)} cells, not 4: {line!r}")
        rows.append(Row(chapter, *cells))
    return rows


def complaints(rows: list[Row], exists: Callable[[str], bool], count: int = RULES) -> Iterator[str]:
    """What is wrong with the ledger, a sentence each. `exists` says whether a test node is there, with a mutant."""
    for rule, times in Counter(row.rule for row in rows).items():
        if times > 1:
            yield f"{rule} has {times} rows"
    if len(rows) != count:
        yield f"the ledger has {len(rows)} rules, the manual {count}"
    for row in rows:
        if row.verdict not in VERDICTS:
            yield f"{row.rule}: {row.verdict!r} is not a verdict"
        elif row.verdict == "n/a":
            if row.test or not row.note:
                yield f"{row.rule}: a rule that does not apply has a reason and no test"
        elif not exists(row.test):
            yield f"{row.rule}: {row.test!r} is not a test with a mutant"
        elif row.verdict == "choice" and not row.note:
            yield f"{row.rule}: the choice is not named"


def page(rows: list[Row]) -> str:
    """Text of `docs/rules.md`."""
    lines = ["# Rules of the hypervisor extension", "",
             "Generated from `tests/rules.tsv` by `python -m tests.rules.ledger`; edit the ledger. Every normative rule of",
             "the manual's chapters on H, Sstc, Smstateen and the Sh extensions, by its name there, with the test that checks",
             "it on the model. Each of these tests names a fault of the model, and is seen to fail when that is planted.", ""]
    chapters = list(dict.fromkeys(row.chapter for row in rows))
    lines += ["| chapter | rules | " + " | ".join(VERDICTS.values()) + " |", "|---" * (2 + len(VERDICTS)) + "|"]
    lines += [_counts(name, [row for row in rows if row.chapter == name]) for name in chapters]
    lines += [_counts("all", rows), ""]
    for name in chapters:
        lines += [f"## {name}", "", "| rule | checked by | note |", "|---|---|---|"]
        lines += [f"| {', '.join(f'`{rule}`' for rule in row.rule.split(','))} | {_checked(row)} | {_text(row.note)} |"
                  for row in rows if row.chapter == name]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _counts(title: str, rows: Iterable[Row]) -> str:
    verdicts = Counter(row.verdict for row in rows)
    total = verdicts.total()
    cells = [f"{verdicts[v]} ({100 * verdicts[v] / total:.0f} %)" if verdicts[v] else "" for v in VERDICTS]
    return f"| {title} | {total} | {' | '.join(cells)} |"


def _text(note: str) -> str:
    return note.replace("|", "\\|")


def _checked(row: Row) -> str:
    if row.verdict == "n/a":
        return VERDICTS["n/a"]
    if not row.test:
        return "open"
    topic, name = row.test.removeprefix("tests/rules/test_").split(".py::")
    return f"{'choice: ' if row.verdict == 'choice' else ''}`{topic}` `{name.removeprefix('test_')}`"


if __name__ == "__main__":
    PAGE.write_text(page(read(LEDGER.read_text(encoding="utf-8"))), encoding="utf-8")
