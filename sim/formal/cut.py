"""Units whose outputs are free: what is proved of the rest is then true whatever they do."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from amaranth.hdl import Cat, Module, Value
from amaranth.lib.wiring import Component, Out


def outputs(unit: Component) -> Value:
    """All bits that a component drives."""
    return Cat(Value.cast(value) for _, member, value in unit.signature.flatten(unit) if member.flow == Out)


@contextmanager
def cut(*classes: type[Component]) -> Iterator[dict[str, Component]]:
    """Units of these classes that are elaborated inside are empty, and for the claim to drive.

    The dictionary holds them, by the name of the class in lower case and a number.
    """
    units: dict[str, Component] = {}

    def elaborate(unit: Component, platform: Any) -> Module:
        kind = type(unit).__name__.lower()
        units[kind + str(sum(name.startswith(kind) for name in units))] = unit
        return Module()

    with ExitStack() as stack:
        for each in classes:
            stack.enter_context(mock.patch.object(each, "elaborate", elaborate))
        yield units


@contextmanager
def seen(kind: type[Component]) -> Iterator[list[Component]]:
    """Units of the class that are elaborated inside."""
    units: list[Component] = []
    elaborate = kind.elaborate

    def tells(unit: Component, platform: Any) -> Any:
        units.append(unit)
        return elaborate(unit, platform)

    with mock.patch.object(kind, "elaborate", tells):
        yield units
