# amaranth: UnusedElaboratable=no
"""rtl/core.py: what a short program retires, when, and that bus stalls change nothing but the time."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from amaranth.sim import Simulator

from isa import retire
from isa.csrs import BY_NAME as CSRS
from isa.insns import BY_NAME, FIELDS, IMMEDIATES, insert
from isa.platform import RAM_BASE
from rtl.config import CONFIGS
from rtl.core import Core

CONFIG = replace(CONFIGS["tiny"], reset_vector=RAM_BASE)
DATA = RAM_BASE + 0x100
HANDLER = RAM_BASE + 0x80
NOP = ("addi", {})
WHEN = ("time", "cycle", "clock")       # fields that stalls may change


def encode(name, **operands):
    """A 32-bit instruction; operands that are left out are 0."""
    insn = BY_NAME[name]
    word = insn.match
    for operand in insn.operands:
        value = operands.get(operand.partition("_")[0], 0)
        spec = IMMEDIATES.get(operand)
        word |= insert(value, spec) if spec else value << FIELDS[operand][1]
    return word


class Bench:
    """A core with memory around it; elaborated once, reset for every program."""

    def __init__(self):
        self.dut = Core(CONFIG)
        self.sim = Simulator(self.dut)
        self.sim.add_clock(1e-6)
        self.sim.add_testbench(self.testbench)
        self.used = False

    def run(self, program, *, count, stalls=0.0, handler=(), seed=25):
        """The first `count` records as (cycle, fields)."""
        self.memory = {}
        for base, code in ((RAM_BASE, program), (HANDLER, handler)):
            for i, (name, operands) in enumerate(code):
                word = encode(name, **operands)
                self.memory |= {base + 4 * i + byte: word >> 8 * byte & 0xFF for byte in range(4)}
        self.count, self.stalls, self.rng, self.records = count, stalls, random.Random(seed), []
        if self.used:
            self.sim.reset()
        self.used = True
        self.sim.run()
        assert len(self.records) == count, "the core stopped"
        return self.records

    async def testbench(self, ctx):
        waits = {}
        for cycle in range(100 * self.count):
            writes = [write for bus in (self.dut.ibus, self.dut.dbus) for write in self.serve(ctx, bus, waits)]
            packed = ctx.get(self.dut.retire)
            if packed & 1:
                words = [packed >> 64 * i & (1 << 64) - 1 for i in range(retire.WORDS)]
                self.records.append((cycle, retire.unpack(words)))
                if len(self.records) == self.count:
                    return
            await ctx.tick()
            self.memory.update(writes)

    def serve(self, ctx, bus, waits):
        """Answer a beat, now or after some cycles; the bytes that it writes at the end of this cycle."""
        ctx.set(bus.ack, 0)
        if not ctx.get(bus.stb):
            return []
        left = waits.pop(bus, self.rng.randrange(4) if self.rng.random() < self.stalls else 0)
        if left:
            waits[bus] = left - 1
            return []
        base, sel, data = ctx.get(bus.adr) << 3, ctx.get(bus.sel), ctx.get(bus.dat_w)
        ctx.set(bus.dat_r, sum(self.memory.get(base + i, 0) << 8 * i for i in range(8)))
        ctx.set(bus.ack, 1)
        return [(base + i, data >> 8 * i & 0xFF) for i in range(8) if sel >> i & 1] if ctx.get(bus.we) else []


@pytest.fixture(scope="module")
def run():
    return Bench().run


def gaps(records):
    """Cycles from each record to the next."""
    return [b - a for (a, _), (b, _) in pairwise(records)]


def test_dependent_arithmetic_retires_every_cycle(run):
    program = [("addi", {"rd": 1, "rs1": 1, "imm": 3})] * 24
    records = run(program, count=24)
    assert gaps(records)[3:] == [1] * 20
    assert [fields["rd_value"] for _, fields in records] == [3 * n for n in range(1, 25)]


LOAD = ("ld", {"rd": 3, "rs1": 2})
READY = [("auipc", {"rd": 2}), NOP, NOP]


# Instructions, and the gap that each must leave before the next one.
@pytest.mark.parametrize("program, wanted", [
    ([*READY, LOAD, ("andi", {"rd": 4, "rs1": 3}), NOP], [1, 1, 1, 2, 1]),      # load-use: one bubble
    ([*READY, LOAD, NOP, ("andi", {"rd": 4, "rs1": 3})], [1, 1, 1, 1, 1]),
    ([*READY, LOAD, ("ld", {"rd": 4, "rs1": 3}), NOP], [1, 1, 1, 3]),           # load-use, and the fault of an access
    ([*READY, LOAD, ("sd", {"rs1": 2, "rs2": 3, "imm": 64}), NOP], [1, 1, 1, 1, 1]),
    ([*READY, LOAD, ("addi", {"rd": 4, "rs1": 3}), NOP, ("andi", {"rd": 5, "rs1": 4})], [1, 1, 1, 1, 1, 1]),
    ([*READY, LOAD, ("addi", {"rd": 4, "rs1": 3}), ("andi", {"rd": 5, "rs1": 4}), NOP], [1, 1, 1, 1, 2, 1]),
    ([*READY, LOAD, ("addw", {"rd": 4, "rs1": 3, "rs2": 3}), ("sub", {"rd": 5, "rs1": 2, "rs2": 4}), NOP], [1] * 6),
    ([*READY, LOAD, ("bne", {"rs1": 3, "rs2": 3, "imm": 8}), NOP], [1, 1, 1, 1, 1]),
    ([*READY, LOAD, ("beq", {"rs1": 3, "rs2": 3, "imm": 8}), NOP, NOP, NOP], [1, 1, 1, 1, 4, 1]),   # three, decided in M
    ([*READY, ("csrrs", {"rd": 3, "csr": CSRS["mscratch"].number}), ("csrrw", {"rs1": 3, "csr": CSRS["mscratch"].number}), NOP],
     [1, 1, 1, 1, 1]),
    ([("addi", {"rd": 2, "imm": 7}), ("mul", {"rd": 3, "rs1": 2, "rs2": 2}), ("mul", {"rd": 4, "rs1": 2, "rs2": 2}),
      ("xor", {"rd": 5, "rs1": 3, "rs2": 4}), NOP], [1, 1, 2, 1]),
    ([NOP, NOP, ("jal", {"imm": 12}), NOP, NOP, NOP, NOP], [1, 1, 3, 1]),       # a taken jump: two bubbles
    ([NOP, NOP, ("beq", {"rs1": 0, "rs2": 0, "imm": 8}), NOP, NOP, NOP], [1, 1, 3, 1]),
    ([NOP, NOP, ("bne", {"rs1": 0, "rs2": 0, "imm": 8}), NOP, NOP, NOP], [1, 1, 1, 1]),
], ids=["load-use", "load", "load-address", "load-store", "load-add", "load-add-use", "load-add-sub", "load-branch",
        "load-branch-taken", "csr-csr", "mul", "jump", "taken", "not-taken"])
def test_bubbles(run, program, wanted):
    lead = [("auipc", {"rd": 9}), ("ld", {"rd": 8, "rs1": 9}), NOP, NOP]      # the page is in the data TLB then
    records = run(lead + program + [NOP] * 8, count=4 + len(wanted) + 1)
    assert gaps(records)[4:] == wanted


def mixed_program():
    """Every unit, with the hazards between them, and traps."""
    return [
        ("auipc", {"rd": 10}),
        ("addi", {"rd": 11, "rs1": 10, "imm": 0x80}),
        ("csrrw", {"rs1": 11, "csr": CSRS["mtvec"].number}),
        ("addi", {"rd": 12, "rs1": 10, "imm": 0x100}),
        ("addi", {"rd": 5, "imm": 21}),
        ("sd", {"rs1": 12, "rs2": 5}),
        ("lw", {"rd": 6, "rs1": 12}),
        ("mul", {"rd": 7, "rs1": 6, "rs2": 5}),
        ("div", {"rd": 8, "rs1": 7, "rs2": 6}),
        ("amoadd.d", {"rd": 9, "rs1": 12, "rs2": 8}),
        ("lr.d", {"rd": 9, "rs1": 12}),
        ("sc.d", {"rd": 13, "rs1": 12, "rs2": 9}),
        ("bne", {"rs1": 13, "rs2": 9, "imm": 8}),
        ("ecall", {}),
        ("jal", {"rd": 1, "imm": 8}),
        ("ecall", {}),
        ("fence.i", {}),
        ("addi", {"rd": 14, "imm": 9}),
        ("ld", {"rd": 14, "rs1": 12, "imm": 1}),
        ("addi", {"rd": 16, "rs1": 14}),
        ("csrrs", {"rd": 15, "csr": CSRS["mscratch"].number}),
        ("ecall", {}),
        NOP, NOP, NOP,
    ]


MEPC = CSRS["mepc"].number
RESUME = [("csrrs", {"rd": 20, "csr": MEPC}), ("addi", {"rd": 20, "rs1": 20, "imm": 4}), ("csrrw", {"rs1": 20, "csr": MEPC}),
          ("mret", {})]


def test_stalls_change_nothing_but_time(run):
    def architectural(stalls, seed):
        records = run(mixed_program(), count=30, stalls=stalls, handler=RESUME, seed=seed)
        return [{k: v for k, v in fields.items() if k not in WHEN} for _, fields in records]

    smooth = architectural(0.0, 0)
    assert [r["cause"] for r in smooth if r["trap"]] == [4, 11], "the misaligned load, and one of the three calls"
    assert smooth[9]["mem_wdata"] == 42 and smooth[11]["rd_value"] == 0
    assert [r["rd_value"] for r in smooth if r["rd"] == 16] == [9], "what traps writes no register"
    for seed in range(3):
        assert architectural(0.5, seed) == smooth


def test_a_trap_costs_five_bubbles_and_a_return_four(run):
    program = [("addi", {"rd": 11, "imm": 1}), ("slli", {"rd": 11, "rs1": 11, "shamt6": 31}),
               ("addi", {"rd": 11, "rs1": 11, "imm": 0x80}), ("csrrw", {"rs1": 11, "csr": CSRS["mtvec"].number}),
               NOP, ("ecall", {}), NOP]
    records = run(program, count=11, handler=RESUME)
    trap = next(i for i, (_, fields) in enumerate(records) if fields["trap"])
    assert gaps(records)[trap - 1:trap + 1] == [2, 5], "found in one cycle, taken in the next"
    assert gaps(records)[trap + 4] == 5 and records[trap + 5][1]["pc"] == RAM_BASE + 4 * 6


def test_a_profile_without_the_base_is_refused():
    with pytest.raises(ValueError, match="The core needs C, which 'tiny' leaves out"):
        Core(replace(CONFIG, profile=CONFIG.profile.without("C")))
