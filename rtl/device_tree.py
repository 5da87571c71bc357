"""Device tree of the SoC (Devicetree specification 0.4), in the words that OpenSBI and Linux look for."""

import libfdt

from isa import platform
from isa.causes import IRQ
from isa.platform import Region
from isa.profile import Profile

LETTERS = "IMACH"       # in the manual's order ("ISA Extension Naming Conventions"); S and U are not named

# References between nodes.
CPU_INTC, PLIC, FINISHER = 1, 2, 3


def device_tree(profile: Profile, ram_size: int) -> bytes:
    """The flattened tree of a machine with one hart and `ram_size` bytes of RAM."""
    fdt = libfdt.FdtSw()
    fdt.finish_reservemap()
    _write(fdt, "", _root(profile, ram_size))
    return bytes(fdt.as_fdt().as_bytearray())


def isa_names(profile: Profile) -> tuple[list[str], list[str]]:
    """Single-letter and longer extensions in the order of an ISA string (Z... before S...), in lower case."""
    longer = sorted((x for x in profile.extensions if len(x) > 1), key=lambda x: (x[0] != "Z", x))
    return [x.lower() for x in LETTERS if profile.has(x)], [x.lower() for x in longer]


def _root(profile, ram_size):
    letters, longer = isa_names(profile)
    cpu_lines = [CPU_INTC, IRQ["MSI"], CPU_INTC, IRQ["MTI"]]
    return {
        "#address-cells": 2,
        "#size-cells": 2,
        "compatible": "doppelhart,soc",
        "model": "Doppelhart",
        "chosen": {"stdout-path": f"/soc/serial@{platform.UART.base:x}:115200n8"},
        "cpus": {
            "#address-cells": 1,
            "#size-cells": 0,
            "timebase-frequency": platform.TIMEBASE_HZ,
            "cpu@0": {
                "device_type": "cpu",
                "reg": 0,
                "status": "okay",
                "compatible": ["doppelhart,core", "riscv"],
                "riscv,isa": "_".join(["rv64" + "".join(letters), *longer]),
                "riscv,isa-base": "rv64i",
                "riscv,isa-extensions": letters + longer,
                "mmu-type": "riscv,sv39",
                "interrupt-controller": {
                    "#interrupt-cells": 1,
                    "#address-cells": 0,
                    "interrupt-controller": None,
                    "compatible": "riscv,cpu-intc",
                    "phandle": CPU_INTC,
                },
            },
        },
        f"memory@{platform.RAM_BASE:x}": {
            "device_type": "memory",
            "reg": _address(platform.RAM_BASE) + _address(ram_size),
        },
        "soc": {
            "#address-cells": 2,
            "#size-cells": 2,
            "compatible": "simple-bus",
            "ranges": None,
            **_device("test", platform.FINISHER, {"phandle": FINISHER}, "sifive,test0", "syscon"),
            **_device("clint", platform.CLINT, {"interrupts-extended": cpu_lines}, "sifive,clint0"),
            **_device("interrupt-controller", platform.PLIC, {
                "phandle": PLIC,
                "interrupt-controller": None,
                "#interrupt-cells": 1,
                "#address-cells": 0,
                "interrupts-extended": [CPU_INTC, IRQ["MEI"], CPU_INTC, IRQ["SEI"]],
                "riscv,ndev": platform.PLIC_SOURCES,
            }, "riscv,plic0"),
            **_device("serial", platform.UART, {
                "interrupt-parent": PLIC,
                "interrupts": platform.UART_IRQ,
                "clock-frequency": platform.UART_CLOCK_HZ,
                "reg-shift": 0,
                "reg-io-width": 1,
            }),
            **_device("bus-error", platform.BUS_ERROR, {
                "interrupt-parent": PLIC,
                "interrupts": platform.BUS_ERROR_IRQ,
            }),
        },
        "poweroff": _syscon("poweroff", platform.FINISHER_PASS),
        "reboot": _syscon("reboot", platform.FINISHER_RESET),
    }


def _device(name: str, region: Region, properties: dict, *older_names: str) -> dict:
    """The node of a memory-mapped device; drivers may know it by an older name."""
    return {f"{name}@{region.base:x}": {
        "compatible": [region.compatible, *older_names],
        "reg": _address(region.base) + _address(region.size),
        **properties,
    }}


def _syscon(what: str, value: int) -> dict:
    """A node by which Linux switches off through the finisher."""
    return {"compatible": f"syscon-{what}", "regmap": FINISHER, "offset": 0, "value": value}


def _address(value: int) -> list[int]:
    """Two cells."""
    return [value >> 32, value & 0xFFFF_FFFF]


def _write(fdt: libfdt.FdtSw, name: str, node: dict) -> None:
    """One node: sub-dictionaries are nodes, everything else is a property."""
    with fdt.add_node(name):
        for key, value in node.items():
            if isinstance(value, dict):
                _write(fdt, key, value)
            else:
                fdt.property(key, _property(value))


def _property(value: int | str | list[int] | list[str] | None) -> bytes:
    """Big-endian cells, or strings with their zero bytes; None is an empty property."""
    items = [] if value is None else value if isinstance(value, list) else [value]
    return b"".join(v.encode() + b"\0" if isinstance(v, str) else v.to_bytes(4, "big") for v in items)
