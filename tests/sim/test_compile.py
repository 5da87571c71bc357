"""The two forms of the model: which one runs, and that they are the same machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim import compile as native
from sim.model import form
from sim.programs import SOURCES, build_program

ROOT = form.HERE.parents[1]
TRACE = """
import sys
from isa.profile import PROFILES
from sim.model import FORM, Machine
m = Machine(PROFILES["full"])
m.load_elf(sys.argv[1])
if sys.argv[2:]:
    data = open(sys.argv[2], "rb").read()
    print(FORM, m.lock(data, len(data) // 128) == len(data) // 128, m.lock_reason)
else:
    sys.stdout.buffer.write(m.trace(100_000))
"""


def python(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    env = {**os.environ, **environment}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, check=False)


@pytest.fixture(scope="module")
def compiled() -> Path:
    return native.compile_model()


def test_the_compiled_model_is_used_where_there_is_one(compiled: Path) -> None:
    say = "import sim.model, sim.model.hart as h; print(sim.model.FORM, h.__file__.endswith('.py'))"
    for wish, said in (("", b"compiled False\n"), ("compiled", b"compiled False\n"), ("plain", b"plain True\n")):
        assert python("-c", say, DOPPELHART_MODEL=wish).stdout == said
    assert (compiled / f"{form.GROUP}__mypyc{form.SUFFIX}").exists()


def test_a_wish_that_cannot_be_met_is_one_sentence(tmp_path: Path) -> None:
    for wish, said in (("fast", "is 'fast', not plain or compiled"),
                       ("compiled", "is compiled, but these sources have not been: run python -m sim.compile")):
        done = python("-m", "sim", "--version", DOPPELHART_MODEL=wish, DOPPELHART_BUILD=str(tmp_path))
        assert done.returncode == 2 and done.stderr.decode() == f"doppelhart: DOPPELHART_MODEL {said}\n"


@pytest.mark.parametrize("name", ["h_two_stage.S", "h_interrupts.S", "muldiv.S", "amo.S", "compressed.S", "compute.c"])
def test_one_form_follows_the_records_of_the_other(name: str, compiled: Path, tmp_path: Path) -> None:
    elf = str(build_program(SOURCES / name))
    for first, second in (("plain", "compiled"), ("compiled", "plain")):
        records = tmp_path / first
        records.write_bytes(python("-c", TRACE, elf, DOPPELHART_MODEL=first).stdout)
        assert records.stat().st_size > 100 * 128
        done = python("-c", TRACE, elf, str(records), DOPPELHART_MODEL=second)
        assert done.stdout.decode().strip() == f"{second} True"
    assert (tmp_path / "plain").read_bytes() == (tmp_path / "compiled").read_bytes()


@pytest.mark.parametrize("wish", ["plain", "compiled"])
def test_both_forms_pass_the_tests_of_the_model(wish: str, compiled: Path) -> None:
    done = python("-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "tests/sim/model", DOPPELHART_MODEL=wish)
    assert done.returncode == 0, done.stdout.decode()[-3000:]


def test_changed_sources_are_never_run_in_their_old_form(compiled: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "isa", tmp_path / "isa", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(compiled, tmp_path / "build" / "compiled" / compiled.name)
    say = [sys.executable, "-c", "import sim.model; print(sim.model.FORM)"]
    env = {**os.environ, "DOPPELHART_BUILD": str(tmp_path / "build"), "PYTHONPATH": str(tmp_path), "DOPPELHART_MODEL": ""}
    assert subprocess.check_output(say, cwd=tmp_path, env=env) == b"compiled\n"
    with (tmp_path / "sim" / "model" / "trap.py").open("a") as source:
        source.write("# another text\n")
    assert subprocess.check_output(say, cwd=tmp_path, env=env) == b"plain\n"


def test_without_a_compiler_the_plain_model_stays(tmp_path: Path) -> None:
    done = python("-m", "sim.compile", str(tmp_path), CC="no-such-compiler")
    assert done.returncode == 0 and done.stdout.decode().startswith("no C compiler: the golden model runs plain")
    assert list(tmp_path.iterdir()) == []


def test_a_compiler_that_fails_is_reported(tmp_path: Path) -> None:
    done = python("-m", "sim.compile", str(tmp_path), CC="false")
    assert done.returncode == 1 and done.stderr.decode().startswith("mypyc failed:\n")
    assert list(tmp_path.iterdir()) == []
