"""What is to be proved: a claim is a component of the design beside a second writing of its rule."""

from collections.abc import Callable
from dataclasses import dataclass

from amaranth.lib import wiring

from sim.bench.mutate import Mutation


@dataclass(frozen=True)
class Claim:
    """One property.

    `make` gives a component with inputs, which are free in every cycle, and the outputs `assumed`, `holds` and `reached`, a bit
    each; it imports what it uses of rtl/ when it is elaborated. The claim is: in every run from reset in which `assumed` was
    high up to now, `holds` is high now. `reached`: the situation that the claim is about.

    `depth`: the claim is for so many cycles from reset; None: for ever. `bugs`: faults of the RTL, each of which it finds.
    """

    name: str
    letter: str                         # of the property in docs/formal.md
    says: str
    make: Callable[[], wiring.Component]
    assumes: tuple[str, ...]
    shows: tuple[str, ...]              # ports that a trace prints
    bugs: tuple[Mutation, ...]
    depth: int | None = None
