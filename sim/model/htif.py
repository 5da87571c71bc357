"""Host-target interface, as Spike speaks it: a program writes `tohost`, the host answers in `fromhost`.

A 64-bit `tohost` is device (63:56), command (55:48) and payload. Device 0 command 0: an odd payload ends the
run with exit code payload>>1; an even one is the address of a system call block. Device 1 is a console:
command 1 prints a byte, command 0 asks for one (the answer has bit 8 set). This file knows memory only
through two functions, so any bench can use it.
"""

from collections.abc import Callable

RUNNING = -1
SYS_WRITE, SYS_EXIT = 64, 93
ENOSYS, EBADF = -38, -9
DWORD_MASK = (1 << 64) - 1
MAX_WRITE = 1 << 20                     # bytes that one write(2) may print


class Htif:
    """`read(address, count) -> bytes` and `write(address, bytes)` reach memory; `console(bytes)` prints."""

    def __init__(self, read: Callable[[int, int], bytes], write: Callable[[int, bytes], None],
                 console: Callable[[bytes], None], tohost: int, fromhost: int) -> None:
        self.read, self.write, self.console = read, write, console
        self.tohost, self.fromhost = tohost, fromhost
        self.code = RUNNING             # exit code once the run has ended
        self.input: list[int] = []      # bytes that the program may ask for
        self.asked = False              # it asked and got nothing yet

    def poll(self) -> None:
        """Serve a pending command, if there is one."""
        if self.tohost < 0 or self.code != RUNNING:
            return
        self._offer_input()
        command = self._dword(self.tohost)
        if not command:
            return
        self.write(self.tohost, bytes(8))
        kind, payload = command >> 48, command & (1 << 48) - 1
        if kind == 0 and payload & 1:
            self.code = payload >> 1
        elif kind == 0:
            self._system_call(payload)
        elif kind == 0x0101:
            self.console(bytes((payload & 0xFF,)))
        elif kind == 0x0100:
            self.asked = True
            self._offer_input()

    def receive(self, data: bytes) -> None:
        """Bytes arrive at the console."""
        self.input.extend(data)

    def _offer_input(self) -> None:
        if self.asked and self.input and not self._dword(self.fromhost):
            self.asked = False
            self._answer(0x0100 << 48 | 0x100 | self.input.pop(0))

    def _answer(self, value: int) -> None:
        if self.fromhost >= 0:
            self.write(self.fromhost, value.to_bytes(8, "little"))

    def _dword(self, address: int) -> int:
        return int.from_bytes(self.read(address, 8), "little") if address >= 0 else 0

    def _system_call(self, block: int) -> None:
        """Eight doublewords: number, then arguments; the result replaces the number."""
        try:
            number, *arguments = (self._dword(block + 8 * i) for i in range(8))
            if number == SYS_EXIT:
                self.code = arguments[0] & 0xFFFF_FFFF
                return
            result = self._write_call(*arguments[:3]) if number == SYS_WRITE else ENOSYS
            self.write(block, (result & DWORD_MASK).to_bytes(8, "little"))
        except ValueError:
            pass
        self._answer(1)

    def _write_call(self, descriptor: int, address: int, count: int) -> int:
        if descriptor not in (1, 2):
            return EBADF
        data = self.read(address, min(count, MAX_WRITE))
        self.console(data)
        return len(data)
