"""One conversation with gdb: what each packet means for the machine.

All-stop, one thread. Positions and replays are the matter of `sim/history.py`. gdb takes it that a RISC-V hart meets a
watchpoint before the access, in the direction in which it runs, and steps over the access itself.
"""

from collections.abc import Callable
from enum import Enum
from functools import partial

from isa import causes
from sim.gdb.memory import DebugMemory
from sim.gdb.monitor import Monitor
from sim.gdb.packets import Closed, Link
from sim.gdb.registers import Registers
from sim.history import History
from sim.model import Machine
from sim.model.observe import Watchpoint

FEATURES = "PacketSize=4000;QStartNoAckMode+;qXfer:features:read+;vContSupported+;ReverseStep+;ReverseContinue+"
TRAPPED, INTERRUPTED = 5, 2             # the signals that gdb shows: SIGTRAP, SIGINT
FOREVER = 1 << 62                       # records
WATCH = {2: (False, True, "watch"), 3: (True, False, "rwatch"), 4: (True, True, "awatch")}     # reads, writes, word


class Ended(Enum):
    """How a conversation ended."""

    EXIT = "the program has ended"
    DETACHED = "gdb has let go"
    KILLED = "gdb has ended the run"


class Session:
    """Serves one gdb until it leaves."""

    def __init__(self, machine: Machine, link: Link) -> None:
        self._machine, self._link = machine, link
        self._history = History(machine, interrupted=link.interrupted)
        self._registers = Registers(machine)
        self._memory = DebugMemory(machine)
        self._monitor = Monitor(machine, self._history, self._memory)
        self._stop = self._stopped(TRAPPED)
        self._told = False              # gdb knows that the program has ended
        self._breakpoints = machine.observer.breakpoints
        self._watchpoints: dict[tuple[int, int, int], Watchpoint] = {}
        self._commands: dict[str, Callable[[str], str]] = {
            "g": self._read_general, "G": self._write_general, "p": self._read_register, "P": self._write_register,
            "m": self._read_memory, "M": self._write_memory, "Z": self._insert, "z": self._remove, "b": self._backwards}

    def serve(self) -> Ended:
        """Answer packets until gdb leaves, or has seen the program's end."""
        try:
            while True:
                packet = self._link.receive()
                try:
                    answer = self._answer(packet.decode("latin-1"))
                except (KeyError, ValueError, IndexError):
                    answer = "E01"
                if isinstance(answer, Ended):
                    return self._leave(answer, packet)
                self._link.send(answer.encode("latin-1"))
                if packet == b"QStartNoAckMode":
                    self._link.acknowledging = False
        except Closed:
            return Ended.KILLED
        finally:
            self._breakpoints.clear()
            self._machine.observer.watchpoints.clear()

    def _leave(self, how: Ended, packet: bytes) -> Ended:
        if how is Ended.EXIT:
            self._link.send(b"W%02x" % ((self._machine.exit_code or 0) & 0xFF))
        elif packet != b"k":            # which has no answer
            self._link.send(b"OK")
        return how

    def _answer(self, packet: str) -> str | Ended:
        """The answer to a packet; empty for one that is not understood, as the protocol wants it."""
        if packet == "?":
            return self._stop
        if packet.startswith(("q", "Q")):
            return self._query(packet)
        if packet.startswith("v"):
            return self._verbose(packet)
        letter, rest = packet[:1], packet[1:]
        if letter in ("c", "s"):
            return self._resume(letter)
        if letter in self._commands:
            return self._commands[letter](rest)
        if letter in ("D", "k"):
            return Ended.DETACHED if letter == "D" else Ended.KILLED
        return "OK" if letter in ("H", "T") else ""

    def _query(self, packet: str) -> str:
        name, _, rest = packet.partition(":")
        if name == "qXfer" and rest.startswith("features:read:target.xml:"):
            first, size = (int(part, 16) for part in rest.split(":")[3].split(","))
            part = self._registers.description()[first:first + size]
            return ("m" if len(part) == size else "l") + part
        if packet.startswith("qRcmd,"):
            text = self._monitor.run(bytes.fromhex(packet[6:]).decode())
            return text.encode().hex() or "OK"
        if packet.startswith("qThreadExtraInfo,"):
            return f"{causes.MODES[int(self._machine.hart.mode)]}-mode".encode().hex()
        return {"qSupported": FEATURES, "QStartNoAckMode": "OK", "qfThreadInfo": "m1", "qsThreadInfo": "l", "qC": "QC1",
                "qAttached": "1"}.get(name, "")

    def _verbose(self, packet: str) -> str | Ended:
        if packet == "vCont?":
            return "vCont;c;C;s;S"
        if packet.startswith("vCont;"):
            return self._resume("s" if packet[6].lower() == "s" else "c")
        return Ended.KILLED if packet.startswith("vKill") else ""

    # State.

    def _read_general(self, _: str) -> str:
        return "".join(self._hex(self._registers.read(n)) for n in range(len(self._registers.general)))

    def _write_general(self, text: str) -> str:
        values = [self._value(text[i:i + 16]) for i in range(0, len(text), 16)]
        for number, value in enumerate(values):
            self._history.change(partial(self._registers.write, number, value))
        return "OK"

    def _read_register(self, text: str) -> str:
        return self._hex(self._registers.read(int(text, 16)))

    def _write_register(self, text: str) -> str:
        number, value = text.split("=")
        self._history.change(partial(self._registers.write, int(number, 16), self._value(value)))
        return "OK"

    def _read_memory(self, text: str) -> str:
        address, count = (int(part, 16) for part in text.split(","))
        return self._memory.read(address, count).hex()

    def _write_memory(self, text: str) -> str:
        where, data = text.split(":")
        places = self._memory.places(int(where.split(",")[0], 16), bytes.fromhex(data))
        for address, part in places:
            self._history.change(partial(self._machine.write_memory, address, part))
        return "OK"

    @staticmethod
    def _hex(value: int) -> str:
        return value.to_bytes(8, "little").hex()

    @staticmethod
    def _value(text: str) -> int:
        return int.from_bytes(bytes.fromhex(text), "little")

    # Breakpoints and watchpoints.

    def _insert(self, text: str) -> str:
        kind, address, size = (int(part, 16) for part in text.split(";")[0].split(","))
        if kind < 2:
            self._breakpoints.add(address)
        elif kind in WATCH:
            reads, writes, _ = WATCH[kind]
            self._watchpoints[kind, address, size] = Watchpoint(address, size, reads=reads, writes=writes)
            self._machine.observer.watchpoints[:] = self._watchpoints.values()
        else:
            return ""
        return "OK"

    def _remove(self, text: str) -> str:
        kind, address, size = (int(part, 16) for part in text.split(","))
        if kind < 2:
            self._breakpoints.discard(address)
        else:
            self._watchpoints.pop((kind, address, size), None)
            self._machine.observer.watchpoints[:] = self._watchpoints.values()
        return "OK"

    # Running.

    def _resume(self, how: str) -> str | Ended:
        """Forwards: one record ("s") or until something ends the run ("c")."""
        if self._machine.exit_code is not None and self._told:
            return Ended.EXIT
        reason = self._until_wanted(lambda: self._history.run(1 if how == "s" else FOREVER))
        if reason == "watchpoint":
            self._history.step_back()
        self._told = reason == "exit"
        if self._told:
            self._say(f"The program has ended with code {self._machine.exit_code}; go back, or continue once more to leave.\n")
        self._stop = self._stopped(INTERRUPTED if reason == "interrupted" else TRAPPED, reason)
        return self._stop

    def _backwards(self, how: str) -> str:
        if how not in ("s", "c"):
            return ""
        reason = self._history.step_back() if how == "s" else self._until_wanted(self._history.back)
        if reason == "watchpoint":
            self._history.go(self._history.now + 1)
        self._stop = self._stopped(INTERRUPTED if reason == "interrupted" else TRAPPED, reason)
        return self._stop

    def _until_wanted(self, go: Callable[[], str]) -> str:
        """Run until something other than a breakpoint in a mode that `monitor break` has not chosen."""
        while (reason := go()) == "breakpoint" and int(self._machine.hart.mode) not in self._monitor.modes:
            pass
        return reason

    def _stopped(self, signal: int, reason: str = "") -> str:
        """A stop reply."""
        why = "replaylog:begin;" if reason == "begin" else ""
        found = self._machine.observer.found
        if reason == "watchpoint" and found is not None:
            word = next(word for reads, writes, word in WATCH.values() if (reads, writes) == (found.reads, found.writes))
            why = f"{word}:{found.address:x};"
        return f"T{signal:02x}thread:1;{why}"

    def _say(self, text: str) -> None:
        """A line on gdb's own console; only while gdb waits for a stop."""
        self._link.send(b"O" + text.encode().hex().encode())
