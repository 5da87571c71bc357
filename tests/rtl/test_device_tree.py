"""The tree as a reader of flattened device trees sees it."""

import libfdt
import pytest

from isa import platform
from isa.profile import PROFILES
from rtl.device_tree import device_tree

DEFAULT = PROFILES["tiny"]


def tree(profile=DEFAULT, ram_size=platform.RAM_SIZE):
    return libfdt.Fdt(device_tree(profile, ram_size))


def prop(fdt, path, name):
    return bytes(fdt.getprop(fdt.path_offset(path), name))


def cells(fdt, path, name):
    data = prop(fdt, path, name)
    return [int.from_bytes(data[i:i + 4], "big") for i in range(0, len(data), 4)]


def test_memory():
    assert cells(tree(), "/memory@80000000", "reg") == [0, 0x8000_0000, 0, 0x0400_0000]
    assert cells(tree(ram_size=5 << 32 | 0x1000), "/memory@80000000", "reg") == [0, 0x8000_0000, 5, 0x1000]


@pytest.mark.parametrize("path, region, name", [
    ("/soc/test@100000", platform.FINISHER, b"sifive,test1"),
    ("/soc/clint@2000000", platform.CLINT, b"riscv,clint0"),
    ("/soc/interrupt-controller@c000000", platform.PLIC, b"sifive,plic-1.0.0"),
    ("/soc/serial@10000000", platform.UART, b"ns16550a"),
    ("/soc/bus-error@30020000", platform.BUS_ERROR, b"doppelhart,bus-error"),
])
def test_device(path, region, name):
    assert name in prop(tree(), path, "compatible").split(b"\0")
    assert cells(tree(), path, "reg") == [0, region.base, 0, region.size]


def test_references():
    fdt = tree()
    hart = cells(fdt, "/cpus/cpu@0/interrupt-controller", "phandle")[0]
    plic = cells(fdt, "/soc/interrupt-controller@c000000", "phandle")[0]
    finisher = cells(fdt, "/soc/test@100000", "phandle")[0]
    assert len({hart, plic, finisher}) == 3
    assert cells(fdt, "/soc/clint@2000000", "interrupts-extended") == [hart, 3, hart, 7]
    assert cells(fdt, "/soc/interrupt-controller@c000000", "interrupts-extended") == [hart, 11, hart, 9]
    assert cells(fdt, "/soc/serial@10000000", "interrupt-parent") == [plic]
    assert cells(fdt, "/soc/serial@10000000", "interrupts") == [10]
    assert cells(fdt, "/soc/bus-error@30020000", "interrupt-parent") == [plic]
    assert cells(fdt, "/soc/bus-error@30020000", "interrupts") == [11]
    for name, value in (("poweroff", 0x5555), ("reboot", 0x7777)):
        assert prop(fdt, f"/{name}", "compatible") == f"syscon-{name}\0".encode()
        assert cells(fdt, f"/{name}", "regmap") == [finisher]
        assert cells(fdt, f"/{name}", "value") == [value]
    console, _, _ = prop(fdt, "/chosen", "stdout-path").partition(b":")
    assert fdt.path_offset(console.decode()) == fdt.path_offset("/soc/serial@10000000")


def test_cpu():
    fdt, path = tree(), "/cpus/cpu@0"
    assert cells(fdt, "/cpus", "timebase-frequency") == [10_000_000]
    assert prop(fdt, path, "riscv,isa") == b"rv64imach_zicntr_zicsr_zifencei_zihintpause_sstc\0"
    assert prop(fdt, path, "riscv,isa-extensions") == \
        b"i\0m\0a\0c\0h\0zicntr\0zicsr\0zifencei\0zihintpause\0sstc\0"
    assert prop(fdt, path, "riscv,isa-base") == b"rv64i\0"
    assert prop(fdt, path, "mmu-type") == b"riscv,sv39\0"


def test_absent_extensions_are_not_named():
    fdt = tree(DEFAULT.without("H", "Sstc"))
    assert prop(fdt, "/cpus/cpu@0", "riscv,isa") == b"rv64imac_zicntr_zicsr_zifencei_zihintpause\0"
    assert not {b"h", b"sstc"} & set(prop(fdt, "/cpus/cpu@0", "riscv,isa-extensions").split(b"\0"))
