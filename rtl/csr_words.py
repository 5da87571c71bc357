"""Wide control and status registers, in distributed RAM (privileged manual, "Machine Trap Vector", "Machine Exception Program
Counter" and their neighbours, and their kin for HS and VS).

Two banks of sixteen words. A trap writes up to five of them, one in each bank a cycle, while its handler is being fetched.
"""

from amaranth.hdl import *
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out

from rtl.types import Arm, TrapInfo

# A row has a word for each of VS, HS and M, in the order of `Arm`, and one more. A trap to VS leaves the second rows alone.
EVEN = (
    "vsepc",      "sepc",     "mepc",     "satp",
    "hiobh",      "htval",    "mtval2",   "vsatp",
    "vstvec",     "stvec",    "mtvec",    "hgatp",
    "htimedelta", "hpmla",    "hioba",    "hiobg",
)
ODD = (
    "vstval",     "stval",    "mtval",    "stimecmp",
    "hple",       "htinst",   "mtinst",   "vstimecmp",
    "vscause",    "scause",   "mcause",   "medeleg",
    "vsscratch",  "sscratch", "mscratch", "hedeleg",
)
WORDS = frozenset(EVEN + ODD)
EPC, TVAL2, TVEC = range(3)     # rows of the even bank
TVAL, TINST, CAUSE = range(3)   # of the odd one


class Place(data.Struct):
    """Where a word is."""

    odd: 1
    arm: 2      # column
    row: 2


def place(name: str) -> int:
    """Where the word of this CSR is: the bits of a `Place`."""
    return ODD.index(name) << 1 | 1 if name in ODD else EVEN.index(name) << 1


class CsrWords(wiring.Component):
    """1. `value` is the word at `at`, in the same cycle.
    2. With `write` the word becomes `data` at the end of the cycle.
    3. In the cycles after `trap_enter` the words of the trap are written. `busy` is high until they are all there.
    4. After reset all words become 0, and `busy` is high until they are.
    5. While `busy` there is neither `write` nor `trap_enter`, and `data` is 0.
    6. Bit 1 of `base` is 0.
    """

    at:         In(Place)
    write:      In(1)
    data:       In(64)
    value:      Out(64)
    trap_enter: In(1)
    trap:       In(TrapInfo)
    arm:        In(Arm)         # of the trap
    cause:      In(6)           # as written to xcause
    base:       Out(64)         # xtvec of the trap
    busy:       Out(1)

    def elaborate(self, platform):
        m = Module()
        m.submodules.even_bank = even_bank = memory.Memory(shape=64, depth=len(EVEN), init=[])
        m.submodules.odd_bank = odd_bank = memory.Memory(shape=64, depth=len(ODD), init=[])
        m.submodules.bases = bases = memory.Memory(shape=63, depth=4, init=[])      # the row TVEC once more
        even_read, odd_read = even_bank.read_port(domain="comb"), odd_bank.read_port(domain="comb")
        even_write, odd_write = even_bank.write_port(), odd_bank.write_port()
        base_read, base_write = bases.read_port(domain="comb"), bases.write_port()
        at = Cat(self.at.arm, self.at.row)
        m.d.comb += [
            even_read.addr.eq(at),
            odd_read.addr.eq(at),
            base_read.addr.eq(self.arm),
            self.value.eq(Mux(self.at.odd, odd_read.data, even_read.data)),
            self.base.eq(Cat(base_read.data[0], C(0, 1), base_read.data[1:])),
        ]

        # What a trap writes, in its cycle after the trap and 0 in all others.
        step, arm = Signal(3), Signal(Arm)
        m.d.sync += step.eq(Cat(self.trap_enter, step))
        with m.If(self.trap_enter):
            m.d.sync += arm.eq(self.arm)

        def after(cycles: int, value: Value, name: str) -> Value:
            value = Mux(self.trap_enter, value, 0)
            for i in range(cycles):
                m.d.sync += (later := Signal(len(value), name=f"{name}_{i + 1}")).eq(value)
                value = later
            return value

        trap = self.trap
        m.d.comb += [
            even_write.data.eq(self.data | after(1, trap.pc & ~1, "pc") | after(2, trap.tval2, "tval2")),
            odd_write.data.eq(self.data | after(1, trap.tval, "tval") | after(2, trap.tinst, "tinst")
                              | after(3, Cat(self.cause, C(0, 57), trap.interrupt), "cause")),
            base_write.data.eq(Cat(even_write.data[0], even_write.data[2:])),
        ]

        # Where it goes. Reset is the other reason to write without being asked.
        cleared = Signal(range(len(EVEN) + 1))
        clearing = ~cleared[-1]
        m.d.sync += cleared.eq(cleared + clearing)
        hypervisor = arm != Arm.VS
        for port, rows, mine in ((even_write, (EPC, TVAL2), ~self.at.odd), (odd_write, (TVAL, TINST, CAUSE), self.at.odd)):
            m.d.comb += [port.addr.eq(at), port.en.eq(clearing | self.write & mine)]
            for i, row in enumerate(rows):
                with m.If(step[i]):
                    m.d.comb += [port.addr.eq(Cat(arm, C(row, 2))), port.en.eq(hypervisor if row == TINST else 1)]
            with m.If(clearing):
                m.d.comb += port.addr.eq(cleared)
        m.d.comb += [
            base_write.addr.eq(even_write.addr),
            base_write.en.eq(even_write.en & (even_write.addr[2:] == TVEC)),
            self.busy.eq(clearing | step.any()),
        ]
        return m
