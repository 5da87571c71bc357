"""rtl/legality.py: every instruction in every mode with every combination of the bits that matter."""

from itertools import product

from amaranth.sim import Simulator

from rtl.legality import Legality
from rtl.types import Mode, SysOp

ILLEGAL, VIRTUAL, FINE = (1, 0), (0, 1), (0, 0)
BITS = ("tvm", "tw", "tsr", "vtvm", "vtw", "vtsr", "hu")


def expected(op, mode, bit):
    """The manual, instruction by instruction: (illegal, virtual)."""
    guest, machine = mode in (Mode.VS, Mode.VU), mode == Mode.M
    match op:
        case SysOp.MRET:            # "Trap-Return Instructions": not HS-qualified
            return FINE if machine else ILLEGAL
        case SysOp.SRET:            # "mstatus.TSR", "hstatus.VTSR"
            if mode == Mode.VU or mode == Mode.VS and bit["vtsr"]:
                return VIRTUAL
            return ILLEGAL if mode == Mode.U or mode == Mode.S and bit["tsr"] else FINE
        case SysOp.WFI:             # "mstatus.TW", "hstatus.VTW"; a refusal comes at once
            if machine:
                return FINE
            if bit["tw"] or mode == Mode.U:
                return ILLEGAL
            return VIRTUAL if mode == Mode.VU or mode == Mode.VS and bit["vtw"] else FINE
        case SysOp.SFENCE_VMA | SysOp.SINVAL_VMA:           # "mstatus.TVM", "hstatus.VTVM"
            if mode == Mode.VU or mode == Mode.VS and bit["vtvm"]:
                return VIRTUAL
            return ILLEGAL if mode == Mode.U or mode == Mode.S and bit["tvm"] else FINE
        case SysOp.HFENCE_VVMA | SysOp.HINVAL_VVMA:         # neither TVM nor VTVM
            return VIRTUAL if guest else ILLEGAL if mode == Mode.U else FINE
        case SysOp.HFENCE_GVMA | SysOp.HINVAL_GVMA:
            return VIRTUAL if guest else ILLEGAL if mode == Mode.U or mode == Mode.S and bit["tvm"] else FINE
        case SysOp.SFENCE_W_INVAL | SysOp.SFENCE_INVAL_IR:  # "Svinval": neither TVM nor VTVM
            return VIRTUAL if mode == Mode.VU else ILLEGAL if mode == Mode.U else FINE
        case SysOp.HLSV:            # "hstatus.HU"
            return VIRTUAL if guest else ILLEGAL if mode == Mode.U and not bit["hu"] else FINE
        case _:                     # ECALL, EBREAK
            return FINE


def test_every_case():
    """Among them corner case 25: TW outranks VTW, in VU too."""
    dut = Legality()

    async def check(ctx):
        for values in product((0, 1), repeat=len(BITS)):
            bit = dict(zip(BITS, values, strict=True))
            for name, value in bit.items():
                ctx.set(getattr(dut, name), value)
            for op, mode in product(SysOp, Mode):
                ctx.set(dut.op, op)
                ctx.set(dut.mode, mode)
                got = ctx.get(dut.illegal), ctx.get(dut.virtual)
                assert got == expected(op, mode, bit), f"{op} in {mode!r} with {bit}"

    sim = Simulator(dut)
    sim.add_testbench(check)
    sim.run()


def test_cache_block_operations():
    """Unprivileged manual, "CSR controls for CMO instructions", with the field of each envcfg register clear or set."""
    dut = Legality()

    async def check(ctx):
        ctx.set(dut.op, SysOp.NONE)
        for mode, cbo, m, s, h in product(Mode, (0, 1), (0, 1), (0, 1), (0, 1)):
            for name, value in (("mode", mode), ("cbo", cbo), ("m_cbo", m), ("s_cbo", s), ("h_cbo", h)):
                ctx.set(getattr(dut, name), value)
            want = FINE
            if cbo and (mode != Mode.M and not m or mode == Mode.U and not s):
                want = ILLEGAL
            elif cbo and (mode == Mode.VS and not h or mode == Mode.VU and not (h and s)):
                want = VIRTUAL
            assert (ctx.get(dut.illegal), ctx.get(dut.virtual)) == want, f"{mode!r} {cbo} {m}{s}{h}"

    sim = Simulator(dut)
    sim.add_testbench(check)
    sim.run()
