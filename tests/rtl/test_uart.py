"""The UART as its drivers use it: polled, with interrupts, in loop-back."""

import random

import pytest

from isa import platform
from rtl.uart import FIFO_DEPTH, Uart
from tests.rtl.wishbone_checks import Master, checker, simulate

BASE = platform.UART.base
RBR = THR = DLL = BASE
IER = DLM = BASE + 1
IIR = FCR = BASE + 2
LCR, MCR, LSR, MSR, SCR = range(BASE + 3, BASE + 8)
READY, THR_EMPTY, IDLE = 0x01, 0x20, 0x40


def line(dut, sent, seed=0, stall=0.5):
    """The far end: takes bytes into `sent`, sometimes slowly; the stream rules hold."""
    async def bench(ctx):
        rng, waiting = random.Random(seed), None
        while True:
            ctx.set(dut.tx.ready, rng.random() >= stall)
            _, _, valid, ready, byte = await ctx.tick().sample(dut.tx.valid, dut.tx.ready, dut.tx.payload)
            assert waiting is None or (valid and byte == waiting)
            waiting = byte if valid and not ready else None
            if valid and ready:
                sent.append(byte)
    return bench


async def receive(ctx, dut, data):
    """Bytes arrive from the far end."""
    for byte in data:
        ctx.set(dut.rx.payload, byte)
        ctx.set(dut.rx.valid, 1)
        await ctx.tick().until(dut.rx.ready)
    ctx.set(dut.rx.valid, 0)


def test_polled_output():
    dut, sent = Uart(), []
    text = bytes(random.Random(1).randbytes(60))

    async def bench(ctx):
        uart = Master(ctx, dut.bus)
        for byte in text:
            while not await uart.read(LSR, 1) & THR_EMPTY:
                pass
            await uart.write(THR, byte, 1)
        while not await uart.read(LSR, 1) & IDLE:
            pass
        assert bytes(sent) == text

    simulate(dut, bench, background=(line(dut, sent), checker(dut.bus)))


def test_transmit_fifo_holds_sixteen():
    dut = Uart()

    async def bench(ctx):
        uart = Master(ctx, dut.bus)
        ctx.set(dut.tx.ready, 0)
        for byte in range(FIFO_DEPTH + 1):
            await uart.write(THR, byte, 1)
        assert await uart.read(LSR, 1) & (THR_EMPTY | IDLE) == 0
        for byte in range(FIFO_DEPTH):
            ctx.set(dut.tx.ready, 1)
            _, _, valid, payload = await ctx.tick().sample(dut.tx.valid, dut.tx.payload)
            assert (valid, payload) == (1, byte)
        assert ctx.get(dut.tx.valid) == 0
        assert await uart.read(LSR, 1) == THR_EMPTY | IDLE

    simulate(dut, bench, background=(checker(dut.bus),))


def test_polled_input_and_back_pressure():
    dut = Uart()
    data = bytes(random.Random(2).randbytes(FIFO_DEPTH + 9))
    got = bytearray()

    async def sender(ctx):
        await receive(ctx, dut, data)

    async def bench(ctx):
        uart = Master(ctx, dut.bus)
        await ctx.tick().repeat(len(data) + 5)
        assert ctx.get(dut.rx.ready) == 0
        while len(got) < len(data):
            assert await uart.read(LSR, 1) & READY
            got.append(await uart.read(RBR, 1))
        assert await uart.read(LSR, 1) & READY == 0
        assert await uart.read(RBR, 1) == 0

    simulate(dut, sender, bench, background=(checker(dut.bus),))
    assert got == data


def test_registers_and_divisor_latch():
    dut = Uart()

    async def bench(ctx):
        uart = Master(ctx, dut.bus)
        for register, written, wanted in ((IER, 0xFF, 0x0F), (LCR, 0x1B, 0x1B), (MCR, 0xEF, 0x0F),
                                          (SCR, 0xA5, 0xA5)):
            assert await uart.read(register, 1) == 0
            await uart.write(register, written, 1)
            assert await uart.read(register, 1) == wanted
        await uart.write(LCR, 0x80, 1)
        await uart.write(DLL, 0x34, 1)
        await uart.write(DLM, 0x12, 1)
        assert await uart.read(DLL, 2) == 0x1234
        await uart.write(LCR, 0x03, 1)
        assert await uart.read(IER, 1) == 0x0F
        assert ctx.get(dut.tx.valid) == 0
        await uart.write(LSR, 0xFF, 1)
        await uart.write(MSR, 0xFF, 1)
        assert await uart.read(LSR, 1) == THR_EMPTY | IDLE
        assert await uart.read(MSR, 1) == 0xB0
        await uart.write(BASE + 8, 2**64 - 1)
        await uart.write(BASE + 0xF8, 2**64 - 1)
        assert await uart.read(BASE + 8) == 0
        assert await uart.read(BASE + 0xF8) == 0
        assert await uart.read(LCR, 1) == 0x03
        assert await uart.read(BASE) == 0xA5B0_600F_0302_0F00     # all eight at once

    simulate(dut, bench, background=(checker(dut.bus),))


