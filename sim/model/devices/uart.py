"""UART with the registers of a 16550 (ns16550a). Transmission is instantaneous; received bytes wait in a
queue. In loop-back they are those that the program transmits."""

from collections.abc import Callable

from sim.model.devices.device import PlainState

# Offsets. With LCR.DLAB set, 0 and 1 are the divisor latch.
DATA, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR = range(8)
DLAB = 0x80
LSR_DATA, LSR_THR_EMPTY, LSR_IDLE = 0x01, 0x20, 0x40
IER_RX, IER_TX = 0x01, 0x02
IIR_NONE, IIR_TX, IIR_RX = 0x01, 0x02, 0x04
FCR_ENABLE, FCR_CLEAR_RX = 0x01, 0x02
MCR_LOOP = 0x10
MSR_READY = 0xB0                        # carrier, data set ready, clear to send


class Uart(PlainState):
    """`sink` receives every transmitted byte; `receive` queues bytes for the program."""

    KEEP = ("ier", "fifos", "lcr", "mcr", "scr", "divisor", "tx_event", "queue")

    def __init__(self, sink: Callable[[bytes], None]) -> None:
        self.sink = sink
        self.ier = self.fifos = self.lcr = self.mcr = self.scr = self.divisor = 0
        self.tx_event = 0               # the transmitter became empty and nobody has read that from IIR
        self.queue: list[int] = []

    def receive(self, data: bytes) -> None:
        """Bytes arrive from outside."""
        self.queue.extend(data)

    def wire(self) -> bool:
        return self._cause() != IIR_NONE

    def _cause(self) -> int:
        if self.ier & IER_RX and self.queue:
            return IIR_RX
        return IIR_TX if self.ier & IER_TX and self.tx_event else IIR_NONE

    def read(self, offset: int, size: int) -> int:
        if offset == DATA:
            if self.lcr & DLAB:
                return self.divisor & 0xFF
            return self.queue.pop(0) if self.queue else 0
        if offset == IER:
            return self.divisor >> 8 if self.lcr & DLAB else self.ier
        if offset == IIR_FCR:
            cause = self._cause()
            if cause == IIR_TX:
                self.tx_event = 0
            return cause | (0xC0 if self.fifos else 0)
        if offset == LSR:
            return LSR_THR_EMPTY | LSR_IDLE | (LSR_DATA if self.queue else 0)
        return {LCR: self.lcr, MCR: self.mcr, MSR: self._modem(), SCR: self.scr}.get(offset, 0)

    def _modem(self) -> int:
        """MSR: a peer, or in loop-back OUT2, OUT1, DTR, RTS of MCR."""
        if not self.mcr & MCR_LOOP:
            return MSR_READY
        return (self.mcr & 0xC | self.mcr << 1 & 2 | self.mcr >> 1 & 1) << 4

    def write(self, offset: int, size: int, value: int) -> None:
        value &= 0xFF
        if offset == DATA and self.lcr & DLAB:
            self.divisor = self.divisor & 0xFF00 | value
        elif offset == DATA:
            if self.mcr & MCR_LOOP:
                self.queue.append(value)
            else:
                self.sink(bytes((value,)))
            self.tx_event = 1
        elif offset == IER and self.lcr & DLAB:
            self.divisor = self.divisor & 0xFF | value * 256
        elif offset == IER:
            if value & IER_TX and not self.ier & IER_TX:
                self.tx_event = 1
            self.ier = value & 0x0F
        elif offset == IIR_FCR:
            self.fifos = value & FCR_ENABLE
            if value & FCR_CLEAR_RX:
                self.queue.clear()
        elif offset == LCR:
            self.lcr = value
        elif offset == MCR:
            self.mcr = value & 0x1F
        elif offset == SCR:
            self.scr = value
