"""rtl/csr_access.py: every address in every mode, read and write, against the manual's rules."""

import random
from dataclasses import replace
from itertools import product

import pytest
from amaranth.sim import Simulator

from isa.profile import PROFILES
from rtl.config import CONFIGS
from rtl.csr_access import CsrAccess
from rtl.csr_registers import present
from rtl.types import Mode

CONFIG = CONFIGS["tiny"]
FULL = replace(CONFIG, profile=PROFILES["full"])
BITS = ("tvm", "vtvm", "stce", "vstce", "custom", "envcfg", "guest_envcfg", "no_zicntr", "no_zihpm")
ENABLES = ("mcounteren", "hcounteren", "scounteren")

# Typed from the manual's CSR listing, not taken from isa.csrs.
COUNTERS = {0xC00: 0, 0xC01: 1, 0xC02: 2}
HPM_COUNTERS = {0xC00 + n: n for n in range(3, 32)}
SUPERVISOR = {0x100, 0x104, 0x105, 0x106, 0x10A, 0x140, 0x141, 0x142, 0x143, 0x144, 0x14D, 0x180}
VIRTUAL_SUPERVISOR = {0x200, 0x204, 0x205, 0x240, 0x241, 0x242, 0x243, 0x244, 0x24D, 0x280}
HYPERVISOR = {0x600, 0x602, 0x603, 0x604, 0x605, 0x606, 0x607, 0x60A, 0x643, 0x644, 0x645, 0x64A, 0x680, 0xE12}
MACHINE = {0xF11, 0xF12, 0xF13, 0xF14, 0xF15, *range(0x300, 0x307), 0x30A, 0x320, *range(0x323, 0x340),
           *range(0x340, 0x345), 0xB00, 0xB02, *range(0xB03, 0xB20)}
MACHINE_OF_H = {0x34A, 0x34B}
PMP = {0x3A0, 0x3A2, *range(0x3B0, 0x3C0)}
MSTATEEN, HSTATEEN, SSTATEEN = (range(base, base + 4) for base in (0x30C, 0x60C, 0x10C))
FILTERS = {0x321, 0x322}
CUSTOM = {0xEC0, *range(0x6C0, 0x6C7)}
ENVCFG = {0x10A, 0x60A}
SATP, HGATP, STIMECMP, VSTIMECMP = 0x180, 0x680, 0x14D, 0x24D
TWINS = {0x100: 0x200, 0x104: 0x204, 0x105: 0x205, 0x140: 0x240, 0x141: 0x241, 0x142: 0x242, 0x143: 0x243,
         0x144: 0x244, 0x14D: 0x24D, 0x180: 0x280}


def listed(has_h=True, full=False):
    out = set(COUNTERS) | SUPERVISOR | MACHINE
    if full:
        out |= {*HPM_COUNTERS, *PMP, *MSTATEEN, *HSTATEEN, *SSTATEEN, *FILTERS, *CUSTOM}
    if has_h:
        return out | VIRTUAL_SUPERVISOR | HYPERVISOR | MACHINE_OF_H
    return {number for number in out if number >> 8 & 3 != 2}


def kind(addr, has_h, full):
    """How the unit reports this CSR: by its bit of `select`, as a counter, as one of PMP, or not at all."""
    if addr not in listed(has_h, full) or addr in (0x607, 0xE12, 0xF11, 0xF12, 0xF14, 0xF15, *SSTATEEN):
        return "zero"       # there is none, or it is always zero
    if addr in PMP:
        return "pmp"
    hpm = addr & 31 >= 3
    if hpm and addr & ~31 in (0x320, 0xB00, 0xC00) and not (full and addr & 31 < 7):
        return "zero"       # the profile has four
    return "counter" if addr & ~31 in (0xB00, 0xC00) and addr != 0xC01 else "named"


def on(name, number, c):
    """The bit of this counter in a counter-enable register."""
    return c[name] >> (number & 31) & 1


