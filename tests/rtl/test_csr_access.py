"""rtl/csr_access.py: every address in every mode, read and write, against the manual's rules."""

import random
from itertools import product

import pytest
from amaranth.sim import Simulator

from rtl.config import CONFIGS
from rtl.csr_access import CsrAccess
from rtl.csr_registers import present
from rtl.types import Mode

CONFIG = CONFIGS["default"]
BITS = ("tvm", "vtvm", "stce", "vstce")

# Typed from the manual's CSR listing, not taken from isa.csrs.
COUNTERS = {0xC00: 0, 0xC01: 1, 0xC02: 2}
SUPERVISOR = {0x100, 0x104, 0x105, 0x106, 0x10A, 0x140, 0x141, 0x142, 0x143, 0x144, 0x14D, 0x180}
VIRTUAL_SUPERVISOR = {0x200, 0x204, 0x205, 0x240, 0x241, 0x242, 0x243, 0x244, 0x24D, 0x280}
HYPERVISOR = {0x600, 0x602, 0x603, 0x604, 0x605, 0x606, 0x607, 0x60A, 0x643, 0x644, 0x645, 0x64A, 0x680, 0xE12}
MACHINE = {0xF11, 0xF12, 0xF13, 0xF14, 0xF15, *range(0x300, 0x307), 0x30A, 0x320, *range(0x323, 0x340),
           *range(0x340, 0x345), 0x3A0, 0x3A2, *range(0x3B0, 0x3C0), 0xB00, 0xB02, *range(0xB03, 0xB20)}
MACHINE_OF_H = {0x34A, 0x34B}
SATP, HGATP, STIMECMP, VSTIMECMP = 0x180, 0x680, 0x14D, 0x24D
TWINS = {0x100: 0x200, 0x104: 0x204, 0x105: 0x205, 0x140: 0x240, 0x141: 0x241, 0x142: 0x242, 0x143: 0x243,
         0x144: 0x244, 0x14D: 0x24D, 0x180: 0x280}


def listed(has_h):
    common = set(COUNTERS) | SUPERVISOR | MACHINE
    return common | VIRTUAL_SUPERVISOR | HYPERVISOR | MACHINE_OF_H if has_h else common


def allowed_in_hs(addr, write, c, tvm):
    """May HS-mode make this access?"""
    if addr not in listed(True) or addr >> 8 & 3 == 3 or write and addr >> 10 == 3:
        return False
    if addr in COUNTERS and not c["mcounteren"] >> COUNTERS[addr] & 1:
        return False
    if addr in (STIMECMP, VSTIMECMP) and not (c["mcounteren"] >> 1 & 1 and c["stce"]):
        return False
    return not (addr in (SATP, HGATP) and tvm)


def expected(addr, write, mode, c, has_h=True):
    """(illegal, virtual)"""
    if addr not in listed(has_h) or write and addr >> 10 == 3:
        return 1, 0
    if mode == Mode.M:
        return 0, 0
    level = addr >> 8 & 3
    here = {name: addr in COUNTERS and c[name] >> COUNTERS[addr] & 1 for name in ("hcounteren", "scounteren")}
    if mode == Mode.S:
        return int(not allowed_in_hs(addr, write, c, c["tvm"])), 0
    if mode == Mode.U:
        fine = allowed_in_hs(addr, write, c, 0) and level == 0 and here["scounteren"]
        return int(not fine), 0
    # V=1. "HS-qualified: it would be valid to execute in HS-mode, assuming TSR and TVM are both zero."
    if not allowed_in_hs(addr, write, c, 0):
        return 1, 0
    if mode == Mode.VU:
        return 0, int(not (level == 0 and here["scounteren"] and here["hcounteren"]))
    if addr in COUNTERS:
        return 0, int(not here["hcounteren"])
    if addr == STIMECMP:
        return 0, int(not (c["vstce"] and c["hcounteren"] >> 1 & 1))
    if addr == SATP:
        return 0, c["vtvm"]
    return 0, int(level == 2)


