"""The device tree of a guest's machine: its harts as the policy says, its RAM, and its own devices."""

from collections.abc import Mapping

from isa.causes import IRQ
from isa.device_tree import BUS, NO_INTERRUPT, Node, device, flatten, harts, interrupt, memory, plic, root, serial
from isa.platform import Region
from sim.vmm.policy import extensions_of

PLIC = 1        # phandles; those of the harts come behind it
SEEN_AS = {"Smstateen": "Ssstateen"}        # of an extension that has a part for machine mode a guest has the other


def guest_tree(machine: Mapping[str, int]) -> bytes:
    """The flattened tree, from what vmm_firmware/machine.c says of the machine."""
    extensions = {SEEN_AS.get(name, name) for name in extensions_of(machine["EXTENSIONS"])}
    handles = range(PLIC + 1, PLIC + 1 + machine["HARTS"])
    return flatten({
        **root("doppelhart,guest", "Doppelhart guest"),
        **harts(extensions, handles, block=machine["CACHE_BLOCK"]),
        **memory(machine["RAM_BASE"], machine["RAM_SIZE"]),
        "soc": {
            **BUS,
            # A guest has no M-mode: of the two contexts of each hart the first leads nowhere.
            **plic(PLIC, [(handle, irq) for handle in handles for irq in (NO_INTERRUPT, IRQ["SEI"])]),
            **serial(PLIC),
            **_device(machine, "PROBE", "probe", "doppelhart,probe"),
            **_device(machine, "DISK", "virtio", "virtio,mmio"),
            **_device(machine, "NETWORK", "virtio", "virtio,mmio"),
            **_device(machine, "PORTS", "ports", "doppelhart,io-ports"),
        },
    })


def _device(machine: Mapping[str, int], key: str, name: str, compatible: str) -> Node:
    """The node of a device, if the machine has it."""
    base, size, irq = machine[f"{key}_BASE"], machine[f"{key}_SIZE"], machine.get(f"{key}_IRQ", 0)
    return device(name, Region(name, base, size, compatible), interrupt(PLIC, irq) if irq else {}) if size else {}
