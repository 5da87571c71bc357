"""Compile the golden model with mypyc: `python -m sim.compile [FOLDER]`.

The result stands in build/compiled/<hash of the sources>, where `sim.model` finds it (sim/model/form.py). Files in
sim/model/native stand in for those of the same name; devices and whatever only prepares or inspects a machine are not
compiled, so users can derive from them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sim.model import form

PLAIN = ("__init__.py", "form.py", "elf.py", "snapshot.py", "state.py")
TIMEOUT = 1200                          # seconds
ROOT = form.HERE.parents[1]


class CompileError(Exception):
    """Compiling failed; the text holds what the tool said."""


def compile_model(folder: Path = form.FOLDERS[-1]) -> Path:
    """The folder that holds the compiled model, made if need be. Raises CompileError."""
    target = folder / form.digest()
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as scratch:
        _copy_sources(Path(scratch))
        _run_mypyc(Path(scratch))
        made = Path(scratch) / "made"
        (made / "sim" / "model").mkdir(parents=True)
        for library in [*Path(scratch).glob(f"*{form.SUFFIX}"), *Path(scratch).glob(f"sim/model/*{form.SUFFIX}")]:
            library.rename(made / library.relative_to(scratch))
        if not target.exists():         # another process may have been faster
            made.rename(target)
    return target


def _copy_sources(scratch: Path) -> None:
    shutil.copytree(form.HERE, scratch / "sim" / "model",
                    ignore=shutil.ignore_patterns("__pycache__", "native", "compiled"))
    shutil.copy(form.HERE.parent / "__init__.py", scratch / "sim")
    for twin in form.HERE.glob("native/[!_]*.py"):
        shutil.copy(twin, scratch / "sim" / "model")
    (scratch / "mypy.ini").write_text(f"[mypy]\nmypy_path = {ROOT}\nstrict = True\n")
    modules = sorted(f"sim/model/{path.name}" for path in form.HERE.glob("*.py") if path.name not in PLAIN)
    (scratch / "setup.py").write_text(
        "from mypyc.build import mypycify\n"
        "from setuptools import setup\n"
        f"setup(name='model', ext_modules=mypycify(['--config-file', 'mypy.ini', *{modules!r}], opt_level='3',\n"
        f"      group_name={form.GROUP!r}))\n")


def _run_mypyc(scratch: Path) -> None:
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    # Without it no function of a shared library is inlined into another.
    flags = os.environ.get("CFLAGS", "") + " -fno-semantic-interposition"
    env = {**os.environ, form.VARIABLE: "plain", "CFLAGS": flags}
    try:
        done = subprocess.run(command, cwd=scratch, env=env, timeout=TIMEOUT, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        raise CompileError(f"mypyc was not done after {TIMEOUT} seconds") from None
    if done.returncode:
        raise CompileError("mypyc failed:\n" + "\n".join(done.stdout.splitlines()[-20:]))


def main() -> int:
    """Compile, or say in a sentence why not; without a C compiler the plain model does the same work, slower."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else form.FOLDERS[-1]
    if not shutil.which(os.environ.get("CC", "cc").split()[0]):
        print("no C compiler: the golden model runs plain, some fifty times slower")
        return 0
    try:
        print(f"the golden model is compiled: {compile_model(folder)}")
    except CompileError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
