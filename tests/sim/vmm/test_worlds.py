"""Pages, VMIDs and switches from records made by hand."""

from array import array

from isa import causes, csrs, retire
from sim.vmm.worlds import Worlds, trespasses

F = retire.FIELDS
S, VS = 0b001, 0b101
TIMER = next(c.code for c in causes.INTERRUPTS if c.name == "STI")


def record(**fields: int) -> list[int]:
    words = [0] * retire.WORDS
    for name, value in fields.items():
        words[F[name].word] |= value << F[name].lsb
    return words


def hgatp(vmid: int, root: int, clock: int = 0) -> list[int]:
    return record(mode=S, next_mode=S, csr_write=1, csr_addr=csrs.BY_NAME["hgatp"].number, clock=clock,
                  csr_value=8 << 60 | vmid << 44 | root)


def enter(clock: int = 0) -> list[int]:
    return record(mode=S, next_mode=VS, clock=clock)


def access(address: int) -> list[int]:
    return record(mode=VS, next_mode=VS, mem_read=1, mem_paddr=address)


FENCE = record(mode=S, next_mode=S, insn=0x62000073)


def fed(*records: list[int]) -> Worlds:
    """In blocks of one and in one block: the same."""
    one, whole = Worlds(), Worlds()
    for words in records:
        one.feed(array("Q", words), 1)
    whole.feed(array("Q", [word for words in records for word in words]), len(records))
    assert one.summary() == whole.summary()
    return whole


def test_pages():
    """Of each guest, in the order of their first access; the hypervisor's own are nobody's."""
    hypervisor = record(mode=S, next_mode=S, mem_read=1, mem_paddr=0x9000)
    worlds = fed(hgatp(1, 7), enter(), access(0x5008), access(0x5010), hypervisor, hgatp(2, 6), enter(),
                 access(0x4000), hgatp(1, 7), access(0x6000))
    assert worlds.summary()["pages"] == [[5, 6], [4]]


def test_stale():
    """The same VMID for another root, unless there was a fence in between."""
    assert fed(hgatp(1, 7), hgatp(2, 6), hgatp(1, 7)).stale == 0
    assert fed(hgatp(1, 7), hgatp(2, 6), hgatp(1, 5)).stale == 1
    assert fed(hgatp(1, 7), hgatp(2, 6), FENCE, hgatp(1, 5)).stale == 0
    assert fed(hgatp(1, 7), FENCE, hgatp(1, 5), hgatp(1, 4)).stale == 1


def test_switches():
    """From the timer's trap to the next guest; other exits do not count."""
    left = record(mode=VS, next_mode=S, trap=1, interrupt=1, cause=TIMER, clock=100)
    other = record(mode=VS, next_mode=S, trap=1, cause=10, clock=200)
    assert fed(left, hgatp(1, 7), enter(130), other, enter(250)).switches == [30]


def test_trespasses():
    """Below, above, and the pages that are open to all."""
    assert trespasses([[16, 17], [18, 19]], 0x10000, 0x2000) == []
    assert trespasses([[16], [18, 17]], 0x10000, 0x2000) == ["guest 1 touched page 0x11000, which is not its own"]
    assert trespasses([[18]], 0x10000, 0x2000) == ["guest 0 touched page 0x12000, which is not its own"]
    assert trespasses([[18]], 0x10000, 0x2000, [18]) == []