def check(cases, config=CONFIG, has_h=True):
    """Run (addr, write, mode, controls) through the unit."""
    dut = CsrAccess(config)

    async def drive(ctx):
        for addr, write, mode, c in cases:
            for name, value in c.items():
                ctx.set(getattr(dut, name), value)
            ctx.set(dut.addr, addr)
            ctx.set(dut.write, write)
            ctx.set(dut.mode, mode)
            what = f"{addr:#x} write={write} {mode!r} {c}"
            assert (ctx.get(dut.illegal), ctx.get(dut.virtual)) == expected(addr, write, mode, c, has_h), what
            meant = TWINS.get(addr, addr) if mode in (Mode.VS, Mode.VU) else addr
            selected = ctx.get(dut.select)
            if addr in listed(has_h):
                assert selected == 1 << dut.numbers.index(meant), what
            else:
                assert selected == 0, what

    sim = Simulator(dut)
    sim.add_testbench(drive)
    sim.run()


def controls(r):
    return {name: r.randrange(2) for name in BITS} | {
        name: r.randrange(8) for name in ("mcounteren", "hcounteren", "scounteren")}


def test_every_address_in_every_mode():
    r = random.Random(1)
    everything_on = {"tvm": 0, "vtvm": 0, "stce": 1, "vstce": 1, "mcounteren": 7, "hcounteren": 7, "scounteren": 7}
    check((addr, write, mode, everything_on) for addr, write, mode in product(range(4096), (0, 1), Mode)
          if addr in listed(True) or write == 0 and r.random() < 0.2)


def test_every_gate_of_the_gated():
    """Corner case 24, and the STCE gates of 29: all combinations of the bits that gate each CSR."""
    zero = dict.fromkeys((*BITS, "mcounteren", "hcounteren", "scounteren"), 0)

    def cases():
        for (addr, bit), write, mode in product(COUNTERS.items(), (0, 1), Mode):
            for m, h, s in product((0, 1), repeat=3):
                yield addr, write, mode, zero | {"mcounteren": m << bit, "hcounteren": h << bit, "scounteren": s << bit}
                inverse = {"mcounteren": 7 ^ m << bit, "hcounteren": 7 ^ h << bit, "scounteren": 7 ^ s << bit}
                yield addr, write, mode, zero | inverse
        for addr, write, mode in product((STIMECMP, VSTIMECMP), (0, 1), Mode):
            for m, h, stce, vstce in product((0, 1), repeat=4):
                yield addr, write, mode, zero | {"mcounteren": m << 1, "hcounteren": h << 1,
                                                 "stce": stce, "vstce": vstce}
        for addr, write, mode, tvm, vtvm in product((SATP, 0x280, HGATP), (0, 1), Mode, (0, 1), (0, 1)):
            yield addr, write, mode, zero | {"tvm": tvm, "vtvm": vtvm}

    check(cases())


def test_random_controls():
    r = random.Random(2)
    addresses = sorted(listed(True))
    check((r.choice(addresses), r.randrange(2), r.choice(list(Mode)), controls(r)) for _ in range(4000))


def test_without_h():
    """No hypervisor or VS CSR is left."""
    r = random.Random(3)
    modes = (Mode.U, Mode.S, Mode.M)
    cases = [(addr, r.randrange(2), mode, controls(r) | {"hcounteren": 0, "vtvm": 0, "vstce": 0})
             for addr, mode in product(sorted(listed(True)), modes)]
    check(cases, CONFIG.without_h(), has_h=False)


@pytest.mark.parametrize("has_h", (True, False))
def test_the_listing(has_h):
    """The hart has the CSRs of the manual's listing and no other."""
    config = CONFIG if has_h else CONFIG.without_h()
    assert {csr.number for csr in present(config.profile).values()} == listed(has_h)
