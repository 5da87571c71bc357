"""Which form of the model runs: compiled by mypyc, where that has been done for exactly these sources, or as they stand.

DOPPELHART_MODEL=plain asks for the sources, =compiled insists on the other; nothing else depends on the choice.
"""

import hashlib
import os
import sys
import sysconfig
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

HERE = Path(__file__).parent
GROUP = "doppelhart_model"              # the compiled modules are one library of this name
SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))
# A checkout keeps the compiled model with everything else that is built, an installation beside the sources.
FOLDERS = (HERE / "compiled", Path(os.environ.get("DOPPELHART_BUILD", HERE.parents[1] / "build")) / "compiled")
VARIABLE = "DOPPELHART_MODEL"


def digest() -> str:
    """Name of the compiled form of these sources for this Python."""
    sha = hashlib.sha256(SUFFIX.encode())
    for path in sorted([*HERE.glob("*.py"), *HERE.glob("native/*.py"), *HERE.glob("devices/*.py")]):
        sha.update(path.name.encode() + path.read_bytes())
    return sha.hexdigest()[:16]


def choose(path: list[str]) -> str:
    """Let the package with this search path use the compiled modules, if they are there; "compiled" or "plain".

    Raises ImportError when DOPPELHART_MODEL asks for what there is not.
    """
    wish = os.environ.get(VARIABLE, "")
    if wish not in ("", "plain", "compiled"):
        raise ImportError(f"{VARIABLE} is {wish!r}, not plain or compiled")
    if wish == "plain":
        return "plain"
    name = f"{GROUP}__mypyc"
    for folder in FOLDERS:
        library = folder / digest() / (name + SUFFIX)
        if library.exists():
            if name not in sys.modules:
                loader = ExtensionFileLoader(name, str(library))
                sys.modules[name] = module_from_spec(ModuleSpec(name, loader, origin=str(library)))
                loader.exec_module(sys.modules[name])
            path.insert(0, str(library.parent / "sim" / "model"))
            return "compiled"
    if wish == "compiled":
        raise ImportError(f"{VARIABLE} is compiled, but these sources have not been: run python -m sim.compile")
    return "plain"
