"""What the guest `identity` must see of a machine, fact by fact: its policy and nothing else."""

from collections.abc import Iterator, Mapping

from isa.device_tree import nodes
from sim.vmm.guest_tree import guest_tree
from sim.vmm.policy import Policy

PAGE = 4096
LINE = 32               # bytes of the tree
# The SBI's extensions by number: those of the firmware, then those that a guest may look for in vain.
PRESENT = (0, 1, 2, 8, 0x10, 0x54494D45, 0x735049, 0x52464E43, 0x48534D, 0x53525354, 0x4442434E)
ABSENT = (3, 4, 5, 6, 7, 9, 0x504D55, 0x53555350, 0x43505043, 0x4E41434C, 0x535441, 0x09FF_FFFF)
VENDOR = 0x0900_0000    # and the lower 24 bits of mvendorid


def view(policy: Policy, machine: Mapping[str, int]) -> list[str]:
    """The lines of the guest on a machine as vmm_firmware/machine.c says, whatever host it is on; sorted."""
    return sorted([*_sbi(policy), *_hart(policy), *_machine(guest_tree({**machine, **policy.machine}), machine)])


def _fact(name: str, which: int, value: int) -> str:
    return f"{name} {which:#x} {value:#x}"


def _sbi(policy: Policy) -> Iterator[str]:
    for function, value in zip((0, 1, 2, 4, 5, 6), (
            policy.sbi_spec, policy.sbi_impl, policy.sbi_impl_version, policy.mvendorid, policy.marchid, policy.mimpid),
            strict=True):
        yield _fact("base", function, value)
    for number in (*PRESENT, VENDOR | policy.mvendorid & 0xFF_FFFF):
        yield _fact("probe", number, 1)
    for number in ABSENT:
        yield _fact("probe", number, 0)


def _hart(policy: Policy) -> Iterator[str]:
    """Counters are there all or none, those that count nothing among them."""
    has = policy.extensions.__contains__
    yield _fact("counters", 0, 0xFFFF_FFFF if has("Zihpm") else 7 if has("Zicntr") else 0)
    yield _fact("asid", 0, (1 << policy.asid_bits) - 1)
    yield _fact("zeroed", 0, policy.cache_block if has("Zicboz") else 0)
    yield _fact("cleaned", 0, has("Zicbom"))


def _machine(tree: bytes, machine: Mapping[str, int]) -> Iterator[str]:
    """The tree itself; what it names is there, and nothing else is."""
    found = nodes(tree)
    yield _fact("tree", 0, machine["RAM_BASE"] + machine["RAM_SIZE"] - -(-len(tree) // PAGE) * PAGE)
    yield from (tree[at:at + LINE].hex() for at in range(0, len(tree), LINE))
    harts = [int.from_bytes(node["reg"], "big") for path, node in found.items() if node.get("device_type") == b"cpu\0"]
    yield _fact("harts", 0, sum(1 << hart for hart in harts))
    for node in found.values():
        if len(register := node.get("reg", b"")) == 16:
            base, size = int.from_bytes(register[:8], "big"), int.from_bytes(register[8:], "big")
            yield _fact("region", base, size)
            if "interrupts" in node:
                yield _fact("interrupt", base, int.from_bytes(node["interrupts"], "big"))