def allowed_in_hs(addr, write, c, tvm, full):
    """May HS-mode make this access?"""
    if addr >> 8 & 3 == 3 or write and addr >> 10 == 3:
        return False
    if addr in COUNTERS or addr in HPM_COUNTERS:
        return on("mcounteren", addr, c)
    if addr in (STIMECMP, VSTIMECMP):
        return c["mcounteren"] >> 1 & 1 and c["stce"]
    if full:
        for registers in (HSTATEEN, SSTATEEN):      # "bit 63 of mstateen0 controls access to sstateen0 and hstateen0"
            if addr in registers:
                return c["stateen"] >> addr - registers.start & 1
        if addr in ENVCFG:
            return c["envcfg"]
        if addr in CUSTOM:
            return c["custom"]
    return not (addr in (SATP, HGATP) and tvm)


def expected(addr, write, mode, c, has_h=True, full=False):
    """(illegal, virtual)"""
    if addr not in listed(has_h, full) or write and addr >> 10 == 3:
        return 1, 0
    if mode == Mode.M:
        return 0, 0
    if full and mode in (Mode.VS, Mode.VU) and (addr in COUNTERS and c["no_zicntr"] or addr in HPM_COUNTERS and c["no_zihpm"]):
        return 1, 0     # a guest has not the extension at all
    level = addr >> 8 & 3
    counter = addr in COUNTERS or addr in HPM_COUNTERS
    if mode == Mode.S:
        return int(not allowed_in_hs(addr, write, c, c["tvm"], full)), 0
    if mode == Mode.U:
        fine = allowed_in_hs(addr, write, c, 0, full) and level == 0 and on("scounteren", addr, c)
        return int(not fine), 0
    # V=1. "HS-qualified: it would be valid to execute in HS-mode, assuming TSR and TVM are both zero."
    if not allowed_in_hs(addr, write, c, 0, full):
        return 1, 0
    if mode == Mode.VU:
        return 0, int(not (level == 0 and on("scounteren", addr, c) and on("hcounteren", addr, c)))
    if counter:
        return 0, int(not on("hcounteren", addr, c))
    if addr == STIMECMP:
        return 0, int(not (c["vstce"] and c["hcounteren"] >> 1 & 1))
    if addr == SATP:
        return 0, c["vtvm"]
    if full and addr in SSTATEEN:
        return 0, int(not c["guest_stateen"] >> addr - SSTATEEN.start & 1)
    if full and addr == 0x10A:
        return 0, int(not c["guest_envcfg"])
    return 0, int(level == 2)


def check(cases, config=CONFIG, has_h=True, full=False):
    """Run (addr, write, mode, controls) through the unit."""
    dut = CsrAccess(config)

    async def drive(ctx):
        ctx.set(dut.valid, 1)
        for addr, write, mode, c in cases:
            ctx.set(dut.gates, c)
            ctx.set(dut.addr, addr)
            ctx.set(dut.write, write)
            ctx.set(dut.mode, mode)
            what = f"{addr:#x} write={write} {mode!r} {c}"
            assert (ctx.get(dut.illegal), ctx.get(dut.virtual)) == expected(addr, write, mode, c, has_h, full), what
            meant = TWINS.get(addr, addr) if mode in (Mode.VS, Mode.VU) else addr
            what_kind = kind(addr, has_h, full)
            assert ctx.get(dut.counter) == (what_kind == "counter"), what
            assert ctx.get(dut.pmp) == (what_kind == "pmp"), what
            assert ctx.get(dut.select) == (1 << dut.numbers.index(meant) if what_kind == "named" else 0), what

    sim = Simulator(dut)
    sim.add_testbench(drive)
    sim.run()


def controls(r):
    return {name: r.randrange(2) for name in BITS} | {name: r.getrandbits(32) for name in ENABLES} | {
        name: r.getrandbits(4) for name in ("stateen", "guest_stateen")}


OPEN = {"stce": 1, "vstce": 1, "custom": 1, "envcfg": 1, "guest_envcfg": 1, "stateen": 15, "guest_stateen": 15,
        "tvm": 0, "vtvm": 0, "no_zicntr": 0, "no_zihpm": 0, **dict.fromkeys(ENABLES, 0xFFFF_FFFF)}
