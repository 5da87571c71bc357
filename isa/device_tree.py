"""Flattened device trees (Devicetree specification 0.4), and the nodes that the SoC and the machines of guests have in common.
They are in the words that OpenSBI and Linux look for.

A node is a dictionary: dictionaries in it are nodes, all else are properties, of cells, of strings, or without a value.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import libfdt

from isa import platform
from isa.platform import Region
from isa.profile import CACHE_BLOCK

LETTERS = "IMACH"       # in the manual's order ("ISA Extension Naming Conventions"); S and U are not named
NO_INTERRUPT = 0xFFFF_FFFF      # a context of the PLIC that leads nowhere

Node = dict[str, Any]

BUS: Node = {"#address-cells": 2, "#size-cells": 2, "compatible": "simple-bus", "ranges": None}
CONSOLE = f"/soc/serial@{platform.UART.base:x}:115200n8"


def root(compatible: str, model: str) -> Node:
    """Properties of a root: what the machine is, and the serial port as its console."""
    return {"#address-cells": 2, "#size-cells": 2, "compatible": compatible, "model": model, "chosen": {"stdout-path": CONSOLE}}


def flatten(tree: Node) -> bytes:
    """The tree as the specification's "Flattened Devicetree (DTB) Format" has it."""
    fdt = libfdt.FdtSw()
    fdt.finish_reservemap()
    _write(fdt, "", tree)
    flat = fdt.as_fdt()
    flat.pack()
    return bytes(flat.as_bytearray())


def nodes(tree: bytes) -> dict[str, dict[str, bytes]]:
    """The properties of each node of a flattened tree, by its path. Raises libfdt.FdtException for what is none."""
    fdt = libfdt.Fdt(tree)
    found: dict[str, dict[str, bytes]] = {}
    at, depth = 0, 0
    while at >= 0 and depth >= 0:
        found[fdt.get_path(at)] = dict(_properties(fdt, at))
        at, depth = fdt.next_node(at, depth, [libfdt.NOTFOUND])
    return found


def _properties(fdt: Any, node: int) -> Iterator[tuple[str, bytes]]:
    at = fdt.first_property_offset(node, [libfdt.NOTFOUND])
    while at >= 0:
        found = fdt.get_property_by_offset(at)
        yield found.name, bytes(found)
        at = fdt.next_property_offset(at, [libfdt.NOTFOUND])


def isa_names(extensions: Collection[str]) -> tuple[list[str], list[str]]:
    """Single-letter and longer extensions in the order of an ISA string (Z... before S...), in lower case."""
    longer = sorted((x for x in extensions if len(x) > 1), key=lambda x: (x[0] != "Z", x))
    return [x.lower() for x in LETTERS if x in extensions], [x.lower() for x in longer]


def harts(extensions: Collection[str], interrupt_controllers: Iterable[int], *names: str, block: int = CACHE_BLOCK) -> Node:
    """The node `cpus`: equal harts, one for each phandle of a hart's own interrupt controller.

    `block`: bytes of a cache block; `names`: what drivers may know the harts by.
    """
    return {"cpus": {
        "#address-cells": 1,
        "#size-cells": 0,
        "timebase-frequency": platform.TIMEBASE_HZ,
        **{f"cpu@{number:x}": _hart(number, extensions, phandle, names, block)
           for number, phandle in enumerate(interrupt_controllers)},
    }}


def _hart(number: int, extensions: Collection[str], phandle: int, names: tuple[str, ...], block: int) -> Node:
    letters, longer = isa_names(extensions)
    return {
        "device_type": "cpu",
        "reg": number,
        "status": "okay",
        "compatible": [*names, "riscv"],
        "riscv,isa": "_".join(["rv64" + "".join(letters), *longer]),
        "riscv,isa-base": "rv64i",
        "riscv,isa-extensions": letters + longer,
        **{f"riscv,{name}-block-size": block for name in ("cbom", "cbop", "cboz") if f"zi{name}" in longer},
        "mmu-type": "riscv,sv39",
        "interrupt-controller": {
            "#interrupt-cells": 1,
            "#address-cells": 0,
            "interrupt-controller": None,
            "compatible": "riscv,cpu-intc",
            "phandle": phandle,
        },
    }


def memory(base: int, size: int) -> Node:
    """The node of `size` bytes of RAM at `base`."""
    return {f"memory@{base:x}": {"device_type": "memory", "reg": address(base) + address(size)}}


def device(name: str, region: Region, properties: Node, *older_names: str) -> Node:
    """The node of a memory-mapped device; drivers may know it by an older name."""
    return {f"{name}@{region.base:x}": {
        "compatible": [region.compatible, *older_names],
        "reg": address(region.base) + address(region.size),
        **properties,
    }}


def plic(phandle: int, contexts: Iterable[tuple[int, int]]) -> Node:
    """The node of the PLIC: for each context the interrupt controller that it leads to, and the interrupt there."""
    return device("interrupt-controller", platform.PLIC, {
        "phandle": phandle,
        "interrupt-controller": None,
        "#interrupt-cells": 1,
        "#address-cells": 0,
        "interrupts-extended": [cell for context in contexts for cell in context],
        "riscv,ndev": platform.PLIC_SOURCES,
    }, "riscv,plic0")


def serial(plic_phandle: int) -> Node:
    """The node of the UART."""
    return device("serial", platform.UART, {
        **interrupt(plic_phandle, platform.UART_IRQ),
        "clock-frequency": platform.UART_CLOCK_HZ,
        "reg-shift": 0,
        "reg-io-width": 1,
    })


def interrupt(controller: int, source: int) -> Node:
    """The properties of a device that interrupts."""
    return {"interrupt-parent": controller, "interrupts": source}


def address(value: int) -> list[int]:
    """Two cells."""
    return [value >> 32, value & 0xFFFF_FFFF]


def _write(fdt: Any, name: str, node: Node) -> None:
    with fdt.add_node(name):
        for key, value in node.items():
            if isinstance(value, dict):
                _write(fdt, key, value)
            else:
                fdt.property(key, _property(value))


def _property(value: int | str | list[int] | list[str] | None) -> bytes:
    """Big-endian cells, or strings with their zero bytes; None is an empty property."""
    items: list[int] | list[str] | list[Any] = [] if value is None else value if isinstance(value, list) else [value]
    return b"".join(v.encode() + b"\0" if isinstance(v, str) else v.to_bytes(4, "big") for v in items)
