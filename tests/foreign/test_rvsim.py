"""The commit logs of rvsim, a simulated core that is not ours: it agrees where it implements what a program tests.

Its logs have pc, expanded instruction and register, and nothing else.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from isa.isa_string import profile_of
from sim.check_trace import Checked, Settings, check
from sim.programs import SOURCES, build_program

RUN = """
import sys
from rvsim import Config, Simulator
core = Simulator(Config(width=1, uart_quiet=True), binary=sys.argv[1])
core.open_commit_log(sys.argv[2])
core.run(limit=300_000)
"""


def checked(name: str, folder: Path) -> Checked:
    assert importlib.util.find_spec("rvsim"), "rvsim is not installed: run `pip install rvsim`"
    elf, log = build_program(SOURCES / name), folder / "commits.log"
    subprocess.run([sys.executable, "-c", RUN, str(elf), str(log)], check=True, capture_output=True, cwd=folder)
    return check(log, elf, Settings(profile_of("rv64imac_sstc_smpmp")))


@pytest.mark.parametrize("name", ["alu.S", "muldiv.S", "branches.S", "amo.S", "lrsc.S", "compute.c"])
def test_agrees(name: str, tmp_path: Path) -> None:
    result = checked(name, tmp_path)
    assert result.report == "" and result.events > 100
    assert result.missing == ["modes", "traps", "trap values", "memory accesses", "CSR writes"]


def test_a_difference_is_found(tmp_path: Path) -> None:
    """rvsim executes a reserved encoding of SLLI, which this machine refuses."""
    report = checked("traps.S", tmp_path).report
    assert "(0x40001013)" in report and "  pc: the model has" in report