def test_receive_interrupt():
    dut = Uart()

    async def bench(ctx):
        uart = Master(ctx, dut.bus)
        await receive(ctx, dut, b"ab")
        await ctx.tick()
        assert ctx.get(dut.irq) == 0
        assert await uart.read(IIR, 1) == 0x01
        await uart.write(FCR, 0x01, 1)
        await uart.write(IER, 0x01, 1)
        await ctx.tick()
        assert ctx.get(dut.irq) == 1
        assert await uart.read(IIR, 1) == 0xC4
        assert await uart.read(IIR, 1) == 0xC4
        await uart.write(LCR, 0x80, 1)
        assert await uart.read(DLL, 1) == 0     # takes no byte
        await uart.write(LCR, 0x03, 1)
        assert await uart.read(RBR, 1) == ord("a")
        assert ctx.get(dut.irq) == 1
        assert await uart.read(RBR, 1) == ord("b")
        await ctx.tick()
        assert ctx.get(dut.irq) == 0
        assert await uart.read(IIR, 1) == 0xC1

    simulate(dut, bench, background=(checker(dut.bus),))


def test_transmit_interrupt():
    dut = Uart()

    async def bench(ctx):
        uart = Master(ctx, dut.bus)
        for _ in range(2):                      # enabled over an empty FIFO: at once; reading IIR answers it
            await uart.write(IER, 0x02, 1)
            await ctx.tick()
            assert ctx.get(dut.irq) == 1
            assert await uart.read(IIR, 1) == 0x02
            assert await uart.read(IIR, 1) == 0x01
            assert ctx.get(dut.irq) == 0
            await uart.write(IER, 0x02, 1)      # already enabled: no event
            await ctx.tick()
            assert ctx.get(dut.irq) == 0
            await uart.write(IER, 0x00, 1)
        await uart.write(IER, 0x02, 1)
        await uart.write(THR, 0x41, 1)          # a byte takes the request back
        assert await uart.read(IIR, 1) == 0x01
        ctx.set(dut.tx.ready, 1)
        await ctx.tick().repeat(4)
        assert ctx.get(dut.irq) == 1            # the FIFO ran empty
        await receive(ctx, dut, b"x")
        await uart.write(IER, 0x03, 1)
        assert await uart.read(IIR, 1) == 0x04  # receive has priority and does not answer the other
        assert await uart.read(RBR, 1) == ord("x")
        assert await uart.read(IIR, 1) == 0x02

    simulate(dut, bench, background=(checker(dut.bus),))


@pytest.mark.parametrize("clears, kept", [(0x1, (3, 2)), (0x3, (0, 2)), (0x5, (3, 0)), (0x7, (0, 0))])
def test_fifo_clear(clears, kept):
    dut = Uart()

    async def bench(ctx):
        uart = Master(ctx, dut.bus)
        await receive(ctx, dut, b"abc")
        for byte in b"12":
            await uart.write(THR, byte, 1)
        await uart.write(FCR, clears, 1)
        left = [0, 0]
        while await uart.read(LSR, 1) & READY:
            assert await uart.read(RBR, 1) == b"abc"[left[0]]
            left[0] += 1
        ctx.set(dut.tx.ready, 1)
        while ctx.get(dut.tx.valid):
            assert ctx.get(dut.tx.payload) == b"12"[left[1]]
            left[1] += 1
            await ctx.tick()
        assert tuple(left) == kept

    simulate(dut, bench, background=(checker(dut.bus),))


def test_loop_back():
    dut, sent = Uart(), []

    async def bench(ctx):
        uart = Master(ctx, dut.bus)
        for bit, status in ((1, 0x20), (2, 0x10), (4, 0x40), (8, 0x80), (0, 0)):
            await uart.write(MCR, 0x10 | bit, 1)
            assert await uart.read(MSR, 1) == status
        ctx.set(dut.rx.valid, 1)
        for byte in b"self":
            await uart.write(THR, byte, 1)
        await ctx.tick()
        assert ctx.get(dut.rx.ready) == 0
        for byte in b"self":
            assert await uart.read(RBR, 1) == byte
        assert await uart.read(LSR, 1) == THR_EMPTY | IDLE
        ctx.set(dut.rx.valid, 0)

    simulate(dut, bench, background=(line(dut, sent), checker(dut.bus)))
    assert sent == []
