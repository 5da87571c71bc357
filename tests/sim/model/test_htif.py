"""The host interface on a memory that is just a dictionary of bytes, and behind a running machine."""

import pytest

from sim.model import Machine
from sim.model.htif import RUNNING, Htif
from tests.sim.model.bare import CODE, DATA, Bare, asm

TOHOST, FROMHOST, BLOCK, TEXT = 0x1000, 0x1008, 0x2000, 0x3000


class Host:
    """16 KiB at address 0."""

    def __init__(self) -> None:
        self.memory, self.printed = bytearray(0x4000), bytearray()
        self.htif = Htif(self.read, self.write, self.printed.extend, TOHOST, FROMHOST)

    def read(self, address: int, count: int) -> bytes:
        if address + count > len(self.memory):
            raise ValueError(f"no memory at 0x{address:x}")
        return bytes(self.memory[address:address + count])

    def write(self, address: int, data: bytes) -> None:
        self.memory[address:address + len(data)] = data

    def put(self, address: int, *values: int) -> None:
        for i, value in enumerate(values):
            self.write(address + 8 * i, value.to_bytes(8, "little"))

    def get(self, address: int) -> int:
        return int.from_bytes(self.read(address, 8), "little")

    def say(self, command: int) -> None:
        self.put(TOHOST, command)
        self.htif.poll()
        assert self.get(TOHOST) == 0 or self.htif.code != RUNNING


@pytest.mark.parametrize(("value", "code"), [(1, 0), (3, 1), (1337 << 1 | 1, 1337)])
def test_odd_values_end_the_run(value: int, code: int) -> None:
    host = Host()
    host.say(value)
    assert host.htif.code == code
    host.say(5)
    assert host.htif.code == code                   # the first end counts


def test_putchar() -> None:
    host = Host()
    for byte in b"Hi\xff":
        host.say(0x0101 << 48 | byte)
    assert host.printed == b"Hi\xff" and host.get(FROMHOST) == 0


def test_getchar_waits_for_input_and_for_room() -> None:
    host = Host()
    host.say(0x0100 << 48)
    assert host.get(FROMHOST) == 0
    host.htif.receive(b"ab")
    host.htif.poll()
    assert host.get(FROMHOST) == 0x0100 << 48 | 0x100 | ord("a")
    host.say(0x0100 << 48)
    assert host.get(FROMHOST) & 0xFF == ord("a")    # not taken yet
    host.put(FROMHOST, 0)
    host.htif.poll()
    assert host.get(FROMHOST) & 0xFF == ord("b") and host.htif.input == []


@pytest.mark.parametrize("descriptor", [1, 2])
def test_write_call(descriptor: int) -> None:
    host = Host()
    host.write(TEXT, b"hello")
    host.put(BLOCK, 64, descriptor, TEXT, 5)
    host.say(BLOCK)
    assert (host.printed, host.get(BLOCK), host.get(FROMHOST)) == (b"hello", 5, 1)


@pytest.mark.parametrize(("arguments", "result"), [((64, 3, TEXT, 5), -9), ((63, 0, TEXT, 5), -38)])
def test_refused_calls(arguments: tuple[int, ...], result: int) -> None:
    host = Host()
    host.put(BLOCK, *arguments)
    host.say(BLOCK)
    assert (host.printed, host.get(BLOCK), host.get(FROMHOST)) == (b"", result % (1 << 64), 1)


def test_exit_call() -> None:
    host = Host()
    host.put(BLOCK, 93, 7)
    host.say(BLOCK)
    assert host.htif.code == 7


@pytest.mark.parametrize("block", [0x3FC8, 0x10_0000])
def test_blocks_and_texts_outside_of_memory_print_nothing(block: int) -> None:
    host = Host()
    host.say(block)
    assert (host.printed, host.htif.code, host.get(FROMHOST)) == (b"", RUNNING, 1)
    host.put(BLOCK, 64, 1, 0x3FFF, 100)
    host.put(FROMHOST, 0)
    host.say(BLOCK)
    assert (host.printed, host.get(FROMHOST)) == (b"", 1)


def test_unknown_devices_are_ignored() -> None:
    host = Host()
    host.say(0x0202 << 48 | 1)
    assert host.htif.code == RUNNING and host.get(FROMHOST) == 0


def test_without_symbols_there_is_no_host() -> None:
    m = Machine(ram_size=4096)
    m.htif.poll()
    assert m.exit_code is None


def program(b: Bare, value: int) -> None:
    """Stores a value to tohost, in the same page as the data, then loops."""
    b.m.htif.tohost = b.m.memory.tohost = DATA
    b.m.htif.fromhost = b.m.memory.fromhost = DATA + 64
    b.put(CODE, [asm("sd", rs1=5, rs2=7, imm=8), asm("sd", rs1=5, rs2=6), asm("addi", rd=8, imm=1), asm("jal")])
    b.x(x5=DATA, x6=value)


def test_a_store_to_tohost_ends_the_run() -> None:
    b = Bare()
    program(b, 5)
    assert b.m.run(100) == "exit" and b.m.exit_code == 2
    assert b.m.instructions == 2 and b.m.run(100) == "exit" and b.m.instructions == 2


def test_a_machine_prints_and_goes_on() -> None:
    b = Bare()
    out: list[bytes] = []
    b.m.on_console = out.append
    program(b, 0x0101 << 48 | ord("x"))
    assert b.m.run(20) == "limit" and out == [b"x"] and b.h.x[8] == 1
    assert b.m.read_memory(DATA, 8) == bytes(8)


def test_step_serves_the_host_too() -> None:
    b = Bare()
    program(b, 3)
    for _ in range(3):
        b.step()
    assert b.m.exit_code == 1


def test_the_answer_of_a_getchar_reaches_the_program() -> None:
    b = Bare()
    program(b, 0x0100 << 48)
    b.m.run(5)
    b.m.receive(b"q")
    b.m.run(5)
    assert b.m.read_memory(DATA + 64, 2) == b"q\x01"
