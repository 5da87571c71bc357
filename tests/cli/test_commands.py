"""What the commands print, where, and their exit status."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim import toolchain
from sim.cli import main
from sim.model import FORM
from sim.outcome import EXIT_STATUS, Outcome, Verdict
from sim.programs import SOURCES, build_program

ROOT = Path(__file__).parents[2]
PROGRAM = """
.globl _start
_start: li a0, {value}
        la t0, tohost
        {store}
1:      j 1b
.section .tohost, "aw"
.globl tohost, fromhost
.align 6
tohost: .dword 0
fromhost: .dword 0
"""


@pytest.fixture(scope="module")
def elf(tmp_path_factory):
    """Builds a program that writes `value` to tohost, or never ends."""
    folder = tmp_path_factory.mktemp("programs")

    def build(value: int, store: str = "sd a0, 0(t0)") -> str:
        source, target = folder / f"p{value}.S", folder / f"p{value}.elf"
        source.write_text(PROGRAM.format(value=value, store=store))
        toolchain.cc(["-T", SOURCES / "test.ld", source, "-o", target])
        return str(target)

    return build


def call(capfd, monkeypatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["doppelhart", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code, *capfd.readouterr()


WAYS = ("run", "run --on rtl", "run --on spike", "cosim", "crosscheck", "cosim --config linux")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value, status, code", [(1, 0, 0), (7, 1, 3)])
def test_the_program_decides(elf, way, value, status, code, capfd, monkeypatch):
    got, out, err = call(capfd, monkeypatch, *way.split(), elf(value), "--json")
    result = json.loads(out)
    assert (got, result["code"], result["verdict"]) == (status, code, "pass" if status == 0 else "fail")
    assert ("failed with code 3" if status else "passed") in err


@pytest.mark.parametrize("limit", ["--max-instructions 500", "--timeout 1"])
@pytest.mark.parametrize("way", WAYS[:4])
def test_a_program_that_never_ends_is_stopped(elf, way, limit, capfd, monkeypatch):
    got, out, err = call(capfd, monkeypatch, *way.split(), elf(2, "nop"), *limit.split())
    assert (got, out) == (3, "")
    assert "did not end" in err and "stopped" in err


def test_exit_status_of_every_verdict():
    assert EXIT_STATUS == {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.LIMIT: 3, Verdict.DIVERGED: 4}
    assert [Outcome(verdict, "rtl", 1, 1.0).status for verdict in Verdict] == [0, 1, 3, 4]


def test_the_demo(capfd, monkeypatch):
    status, out, err = call(capfd, monkeypatch, "vmm", "demo", "--json")
    result = json.loads(out)
    assert (status, result["verdict"]) == (0, "pass")
    for guest in ("worker", "driver"):
        assert f"({guest}) passed" in result["console"]
    statistics = result["statistics"]
    assert len(statistics["guests"]) == 2 and statistics["all exits"]["p99"] > statistics["all exits"]["min"] > 0
    assert {"environment call from VS", "load guest-page fault", "store/AMO guest-page fault", "virtual instruction",
            "supervisor timer interrupt"} <= set(statistics["exits"])
    for text in ("guest 0", "guest 1", "hypervisor (HS)", "virtual instruction", "99th percentile", "passed"):
        assert text in err


@pytest.mark.parametrize("arguments", [["vmm", "demo"], ["run", "{loop}"], ["run", "--on", "spike", "{loop}"],
                                       ["cosim", "{loop}"]])
def test_an_interrupt_from_the_keyboard_stops_it_cleanly(elf, arguments):
    loop = elf(2, "nop")
    command = [sys.executable, "-m", "sim", *(a.format(loop=loop) for a in arguments)]
    # A suite that runs in the background ignores the signal, and its children would inherit that.
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(5)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, err.splitlines()[-1]) == (130, "doppelhart: stopped")
    assert "Traceback" not in err


def test_crosscheck_of_what_differs(capfd, monkeypatch):
    """`h_timedelta` needs vstimecmp to see htimedelta at once, which Spike does not do."""
    program = str(build_program(SOURCES / "h_timedelta.S"))
    status, _, err = call(capfd, monkeypatch, "crosscheck", program)
    assert status == 4 and "diverged" in err and "Spike" in err


def test_fuzz(tmp_path, capfd, monkeypatch):
    command = ("fuzz", "--against", "spike", "--seeds", "7:9", "--jobs", "2", "-o", str(tmp_path))
    status, out, err = call(capfd, monkeypatch, *command)
    assert (status, out) == (0, "") and "2 of 2 programs count" in err and "0 programs differ" in err
    assert len(json.loads((tmp_path / "state.json").read_text())["seeds"]) == 2
    assert call(capfd, monkeypatch, *command)[2] == err         # resumed: nothing is run again


def test_verilog(tmp_path, capfd, monkeypatch):
    path = tmp_path / "core.v"
    status, out, _ = call(capfd, monkeypatch, "verilog", "--config", "tiny", "-o", str(path))
    assert (status, out.strip()) == (0, str(path))
    text = path.read_text()
    assert "configuration tiny" in text and "module core(" in text and "ibus__adr" in text and "dbus__adr" in text


def test_version_and_help(capfd, monkeypatch):
    assert call(capfd, monkeypatch, "--version")[:2] == (0, f"doppelhart 0.1.0, golden model {FORM}\n")
    status, out, _ = call(capfd, monkeypatch, "--help")
    assert status == 0 and all(name in out for name in ("run", "cosim", "vmm", "verilog"))