CLOSED = dict.fromkeys(OPEN, 0)
BOTH = pytest.mark.parametrize(("config", "full"), ((CONFIG, False), (FULL, True)), ids=("tiny", "full"))


@BOTH
def test_every_address_in_every_mode(config, full):
    r = random.Random(1)
    check(((addr, write, mode, OPEN) for addr, write, mode in product(range(4096), (0, 1), Mode)
           if addr in listed(True, full) or write == 0 and r.random() < 0.2), config, full=full)


def test_nothing_is_meant_without_an_instruction():
    dut = CsrAccess(FULL)

    async def drive(ctx):
        for addr in listed(True, True):
            ctx.set(dut.addr, addr)
            assert (ctx.get(dut.select), ctx.get(dut.counter), ctx.get(dut.pmp)) == (0, 0, 0)

    sim = Simulator(dut)
    sim.add_testbench(drive)
    sim.run()


def test_every_gate_of_the_gated():
    """Corner case 24, and the STCE gates of 29: all combinations of the bits that gate each CSR."""
    def cases():
        for (addr, bit), write, mode in product((COUNTERS | {0xC03: 3, 0xC1F: 31}).items(), (0, 1), Mode):
            for m, h, s, gone in product((0, 1), repeat=4):
                yield addr, write, mode, CLOSED | {"mcounteren": m << bit, "hcounteren": h << bit, "scounteren": s << bit,
                                                   "no_zicntr": gone, "no_zihpm": 1 - gone}
                every = 0xFFFF_FFFF
                inverse = {"mcounteren": every ^ m << bit, "hcounteren": every ^ h << bit, "scounteren": every ^ s << bit}
                yield addr, write, mode, CLOSED | inverse
        for addr, write, mode in product((STIMECMP, VSTIMECMP), (0, 1), Mode):
            for m, h, stce, vstce in product((0, 1), repeat=4):
                yield addr, write, mode, CLOSED | {"mcounteren": m << 1, "hcounteren": h << 1,
                                                   "stce": stce, "vstce": vstce}
        for addr, write, mode, tvm, vtvm in product((SATP, 0x280, HGATP), (0, 1), Mode, (0, 1), (0, 1)):
            yield addr, write, mode, CLOSED | {"tvm": tvm, "vtvm": vtvm}
        for addr, write, mode, m, h in product((*SSTATEEN, *HSTATEEN), (0, 1), Mode, (0, 1), (0, 1)):
            bit = 1 << (addr & 3)
            yield addr, write, mode, CLOSED | {"stateen": m * bit, "guest_stateen": h * bit}
            yield addr, write, mode, OPEN | {"stateen": 15 ^ m * bit, "guest_stateen": 15 ^ h * bit}
        for addr, write, mode, m, h in product(ENVCFG, (0, 1), Mode, (0, 1), (0, 1)):
            yield addr, write, mode, CLOSED | {"envcfg": m, "guest_envcfg": h}
        for addr, write, mode, c in product(CUSTOM, (0, 1), Mode, (0, 1)):
            yield addr, write, mode, CLOSED | {"custom": c}

    check(cases(), FULL, full=True)


@BOTH
def test_random_controls(config, full):
    r = random.Random(2)
    addresses = sorted(listed(True, full))
    cases = [(r.choice(addresses), r.randrange(2), r.choice(list(Mode)), controls(r)) for _ in range(4000)]
    check(cases, config, full=full)


@BOTH
def test_without_h(config, full):
    """No hypervisor or VS CSR is left."""
    r = random.Random(3)
    modes = (Mode.U, Mode.S, Mode.M)
    cases = [(addr, r.randrange(2), mode, controls(r) | {"hcounteren": 0, "vtvm": 0, "vstce": 0, "no_zicntr": 0, "no_zihpm": 0})
             for addr, mode in product(sorted(listed(True, full)), modes)]
    check(cases, config.without_h(), False, full)


@BOTH
@pytest.mark.parametrize("has_h", (True, False))
def test_the_listing(config, full, has_h):
    """The hart has the CSRs of the manual's listing and no other."""
    config = config if has_h else config.without_h()
    assert {csr.number for csr in present(config.profile).values()} == listed(has_h, full)
