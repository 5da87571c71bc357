"""Bad input is one sentence on standard error that quotes what is wrong, exit status 2, and never a traceback."""

import struct
from pathlib import Path

import pytest

from sim.cli import main

RISCV, X86 = 243, 62


def elf(*, bits: int = 64, machine: int = RISCV, base: int = 0x8000_0000, entry: int = 0x8000_0000) -> bytes:
    """A little-endian executable with one loadable segment of four bytes."""
    ident = b"\x7fELF" + bytes([bits // 32, 1, 1]) + bytes(9)
    if bits == 32:
        header = struct.pack("<HHIIIIIHHHHHH", 2, machine, 1, entry, 52, 0, 0, 52, 32, 1, 40, 0, 0)
        segment = struct.pack("<IIIIIIII", 1, 84, base, base, 4, 4, 7, 4)
    else:
        header = struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, entry, 64, 0, 0, 64, 56, 1, 64, 0, 0)
        segment = struct.pack("<IIQQQQQQ", 1, 7, 120, base, base, 4, 4, 4)
    return ident + header + segment + bytes.fromhex("73000000")


def refused(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """Run the command; it must refuse. Returns its one line on standard error."""
    monkeypatch.setattr("sys.argv", ["doppelhart", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    out, err = capfd.readouterr()
    assert stop.value.code == 2, err
    assert not out
    lines = err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("doppelhart: "), err
    return lines[0]


FILES = {
    "not-an-elf": (b"#!/bin/sh\n", "not an ELF"),
    "empty": (b"", "not an ELF"),
    "truncated": (elf()[:100], "truncated"),
    "bits32": (elf(bits=32), "32-bit"),
    "x86": (elf(machine=X86), "machine"),
    "low": (elf(base=0x1000), "outside of RAM"),
    "high": (elf(base=0x8000_0000 + (64 << 20) - 2), "outside of RAM"),
}


@pytest.mark.parametrize("command", ["run", "cosim", "run --on rtl", "run --on spike", "crosscheck"])
@pytest.mark.parametrize("name", FILES)
def test_unusable_file(name, command, tmp_path, capfd, monkeypatch):
    content, wanted = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    line = refused(capfd, monkeypatch, *command.split(), str(path))
    assert wanted in line and name in line


@pytest.mark.parametrize("command", ["run", "cosim", "run --on rtl", "run --on spike", "crosscheck"])
def test_no_such_file(command, tmp_path, capfd, monkeypatch):
    line = refused(capfd, monkeypatch, *command.split(), str(tmp_path / "absent"))
    assert "absent" in line and "no file" in line


@pytest.mark.parametrize("arguments, wanted", [
    (("run", "{elf}", "--ram", "12x"), "'12x'"),
    (("run", "{elf}", "--ram", "-4M"), "-4M"),
    (("run", "{elf}", "--config", "huge"), "'huge'"),
    (("cosim", "{elf}", "--config", "huge"), "'huge'"),
    (("run", "{elf}", "--on", "qemu"), "'qemu'"),
    (("run",), "ELF"),
    (("fuzz", "--seeds", "1"), "'1'"),
    (("fuzz", "--seeds", "5:5"), "5:5"),
    (("frobnicate",), "'frobnicate'"),
    (("verilog", "--config", "huge"), "'huge'"),
    (("verilog", "-o", "/nowhere/at/all.v"), "/nowhere/at/all.v"),
    (("run", "{elf}", "--signature", "s"), "begin_signature"),
    (("run", "{elf}", "--max-instructions", "0"), "--max-instructions"),
    (("run", "{elf}", "--timeout", "-1"), "--timeout"),
])
def test_unusable_option(arguments, wanted, tmp_path, capfd, monkeypatch):
    path = tmp_path / "loop.elf"
    path.write_bytes(elf()[:-4] + bytes.fromhex("6f000000"))    # j .
    if "--signature" in arguments:
        arguments += ("--max-instructions", "10")
    assert wanted in refused(capfd, monkeypatch, *(a.format(elf=path) for a in arguments))


def test_missing_tool(tmp_path, capfd, monkeypatch):
    path = tmp_path / "loop.elf"
    path.write_bytes(elf())
    monkeypatch.setattr("sim.bench.build.BUILD", tmp_path / "build")
    monkeypatch.setenv("PATH", str(tmp_path))
    line = refused(capfd, monkeypatch, "cosim", str(path))
    assert "not installed" in line or "not found" in line


def test_this_file_makes_usable_elfs(tmp_path, capfd, monkeypatch):
    """The negative control of every refusal above: the plain file runs (and its ecall loops until the limit)."""
    path: Path = tmp_path / "plain.elf"
    path.write_bytes(elf())
    monkeypatch.setattr("sys.argv", ["doppelhart", "run", str(path), "--max-instructions", "10"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 3
