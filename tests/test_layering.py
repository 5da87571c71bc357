"""The rules that never bend: who may import whom, how long a file may be, and that importing does nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLES = {"isa/insns.py", "isa/csrs.py"}

# Folder -> what it may import besides the standard library: `rtl` never sees `sim`, the model only facts.
ALLOWED = {"isa": {"isa", "libfdt"}, "sim/model": {"isa", "sim.model", "elftools", "librt", "mypy_extensions"},
           "rtl": {"isa", "rtl", "amaranth", "pyosys"}}


def sources(*folders: str) -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for folder in folders
                  for path in (ROOT / folder).rglob("*.py"))


def imports(path: str, text: str) -> Iterator[str]:
    """Absolute names of the modules that the source at `path` imports, wherever the import stands."""
    package = path.split("/")[:-1]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            inside = module.split(".")[0] in ("isa", "rtl", "sim", "tests")
            yield from (f"{module}.{alias.name}" if inside else module for alias in node.names)


def strangers(path: str, text: str) -> list[str]:
    """Imports that the source at `path` must not have."""
    allowed = next(names for folder, names in ALLOWED.items() if path.startswith(folder + "/"))
    return [name for name in imports(path, text) if name.split(".")[0] not in sys.stdlib_module_names
            and not any(name == a or name.startswith(a + ".") for a in allowed)]


@pytest.mark.parametrize("folder", ALLOWED)
def test_imports(folder):
    assert {path: found for path in sources(folder)
            if (found := strangers(path, (ROOT / path).read_text()))} == {}


def test_a_stranger_is_found():
    """The rule sees every way to write an import."""
    assert strangers("rtl/x.py", "from sim.model import hart") == ["sim.model.hart"]
    assert strangers("rtl/x.py", "def f():\n    import sim.run") == ["sim.run"]
    assert strangers("rtl/mmu/x.py", "from ..types import Mode\nfrom . import tlb\nimport re") == []
    assert strangers("sim/model/x.py", "from sim import run, model") == ["sim.run"]
    assert strangers("sim/model/x.py", "from .. import run") == ["sim.run"]
    assert strangers("sim/model/x.py", "import rich") == ["rich"]
    assert strangers("isa/x.py", "from rtl import types\nfrom isa import causes") == ["rtl.types"]


def test_annotations_of_hardware_are_evaluated():
    """Amaranth reads the annotations of signatures and components: as strings they make no ports."""
    assert [path for path in sources("rtl")
            if "__future__" in set(imports(path, (ROOT / path).read_text()))] == []


def test_length_of_files():
    firmware = [path for path in (ROOT / "vmm_firmware").rglob("*")
                if path.suffix in (".c", ".S", ".h", ".ld") and path.name != "isa.h"]   # which is generated
    limits = {path: 400 for path in sources("isa", "rtl", "sim") if path not in TABLES}
    limits |= {path.relative_to(ROOT).as_posix(): 450 for path in firmware}
    assert {path: lines for path, limit in limits.items()
            if (lines := len((ROOT / path).read_text().splitlines())) > limit} == {}


def test_importing_does_nothing():
    """No output, no files, no threads and no processes: a module is imported for its names alone."""
    modules = [path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
               for path in sources("isa", "rtl", "sim") if not path.endswith("__main__.py")]
    program = f"""
import importlib, sys, threading
events = []
def audit(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if writes or event in ("subprocess.Popen", "os.system", "os.mkdir", "socket.connect"):
        events.append((event, str(args[0])))
sys.dont_write_bytecode = True
sys.addaudithook(audit)
for name in {modules!r}:
    importlib.import_module(name)
assert not events, events
assert threading.active_count() == 1, threading.enumerate()
"""
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
