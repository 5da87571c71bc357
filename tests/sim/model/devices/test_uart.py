"""Registers of the 16550 as a driver uses them."""

from sim.model.devices.uart import Uart


def uart() -> tuple[Uart, bytearray]:
    out = bytearray()
    return Uart(out.extend), out


def test_transmit() -> None:
    u, out = uart()
    for byte in b"Hello":
        assert u.read(5, 1) == 0x60
        u.write(0, 1, byte)
    assert out == b"Hello"


def test_receive() -> None:
    u, _ = uart()
    u.receive(b"ab")
    assert (u.read(5, 1), u.read(0, 1), u.read(0, 1), u.read(5, 1), u.read(0, 1)) == (0x61, 97, 98, 0x60, 0)
    u.receive(b"abc")
    u.write(2, 1, 0x02)                                     # FCR: clear the receive queue
    assert u.read(5, 1) == 0x60


def test_interrupts() -> None:
    u, _ = uart()
    assert (u.wire(), u.read(2, 1)) == (False, 0x01)
    u.receive(b"a")
    assert not u.wire()
    u.write(1, 1, 0x01)
    assert (u.wire(), u.read(2, 1)) == (True, 0x04)
    u.read(0, 1)
    assert not u.wire()
    u.write(1, 1, 0x02)                                     # enabling it while empty raises it
    assert u.wire()
    u.write(1, 1, 0x03)
    u.receive(b"b")
    assert u.read(2, 1) == 0x04                             # data comes first
    u.read(0, 1)
    assert (u.read(2, 1), u.read(2, 1), u.wire()) == (0x02, 0x01, False)    # reading IIR acknowledges
    u.write(0, 1, 65)
    assert u.wire()
    u.write(1, 1, 0)
    assert not u.wire()


def test_divisor_latch_and_plain_registers() -> None:
    u, out = uart()
    u.write(3, 1, 0x83)
    u.write(0, 1, 0x34)
    u.write(1, 1, 0x12)
    assert (u.read(0, 1), u.read(1, 1), out) == (0x34, 0x12, b"")
    u.write(3, 1, 0x03)
    u.write(1, 1, 0xFF)
    u.write(4, 1, 0xFF)
    u.write(7, 1, 0x5A)
    u.write(2, 1, 0x01)
    assert [u.read(n, 1) for n in (1, 3, 4, 6, 7)] == [0x0F, 0x03, 0x1F, 0xF0, 0x5A]
    u.write(1, 1, 0)
    assert u.read(2, 1) == 0xC1                             # FIFOs on
    assert u.divisor == 0x1234


def test_loop_back() -> None:
    u, out = uart()
    u.write(4, 1, 0x10)
    u.write(0, 1, 0x5A)
    assert (u.read(5, 1), u.read(0, 1), u.read(5, 1), out) == (0x61, 0x5A, 0x60, b"")
    for outputs, msr in ((0, 0), (1, 0x20), (2, 0x10), (4, 0x40), (8, 0x80)):
        u.write(4, 1, 0x10 | outputs)
        assert u.read(6, 1) == msr
    u.write(4, 1, 0x0F)
    u.write(0, 1, 65)
    assert (u.read(6, 1), out) == (0xB0, b"A")
