"""UART with the registers of a 16550, one byte apart (ns16550a; data sheet of the TL16C550C)."""

from amaranth.hdl import *
from amaranth.lib import data, fifo, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from isa import platform as soc_map

from . import wishbone

FIFO_DEPTH = 16

# Register numbers. DLL and DLM take the place of 0 and 1 while LCR.DLAB is set.
RBR_THR, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR = range(8)

IIR_NONE, IIR_THR_EMPTY, IIR_RECEIVED = 0b001, 0b010, 0b100


class LineStatus(data.Struct):
    """LSR. A byte stream has no overrun, parity error, framing error or break."""

    data_ready: 1
    errors: 4
    thr_empty: 1
    transmitter_empty: 1
    fifo_error: 1


class ModemControl(data.Struct):
    """MCR."""

    dtr: 1
    rts: 1
    out1: 1
    out2: 1
    loop: 1


class Uart(wiring.Component):
    """The programmer's view of a 16550, with bytes instead of a bit-serial line.

    The transmitter is a stream of bytes, the receiver another one, which waits while its FIFO is full. Each
    selected byte lane is an access to the register of that number.
    """

    bus: In(wishbone.Signature())
    tx: Out(stream.Signature(8))
    rx: In(stream.Signature(8))
    irq: Out(1)

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        divisor, scratch, line_control = Signal(16), Signal(8), Signal(8)
        interrupt_enable, fifos_enabled = Signal(4), Signal()
        modem = Signal(ModemControl)
        dlab = line_control[7]

        # Lanes in use in this cycle; side effects happen here, the acknowledge follows.
        here = bus.adr[:exact_log2(soc_map.UART.size // 8)] == 0
        beat = bus.cyc & bus.stb & ~bus.ack & here
        read = [beat & ~bus.we & bus.sel[i] for i in range(8)]
        write = [beat & bus.we & bus.sel[i] for i in range(8)]
        lane = [bus.dat_w[8 * i:8 * i + 8] for i in range(8)]

        # FIFOs; FCR may empty either. In loop-back the receiver hears the transmitter and both lines rest.
        clear_rx = write[IIR_FCR] & lane[IIR_FCR][1]
        clear_tx = write[IIR_FCR] & lane[IIR_FCR][2]
        sent, received = fifo.SyncFIFO(width=8, depth=FIFO_DEPTH), fifo.SyncFIFO(width=8, depth=FIFO_DEPTH)
        m.submodules.sent = ResetInserter(clear_tx)(sent)
        m.submodules.received = ResetInserter(clear_rx)(received)
        m.d.comb += [
            sent.w_data.eq(lane[RBR_THR]),
            sent.w_en.eq(write[RBR_THR] & ~dlab),
            received.r_en.eq(read[RBR_THR] & ~dlab),
            self.tx.payload.eq(sent.r_data),
        ]
        with m.If(modem.loop):
            m.d.comb += [
                sent.r_en.eq(received.w_rdy),
                received.w_en.eq(sent.r_rdy),
                received.w_data.eq(sent.r_data),
            ]
        with m.Else():
            m.d.comb += [
                self.tx.valid.eq(sent.r_rdy),
                sent.r_en.eq(self.tx.ready),
                received.w_en.eq(self.rx.valid),
                received.w_data.eq(self.rx.payload),
                self.rx.ready.eq(received.w_rdy),
            ]

        # "THR empty" is an event: it rises when the FIFO runs empty or when it is enabled over an empty FIFO,
        # and falls when the IIR shows it or the FIFO is written. "Received" is a level.
        sent_empty, was_empty, thr_event = ~sent.r_rdy, Signal(init=1), Signal()
        identification = Signal(3)
        with m.If(received.r_rdy & interrupt_enable[0]):
            m.d.comb += identification.eq(IIR_RECEIVED)
        with m.Elif(thr_event & interrupt_enable[1]):
            m.d.comb += identification.eq(IIR_THR_EMPTY)
        with m.Else():
            m.d.comb += identification.eq(IIR_NONE)
        enables_thr = write[IER] & ~dlab & lane[IER][1] & ~interrupt_enable[1]
        m.d.sync += was_empty.eq(sent_empty)
        with m.If((sent_empty & ~was_empty) | (enables_thr & sent_empty)):
            m.d.sync += thr_event.eq(1)
        with m.Elif(sent.w_en | (read[IIR_FCR] & (identification == IIR_THR_EMPTY))):
            m.d.sync += thr_event.eq(0)
        m.d.sync += self.irq.eq(identification != IIR_NONE)

        status = Signal(LineStatus)
        m.d.comb += [
            status.data_ready.eq(received.r_rdy),
            status.thr_empty.eq(sent_empty),
            status.transmitter_empty.eq(sent_empty),
        ]
        # MSR[7:4] = DCD, RI, DSR, CTS: a connected peer, or in loop-back our own modem outputs.
        modem_lines = Mux(modem.loop, Cat(modem.rts, modem.dtr, modem.out1, modem.out2), 0b1011)

        values = [
            Mux(dlab, divisor[:8], Mux(received.r_rdy, received.r_data, 0)),
            Mux(dlab, divisor[8:], interrupt_enable),
            Cat(identification, C(0, 3), fifos_enabled.replicate(2)),
            line_control,
            modem.as_value(),
            status.as_value(),
            Cat(C(0, 4), modem_lines),
            scratch,
        ]
        m.d.sync += [
            bus.ack.eq(bus.cyc & bus.stb & ~bus.ack),
            bus.dat_r.eq(Mux(here, Cat(Cat(v, C(0, 8 - len(v))) for v in values), 0)),
        ]

        with m.If(write[RBR_THR] & dlab):
            m.d.sync += divisor[:8].eq(lane[RBR_THR])
        with m.If(write[IER]):
            with m.If(dlab):
                m.d.sync += divisor[8:].eq(lane[IER])
            with m.Else():
                m.d.sync += interrupt_enable.eq(lane[IER])
        with m.If(write[IIR_FCR]):
            m.d.sync += fifos_enabled.eq(lane[IIR_FCR][0])
        for register, number in ((line_control, LCR), (modem, MCR), (scratch, SCR)):
            with m.If(write[number]):
                m.d.sync += register.eq(lane[number])
        return m
