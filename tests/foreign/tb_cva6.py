"""Runs inside the simulation of CVA6 (test_cva6.py starts it): the programs that it is given, beside the model."""

import os

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles

from isa.isa_string import profile_of
from sim.bench.rvfi import Rvfi
from sim.model import Machine

CYCLES = 100_000


@cocotb.test()
async def agrees_with_the_model(dut):
    machine = Machine(profile_of("rv64imac_smpmp"), ram_size=1 << 20)
    machine.load_elf(os.environ["PROGRAM"])
    check = Rvfi(dut, dut.clk, machine, traps=False)
    dut.rst_n.value = 0
    Clock(dut.clk, 10, unit="ns").start()
    await ClockCycles(dut.clk, 10)
    dut.rst_n.value = 1
    ended = await check.run(CYCLES)
    print(f"{check.count} reports agreed, exit code {machine.exit_code}")
    assert ended and machine.exit_code == 0
