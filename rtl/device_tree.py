"""Device tree of the SoC."""

from isa import platform
from isa.causes import IRQ
from isa.device_tree import BUS, device, flatten, harts, interrupt, memory, plic, root, serial
from isa.profile import Profile

# References between nodes.
CPU_INTC, PLIC, FINISHER = 1, 2, 3


def device_tree(profile: Profile, ram_size: int) -> bytes:
    """The flattened tree of a machine with one hart and `ram_size` bytes of RAM."""
    return flatten({
        **root("doppelhart,soc", "Doppelhart"),
        **harts(profile.extensions, [CPU_INTC], "doppelhart,core"),
        **memory(platform.RAM_BASE, ram_size),
        "soc": {
            **BUS,
            **device("test", platform.FINISHER, {"phandle": FINISHER}, "sifive,test0", "syscon"),
            **device("clint", platform.CLINT, {"interrupts-extended": [CPU_INTC, IRQ["MSI"], CPU_INTC, IRQ["MTI"]]},
                     "sifive,clint0"),
            **plic(PLIC, [(CPU_INTC, IRQ["MEI"]), (CPU_INTC, IRQ["SEI"])]),
            **serial(PLIC),
            **device("bus-error", platform.BUS_ERROR, interrupt(PLIC, platform.BUS_ERROR_IRQ)),
        },
        "poweroff": _syscon("poweroff", platform.FINISHER_PASS),
        "reboot": _syscon("reboot", platform.FINISHER_RESET),
    })


def _syscon(what: str, value: int) -> dict:
    """A node by which Linux switches off through the finisher."""
    return {"compatible": f"syscon-{what}", "regmap": FINISHER, "offset": 0, "value": value}
