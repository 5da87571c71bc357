"""The tree of a guest's machine, read back by libfdt: every value of it is that of the policy or of the machine."""

import pytest

from isa.device_tree import nodes
from sim.vmm.guest_tree import guest_tree
from sim.vmm.policy import AS_HOST, BITS

DEVICES = ("PROBE", "DISK", "NETWORK", "PORTS")
BARE = {**{f"{device}_{what}": 0 for device in DEVICES for what in ("BASE", "SIZE")}, "DISK_IRQ": 1, "NETWORK_IRQ": 2,
        "EXTENSIONS": AS_HOST, "CACHE_BLOCK": 64, "HARTS": 1, "RAM_BASE": 0x8000_0000, "RAM_SIZE": 0x20_0000}
FULL = {**BARE, "HARTS": 2, "EXTENSIONS": sum(BITS.values()), "CACHE_BLOCK": 32, "PROBE_BASE": 0x1000_1000, "PROBE_SIZE": 72,
        "DISK_BASE": 0x1000_2000, "DISK_SIZE": 0x200, "NETWORK_BASE": 0x1000_3000, "NETWORK_SIZE": 0x200,
        "PORTS_BASE": 0x1100_0000, "PORTS_SIZE": 0x1_0000}


def shown(machine):
    """Values as a reader of sources would write them: strings, or lists of cells."""
    return {path: {name: value(data) for name, data in properties.items()}
            for path, properties in nodes(guest_tree(machine)).items()}


def value(data):
    if data.endswith(b"\0") and data[:1].isalpha() or data.startswith(b"/"):
        return data[:-1].decode().replace("\0", " ")
    return [int.from_bytes(data[i:i + 4], "big") for i in range(0, len(data), 4)]


def hart(number, phandle, isa, extensions, **blocks):
    path = f"/cpus/cpu@{number}"
    return {path: {"device_type": "cpu", "reg": [number], "status": "okay", "compatible": "riscv", "riscv,isa": isa,
                   "riscv,isa-base": "rv64i", "riscv,isa-extensions": extensions, "mmu-type": "riscv,sv39",
                   **{f"riscv,{name}-block-size": [size] for name, size in blocks.items()}},
            f"{path}/interrupt-controller": {"#interrupt-cells": [1], "#address-cells": [0], "interrupt-controller": [],
                                             "compatible": "riscv,cpu-intc", "phandle": [phandle]}}


def machine_nodes(ram, contexts):
    return {
        "/": {"#address-cells": [2], "#size-cells": [2], "compatible": "doppelhart,guest", "model": "Doppelhart guest"},
        "/chosen": {"stdout-path": "/soc/serial@10000000:115200n8"},
        "/cpus": {"#address-cells": [1], "#size-cells": [0], "timebase-frequency": [10_000_000]},
        "/memory@80000000": {"device_type": "memory", "reg": [0, 0x8000_0000, 0, ram]},
        "/soc": {"#address-cells": [2], "#size-cells": [2], "compatible": "simple-bus", "ranges": []},
        "/soc/interrupt-controller@c000000": {
            "compatible": "sifive,plic-1.0.0 riscv,plic0", "reg": [0, 0xC00_0000, 0, 0x400_0000], "phandle": [1],
            "interrupt-controller": [], "#interrupt-cells": [1], "#address-cells": [0], "interrupts-extended": contexts,
            "riscv,ndev": [31]},
        "/soc/serial@10000000": {
            "compatible": "ns16550a", "reg": [0, 0x1000_0000, 0, 0x100], "interrupt-parent": [1], "interrupts": [10],
            "clock-frequency": [10_000_000], "reg-shift": [0], "reg-io-width": [1]},
    }


def test_without_a_policy():
    """The extensions that every host has, and no device that is not asked for."""
    names = "zicntr zicsr zifencei zihintpause sstc"
    assert shown(BARE) == {
        **machine_nodes(0x20_0000, [2, 0xFFFF_FFFF, 2, 9]),
        **hart(0, 2, f"rv64imac_{names.replace(' ', '_')}", f"i m a c {names}")}


def test_all_there_is():
    """Of Smstateen a guest has the supervisor's part."""
    names = "zba zbb zbs zicbom zicbop zicboz zicntr zicond zicsr zifencei zihintpause zihpm ssstateen sstc svinval"
    isa, blocks = f"rv64imac_{names.replace(' ', '_')}", {"cbom": 32, "cbop": 32, "cboz": 32}
    virtio = {"compatible": "virtio,mmio", "interrupt-parent": [1]}
    assert shown({**FULL, "RAM_SIZE": 5 << 32}) == {
        **machine_nodes(0, [2, 0xFFFF_FFFF, 2, 9, 3, 0xFFFF_FFFF, 3, 9]),
        "/memory@80000000": {"device_type": "memory", "reg": [0, 0x8000_0000, 5, 0]},
        **hart(0, 2, isa, f"i m a c {names}", **blocks), **hart(1, 3, isa, f"i m a c {names}", **blocks),
        "/soc/probe@10001000": {"compatible": "doppelhart,probe", "reg": [0, 0x1000_1000, 0, 72]},
        "/soc/virtio@10002000": {**virtio, "reg": [0, 0x1000_2000, 0, 0x200], "interrupts": [1]},
        "/soc/virtio@10003000": {**virtio, "reg": [0, 0x1000_3000, 0, 0x200], "interrupts": [2]},
        "/soc/ports@11000000": {"compatible": "doppelhart,io-ports", "reg": [0, 0x1100_0000, 0, 0x1_0000]},
    }


@pytest.mark.parametrize("name", BITS)
def test_each_extension_is_named_by_its_bit(name):
    bit = BITS[name]
    without, with_it = (set(shown({**BARE, "EXTENSIONS": bits})["/cpus/cpu@0"]["riscv,isa-extensions"].split())
                        for bits in (0, bit))
    assert with_it - without == {"ssstateen" if name == "Smstateen" else name.lower()} and without < with_it
