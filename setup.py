"""Everything is in pyproject.toml; this adds the compiled golden model to a wheel, where there is a C compiler."""

import os
import shutil
import sys
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

sys.path.insert(0, os.fspath(Path(__file__).parent))
COMPILER = shutil.which(os.environ.get("CC", "cc").split()[0])


class BuildWithModel(build_py):
    """Sources, and beside them what mypyc makes of those in sim/model."""

    def run(self) -> None:
        super().run()
        if COMPILER and not self.editable_mode:
            from sim.compile import compile_model
            compile_model(Path(self.build_lib) / "sim" / "model" / "compiled")


class WithExtensions(Distribution):
    """A wheel with the compiled model is for one platform."""

    def has_ext_modules(self) -> bool:
        return COMPILER is not None


setup(cmdclass={"build_py": BuildWithModel}, distclass=WithExtensions)
