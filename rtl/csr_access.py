"""Which CSR an address means, and which modes may touch it.

Privileged manual, "CSR Listing", "Counter-Enable Registers", "Environment Configuration", "Hypervisor and Virtual
Supervisor CSRs", "Trap Cause Codes".
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import csrs
from rtl.config import Config
from rtl.csr_registers import present
from rtl.types import Mode

COUNTER_FIELDS = {"cycle": "cy", "time": "tm", "instret": "ir"}


class CsrAccess(wiring.Component):
    """Decodes one CSR address; combinational.

    `select` has one bit for each of `names`; one is high when the address means a CSR of this hart, whether or not
    the access is allowed. With V=1 an address of a supervisor CSR that has a VS twin means the twin.
    """

    def __init__(self, config: Config):
        self._csrs = list(present(config.profile).values())
        self.names = [csr.name for csr in self._csrs]
        self.numbers = [csr.number for csr in self._csrs]
        self._has_h = config.has_h
        super().__init__({
            "addr":    In(12),
            "write":   In(1),
            "mode":    In(Mode),
            "tvm":     In(1),           # mstatus.TVM
            "vtvm":    In(1),           # hstatus.VTVM
            "stce":    In(1),           # menvcfg.STCE
            "vstce":   In(1),           # henvcfg.STCE
            "mcounteren": In(3),        # CY, TM, IR
            "hcounteren": In(3),
            "scounteren": In(3),
            "select":  Out(len(self.names)),
            "illegal": Out(1),
            "virtual": Out(1),          # never with `illegal`
        })

    def elaborate(self, platform):
        m = Module()
        hit = {csr.name: Signal(name=f"at_{csr.name}") for csr in self._csrs}
        m.d.comb += [hit[csr.name].eq(self.addr == csr.number) for csr in self._csrs]
        virtual = self.mode[2] & self._has_h
        originals = {twin: name for name, twin in csrs.SUBSTITUTES.items()}
        for i, name in enumerate(self.names):
            if name in csrs.SUBSTITUTES and self._has_h:
                m.d.comb += self.select[i].eq(hit[name] & ~virtual)
            elif name in originals:
                m.d.comb += self.select[i].eq(hit[name] | hit[originals[name]] & virtual)
            else:
                m.d.comb += self.select[i].eq(hit[name])

        level = self.addr[8:10]
        user, supervisor = ~self.mode[0], self.mode != Mode.M
        timers = [hit[name] for name in ("stimecmp", "vstimecmp") if name in hit]
        timer = Cat(timers).any()
        counters = Cat(hit[name] for name in COUNTER_FIELDS)
        tm = 1

        # What no mode below M may do, and neither may V=1: the access is not HS-qualified.
        missing = ~Cat(hit.values()).any()
        refused = (missing
                   | (self.write & (self.addr[10:12] == 3))
                   | (supervisor & (level == 3))
                   | (supervisor & (counters & ~self.mcounteren).any())
                   | (supervisor & timer & ~(self.mcounteren[tm] & self.stce)))

        # What HS or U may not do.
        tvm = hit["satp"] | hit["hgatp"] if self._has_h else hit["satp"]
        refused_here = Mux(user, (level != 0) | (counters & ~self.scounteren).any(),
                           (self.mode == Mode.S) & self.tvm & tvm)

        # What HS may do, but VS or VU may not.
        guest = ((level == 2) | (counters & ~self.hcounteren).any()
                 | Mux(user, (level != 0) | (counters & ~self.scounteren).any(),
                       (hit["satp"] & self.vtvm) | (timer & ~(self.hcounteren[tm] & self.vstce))))
        m.d.comb += [
            self.illegal.eq(refused | (~virtual & refused_here)),
            self.virtual.eq(~refused & virtual & guest),
        ]
        return m
