"""(a) A guest changes nothing of HS-mode and M-mode (privileged manual, "Hypervisor and Virtual Supervisor CSRs", "Trap-Return
Instructions"; the table of CSRs in isa/)."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest import mock

from amaranth.hdl import C, Cat, Fragment, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes, csrs
from isa.profile import PROFILES
from sim.bench.mutate import Mutation
from sim.formal.claim import Claim

# Besides the CSRs of VS-mode: supervisor CSRs without a twin act as always when V=1, and so are the guest's to write.
SHARED = frozenset(("scounteren", "senvcfg"))
# Bits that the guest reaches through vsie and vsip.
ALIASED = {"mie": causes.VS_INTERRUPTS, "hvip": 1 << causes.IRQ["VSSI"]}
PASSED = ("trap_enter", "ret_enter", "commit", "log_append", "request_valid")
MRET, SRET = 1, 2       # rtl.types.SysOp


def of_guest(csr: csrs.Csr) -> bool:
    """Is it a CSR of VS-mode, by its number?"""
    return csr.number >> 8 == 2


class Worlds(wiring.Component):     # type: ignore[misc]
    """`CsrFile`, and its state as it was in the cycle before."""

    def __init__(self) -> None:
        super().__init__({
            **{name: In(1) for name in PASSED}, "addr": In(12), "op": In(2), "write": In(1), "operand": In(64), "sys_op": In(4),
            "interrupt": In(1), "cause": In(6), "lines": In(4), "time": In(64),
            "mode": Out(3), "assumed": Out(1), "holds": Out(1), "reached": Out(1),
        })

    def elaborate(self, platform: Any) -> Module:
        import rtl.csr
        from rtl.config import CONFIGS
        from rtl.csr_registers import registers
        from rtl.csr_words import WORDS, CsrWords, place
        m = Module()
        inside = SimpleNamespace()

        def spy(name: str, make: Any) -> Any:
            def made(*arguments: Any) -> Any:
                setattr(inside, name, make(*arguments))
                return getattr(inside, name)
            return mock.patch.object(rtl.csr, make.__name__, made)

        dut = rtl.csr.CsrFile(replace(CONFIGS["default"], profile=PROFILES["full"]))
        with spy("registers", registers), spy("words", CsrWords):
            m.submodules.dut = Fragment.get(dut, platform)
        m.d.comb += [
            *(getattr(dut, name).eq(getattr(self, name)) for name in (*PASSED, "sys_op", "time")),
            *(getattr(dut.request, name).eq(getattr(self, name)) for name in ("addr", "op", "write", "operand")),
            dut.trap.interrupt.eq(self.interrupt), dut.trap.cause.eq(self.cause),
            Cat(dut.irq_msip, dut.irq_mtip, dut.irq_meip, dut.irq_seip).eq(self.lines),
            self.mode.eq(dut.mode),
            self.assumed.eq(
                (~self.commit | self.request_valid & ~dut.illegal & ~dut.virtual)
                & (~self.ret_enter | ((self.sys_op == MRET) | (self.sys_op == SRET)) & ~dut.sys_illegal & ~dut.sys_virtual)
                & (~self.commit | (self.sys_op == 0) & ~self.interrupt) & ~(self.trap_enter & (self.commit | self.ret_enter))),
        ]
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
        writes = guest & self.commit & self.write
        m.d.comb += [
            self.holds.eq((~quiet | Cat(kept).all()) & (~guest | ~words.write | mine)
                          & (~writes | (self.addr[8:10] <= causes.S) & (self.addr[10:] != 3))),
            self.reached.eq(writes & (self.addr == csrs.BY_NAME["sstatus"].number)),
        ]
        return m


CLAIM = Claim(
    name="worlds", letter="a",
    says="While V=1 nothing but a trap changes a CSR of HS-mode or M-mode or leaves V=1; the guest's own are those of VS-mode, "
         "scounteren and senvcfg, and what vsie and vsip show of mie and hvip.",
    make=Worlds,
    assumes=("an instruction that is illegal or virtual in its mode does not act",
             "CSR instructions, returns and traps exclude each other in a cycle",
             "counters, and the index of the page-modification log, move without an instruction"),
    shows=("mode", "addr", "write", "commit", "ret_enter", "trap_enter"),
    bugs=(
        Mutation("a guest's sstatus is the host's", "rtl/csr_access.py",
                 "self.select[i].eq(named(name) & ~virtual)", "self.select[i].eq(named(name) & (~virtual | FAULT))"),
        Mutation("SRET of a guest clears SPV", "rtl/trap.py",
                 "m.d.sync += pop_s(r.vsstatus)", "m.d.sync += [*pop_s(r.vsstatus), r.hstatus.spv.eq(r.hstatus.spv & ~FAULT)]"),
    ))
