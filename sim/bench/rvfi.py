"""Any core with an RVFI port against the golden model, inside a cocotb test ("RISC-V Formal Interface" of riscv-formal).

    check = Rvfi(dut, dut.clk, machine)
    await check.run(100_000)            # cycles

The ports are found by name (`rvfi_valid`, `rvfi_pc_rdata`, ...). `rvfi_valid` and `rvfi_pc_rdata` must be there; whatever else
is missing is not compared. With NRET channels each port holds them side by side, the first in the low bits.
"""

import re
from collections.abc import Iterator
from typing import Any

from cocotb.triggers import FallingEdge

from isa.csrs import BY_NAME
from sim.beside import FREE, Beside, Diverged, Report
from sim.model import Machine
from sim.model.hart import ABSENT

XLEN = 64
_CSR_PORT = re.compile(r"rvfi_csr_(\w+)_wmask")


class RvfiError(ValueError):
    """The port cannot be used; one sentence."""


class Rvfi:
    """The RVFI port of `dut`, sampled at each falling edge of `clock`, when what the rising edge changed has settled.

    `traps`: the core marks exceptions with rvfi_trap and the start of a handler with rvfi_intr. A core that does neither,
    but goes silently to its handler, is followed with False. CSRs that `free` names are not compared.
    """

    def __init__(self, dut: Any, clock: Any, machine: Machine, *, traps: bool = True, free: frozenset[str] = FREE) -> None:
        self.count = 0                  # reports that agreed
        self._machine, self._clock = machine, clock
        self._ports = {name.removeprefix("rvfi_"): getattr(dut, name) for name in _names(dut)}
        for name in ("valid", "pc_rdata"):
            if name not in self._ports:
                raise RvfiError(f"The design has no port rvfi_{name}.")
        self._channels = len(self._ports["valid"])
        if len(self._ports["pc_rdata"]) != XLEN * self._channels:
            raise RvfiError(f"rvfi_pc_rdata has {len(self._ports['pc_rdata'])} bits for {self._channels} channels; "
                            f"the model has XLEN {XLEN}.")
        self._csrs = [found[1] for name in _names(dut) if (found := _CSR_PORT.fullmatch(name)) and found[1] in BY_NAME]
        self._memory = {"mem_addr", "mem_rmask", "mem_wmask"} <= self._ports.keys()
        self._beside = Beside(machine, memory=self._memory, traps=traps, free=free)
        self._traps = traps
        self._order = ABSENT            # of the last report
        self._trapped = False           # it was a trap

    async def run(self, cycles: int) -> bool:
        """Follow the core until the model's program has ended, True, or for so many cycles. Raises Diverged."""
        for _ in range(cycles):
            await FallingEdge(self._clock)
            for report in self.sample():
                self._beside.follow(report)
                self.count += 1
            if self._machine.exit_code is not None:
                return True
        return False

    def sample(self) -> Iterator[Report]:
        """What the core reports in this cycle, in its order. Raises Diverged when a report was lost."""
        valid = int(self._ports["valid"].value)
        if not valid:
            return
        words = {name: int(port.value) for name, port in self._ports.items()}
        fields = [{name: word >> n * (width := len(self._ports[name]) // self._channels) & (1 << width) - 1
                   for name, word in words.items()} for n in range(self._channels) if valid >> n & 1]
        for f in sorted(fields, key=lambda f: f.get("order", 0)):
            self._see_order(f)
            if self._traps and f.get("intr") and not self._trapped and self.count:
                yield Report(ABSENT, "interrupt", trap=True, interrupt=True)
            self._trapped = bool(f.get("trap"))
            yield self._report(f)

    def _see_order(self, f: dict[str, int]) -> None:
        if "order" not in f:
            return
        if self._order not in (ABSENT, f["order"] - 1):
            raise Diverged(f"rvfi_order went from {self._order} to {f['order']}: a report was lost or repeated")
        self._order = f["order"]

    def _report(self, f: dict[str, int]) -> Report:
        text = " ".join(f"{name}={value:#x}" for name, value in f.items() if value)
        if f.get("trap"):
            return Report(f["pc_rdata"], text, trap=True)
        loads: tuple[tuple[int, int, int], ...] = ()
        stores: tuple[tuple[int, int, int], ...] = ()
        if self._memory and f["mem_rmask"]:
            address, size, first = _bytes(f["mem_addr"], f["mem_rmask"])
            value = f["mem_rdata"] >> first & (1 << 8 * size) - 1 if "mem_rdata" in f else ABSENT
            loads = ((address, size, value),)
        if self._memory and f["mem_wmask"]:
            address, size, first = _bytes(f["mem_addr"], f["mem_wmask"])
            value = f["mem_wdata"] >> first & (1 << 8 * size) - 1 if "mem_wdata" in f else ABSENT
            stores = ((address, value, size),)
        return Report(f["pc_rdata"], text, f.get("insn", ABSENT), f.get("mode", ABSENT), f.get("rd_addr", ABSENT),
                      f.get("rd_wdata", ABSENT), f.get("pc_wdata", ABSENT), loads, stores, tuple(self._written(f)))

    def _written(self, f: dict[str, int]) -> Iterator[tuple[int, int]]:
        """CSRs of the port that the instruction changed, with their new values."""
        for name in self._csrs:
            mask = f[f"csr_{name}_wmask"]
            if mask:
                old = f.get(f"csr_{name}_rdata", 0)
                yield BY_NAME[name].number, old & ~mask | f[f"csr_{name}_wdata"] & mask


def _names(dut: Any) -> list[str]:
    return [name for handle in dut if (name := handle._name).startswith("rvfi_")]


def _bytes(address: int, mask: int) -> tuple[int, int, int]:
    """Address and number of the bytes in a mask, and the bit at which the first of them lies in the data."""
    first = (mask & -mask).bit_length() - 1
    return address + first, mask.bit_count(), 8 * first
