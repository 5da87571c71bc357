"""(a) A guest changes nothing of HS-mode and M-mode (privileged manual, "Hypervisor and Virtual Supervisor CSRs", "Trap-Return
Instructions"; the table of CSRs in isa/)."""

from typing import Any

from amaranth.hdl import C, Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from isa import causes, csrs
from sim.bench.mutate import Mutation
from sim.formal import csr_file
from sim.formal.claim import Claim

# Besides the CSRs of VS-mode: supervisor CSRs without a twin act as always when V=1, and so are the guest's to write.
SHARED = frozenset(("scounteren", "senvcfg"))
# Bits that the guest reaches through vsie and vsip.
ALIASED = {"mie": causes.VS_INTERRUPTS, "hvip": 1 << causes.IRQ["VSSI"]}


def of_guest(csr: csrs.Csr) -> bool:
    """Is it a CSR of VS-mode, by its number?"""
    return csr.number >> 8 == 2


class Worlds(wiring.Component):     # type: ignore[misc]
    """`CsrFile`, and its state as it was in the cycle before."""

    def __init__(self) -> None:
        super().__init__({**csr_file.INPUTS, "mode": Out(3), "acts_on": Out(12),
                          "assumed": Out(1), "holds": Out(1), "reached": Out(1)})

    def elaborate(self, platform: Any) -> Module:
        from rtl.csr_words import WORDS, place
        m = Module()
        inside = csr_file.add(m, self, platform)
        dut, here = inside.dut, inside.here
        m.d.comb += [self.mode.eq(dut.mode), self.acts_on.eq(here.addr), self.assumed.eq(inside.sound)]
        guest, quiet, logged = Signal(), Signal(), Signal()
        m.d.comb += guest.eq(dut.mode[2] & ~self.trap_enter)
        m.d.sync += [quiet.eq(guest), logged.eq(self.log_append)]
        kept = [dut.mode[2]]        # nothing but a trap leaves the guest
        for name, register in vars(inside.registers).items():
            csr, bits = csrs.BY_NAME[name], register.as_value()
            if of_guest(csr) or name in SHARED or name == "vstimecmp":
                continue
            before = Signal(64, name=f"{name}_before")
            mask = ~ALIASED.get(name, 0) & (1 << 64) - 1
            m.d.sync += before.eq(bits)
            kept.append(((before ^ bits) & mask == 0) | (logged if name == "hpmli" else C(0)))
        words = inside.words
        mine = Cat(words.at.as_value() == place(csr.name) for csr in csrs.CSRS
                   if of_guest(csr) and csr.name in WORDS).any()
        writes = guest & self.commit & here.write
        m.d.comb += [
            self.holds.eq((~quiet | Cat(kept).all()) & (~guest | ~words.write | mine)
                          & (~writes | (here.addr[8:10] <= causes.S) & (here.addr[10:] != 3))),
            self.reached.eq(writes & (here.addr == csrs.BY_NAME["sstatus"].number)),
        ]
        return m


CLAIM = Claim(
    name="worlds", letter="a",
    says="While V=1 nothing but a trap changes a CSR of HS-mode or M-mode or leaves V=1; the guest's own are those of VS-mode, "
         "scounteren and senvcfg, and what vsie and vsip show of mie and hvip.",
    make=Worlds,
    assumes=(*csr_file.ASSUMES, "counters, and the index of the page-modification log, move without an instruction"),
    shows=("mode", "acts_on", "commit", "ret_enter", "trap_enter"),
    bugs=(
        Mutation("a guest's sstatus is the host's", "rtl/csr_access.py",
                 "self.select[i].eq(named(name) & ~virtual)", "self.select[i].eq(named(name) & (~virtual | FAULT))"),
        Mutation("SRET of a guest clears SPV", "rtl/trap.py",
                 "m.d.sync += pop_s(r.vsstatus)", "m.d.sync += [*pop_s(r.vsstatus), r.hstatus.spv.eq(r.hstatus.spv & ~FAULT)]"),
    ))
