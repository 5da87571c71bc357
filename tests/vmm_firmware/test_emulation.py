"""The page on emulation names the test of each defect and case: all that it names exists."""

import re
from pathlib import Path

import pytest

from sim.firmware import GUESTS
from sim.vmm.flaws import FLAWS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scenarios" / "emulation.md").read_text()
NAMED = re.compile(r"(flaw|group|guest|test) `([^`]+)`")
GROUPS = re.findall(r'{ "(\w+)", driver_\w+ }', (GUESTS / "driver.c").read_text())


def exists(kind: str, name: str) -> bool:
    """Is there such a flaw, group of the guest `driver`, guest, or test?"""
    if kind == "test":
        path, _, function = name.partition("::")
        return (ROOT / path).is_file() and f"def {function}(" in (ROOT / path).read_text()
    if kind == "guest":
        return any((GUESTS / f"{name}{suffix}").is_file() for suffix in (".c", ".S"))
    return name in (FLAWS if kind == "flaw" else GROUPS)


@pytest.mark.parametrize("kind, name", sorted(set(NAMED.findall(PAGE))))
def test_what_is_named_exists(kind, name):
    assert exists(kind, name)


def test_every_defect_has_a_test_or_a_reason():
    rows = re.findall(r"^\| (\d+) \| .* \| (.*) \|$", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 13))
    assert all(NAMED.search(tests) or tests == "does not apply yet" for _, tests in rows)


@pytest.mark.parametrize("kind", ["flaw", "group", "guest", "test"])
def test_what_is_not_there_is_noticed(kind):
    assert not exists(kind, "tests/vmm_firmware/test_emulation.py::test_of_nothing" if kind == "test" else "nothing")
