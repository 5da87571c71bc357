"""Runs inside Spike, for spike_binding.py: $RATE is "WAY COUNT"; prints seconds of CPU time and pc, and ends the process."""

import os
from time import process_time
from typing import Any

from riscv.dev import MMIO, register


def free(core: Any, count: int) -> None:
    core.step(count)


def fields(core: Any, count: int) -> None:
    step, state = core.step, core.state
    registers = state.XPR
    for _ in range(count):
        step(1)
        _ = state.pc, registers[10]


def records(core: Any, count: int) -> None:
    step, state = core.step, core.state
    for _ in range(count):
        step(1)
        _ = state.pc, state.log_reg_write, state.log_mem_read, state.log_mem_write


@register("spike_device")
class Rate(MMIO):
    """A device that nothing addresses."""

    def size(self) -> int:
        return 0x1000

    def tick(self, rtc_ticks: int) -> None:
        way, count = os.environ["RATE"].split()
        core = self.sim.get_core(0)
        start = process_time()
        {"free": free, "fields": fields, "records": records}[way](core, int(count))
        print(process_time() - start, core.state.pc, flush=True)
        os._exit(0)
