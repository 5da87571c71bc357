"""The SoC after synthesis, in lockstep with the model: what the FPGA would do is what the source says."""

import pytest

from sim.bench.build import build_model
from sim.bench.job import Job, Verdict
from sim.bench.session import Session
from sim.firmware import build_firmware
from sim.programs import SOURCES, build_program
from sim.synth.gates import simulation

CONFIG = "default"
PROGRAMS = ("alu", "bits", "muldiv", "hazards", "loadstore", "amo", "fencei", "csr", "traps", "pmp", "sv39", "interrupts",
            "h_two_stage", "h_tlb", "h_exits")


@pytest.fixture(scope="module")
def gates():
    with Session(build_model(simulation(CONFIG))) as session:
        yield session


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(gates, name):
    """From reset to the end of a test program, on a bus that is slow at random."""
    result = gates.run(Job(elf=str(build_program(SOURCES / f"{name}.S")), config=CONFIG, stall_chance=0.2, stall_longest=5))
    assert (result.verdict, result.divergence, result.code) == (Verdict.PASS, None, 0)


def test_demo(gates):
    """The hypervisor with its two guests."""
    spoken = bytearray()
    result = gates.run(Job(elf=str(build_firmware()), config=CONFIG), console=spoken.extend)
    assert (result.verdict, result.divergence) == (Verdict.PASS, None), spoken.decode(errors="replace")
    assert b"all guests have ended, passed" in spoken
