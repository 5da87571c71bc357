"""What a run looks out for: breakpoints, watchpoints, and callbacks for what retires and what traps.

Nothing of this changes the program or its memory, and a run in which there is nothing to look out for is not slowed down.
Addresses are unsigned; breakpoints and watchpoints are on virtual addresses, in every mode.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from isa.retire import unpack
from sim.model import retire
from sim.model.bits import unsigned
from sim.model.hart import Hart

if TYPE_CHECKING:
    from sim.model.machine import Machine

SIZES = (1, 2, 4, 8)                            # of an access, by mem_size
BLOCK = 64                                      # bytes of a cache block
OPCODE, MISC_MEM = 0x7F, 0x0F
Listener = Callable[[dict[str, int]], None]     # gets a record by field names, unsigned


class Watchpoint:
    """`size` bytes from `address` on; explicit loads (`reads`) or stores (`writes`) that touch them end a run."""

    def __init__(self, address: int, size: int = 8, reads: bool = False, writes: bool = True) -> None:
        self.address, self.size = address, size
        self.reads, self.writes = reads, writes

    def touched(self, h: Hart) -> bool:
        """Has the last step accessed the bytes?"""
        flags = h.retire.flags
        if not (self.reads and flags & retire.READ or self.writes and flags & retire.WRITE):
            return False
        first, size = unsigned(h.retire.mem_vaddr), SIZES[flags >> retire.SIZE & 3]
        if h.retire.insn & OPCODE == MISC_MEM:      # cbo.zero: the block around the address
            first, size = first & -BLOCK, BLOCK
        return first < self.address + self.size and self.address < first + size


class Observer:
    """What to look out for. `found`: the watchpoint that ended the last run with "watchpoint"."""

    def __init__(self) -> None:
        self.breakpoints: set[int] = set()
        self.watchpoints: list[Watchpoint] = []
        self.on_retire: Listener | None = None
        self.on_trap: Listener | None = None
        self.found: Watchpoint | None = None
        self.stopping = False

    def active(self) -> bool:
        """Is there anything to look out for?"""
        return bool(self.breakpoints or self.watchpoints) or self.on_retire is not None or self.on_trap is not None

    def stop(self) -> None:
        """From a callback: end the run after this record."""
        self.stopping = True

    def tell(self, h: Hart) -> None:
        """Call back for the record of the last step."""
        listener = self.on_trap if h.retire.flags & retire.TRAP else self.on_retire
        if listener is not None:
            listener(unpack(h.record))

    def run(self, m: "Machine", count: int) -> str:
        """Up to `count` steps, each looked at; why it ended.

        "exit", "limit", "breakpoint" (before the instruction there; one at which the run starts does not count),
        "watchpoint" (after the access), or "stopped" (by a callback).
        """
        self.stopping, self.found = False, None
        last = m.hart.steps + count
        reason = ""
        m.attend()
        while not reason and m.exit_code is None and m.hart.steps < last:
            m.step()
            if m.memory.host_touched:
                m.attend()
            reason = self._reason(m.hart)
        m.attend()
        if m.exit_code is not None:
            return "exit"
        return reason or "limit"

    def _reason(self, h: Hart) -> str:
        """Why the last step ends the run; empty when it does not."""
        for watchpoint in self.watchpoints:
            if watchpoint.touched(h):
                self.found = watchpoint
                return "watchpoint"
        if self.breakpoints and unsigned(h.pc) in self.breakpoints:
            return "breakpoint"
        return "stopped" if self.stopping else ""
