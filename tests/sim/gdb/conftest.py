"""A guest under both stages of translation, and a server that waits for gdb in a thread."""

import queue
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from isa.profile import PROFILES
from sim import toolchain
from sim.gdb.server import serve
from sim.gdb.session import Ended
from sim.model import Machine
from sim.programs import SOURCES

GUEST = Path(__file__).with_name("guest.S")


class Served:
    """A machine that waits for gdb at `port`; `ended` waits for the end of the conversation."""

    def __init__(self, elf: Path) -> None:
        self.machine = Machine(profile=PROFILES["tiny"], ram_size=1 << 20)
        self.machine.load_elf(elf)
        ports: queue.Queue[int] = queue.Queue()
        self._ends: list[Ended] = []
        self._thread = threading.Thread(target=lambda: self._ends.append(serve(self.machine, 0, ports.put)), daemon=True)
        self._thread.start()
        self.port = ports.get(timeout=10)

    def ended(self) -> Ended:
        self._thread.join(30)
        return self._ends[0]


@pytest.fixture(scope="session")
def guest_elf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("gdb") / "guest.elf"
    toolchain.cc(["-T", SOURCES / "test.ld", GUEST, "-o", target])
    return target


@pytest.fixture
def served(guest_elf: Path) -> Iterator[Served]:
    yield Served(guest_elf)


class Client:
    """The other end of the protocol, by hand: independent of sim/gdb/packets.py."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.stream = self.socket.makefile("rb")

    def ask(self, text: str) -> str:
        """Send a packet, see it acknowledged, and acknowledge the answer."""
        self.put(text)
        return self.answer()

    def put(self, text: str) -> None:
        data = text.encode()
        self.socket.sendall(b"$" + data + b"#" + f"{sum(data) % 256:02x}".encode())
        assert self.stream.read(1) == b"+"

    def answer(self) -> str:
        assert self.stream.read(1) == b"$"
        data = bytearray()
        while (byte := self.stream.read(1)) != b"#":
            data += byte
        assert int(self.stream.read(2), 16) == sum(data) % 256
        self.socket.sendall(b"+")
        return data.decode("latin-1")

    def monitor(self, line: str) -> str:
        text = self.ask("qRcmd," + line.encode().hex())
        return "" if text == "OK" else bytes.fromhex(text).decode()

    def close(self) -> None:
        self.stream.close()
        self.socket.close()


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    client = Client(served.port)
    yield client
    client.close()
    served.ended()
