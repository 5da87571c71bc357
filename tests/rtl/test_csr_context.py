"""rtl/csr_context.py: what the units around the CSRs are told. `test_csr` has the translation that every hart does."""

from itertools import product

from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from rtl import csr_context
from rtl.csr_access import Gates
from rtl.csr_registers import present, registers
from rtl.legality import Legality
from rtl.types import CboOp
from tests.rtl.csr_bench import EVERYTHING, Bench

ADUE = 1 << 61


def test_translation():
    """Svadu with what hides it, the page-modification log, the I/O window."""
    async def bench(b):
        for m, h in product((0, ADUE), repeat=2):
            await b.write("menvcfg", ADUE)
            await b.write("henvcfg", h)
            await b.write("menvcfg", m)
            context = b.get("context")
            assert (context.adue, context.vs_adue) == (int(m > 0), int(m > 0 and h > 0))
        for name in ("hpmla", "hpmli", "hioba", "hiobg", "hiobh"):
            await b.write(name, b.r.getrandbits(64) & ~1023 | 5)
        at, context = b.reference.at, b.get("context")
        assert (context.log_enable, context.log_page) == (at["hpmla"] & 1, at["hpmla"] >> 12)
        assert context.io_bitmap == at["hioba"] >> 13
        assert (context.io_enable, context.io_base, context.io_last) == (
            at["hiobg"] & 1, at["hiobg"] >> 12 & (1 << 29) - 1, at["hiobg"] >> 48)
        assert context.io_port == at["hiobh"] >> 12
        for index in range(at["hpmli"] & 1023, 9):
            assert b.get("context").log_index == index
            await b.strobe("log_append")
            b.reference.at["hpmli"] += 1
        await b.compare(("hpmli",))

    Bench(EVERYTHING, seed=2).run(bench)


def test_the_field_of_each_cache_block_operation():
    r, out, cbo = registers(present(EVERYTHING.profile)), Legality(), Signal(CboOp)
    m = Module()
    m.d.comb += csr_context.permissions(out, r, cbo, EVERYTHING.profile)
    fields = {CboOp.INVAL: "cbie", CboOp.CLEAN: "cbcfe", CboOp.FLUSH: "cbcfe", CboOp.ZERO: "cbze"}

    async def bench(ctx):
        for (op, field), level in product(fields.items(), "msh"):
            register, port = f"{level}envcfg", f"{level}_cbo"
            ctx.set(cbo, op)
            for name, value in product(("cbie", "cbcfe", "cbze"), (1, 0)):
                ctx.set(getattr(getattr(r, register), name), value)
                assert ctx.get(getattr(out, port)) == (value if name == field else 0), f"{op} {register}.{name}"

    sim = Simulator(m)
    sim.add_testbench(bench)
    sim.run()


def test_every_gate():
    """Each bit opens what it is named after, and nothing else."""
    r, out = registers(present(EVERYTHING.profile)), Signal(Gates)
    m = Module()
    m.d.comb += csr_context.gates(out, r, EVERYTHING.profile)
    single = {
        ("mstatus", "tvm"): "tvm", ("hstatus", "vtvm"): "vtvm", ("menvcfg", "stce"): "stce", ("henvcfg", "stce"): "vstce",
        ("mstateen0", "c"): "custom", ("mstateen0", "envcfg"): "envcfg", ("hstateen0", "envcfg"): "guest_envcfg",
        ("hisadis", "zicntr"): "no_zicntr", ("hisadis", "zihpm"): "no_zihpm",
    }

    async def bench(ctx):
        for (register, field), gate in single.items():
            ctx.set(getattr(getattr(r, register), field), 1)
            assert ctx.get(out) == Gates.const({gate: 1}), gate
            ctx.set(getattr(getattr(r, register), field), 0)
        for level, gate in (("m", "stateen"), ("h", "guest_stateen")):
            for n in range(4):
                bit = getattr(getattr(r, f"{level}stateen{n}"), "se0" if n == 0 else "se")
                ctx.set(bit, 1)
                assert ctx.get(out) == Gates.const({gate: 1 << n}), gate
                ctx.set(bit, 0)
        for name in ("mcounteren", "hcounteren", "scounteren"):
            ctx.set(getattr(r, name).as_value(), 0x55)
            assert ctx.get(out) == Gates.const({name: 0x55})
            ctx.set(getattr(r, name).as_value(), 0)

    sim = Simulator(m)
    sim.add_testbench(bench)
    sim.run()
