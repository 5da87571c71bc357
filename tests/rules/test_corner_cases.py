"""Every row of docs/corner-cases.md has a test on the model, by its number, or says why it cannot arise."""

import re
from pathlib import Path

from tests.rules import test_corner_accesses, test_corner_traps, test_corner_walks
from tests.rules.mutants import mutants_of

NOT_HERE = {19}                         # rows that cannot arise


def test_each_row_has_its_test() -> None:
    tests = {name: test for module in (test_corner_accesses, test_corner_traps, test_corner_walks)
             for name, test in vars(module).items() if name.startswith("test_")}
    assert all(mutants_of(test) for test in tests.values())
    assert sorted([int(name[5:7]) for name in tests] + [*NOT_HERE]) == list(range(1, 34))
    page = (Path(__file__).parents[2] / "docs/corner-cases.md").read_text(encoding="utf-8")
    rows = {int(number): row for number, row in re.findall(r"^\| (\d+) \| (.*)$", page, re.MULTILINE)}
    assert sorted(rows) == list(range(1, 34))
    assert all("not applicable" in rows[number] for number in NOT_HERE)
