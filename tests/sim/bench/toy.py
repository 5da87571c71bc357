"""A toy with the ports of `rtl.soc.Soc`, to test the bench without the core: one accumulator, one
instruction per dword.

An instruction is `op | argument << 8`. Each one retires a record with pc, insn, rd_value (the accumulator),
the access it made, or a load or store access fault. The instruction memory is fetched through `iram`, data
goes through `dram`.
"""

from amaranth.hdl import *
from amaranth.lib import enum, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from isa import retire
from rtl import activity, wishbone


class Op(enum.IntEnum, shape=4):
    """What an instruction does with the accumulator `a` and its argument `n`."""

    ADD = 0         # a += n
    LOAD = 1        # a = memory[n]
    STORE = 2       # memory[n] = a
    JUMP = 3        # while a != 0: go to n, a -= 1
    PUT = 4         # the low byte of a goes to the UART
    GET = 5         # waits for a byte from the UART
    FINISH = 6      # the run ends with command n to the finisher
    SWAP = 7        # exchanges a and a memory cell that reset does not clear


class Record(wiring.Signature):
    """Fields of the record that the toy reports."""

    def __init__(self):
        super().__init__({name: Out(f.width) for name, f in retire.FIELDS.items()})


class Toy(wiring.Component):
    """See the module."""

    iram: Out(wishbone.Signature())
    dram: Out(wishbone.Signature())
    uart_tx: Out(stream.Signature(8))
    uart_rx: In(stream.Signature(8))
    finished: Out(1)
    finish_code: Out(32)
    boot_target: In(64)
    uncached_first: In(24)
    uncached_last: In(24)
    flush: In(1)
    flushed: Out(1)
    irq: In(4)
    wake: In(1)
    retire: Out(64 * retire.WORDS)
    activity: Out(activity.WIDTH)

    def __init__(self, *, fault=""):
        """`fault`: "sum" adds wrong where 1000 is right; "moves" changes the address of a waiting store; "flickers" takes
        a data request back when it is answered."""
        self.fault = fault
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.cell = cell = memory.Memory(shape=64, depth=1, init=[0])
        cell_read, cell_write = cell.read_port(domain="comb"), cell.write_port()

        pc, acc, clock = Signal(64), Signal(64), Signal(64)
        order = Signal(7)
        insn = Signal(64)
        op, argument = Signal(Op), insn[8:]
        fields = {name: Signal(f.width, name=name) for name, f in retire.FIELDS.items()}
        result, next_pc = Signal(64), Signal(64)

        packed = [Signal(64, name=f"word{i}") for i in range(retire.WORDS)]
        for name, f in retire.FIELDS.items():
            m.d.comb += packed[f.word][f.lsb:f.lsb + f.width].eq(fields[name])
        m.d.sync += self.retire.eq(Cat(packed))

        done = Signal()
        m.d.sync += clock.eq(clock + 1)
        m.d.comb += [
            op.eq(insn[:4]),
            result.eq(acc),
            next_pc.eq(pc + 8),
            self.iram.adr.eq(pc >> 3), self.iram.sel.eq(0xFF),
            self.dram.adr.eq(argument >> 3), self.dram.sel.eq(0xFF), self.dram.dat_w.eq(acc),
            self.dram.we.eq(op == Op.STORE),
            self.dram.cti.eq(Mux(argument[4], wishbone.Cti.INCREMENT, wishbone.Cti.CLASSIC)),
            self.uart_tx.payload.eq(acc[:8]),
            cell_read.addr.eq(0), cell_write.addr.eq(0), cell_write.data.eq(acc),
            fields["valid"].eq(done),
            fields["mode"].eq(0b011), fields["next_mode"].eq(0b011),
            fields["order_low"].eq(order),
            fields["insn"].eq(insn[:32]),
            fields["pc"].eq(pc), fields["next_pc"].eq(next_pc),
            fields["rd"].eq(1), fields["rd_value"].eq(result),
            fields["irq"].eq(self.irq),
            fields["clock"].eq(clock),
            self.activity.eq(Cat(done, clock)),
            self.flushed.eq(self.flush),
        ]
        with m.FSM():
            with m.State("START"):
                m.d.sync += pc.eq(self.boot_target)
                m.next = "FETCH"
            with m.State("FETCH"):
                m.d.comb += [self.iram.cyc.eq(1), self.iram.stb.eq(1)]
                with m.If(self.iram.ack):
                    m.d.sync += insn.eq(self.iram.dat_r)
                    m.next = "EXECUTE"
            with m.State("EXECUTE"):
                with m.Switch(op):
                    with m.Case(Op.ADD):
                        m.d.comb += [result.eq(acc + argument), done.eq(1)]
                        if self.fault == "sum":
                            with m.If(acc + argument == 1000):
                                m.d.comb += result.eq(1001)
                    with m.Case(Op.LOAD, Op.STORE):
                        m.d.comb += [self.dram.cyc.eq(1), self.dram.stb.eq(1)]
                        if self.fault == "moves":
                            m.d.comb += self.dram.adr.eq(Cat(clock[0], argument[4:]))
                        if self.fault == "flickers":
                            m.d.comb += self.dram.stb.eq(~self.dram.ack)
                        with m.If(self.dram.ack):
                            m.d.comb += [done.eq(1), fields["mem_size"].eq(3),
                                         fields["mem_vaddr"].eq(argument), fields["mem_paddr"].eq(argument)]
                            with m.If(op == Op.STORE):
                                m.d.comb += [fields["mem_write"].eq(1), fields["mem_wdata"].eq(acc)]
                            with m.Else():
                                m.d.comb += [fields["mem_read"].eq(1), result.eq(self.dram.dat_r),
                                             fields["mem_rdata"].eq(self.dram.dat_r)]
                        with m.Elif(self.dram.err):
                            m.d.comb += [done.eq(1), fields["trap"].eq(1), fields["bus_error"].eq(1),
                                         fields["cause"].eq(Mux(op == Op.STORE, 7, 5)),
                                         fields["error_paddr"].eq(argument)]
                    with m.Case(Op.JUMP):
                        m.d.comb += done.eq(1)
                        with m.If(acc != 0):
                            m.d.comb += [result.eq(acc - 1), next_pc.eq(argument)]
                    with m.Case(Op.PUT):
                        m.d.comb += [self.uart_tx.valid.eq(1), done.eq(self.uart_tx.ready)]
                    with m.Case(Op.GET):
                        m.d.comb += [self.uart_rx.ready.eq(1), done.eq(self.uart_rx.valid),
                                     result.eq(self.uart_rx.payload)]
                    with m.Case(Op.FINISH):
                        m.d.comb += done.eq(1)
                        m.d.sync += [self.finished.eq(1), self.finish_code.eq(argument)]
                        m.next = "END"
                    with m.Case(Op.SWAP):
                        m.d.comb += [done.eq(1), result.eq(cell_read.data), cell_write.en.eq(1)]
                with m.If(done):
                    m.d.sync += [acc.eq(result), pc.eq(next_pc), order.eq(order + 1)]
                    with m.If(op != Op.FINISH):
                        m.next = "FETCH"
            with m.State("END"):
                pass
        return m


def assemble(*program, base):
    """Words of a program of (op, argument) and of plain words; an argument `@n` is the address of word n."""
    words = []
    for insn in program:
        if isinstance(insn, int):
            words.append(insn)
            continue
        op, argument = insn
        if isinstance(argument, str):
            argument = base + 8 * int(argument[1:])
        words.append(op | argument << 8)
    return words
