"""From a claim to a verdict: Amaranth to AIGER by Yosys (pyosys), then PDR or bounded model checking by the ABC in its wheel.

PDR gives unbounded results. A trace is a list of input values from reset on, which Amaranth's simulator runs again for the
values of other ports.
"""

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from amaranth.back import rtlil
from amaranth.hdl import ClockDomain, ClockSignal, Const, Module, Signal, Value
from amaranth.lib.wiring import Component, In, Out
from amaranth.sim import Simulator

from sim.bench.mutate import Mutable, applied
from sim.formal.claim import Claim

SECONDS = 900           # for one question
RESULTS = ("assumed", "holds", "reached")
_YOSYS = """
import sys
from pyosys import libyosys
design = libyosys.Design()
for line in open(sys.argv[1]):
    design.run_pass(line.strip())
"""


class Result(Enum):
    """Answer to a question."""

    PROVED = "proved"           # for ever, or to the depth that was asked for
    TRACE = "trace"             # there is one
    UNDECIDED = "undecided"     # out of time


class FormalError(Exception):
    """A tool failed; the text says what it said."""


@dataclass(frozen=True)
class Answer:
    """`trace`: values of the inputs, cycle by cycle from reset; the last cycle is the one that was looked for."""

    result: Result
    trace: tuple[Mapping[str, int], ...] = ()


class _Question(Component):     # type: ignore[misc]
    """The claim with one output, `bad`: it does not hold, or its situation is reached, after nothing but what is assumed."""

    def __init__(self, inner: Component, bug: int, cover: bool) -> None:
        self._inner, self._bug, self._cover = inner, bug, cover
        members = inner.signature.members
        self.inputs = [name for name, member in members.items() if member.flow == In]
        super().__init__({**{name: members[name] for name in self.inputs}, "clk": In(1), "bad": Out(1)})

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        m.domains.sync = ClockDomain(reset_less=True)       # a run begins with the reset state, and never returns to it
        m.d.comb += ClockSignal().eq(self.clk)
        m.submodules.inner = inner = Mutable(self._inner)
        sound = Signal(init=1)
        m.d.comb += inner.mutant.eq(self._bug)
        m.d.comb += [getattr(inner, name).eq(getattr(self, name)) for name in self.inputs]
        m.d.sync += sound.eq(sound & inner.assumed)
        found = inner.reached if self._cover else ~inner.holds
        m.d.comb += self.bad.eq(sound & inner.assumed & found)
        return m


def prove(claim: Claim, bug: int = 0) -> Answer:
    """Does the claim hold, with one of its bugs in the RTL (1, 2, ...) or without (0)? Raises FormalError, MutationError."""
    return _ask(claim, bug, cover=False, depth=claim.depth)


def cover(claim: Claim) -> Answer:
    """A trace to the situation of the claim. Raises FormalError."""
    return _ask(claim, 0, cover=True, depth=claim.depth)


def _ask(claim: Claim, bug: int, cover: bool, depth: int | None) -> Answer:
    with applied(claim.bugs if bug else ()):
        text = rtlil.convert(_Question(claim.make(), bug, cover), name="question", emit_src=False)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "question.il").write_text(text)
        (folder / "script.ys").write_text("\n".join((
            "read_rtlil question.il", "hierarchy -top question", "proc", "flatten", "opt_clean",
            "memory_map", "opt -fast", "setundef -undriven -anyseq", "async2sync", "formalff -clk2ff",
            "simplemap", "techmap", "opt -fast", "dffunmap", "aigmap", "opt_clean",
            "write_aiger -zinit -map question.map question.aig", "")))
        _run([sys.executable, "-c", _YOSYS, "script.ys"], folder)
        engine = f"pdr -T {SECONDS}" if depth is None else f"bmc3 -F {depth} -T {SECONDS}"
        said = _run([str(_abc()), "-c", f"read_aiger question.aig; strash; {engine}; write_cex -a found.cex"], folder)
        if (folder / "found.cex").exists():
            return Answer(Result.TRACE, _trace((folder / "found.cex").read_text(), (folder / "question.map").read_text()))
        proved = "Property proved" in said if depth is None else re.search(rf"No output.*in {depth} frames", said) is not None
        return Answer(Result.PROVED if proved else Result.UNDECIDED)


def _run(command: Sequence[str], folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode:
        raise FormalError(f"{Path(command[0]).name} failed:\n{(result.stdout + result.stderr)[-2000:]}")
    return result.stdout


def _abc() -> Path:
    spec = find_spec("pyosys")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "yosys-abc"


def _trace(witness: str, mapping: str) -> tuple[Mapping[str, int], ...]:
    """Values of named inputs, from ABC's list of all input bits for each cycle and the map of their numbers."""
    names = {int(index): (name, int(bit))
             for index, bit, name in re.findall(r"^input (\d+) (\d+) (\S+)$", mapping, re.M)}
    _, *frames = witness.partition("#")[0].splitlines()     # before them, a line for the registers
    out = []
    for frame in frames:
        values: dict[str, int] = {}
        for index, (name, bit) in names.items():
            values[name] = values.get(name, 0) | (frame[index] == "1") << bit
        out.append(values)
    return tuple(out)


def replay(claim: Claim, trace: Sequence[Mapping[str, int]], bug: int = 0) -> list[dict[str, int]]:
    """The ports that the claim shows, and its three results, in each cycle of a trace."""
    rows: list[dict[str, int]] = []
    with applied(claim.bugs if bug else ()):
        dut = Mutable(claim.make())

        async def bench(ctx: Any) -> None:
            ctx.set(dut.mutant, bug)
            for values in trace:
                for name, value in values.items():
                    if hasattr(dut, name):
                        ctx.set(Value.cast(getattr(dut, name)), value)
                await ctx.delay(1e-9)
                rows.append({name: ctx.get(Value.cast(getattr(dut, name))) for name in (*claim.shows, *RESULTS)})
                await ctx.tick()

        simulator = Simulator(_clocked(dut))
        simulator.add_clock(1e-6)
        simulator.add_testbench(bench)
        simulator.run()
    return rows


def _clocked(dut: Component) -> Module:
    m = Module()
    m.submodules.dut = dut
    idle = Signal()
    m.d.sync += idle.eq(Const(0))      # so that there is a clock even for what has no register
    return m
