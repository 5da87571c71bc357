"""rtl/interrupts.py, inside the CSR file: the choice of an interrupt against `csr_reference`."""

import random

from amaranth.sim import Simulator

from rtl.interrupts import Interrupts
from tests.rtl.csr_bench import LINES, SETTLED, Bench
from tests.rtl.csr_reference import ALL, M_BITS, MPP, S_BITS, VS, VS_BITS, VU, Csrs, M, S, U


def sparse(r, bits=64):
    return r.getrandbits(bits) & r.getrandbits(bits) & r.getrandbits(bits)


def test_every_kind_of_choice():
    """The unit alone: target M before HS before VS, the order in each, and the global enables of each mode (22)."""
    dut, r = Interrupts(), random.Random(4)
    bits = M_BITS | S_BITS | VS_BITS

    async def bench(ctx):
        for _ in range(3000):
            state = Csrs(0, 0)
            state.mode = r.choice((U, S, M, VU, VS))
            state.lines = r.getrandbits(12) & bits & r.choice((bits, VS_BITS, S_BITS | VS_BITS, r.getrandbits(12)))
            enables = r.randrange(2), r.randrange(2), r.randrange(2)
            state.at |= {"mie": r.choice((bits, r.getrandbits(12) & bits)), "mideleg": VS_BITS | r.getrandbits(12) & S_BITS,
                         "hideleg": r.getrandbits(12) & VS_BITS, "mstatus": enables[0] << 3 | enables[1] << 1,
                         "vsstatus": enables[2] << 1}
            for name, value in (("pending_next", state.lines), ("enabled", state.at["mie"]), ("mode", state.mode),
                                ("mideleg", state.at["mideleg"]), ("hideleg", state.at["hideleg"]),
                                ("m_enable", enables[0]), ("s_enable", enables[1]), ("vs_enable", enables[2])):
                ctx.set(getattr(dut, name), value)
            await ctx.tick()
            want = state.interrupt()
            got = ctx.get(dut.interrupt), ctx.get(dut.cause)
            assert got == ((0, 0) if want is None else (1, want)), f"mode {state.mode:03b}, {state.lines:#x}, {state.at}"

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()


async def change_something(b):
    """One random change of what the choice of an interrupt depends on; for a while nothing but this changes."""
    match b.r.randrange(4):
        case 0:
            await b.go(b.r.choice((U, S, M, VU, VU, VS, VS)))
        case 1:
            name = b.r.choice(("mie", "mie", "mip", "hvip", "mideleg", "hideleg", "mstatus", "vsstatus"))
            value = sparse(b.r) if name == "mip" else b.r.getrandbits(64)
            await b.write(name, value & ~MPP if name == "mstatus" else value)
        case 2:
            name = b.r.choice(("stimecmp", "vstimecmp", "htimedelta", "menvcfg", "henvcfg"))
            near = b.reference.time + b.r.choice((-1, 0, 1)) & ALL
            await b.write(name, near if name.endswith("cmp") else b.r.choice((0, 1, ALL, ALL)))
        case 3:
            await b.set_inputs(sparse(b.r, 12) & (M_BITS | 1 << 9), b.reference.time + b.r.randrange(3) & ALL)


def test_interrupts_after_a_change():
    """Never signalled when the state forbids it, from the first cycle on; soon signalled when it allows it: 22, 29."""
    async def bench(b):
        taken = set()
        for rounds in range(30):
            if rounds >= 3 and len(taken) == 9:
                break
            await b.scramble()
            for _ in range(80):
                await change_something(b)
                want = b.reference.interrupt()
                for cycle in range(SETTLED):
                    if b.get("interrupt"):
                        assert b.get("interrupt_cause") == want, f"{want} after {cycle} cycles"
                        taken.add(want)
                    await b.ctx.tick()
                assert b.get("interrupt") == (want is not None), f"{want} is not signalled"
                assert b.get("wakeup") == int(b.reference.mip() & b.reference.at["mie"] != 0)
        assert taken == {1, 2, 3, 5, 6, 7, 9, 10, 11}
    Bench(seed=7).run(bench)


def test_inputs_that_never_rest():
    """Lines and time change in every cycle: what is read, and signalled, belongs to what the record reports as seen."""
    async def bench(b):
        signalled = 0
        for _ in range(3):
            await b.scramble()
            await b.go(b.r.choice((VS, VU, S)))
            for name in ("mie", "menvcfg", "henvcfg", "vsstatus"):
                await b.write(name, ALL)
            await b.write("hideleg", b.r.getrandbits(64))
            time = b.reference.time - 20 & ALL
            await b.set_inputs(0, time)
            name = "mip"
            b.look_up(name)
            await b.ctx.tick()
            for _ in range(100):
                b.reference.lines, b.reference.time = b.get("seen_irq"), b.get("seen_time")
                b.check(name)
                want = b.reference.interrupt()
                # A choice holds for the state that was there when it was made; none may be lost when nothing moved.
                assert (b.get("interrupt"), b.get("interrupt_cause")) == ((1, want) if want is not None else (0, 0))
                signalled += want is not None
                time = time + b.r.randrange(3) & ALL
                b.ctx.set(b.dut.time, time)
                for name in LINES:
                    b.ctx.set(getattr(b.dut, name), int(b.r.random() < 0.1))
                name = b.r.choice(("mip", "sip", "hip", "vsip", "time"))
                b.look_up(name)
                await b.ctx.tick()
            await b.set_inputs(0, time)
        assert signalled > 20
    Bench(seed=8).run(bench)


def test_a_comparison_that_a_write_makes_false():
    """From the cycle after the write on, the timer interrupt is not signalled again: corner case 29."""
    async def bench(b):
        await b.set_inputs(0, 100)
        for name, value in (("menvcfg", 1 << 63), ("henvcfg", 1 << 63), ("mideleg", 1 << 5), ("hideleg", 1 << 6)):
            await b.write(name, value)
        for mode, code, changes in ((U, 5, ({"stimecmp": 101},)),
                                    (VU, 6, ({"vstimecmp": 101}, {"htimedelta": ALL}))):
            await b.go(M)
            await b.write("mie", 1 << code)
            for change in changes:
                await b.go(M)
                for name, value in {"stimecmp": 100, "vstimecmp": 100, "htimedelta": 0}.items():
                    await b.write(name, value)
                await b.go(mode)
                await b.ctx.tick().repeat(SETTLED + 1)
                assert (b.get("interrupt"), b.get("interrupt_cause")) == (1, code)
                for name, value in change.items():
                    await b.write(name, value)
                for _ in range(2 * SETTLED):
                    assert not b.get("interrupt")
                    await b.ctx.tick()

    Bench().run(bench)
