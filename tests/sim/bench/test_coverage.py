"""sim/bench/coverage.py."""

import io
from collections import Counter

import pytest
from rich.console import Console

from isa.platform import FINISHER_PASS as PASS
from rtl.config import CONFIGS
from sim.bench import coverage
from sim.bench.build import Features
from sim.bench.conditions import Verilog
from sim.bench.coverage import Point, parse, report
from sim.bench.session import Session
from sim.bench.unreachable import Row
from tests.sim.bench.conftest import make_toy
from tests.sim.bench.toy import Op

BASE = 0x8000_0000
SOURCE = Verilog(["module a;", "if (x) begin", "end else if (_start_) begin"])


def line(module, number, kind, what, count, file="/x/soc.v"):
    return (f"C '\x01f\x02{file}\x01l\x02{number}\x01n\x025\x01t\x02{kind}\x01page\x02v_{kind}/{module}\x01o\x02{what}"
            f"\x01h\x02bench.{module}' {count}\n")


def test_points_of_all_copies_of_a_unit_are_one():
    counts = parse("# SystemC::Coverage-3\n" + line("soc.csr$291", 2, "branch", "if", 3)
                   + line("soc.csr$5", 2, "branch", "if", 4) + line("bench", 2, "line", "block", 9, file="/x/bench.v"))
    assert counts == Counter({Point("soc.csr", 2, "branch if"): 7})


def test_a_point_has_run_or_cannot_or_is_missing():
    counts = Counter({Point("a", 1, "line block"): 5, Point("a", 2, "branch if"): 0, Point("a", 3, "branch if"): 0,
                      Point("b", 3, "branch if"): 0})
    table, missing = report(counts, SOURCE, [Row("^a$", "_start_", "only at time 0")])
    out = io.StringIO()
    Console(file=out, width=100).print(table)
    cells = [row.replace("│", " ").split() for row in out.getvalue().splitlines()]
    assert ["a", "3", "1", "1", "1"] in cells and ["b", "1", "0", "0", "1"] in cells and ["all", "4", "1", "1", "2"] in cells
    assert missing == ["a: line 2, then x: if (x) begin", "b: line 3, then _start_: end else if (_start_) begin"]


STALE = "unreachable.py: '^a$', '_start_' fits no point that has not run"
FALSE = "unreachable.py: '^a$', '_start_' fits what has run, a: line 3, then _start_: end else if (_start_) begin"


@pytest.mark.parametrize(("ran", "wrong"), [(0, []), (1, [FALSE, STALE])])
def test_a_reason_that_is_stale_or_false_is_reported(ran, wrong):
    _, lines = report(Counter({Point("a", 3, "branch if"): ran}), SOURCE, [Row("^a$", "_start_", "only at time 0")])
    assert lines == wrong


@pytest.mark.parametrize(("options", "titles", "status"), [
    ((), ["tiny", "default", "linux"], 1), (("--config", "default", "--config", "linux"), ["default", "linux"], 0)])
def test_each_configuration_has_its_table(monkeypatch, capsys, tmp_path, options, titles, status):
    (tmp_path / "soc.v").write_text("module a;\n  if (x) begin\n")
    monkeypatch.setattr(coverage, "soc_verilog", lambda config: tmp_path / "soc.v")
    monkeypatch.setattr(coverage, "measure", lambda config, workers: Counter({Point("a", 2, "branch if"): config != "tiny"}))
    monkeypatch.setattr(coverage, "rows", lambda config: ())
    monkeypatch.setattr("sys.argv", ["coverage", *options])
    assert coverage.main() == status
    out = capsys.readouterr().out
    assert [word for word in out.split() if word in CONFIGS] == titles
    assert out.count("a: line 2, then x: if (x) begin") == status


def test_a_run_counts_what_it_does(tmp_path, job):
    def run(*program):
        with Session(make_toy(tmp_path, features=Features(covered=True))) as session:
            session.run(job(*program))
        return parse(session.coverage)

    short, long = run((Op.FINISH, PASS)), run((Op.ADD, 1), (Op.STORE, BASE + 0x1000), (Op.FINISH, PASS))
    assert set(short) == set(long)
    assert sum(map(bool, long.values())) > sum(map(bool, short.values())) > 0
