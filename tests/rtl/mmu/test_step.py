"""rtl/mmu/step.py: who may do what with a page-table entry, and where it leads, against the reference of the whole walk."""

import random
from collections import Counter
from dataclasses import replace

from amaranth.sim import Simulator

from rtl.config import CONFIGS
from rtl.mmu.step import Step
from rtl.types import Access
from tests.rtl.mmu.reference import FETCH, LOAD, STORE, UBIT, VS, VU, A, D, G, R, S, U, V, W, X, allowed

FULL, WITHOUT = CONFIGS["default"], CONFIGS["tiny"]


def some_step(r):
    """A leaf or a pointer, for the access itself or for a table of a first stage, in one of the stages."""
    level = r.randrange(3)
    ppn = r.getrandbits(44) & -1 << r.choice((0, 9 * level))
    flags = V | r.choice((R, X, R | W, R | X, R | W | X, R | W | X, 0)) | sum(r.choice((0, bit)) for bit in (UBIT, G, A, D))
    mode, access = r.choice((U, S, VU, VS)), r.choice((FETCH, LOAD, STORE))
    guest = mode in (VU, VS) and r.random() < 0.5
    final = guest and r.random() < 0.5
    return {"level": level, "pte": ppn << 10 | flags, "mode": mode, "access": access,
            "hlvx": access == LOAD and r.random() < 0.2, "guest": guest, "final": final,
            "writing": guest and not final and r.random() < 0.5, "vaddr": r.getrandbits(39), "target": r.getrandbits(41),
            **{name: r.getrandbits(1) for name in ("sum", "mxr", "vs_sum", "vs_mxr", "adue", "vs_adue")}}


def expected(s, svadu):
    """denied, stale, adue, sets_d, and the address of a leaf."""
    virtual, pte = s["mode"] >> 2, s["pte"]
    own = s["final"] or not s["guest"]
    wanted = s["access"] if own else STORE if s["writing"] else LOAD
    if s["guest"]:
        owner, mxr = pte & UBIT, s["final"] and s["mxr"]
    else:
        sum_ = s["vs_sum"] if virtual else s["sum"]
        supervisor = not pte & UBIT or sum_ and s["access"] != FETCH
        owner, mxr = supervisor if s["mode"] & 1 else pte & UBIT, s["mxr"] or virtual and s["vs_mxr"]
    size, base = 1 << 12 + 9 * s["level"], pte >> 10 << 12
    denied = not owner or not allowed(pte, wanted, s["hlvx"] and own, mxr) or base % size
    stale = not pte & A or wanted == STORE and not pte & D
    adue = svadu and (s["vs_adue"] if virtual and not s["guest"] else s["adue"])
    address = base // size * size + (s["target"] if s["guest"] else s["vaddr"]) % size
    return bool(denied), bool(stale), bool(adue), wanted == STORE, address


def check(config, svadu, count):
    r, dut, seen = random.Random(11), Step(config), Counter()

    async def bench(ctx):
        for _ in range(count):
            s = some_step(r)
            ctx.set(dut.context, {name: s[name] for name in ("sum", "mxr", "vs_sum", "vs_mxr", "adue", "vs_adue")})
            ctx.set(dut.request, {"vaddr": s["vaddr"], "access": Access(s["access"]), "hlvx": s["hlvx"], "mode": s["mode"]})
            ctx.set(dut.virtual, s["mode"] >> 2)
            for name in ("guest", "final", "writing", "target", "level"):
                ctx.set(getattr(dut, name), s[name])
            ctx.set(dut.pte.as_value(), s["pte"])
            denied, stale, adue, sets_d, address = expected(s, svadu)
            leaf = s["pte"] & (R | X)
            assert (ctx.get(dut.denied), ctx.get(dut.stale), ctx.get(dut.adue)) == (denied, stale, adue), s
            assert ctx.get(dut.sets_d) == sets_d
            if leaf and not denied:
                assert ctx.get(dut.onward) == address % (1 << 56)
            if not leaf and s["level"]:
                number = (s["target"] if s["guest"] else s["vaddr"]) >> 12 + 9 * (s["level"] - 1) & 511
                assert ctx.get(dut.onward) == (s["pte"] >> 10 << 12) + 8 * number
            seen[denied, stale, adue] += 1

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
    return seen


def test_permissions_and_addresses():
    assert len(check(FULL, True, 4000)) == 8


def test_without_svadu_the_hart_sets_nothing():
    seen = check(replace(WITHOUT, name="step"), False, 500)
    assert not any(adue for _, _, adue in seen)
