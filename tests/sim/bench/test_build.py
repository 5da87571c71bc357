"""Builds are cached by content, and a tool that fails says why."""

import pytest

from rtl.verilog import to_verilog
from sim.bench import build
from sim.bench.build import BuildError, build_design, build_model
from tests.sim.bench.toy import Toy


@pytest.fixture
def verilog(tmp_path):
    return to_verilog(Toy(), build.DESIGN, tmp_path / "soc.v", "toy")


def test_an_unchanged_design_is_not_built_again(toy, verilog, monkeypatch):
    monkeypatch.setattr(build.HarnessRunner, "build", None)     # calling it would raise
    before = toy.executable.stat()
    verilog.write_text("// a comment is not another design\n" + verilog.read_text())
    assert build_model(verilog) == toy
    assert toy.executable.stat().st_mtime_ns == before.st_mtime_ns


def test_another_design_is_another_build(toy, verilog):
    verilog.write_text(verilog.read_text().replace("endmodule", "  wire another = 1'b1;\nendmodule", 1))
    other = build_model(verilog)
    assert other.executable != toy.executable
    assert toy.executable.exists() and other.executable.exists()


def test_the_harness_is_part_of_the_key(toy, verilog, monkeypatch, tmp_path):
    copy = tmp_path / "harness"
    copy.mkdir()
    for path in build.HARNESS.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(build, "HARNESS", copy)
    assert build_model(verilog) == toy
    (copy / "bench.h").write_text("#error changed\n")
    with pytest.raises(BuildError, match="changed"):
        build_model(verilog)


def test_verilog_that_is_none_is_reported(verilog):
    verilog.write_text("module soc(; endmodule")
    with pytest.raises(BuildError, match=r"(?s)Verilator failed.*syntax error"):
        build_model(verilog)


def test_a_design_is_elaborated_once_for_each_key_and_source(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "BUILD", tmp_path)
    written = []

    def make(path):
        written.append(path)
        path.write_text("verilog")

    first = build_design(make, "one")
    assert build_design(make, "one") == first
    assert len(written) == 1
    assert build_design(make, "two") != first
    monkeypatch.setattr(build, "source_digest", lambda: "another rtl/")
    assert build_design(make, "one") != first
    assert len(written) == 3


def test_a_failed_design_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "BUILD", tmp_path)

    def fail(path):
        path.write_text("half")
        raise RuntimeError("elaboration failed")

    with pytest.raises(RuntimeError, match="elaboration failed"):
        build_design(fail, "x")
    with pytest.raises(RuntimeError, match="elaboration failed"):
        build_design(fail, "x")


def test_the_sources_are_in_the_digest(monkeypatch, tmp_path):
    (tmp_path / "rtl").mkdir()
    (tmp_path / "isa").mkdir()
    monkeypatch.setattr(build, "ROOT", tmp_path)
    empty = build.source_digest()
    (tmp_path / "rtl" / "alu.py").write_text("a")
    one = build.source_digest()
    (tmp_path / "rtl" / "alu.py").write_text("b")
    assert len({empty, one, build.source_digest()}) == 3


def test_a_missing_tool_is_named(verilog, monkeypatch, tmp_path):
    monkeypatch.setattr(build, "BUILD", tmp_path / "build")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"make and perl not found; .*apt install make perl g"):
        build_model(verilog)
