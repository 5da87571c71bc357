"""Faulty hardware on purpose: one build that holds many faults, of which a run switches on at most one.

A mutation replaces a piece of the source of rtl/ by another in which FAULT is true when that mutation is switched on:

    Mutation("HLV ignores SPVP", "rtl/csr.py", "r.hstatus.spvp", "(r.hstatus.spvp & ~FAULT)")

The number of the mutation (1, 2, ...; 0 is none) is a signal that the top module gets from a port, `mutant`; Amaranth
takes it down through the hierarchy to wherever it is read. rtl/ itself knows nothing of this.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib.wiring import Component, In, connect, flipped

from sim.bench.build import DESIGN, ROOT, Features, Model, build_design, build_model

_NUMBER = Signal(16, name="mutant_number")


class MutationError(Exception):
    """A mutation does not fit the source; one sentence."""


@dataclass(frozen=True)
class Mutation:
    """`old` occurs exactly once in `file` (relative to the checkout) and becomes `new`, which contains FAULT."""

    name: str
    file: str
    old: str
    new: str


def mutated(source: str, mutations: Sequence[tuple[int, Mutation]]) -> str:
    """Source text with numbered mutations in it. Raises MutationError."""
    places = []
    for number, mutation in mutations:
        count = source.count(mutation.old)
        if count != 1:
            raise MutationError(f"{mutation.old!r} of mutation {mutation.name!r} occurs {count} times in {mutation.file}.")
        if not re.search(r"\bFAULT\b", mutation.new):
            raise MutationError(f"The replacement of mutation {mutation.name!r} does not contain FAULT.")
        at = source.index(mutation.old)
        places.append((at, at + len(mutation.old), re.sub(r"\bFAULT\b", f"fault_({number})", mutation.new)))
    out, done = "", 0
    for first, last, text in sorted(places):
        if first < done:
            raise MutationError(f"Two mutations overlap at {source[first:last]!r}.")
        out += source[done:first] + text
        done = last
    return out + source[done:]


_elaborated: set[int] = set()      # numbers of the faults that have become hardware


def _fault(number: int) -> Any:
    _elaborated.add(number)
    return number == _NUMBER


class _Loader(SourceFileLoader):
    """Loads a module from mutated source, with the function that FAULT stands for."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec")

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["fault_"] = _fault
        super().exec_module(module)


class _Finder(MetaPathFinder):
    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in self._sources:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec and spec.origin:
            spec.loader = _Loader(name, spec.origin, self._sources[name])
        return spec


@contextmanager
def applied(mutations: Sequence[Mutation]) -> Iterator[None]:
    """Inside, rtl/ is imported anew with all mutations in it; afterwards everything is as before."""
    by_file: dict[str, list[tuple[int, Mutation]]] = {}
    for number, mutation in enumerate(mutations, 1):
        by_file.setdefault(mutation.file, []).append((number, mutation))
    sources = {file.removesuffix(".py").replace("/", "."): mutated((ROOT / file).read_text(), chosen)
               for file, chosen in by_file.items()}
    replaced = {name: module for name, module in sys.modules.items()
                if name == "rtl" or name.startswith("rtl.") or name in sources}
    for name in replaced:
        del sys.modules[name]
    finder = _Finder(sources)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name in replaced or name.startswith("rtl.") or name in sources]:
            del sys.modules[name]
        sys.modules.update(replaced)


class Mutable(Component):     # type: ignore[misc]
    """A component with one more port, `mutant`: the number of the mutation that is switched on."""

    def __init__(self, inner: Component) -> None:
        self.inner = inner
        super().__init__({**inner.signature.members, "mutant": In(16)})

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        m.submodules.inner = self.inner
        m.d.comb += _NUMBER.eq(self.mutant)
        for name, member in self.inner.signature.members.items():
            mine, its = getattr(self, name), getattr(self.inner, name)
            if member.is_signature:
                connect(m, its, flipped(mine))
            elif member.flow == In:
                m.d.comb += its.eq(mine)
            else:
                m.d.comb += mine.eq(its)
        return m


def build_mutants(make: Callable[[], Component], mutations: Sequence[Mutation], key: str) -> Model:
    """A simulation of what `make` returns, with all mutations. `make` must import what it uses from rtl/ itself.

    Mutation number n of a job is the n-th of the sequence. Raises MutationError, BuildError.
    """

    def make_verilog(path: Path) -> None:
        with applied(mutations):
            from rtl.verilog import to_verilog

            to_verilog(Mutable(make()), DESIGN, path, key)

    return build_model(build_design(make_verilog, f"{key} {mutations!r}"), Features(mutants=True))


def elaborated(mutations: Sequence[Mutation], config: str) -> set[int]:
    """Numbers of those that are in the hardware of a named configuration: not all source is of all configurations."""
    _elaborated.clear()
    with applied(mutations):
        from amaranth.hdl import Fragment

        from rtl.config import CONFIGS
        from rtl.soc import Soc

        Fragment.get(Soc(CONFIGS[config]), None)
    return set(_elaborated)


def build_soc_mutants(mutations: Sequence[Mutation], config: str = "default") -> Model:
    """The SoC of a named configuration with all mutations."""

    def make() -> Component:
        from rtl.config import CONFIGS
        from rtl.soc import Soc

        return Soc(CONFIGS[config])

    return build_mutants(make, mutations, f"mutants of {config}")
