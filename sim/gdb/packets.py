"""Packets of gdb's remote protocol over a socket ("Debugging with GDB", appendix "Remote Serial Protocol", "Overview").

A packet is `$payload#checksum`, two hexadecimal digits of the sum of the payload's bytes; each side answers `+` or `-`
until gdb asks for silence. `#`, `$`, `}` and `*` in a payload are `}` and the byte xor 0x20. A byte 3 alone is Ctrl-C.
"""

import select
import socket

ESCAPED = b"#$}*"
CTRL_C = b"\x03"
LONGEST = 0x4000                        # of a payload that is accepted, in bytes


class Closed(Exception):
    """gdb is gone."""


class Link:
    """One connection with gdb. `acknowledging` until gdb and the stub agree to do without."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting = bytearray()     # received, not looked at yet
        self.acknowledging = True

    def receive(self) -> bytes:
        """Payload of the next packet; Ctrl-C at rest, acknowledgements and broken packets are dealt with. Raises Closed."""
        while True:
            while self._next() != b"$":
                pass
            payload, total = bytearray(), 0
            while (byte := self._next()) != b"#" and len(payload) <= LONGEST:
                total += byte[0]
                if byte == b"}":
                    byte = self._next()
                    total += byte[0]
                    byte = bytes((byte[0] ^ 0x20,))
                payload += byte
            stated = self._next() + self._next()
            intact = stated.lower() == b"%02x" % (total & 0xFF)
            if self.acknowledging:
                self._send(b"+" if intact else b"-")
            if intact:
                return bytes(payload)

    def send(self, payload: bytes) -> None:
        """Send one packet, again and again until gdb has it. Raises Closed."""
        escaped = b"".join(bytes((ord("}"), b ^ 0x20)) if b in ESCAPED else bytes((b,)) for b in payload)
        packet = b"$%b#%02x" % (escaped, sum(escaped) & 0xFF)
        self._send(packet)
        while self.acknowledging and (answer := self._next()) != b"+":
            if answer == b"-":
                self._send(packet)

    def interrupted(self) -> bool:
        """Has Ctrl-C come, or the connection ended, while the target ran? Does not wait."""
        while select.select([self._connection], [], [], 0)[0]:
            try:
                self._fill()
            except Closed:
                return True
        found = CTRL_C in self._waiting
        if found:
            del self._waiting[:self._waiting.index(CTRL_C) + 1]
        return found

    def _next(self) -> bytes:
        while not self._waiting:
            self._fill()
        return bytes((self._waiting.pop(0),))

    def _fill(self) -> None:
        try:
            data = self._connection.recv(4096)
        except OSError:
            data = b""
        if not data:
            raise Closed
        self._waiting += data

    def _send(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError:
            raise Closed from None
