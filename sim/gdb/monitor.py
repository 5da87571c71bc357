"""The commands behind gdb's `monitor`: what its protocol has no packets for."""

from isa import causes
from sim.gdb.memory import DebugMemory
from sim.history import History
from sim.model import Machine

MODES = {name: mode for mode, name in causes.MODES.items()}
HELP = """\
monitor info               mode, records so far, exit code
monitor memory [WHOSE]     whose addresses gdb's memory commands take: current (the mode's), physical, or U S VU VS
monitor walk ADDRESS       the page-table walk of an address
monitor break [MODE...]    breakpoints stop in these modes alone; without modes in all
monitor type TEXT          a line of console input
"""


class Monitor:
    """Carries out one command line at a time. `modes`: those in which breakpoints stop."""

    def __init__(self, machine: Machine, history: History, memory: DebugMemory) -> None:
        self._machine, self._history, self._memory = machine, history, memory
        self.modes = frozenset(causes.MODES)

    def run(self, line: str) -> str:
        """Text to show; for a command that cannot be carried out a sentence that says why."""
        name, _, rest = line.strip().partition(" ")
        command = {"info": self._info, "memory": self._whose, "walk": self._walk, "break": self._break,
                   "type": self._type}.get(name)
        try:
            return command(rest.strip()) if command else HELP
        except ValueError as error:
            return f"{error}\n"

    def _info(self, _: str) -> str:
        code = self._machine.exit_code
        return (f"{causes.MODES[int(self._machine.hart.mode)]}-mode, {self._history.now:,} instructions and traps, "
                f"{'running' if code is None else f'ended with code {code}'}\n")

    def _whose(self, whose: str) -> str:
        if whose:
            known = {"current": None, "physical": causes.M, **MODES}
            if whose not in known:
                raise ValueError(f"{whose!r} is none of {', '.join(known)}")
            self._memory.mode = known[whose]
        mode = self._memory.mode
        if mode is None:
            return "addresses are those of the current mode\n"
        return "addresses are physical\n" if mode == causes.M else f"addresses are those of {causes.MODES[mode]}-mode\n"

    def _walk(self, where: str) -> str:
        try:
            address = int(where, 0)
        except ValueError:
            raise ValueError(f"{where!r} is not an address; write for instance: monitor walk 0x80000000") from None
        return "\n".join(self._memory.walk(address) or [f"{address:#x} is not translated"]) + "\n"

    def _break(self, which: str) -> str:
        words = which.split()
        for word in words:
            if word not in MODES:
                raise ValueError(f"{word!r} is none of {', '.join(MODES)}")
        self.modes = frozenset(MODES[word] for word in words) or frozenset(causes.MODES)
        return f"breakpoints stop in {', '.join(causes.MODES[mode] for mode in sorted(self.modes))}\n"

    def _type(self, text: str) -> str:
        self._history.receive(text.encode() + b"\n")
        return ""
