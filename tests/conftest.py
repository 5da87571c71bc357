"""Order of the suite (cheap first) and the minutes of each tier."""

from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

# First match wins; what matches nothing belongs to "tables".
TIERS = (("lockstep", ("lockstep", "sim/bench", "cli", "foreign", "netlist")),
         ("firmware", ("vmm_firmware",)),
         ("units", ("rtl",)),
         ("judge", ("sim/test_crosscheck.py", "programs")),
         ("model", ("sim",)),
         ("tables", ("",)))
ORDER = ("tables", "model", "units", "judge", "firmware", "lockstep")

_seconds: dict[str, float] = defaultdict(float)
_count: dict[str, int] = defaultdict(int)


def tier(path: str) -> str:
    """Tier of a test file, from its path below tests/."""
    return next(name for name, prefixes in TIERS if path.startswith(prefixes))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: ORDER.index(tier(item.path.relative_to(TESTS).as_posix())))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    name = tier(report.location[0].removeprefix("tests/"))
    _seconds[name] += report.duration
    _count[name] += report.when == "call"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("minutes of each tier (summed over the workers)")
    for name in ORDER:
        terminalreporter.write_line(f"{name:10} {_seconds[name] / 60:6.1f} min  {_count[name]:5} tests")
