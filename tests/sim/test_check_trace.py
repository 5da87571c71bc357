"""Logs in Spike's format: right ones agree, wrong ones are found, and what is no log is refused with its line."""

import re
import subprocess

import pytest

from isa.profile import PROFILES
from sim import spike, toolchain
from sim.check_trace import Settings, check, profile
from sim.cli import main
from sim.outcome import BadInput
from sim.programs import SOURCES, build_program

SPIKE = Settings(PROFILES["spike"], free=frozenset(("mideleg", "hedeleg")))


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """The log of Spike, disassembly and all, for a program."""
    made, folder = {}, tmp_path_factory.mktemp("logs")

    def log(name: str):
        if name not in made:
            elf, made[name] = build_program(SOURCES / name), folder / f"{name}.log"
            first, *rest = spike.command(elf, 5 * spike.BATCH)
            subprocess.run([first, "-l", "--log-commits", f"--log={made[name]}", *rest], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, check=True)
        return made[name], build_program(SOURCES / name)

    return log


@pytest.fixture
def small(logs, tmp_path):
    """Checks a log made of the lines of traps.S's that `change` leaves."""
    log, elf = logs("traps.S")

    def checked(change, settings: Settings = SPIKE):
        path = tmp_path / "changed.log"
        path.write_text("".join(change(log.read_text().splitlines(keepends=True))))
        return check(path, elf, settings)

    return checked


@pytest.mark.parametrize("name", ["alu.S", "h_two_stage.S", "interrupts.S", "sv39.S", "compressed.S", "amo.S", "counters.S"])
def test_spike_s_own_logs_agree(logs, name: str) -> None:
    result = check(*logs(name), SPIKE)
    assert result.report == "" and result.events > 50


def test_a_wrong_value_is_found_with_its_context(small) -> None:
    def change(lines):
        at = next(i for i, line in enumerate(lines) if " x30 " in line and i > 150)
        lines[at] = lines[at][:-2] + ("0" if lines[at][-2] != "0" else "1") + "\n"
        return lines

    result = small(change)
    assert "rd_value: the model has" in result.report and len(result.report.splitlines()) > 8


@pytest.mark.parametrize(("found", "replacement", "missing"), [
    ("core   0: 3 0x", "3 0x", []), ("core   0: 3 0x", "core   0: 0x", ["modes"]), (" x3  0x", " x 3 0x", [])])
def test_other_ways_to_write_a_commit(small, found: str, replacement: str, missing: list[str]) -> None:
    result = small(lambda lines: [line.replace(found, replacement) for line in lines])
    assert (result.report, result.missing) == ("", missing) and result.events > 100


@pytest.mark.parametrize(("mark", "missing"), [
    ("exception", ["traps", "trap values"]), ("tval", ["trap values"]), (" mem ", ["memory accesses"]), (" c", ["CSR writes"])])
def test_what_a_log_never_shows_is_not_compared(small, mark: str, missing: list[str]) -> None:
    def change(lines):
        if mark in ("exception", "tval"):
            return [line for line in lines if not (mark in line or (mark == "exception" and "tval" in line))]
        return [line.split(mark)[0].rstrip() + "\n" if " 3 0x" in line else line for line in lines]

    result = small(change)
    assert (result.report, result.missing) == ("", missing) and result.events > 100


def test_csrs_that_are_free(small) -> None:
    def change(lines):
        return [re.sub(r"c832_mscratch 0x\w+", "c832_mscratch 0x1", line) for line in lines]

    assert "mscratch: the model has" in small(change).report
    assert small(change, Settings(PROFILES["spike"], free=frozenset(("mscratch",)))).report == ""


def test_what_comes_before_the_entry_sets_registers(tmp_path) -> None:
    source, elf, log = (tmp_path / name for name in ("p.S", "p.elf", "p.log"))
    source.write_text(".globl _start\n_start: add x6, x11, x11\n")
    toolchain.cc(["-T", SOURCES / "test.ld", source, "-o", elf])
    log.write_text("3 0x1000 (0x00300593) x11 0x3\n3 0x80000000 (0x00b58333) x6 0x6\n")
    assert (check(log, elf, SPIKE).report, check(log, elf, SPIKE).events) == ("", 1)


def test_the_bound(small) -> None:
    settings = Settings(PROFILES["spike"], max_events=10)
    assert small(lambda lines: lines, settings).events == 10


def test_another_entry(small, logs) -> None:
    entry = Settings(PROFILES["spike"], entry=0x8000_0004)
    assert small(lambda lines: lines, entry).report == ""


BAD = {
    "cut": (lambda text: text[:-20], "line .* ends in the middle"),
    "mode": (lambda text: text.replace("core   0: 3 0x0000000080000004", "core   0: three 0x80000004", 1), "line 15 .*three"),
    "hex": (lambda text: text.replace("0x00000000000003e8", "0xgg", 1), "line 13 .*0xgg"),
    "cause": (lambda text: text.replace("trap_illegal_instruction", "trap_of_mice", 1), "'trap_of_mice'"),
    "prose": (lambda text: "Hello\n" + text, "line 1 .*'Hello'"),
    "empty": (lambda text: "", "does not show the instruction at the entry"),
    "binary": (lambda text: "\xff", "it is not text"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_logs(logs, tmp_path, name: str) -> None:
    change, words = BAD[name]
    log, elf = logs("traps.S")
    path = tmp_path / "bad.log"
    path.write_bytes(change(log.read_text()).encode("latin-1"))
    with pytest.raises(BadInput, match=words) as refusal:
        check(path, elf, SPIKE)
    assert "bad.log" in str(refusal.value) and "\n" not in str(refusal.value)


def test_bad_files(tmp_path, logs) -> None:
    log, elf = logs("alu.S")
    with pytest.raises(BadInput, match=r"absent\.log.*No such file"):
        check(tmp_path / "absent.log", elf, SPIKE)
    with pytest.raises(BadInput, match="outside of RAM 0x40000000"):
        check(log, elf, Settings(PROFILES["spike"], ram_base=0x4000_0000))
    with pytest.raises(BadInput, match="'mtvek'"):
        check(log, elf, Settings(PROFILES["spike"], free=frozenset(("mtvek",))))
    with pytest.raises(BadInput, match="0x80000001"):
        check(log, elf, Settings(PROFILES["spike"], entry=0x8000_0001))


@pytest.mark.parametrize(("isa", "config", "words"), [
    ("rv64imac", "tiny", "rv64imac and --config tiny contradict"), ("rv64gc", "", "'f'"), ("", "huge", "'huge'")])
def test_which_hart(isa: str, config: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        profile(isa, "msu", config)
    assert profile("", "msu", "") is PROFILES["default"] and profile("", "msu", "tiny") is PROFILES["tiny"]
    assert not profile("rv64im", "m", "").has("S")


def test_the_command(logs, capfd, monkeypatch) -> None:
    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["doppelhart", "check-trace", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        return stop.value.code, capfd.readouterr().err

    log, elf = logs("h_two_stage.S")
    status, text = call(log, elf, "--config", "spike")
    assert status == 0 and text.startswith("passed: ") and "beside the log" in text
    status, text = call(log, elf, "--isa", "rv64imac")
    assert status == 4 and "the model has" in text
    status, text = call(log, elf, "--isa", "rv32i")
    assert (status, text) == (2, "doppelhart: 'rv32i' is for XLEN 32; the model has XLEN 64 only\n")
    assert call(log, elf, "--ram-base", "low")[0] == 2
