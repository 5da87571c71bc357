"""One planted fault per rule: `@mutant` names it on the test, `survivors` plants it and runs that test alone.

A fault is a change of text in the model (or in the tables of `isa/`). The mutated modules, the bare machine and the
test are imported again from their sources, so the test sees nothing but the fault; then everything is as before. A
compiled model is left aside: both are made of the same sources.
"""

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from unittest import mock

ROOT = Path(__file__).parents[2]
TESTS = "tests.rules"
Test = Callable[[], None]
FRESH = ("isa", "sim", "tests")         # packages that are imported anew


@dataclass(frozen=True)
class Mutant:
    """`old`, which stands once in the source `file` (path from the top of the checkout), becomes `new`."""

    file: str
    old: str
    new: str

    def text(self) -> str:
        """The source with the fault.

        Raises ValueError when `old` does not stand there exactly once, or nothing would change.
        """
        source = (ROOT / self.file).read_text(encoding="utf-8")
        if (count := source.count(self.old)) != 1:
            raise ValueError(f"{self.old!r} stands {count} times in {self.file}, not once")
        if self.old == self.new:
            raise ValueError(f"the mutant of {self.file} changes nothing: {self.old!r}")
        return source.replace(self.old, self.new)


def mutant(file: str, old: str, new: str) -> Callable[[Test], Test]:
    """The test fails when in `file` (of `sim/model/`, or a path such as `isa/csrs.py`) `old` becomes `new`."""
    path = file if "/" in file else f"sim/model/{file}"

    def mark(test: Test) -> Test:
        test.__dict__["mutants"] = (Mutant(path, old, new), *mutants_of(test))
        return test
    return mark


def mutants_of(test: object) -> tuple[Mutant, ...]:
    """The mutants that a test names, top to bottom."""
    found: tuple[Mutant, ...] = test.__dict__.get("mutants", ())
    return found


def survivors(topic: str, name: str) -> list[str]:
    """Why the mutants of the test `name` in `tests/rules/<topic>.py` were not caught, one sentence each."""
    found = mutants_of(getattr(importlib.import_module(f"{TESTS}.{topic}"), name))
    return [reason for m in found if (reason := _survives(m, topic, name))]


def failures(tests: Iterable[tuple[str, str]]) -> list[str]:
    """Those of the tests (topic, name) that fail without any mutant, where they are run under mutants."""
    failed = []
    with _universe({}):
        for topic, name in tests:
            try:
                getattr(importlib.import_module(f"{TESTS}.{topic}"), name)()
            except Exception as error:
                failed.append(f"{topic}::{name}: {error!r}")
    return failed


def _survives(m: Mutant, topic: str, name: str) -> str:
    """The sentence, or nothing when the test failed as it should."""
    try:
        text = m.text()
    except ValueError as error:
        return f"{topic}::{name}: {error}"
    with _universe({m.file: text}):
        try:
            getattr(importlib.import_module(f"{TESTS}.{topic}"), name)()
        except (SyntaxError, NameError, ImportError) as error:
            return f"{topic}::{name}: {m.new!r} in {m.file} is not a fault but an error: {error}"
        except Exception:
            return ""
    return f"{topic}::{name} passes with {m.new!r} for {m.old!r} in {m.file}"


@contextmanager
def _universe(changed: dict[str, str]) -> Iterator[None]:
    """Inside, the modules of FRESH are new sources, with the changed texts; afterwards the old ones are back."""
    with (mock.patch.dict(sys.modules), mock.patch.dict(os.environ, DOPPELHART_MODEL="plain"),
          mock.patch.object(sys, "meta_path", [_Finder(changed), *sys.meta_path])):
        for name in [name for name in sys.modules if name.split(".")[0] in FRESH]:
            del sys.modules[name]
        yield


@cache
def _compiled(path: str, modified: int) -> CodeType:
    return compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)


class _Source(SourceLoader):
    """Loads one source file; `text` stands in for what is on the disk."""

    def __init__(self, path: Path, text: str | None) -> None:
        self.path, self.text = path, text

    def get_filename(self, fullname: str) -> str:
        return str(self.path)

    def get_data(self, path: str) -> bytes:
        return Path(path).read_bytes()

    def get_code(self, fullname: str) -> CodeType:
        if self.text is not None:
            return compile(self.text, str(self.path), "exec", dont_inherit=True)
        return _compiled(str(self.path), self.path.stat().st_mtime_ns)


class _Finder(MetaPathFinder):
    """Finds the modules of FRESH as sources, even where a compiled one stands beside it."""

    def __init__(self, changed: dict[str, str]) -> None:
        self.changed = changed

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname.split(".")[0] not in FRESH:
            return None
        at = fullname.replace(".", "/")
        for file, package in ((f"{at}.py", False), (f"{at}/__init__.py", True)):
            if (ROOT / file).is_file():
                loader = _Source(ROOT / file, self.changed.get(file))
                return spec_from_file_location(fullname, ROOT / file, loader=loader,
                                               submodule_search_locations=[str(ROOT / at)] if package else None)
        return None
