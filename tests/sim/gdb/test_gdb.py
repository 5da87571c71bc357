"""A real gdb: break in VS-mode, read CSRs, step over a trap, go backwards."""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GDB = "gdb-multiarch"


def gdb(elf: Path, port: int, *commands: str) -> str:
    """What gdb prints while it carries out some commands."""
    assert shutil.which(GDB), f"{GDB} is not installed: run `apt-get install {GDB}`"
    lines = ("set pagination off", "set confirm off", f"target remote :{port}", *commands)
    options = [option for line in lines for option in ("-ex", line)]
    done = subprocess.run([GDB, "-nx", "-batch", *options, str(elf)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=120, check=False, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
    assert "warning" not in done.stdout.lower(), done.stdout
    return done.stdout


def values(text: str) -> list[int]:
    """What `print` printed, in order."""
    return [int(value, 0) for value in re.findall(r"^\$\d+ = (\w+)", text, re.M)]


def test_break_in_a_guest_and_read_csrs(served, guest_elf) -> None:
    text = gdb(guest_elf, served.port, "break call", "continue", "print $pc == call", "print $virt", "print $priv & 3",
               "print/x $hgatp", "print/x $vsatp", "print {long}(0x40000000 + (long)&counter)",
               "info registers priv", "monitor walk 0xc0000000")
    symbols = served.machine.symbols
    table = {name: 8 << 60 | symbols[name] >> 12 for name in ("guest_table", "table")}
    here, virt, priv, hgatp, vsatp, counter = values(text)
    assert (here, virt, priv, hgatp, vsatp, counter) == (1, 1, 1, table["guest_table"], table["table"], 3)
    assert "[Supervisor]" in text and "G-stage: leads to 0x80000000" in text


def test_step_over_a_trap_and_go_backwards(served, guest_elf) -> None:
    state = ("print (long)$pc - (long)&handler", "print $virt", "print $mcause")
    text = gdb(guest_elf, served.port, "break call", "continue", "stepi", *state, "reverse-stepi",
               "print $pc == call", *state[1:], "tbreak after", "continue", "print $a0", "reverse-continue",
               "print $pc == call")
    assert values(text) == [0, 0, 10, 1, 1, 0, 3, 1]


def test_reverse_to_the_store_that_is_looked_for(served, guest_elf) -> None:
    text = gdb(guest_elf, served.port, "break after", "continue", "watch {long}(0x40000000 + (long)&counter)",
               "reverse-continue", "print {long}&counter", "reverse-continue", "print {long}&counter", "print $a0", "delete",
               "reverse-continue", "print $pc == _start", "print {long}&counter")
    assert values(text) == [2, 1, 2, 1, 0] and "No more reverse-execution history" in text


def test_changes_and_the_end(served, guest_elf) -> None:
    text = gdb(guest_elf, served.port, "break call", "continue",
               "set var {long}&counter = 40", "set $a0 = 5", "print {long}&counter", "print $a0",
               "continue", "print {long}&counter", "continue")
    assert values(text) == [40, 5, 40]
    assert "ended with code 2" in text and "exited with code 02" in text


def test_the_command_line(guest_elf) -> None:
    command = [sys.executable, "-m", "sim", "run", "--config", "tiny", str(guest_elf), "--gdb", "0", "--ram", "1M"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline()
        port = int(re.search(r"target remote :(\d+)", line)[1])
        assert "22" in gdb(guest_elf, port, "break guest", "continue", "print 20 + 2", "detach")
        rest = process.stderr.read()
    assert process.returncode == 0 and rest.startswith("passed: 55 instructions")


@pytest.mark.parametrize(("arguments", "words"), [
    (["--gdb", "1", "--on", "rtl"], "not by rtl"), (["--gdb", "PORT"], "cannot listen on port"), (["--gdb", "70000"], "70000")])
def test_what_cannot_be_served(guest_elf, arguments, words) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "sim", "run", str(guest_elf), *(a.replace("PORT", port) for a in arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and words in done.stderr and len(done.stderr.splitlines()) == 1
