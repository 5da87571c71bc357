"""sim/bench/unreachable.py."""

import re

import pytest

from rtl.config import CONFIGS
from sim.bench.build import soc_verilog
from sim.bench.conditions import Verilog
from sim.bench.unreachable import Row, explanation, rows

BUILT = ("tiny", "default")     # `linux` has the reasons of `default`, and takes long to write
ALL = [pytest.param(config, row, id=f"{config} {row.module} {row.text}") for config in BUILT for row in rows(CONFIGS[config])]


def points(lines):
    """Unit, line number and the ways of all that a reason can be for."""
    unit = ""
    for number, text in enumerate(map(str.strip, lines), 1):
        if found := re.match(r"module \\?(\S+)", text):
            unit = re.sub(r"\$\d+", "", found[1])
        elif unit and text.endswith(":"):
            yield unit, number, ("case",)
        elif re.search(r"\bif \(|=.* \? ", text):
            yield unit, number, ("cond_then", "cond_else")


@pytest.fixture(scope="module")
def designs():
    """For each configuration, what `conditions.py` shows of each unit."""
    out = {}
    for config in BUILT:
        lines = soc_verilog(config).read_text().splitlines()
        verilog, units = Verilog(lines), {}
        for unit, number, ways in points(lines):
            units.setdefault(unit, []).extend(next(verilog.point(number, way)) for way in ways)
        out[config] = units
    return out


def fits(row, units):
    return any(re.search(row.text, text) for unit, shown in units.items() if re.search(row.module, unit) for text in shown)


@pytest.mark.parametrize(("config", "row"), ALL)
def test_each_reason_is_for_a_line_of_the_present_core(designs, config, row):
    assert fits(row, designs[config])


def test_a_signal_that_has_another_name_is_noticed(designs):
    row = next(row for row in rows(CONFIGS["default"]) if "& hideleg" in row.text)
    renamed = {unit: [text.replace("hideleg", "delegated") for text in shown] for unit, shown in designs["default"].items()}
    assert fits(row, designs["default"]) and not fits(row, renamed)


@pytest.mark.parametrize(("config", "row"), ALL)
def test_rows_give_a_reason(config, row):
    assert row.why and not row.why.endswith(".")


def test_what_is_there_needs_no_reason_why_it_is_not():
    tiny, default, linux = (list(rows(CONFIGS[name])) for name in ("tiny", "default", "linux"))
    assert {row.why for row in default} < {row.why for row in tiny}
    assert default == linux


def test_a_reason_is_for_its_unit_and_for_all_inside_of_what_it_explains():
    reasons = [Row(r"\.a$", "^then x: ", "x is never set"), Row(r"\.b$", "^case y: 0:", "y is never 0")]
    assert explanation(reasons, "soc.a", ["then z: if (z) begin", "then x: if (x) begin"]) == reasons[0]
    assert explanation(reasons, "soc.b", ["case y: 0:"]) == reasons[1]
    assert explanation(reasons, "soc.a", ["case y: 0:"]) is None
    assert explanation(reasons, "soc.ab", ["then x: if (x) begin"]) is None
