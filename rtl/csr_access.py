"""Which CSR an address means, and which modes may touch it.

Privileged manual, "CSR Listing", "Counter-Enable Registers", "Environment Configuration", "Hypervisor and Virtual
Supervisor CSRs", "Trap Cause Codes", "Smstateen"; docs/xdoppel.md.
"""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from isa import csrs
from rtl.config import Config
from rtl.csr_registers import is_counter, present
from rtl.types import Mode

LOW = 5     # bits of a number inside a block; counters have the same ones in every block
TIME = csrs.BY_NAME["time"].number % (1 << LOW)


class Gates(data.Struct):
    """Bits of CSRs that open other CSRs to lower modes."""

    tvm: 1              # mstatus
    vtvm: 1             # hstatus
    stce: 1             # menvcfg
    vstce: 1            # henvcfg
    mcounteren: 32
    hcounteren: 32
    scounteren: 32
    custom: 1           # mstateen0.C
    envcfg: 1           # mstateen0.ENVCFG
    stateen: 4          # bit 63 of mstateen0-3
    guest_envcfg: 1     # hstateen0.ENVCFG
    guest_stateen: 4    # bit 63 of hstateen0-3
    no_zicntr: 1        # hisadis
    no_zihpm: 1


class CsrAccess(wiring.Component):
    """Decodes one CSR address; combinational. Without `valid` no CSR is meant.

    `select` has one bit for each of `names`; one is high when the address means this CSR, allowed or not.
    CSRs that are always zero have none. Two groups have one each: `counter` and `pmp`, numbered by the last bits of the
    address.
    With V=1 an address of a supervisor CSR that has a VS twin means the twin.
    """

    def __init__(self, config: Config):
        self._csrs = list(present(config.profile).values())
        named = [csr for csr in self._csrs
                 if (csr.fields or csr.name == "mimpid") and not is_counter(csr) and csr.ext != "Smpmp"]
        self.names = [csr.name for csr in named]
        self.numbers = [csr.number for csr in named]
        self._counters = [csr.number for csr in self._csrs if csr.fields and is_counter(csr)]
        self._has = config.profile.has
        super().__init__({
            "valid":   In(1),
            "addr":    In(12),
            "write":   In(1),
            "mode":    In(Mode),
            "gates":   In(Gates),
            "select":  Out(len(self.names)),
            "counter": Out(1),
            "pmp":     Out(1),
            "illegal": Out(1),
            "virtual": Out(1),          # never with `illegal`
        })

    def elaborate(self, platform):
        m = Module()
        gates = self.gates
        low = Signal(1 << LOW)
        m.d.comb += low.eq(1 << self.addr[:LOW])
        blocks = {}
        for number in sorted({csr.number >> LOW for csr in self._csrs}):
            blocks[number] = Signal(name=f"block_{number << LOW:03x}")
            m.d.comb += blocks[number].eq(self.valid & (self.addr[LOW:] == number))

        def at(*numbers: int) -> Value:
            """Is the address one of these?"""
            wanted = {}
            for number in numbers:
                wanted[number >> LOW] = wanted.get(number >> LOW, 0) | 1 << number % (1 << LOW)
            return Cat(blocks[block] & (low & lows).any() for block, lows in wanted.items() if block in blocks).any()

        def named(*names: str) -> Value:
            return at(*(csrs.BY_NAME[name].number for name in names))

        virtual = self.mode[2] if self._has("H") else C(0, 1)
        originals = {twin: name for name, twin in csrs.SUBSTITUTES.items()}
        for i, name in enumerate(self.names):
            if name in csrs.SUBSTITUTES:
                m.d.comb += self.select[i].eq(named(name) & ~virtual)
            elif name in originals:
                m.d.comb += self.select[i].eq(named(name) | named(originals[name]) & virtual)
            else:
                m.d.comb += self.select[i].eq(named(name))
        m.d.comb += [
            self.counter.eq(at(*self._counters)),
            self.pmp.eq(at(*(csr.number for csr in self._csrs if csr.ext == "Smpmp"))),
        ]

        level, user, supervisor = self.addr[8:10], ~self.mode[0], self.mode != Mode.M
        number = self.addr[:LOW]
        counter = self.addr[LOW:] == 0xC00 >> LOW
        timer = named("stimecmp", "vstimecmp") if self._has("Sstc") else C(0, 1)

        def counts(enables: Value) -> Value:
            return enables.bit_select(number, 1)

        # What no mode below M may do, and neither may V=1: the access is not HS-qualified.
        closed = [counter & ~counts(gates.mcounteren), timer & ~(gates.mcounteren[TIME] & gates.stce)]
        missing = ~at(*(csr.number for csr in self._csrs))
        if self._has("Smstateen"):
            guarded = named("sstateen0", "sstateen1", "sstateen2", "sstateen3")
            hypervised = named("hstateen0", "hstateen1", "hstateen2", "hstateen3")
            closed += [named("senvcfg", "henvcfg") & ~gates.envcfg,
                       (guarded | hypervised) & ~gates.stateen.bit_select(number[:2], 1)]
        if self._has("Xdoppel"):
            custom = at(*(csr.number for csr in self._csrs if csr.ext == "Xdoppel"))
            closed.append(custom & ~gates.custom)
            missing |= virtual & counter & Mux(number >= csrs.HPM.start, gates.no_zihpm, gates.no_zicntr)
        refused = (missing
                   | (self.write & (self.addr[10:12] == 3))
                   | (supervisor & ((level == 3) | Cat(closed).any())))

        # What HS or U may not do.
        tvm = named("satp", "hgatp")
        refused_here = Mux(user, (level != 0) | counter & ~counts(gates.scounteren),
                           (self.mode == Mode.S) & gates.tvm & tvm)

        # What HS may do, but VS or VU may not.
        in_vs = [named("satp") & gates.vtvm, timer & ~(gates.hcounteren[TIME] & gates.vstce)]
        if self._has("Smstateen"):
            in_vs += [named("senvcfg") & ~gates.guest_envcfg,
                      guarded & ~gates.guest_stateen.bit_select(number[:2], 1)]
        guest = ((level == 2) | counter & ~counts(gates.hcounteren)
                 | Mux(user, (level != 0) | counter & ~counts(gates.scounteren), Cat(in_vs).any()))
        m.d.comb += [
            self.illegal.eq(refused | (~virtual & refused_here)),
            self.virtual.eq(~refused & virtual & guest),
        ]
        return m
