"""`CsrFile` with one instruction after the other in it, for claims about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest import mock

from amaranth.hdl import Cat, Fragment, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In

from isa.profile import PROFILES

PASSED = ("trap_enter", "ret_enter", "commit", "log_append", "request_valid", "advance", "time")
INPUTS = {
    **{name: In(1) for name in PASSED[:-1]}, "time": In(64),
    "csr": In(1), "addr": In(12), "write": In(1), "sys": In(4), "cbo_valid": In(1), "cbo": In(2), "masked_by": In(8),
    "op": In(2), "operand": In(64), "interrupt": In(1), "cause": In(6), "lines": In(4),
}
NEXT = ("csr", "addr", "write", "sys", "cbo_valid", "cbo", "masked_by")
MRET, SRET = 1, 2       # rtl.types.SysOp
ASSUMES = (
    "an instruction is looked up in the cycle before it comes, not while `busy`, and acts in the mode of that cycle",
    "one that is illegal or virtual does not act",
    "CSR instructions, returns and traps exclude each other in a cycle",
)


@contextmanager
def _spied(owner: Any, made: SimpleNamespace, makers: dict[str, str]) -> Iterator[None]:
    """Keep what these names of a module make, under other names."""
    def spy(name: str, make: Any) -> Any:
        def call(*arguments: Any) -> Any:
            setattr(made, name, make(*arguments))
            return getattr(made, name)
        return call
    with mock.patch.multiple(owner, **{maker: spy(name, getattr(owner, maker)) for maker, name in makers.items()}):
        yield


def add(m: Module, claim: wiring.Component, platform: Any) -> SimpleNamespace:
    """Put a CsrFile with all extensions into the module, driven by the claim's INPUTS.

    Of the result: `dut`, its `registers`, `words`, `access` and `legality`; `here`, a `Privileged`, the instruction that is
    here; `fresh`: the mode is the one in which it was looked up; `sound`: what is assumed of this cycle.
    """
    import rtl.csr
    from rtl.config import CONFIGS
    from rtl.types import Privileged
    made = SimpleNamespace(dut=rtl.csr.CsrFile(replace(CONFIGS["default"], profile=PROFILES["full"])),
                           here=Signal(Privileged), fresh=Signal(), sound=Signal())
    dut, here = made.dut, made.here
    with _spied(rtl.csr, made, {"registers": "registers", "CsrWords": "words", "CsrAccess": "access", "Legality": "legality"}):
        m.submodules.dut = Fragment.get(dut, platform)
    legal = ~dut.illegal & ~dut.virtual
    returns: Value = (here.sys.as_value() == MRET) | (here.sys.as_value() == SRET)
    m.d.comb += [
        *(getattr(dut, name).eq(getattr(claim, name)) for name in PASSED),
        *(Value.cast(getattr(dut.next, name)).eq(getattr(claim, name)) for name in NEXT),
        dut.request.addr.eq(here.addr), dut.request.write.eq(here.write),
        Value.cast(dut.request.op).eq(claim.op), dut.request.operand.eq(claim.operand),
        Value.cast(dut.sys_op).eq(here.sys),
        dut.trap.interrupt.eq(claim.interrupt), dut.trap.cause.eq(claim.cause),
        Cat(dut.irq_msip, dut.irq_mtip, dut.irq_meip, dut.irq_seip).eq(claim.lines),
        made.sound.eq(
            (~claim.commit | claim.request_valid & made.fresh & here.csr & legal)
            & (~claim.ret_enter | made.fresh & returns & legal & ~claim.commit)
            & ~(claim.trap_enter & (claim.commit | claim.ret_enter)) & (claim.trap_enter | ~claim.interrupt)
            & ~(claim.csr & ((claim.sys != 0) | claim.cbo_valid)) & ~((claim.sys != 0) & claim.cbo_valid)),
    ]
    with m.If(claim.trap_enter | claim.ret_enter):
        m.d.sync += made.fresh.eq(0)
    with m.Elif(claim.advance):
        m.d.sync += made.fresh.eq(~dut.busy)
    with m.If(claim.advance):
        m.d.sync += here.eq(dut.next)
    return made
