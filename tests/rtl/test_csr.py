"""rtl/csr.py: every CSR, read and written, against `csr_reference`."""

import pytest

from rtl.config import CONFIGS
from rtl.types import SysOp
from tests.rtl.csr_bench import EVERYTHING, Bench
from tests.rtl.csr_reference import M_BITS, MPP, TWINS, VS, VU, M, S


def test_reset():
    async def bench(b):
        b.reference.at["stimecmp"] = b.reference.at["vstimecmp"] = 0
        await b.settle()
        await b.compare()
    Bench().run(bench)


@pytest.mark.parametrize("config", (*(CONFIGS[name] for name in ("tiny", "default", "linux")), EVERYTHING),
                         ids=lambda config: config.name)
def test_random_writes(config):
    """Every writable CSR, by CSRRW, CSRRS and CSRRC, in modes with V=0 and V=1: corner cases 1, 20, 23, 27."""
    async def bench(b):
        for _ in range(3):
            await b.set_inputs(b.r.getrandbits(12) & (M_BITS | 1 << 9), b.r.getrandbits(64))
            await b.scramble()
            await b.go(b.r.choice((M, S, VS)))
            for _ in range(40):
                await b.settle()
                name = b.r.choice(sorted(TWINS) if b.reference.mode == VS else b.writable)
                value = b.r.getrandbits(64)
                if name.endswith("atp"):
                    value = value & (1 << 60) - 1 | b.r.choice((0, 8, 9, 1)) << 60
                await b.write(name, value, b.r.randrange(3))
            await b.settle()
            await b.compare()
    Bench(config, seed=len(config.name)).run(bench)


def test_without_h():
    """What is left of M, S and U: the fields of H read as zero, and a trap or return never leads to V=1."""
    machine = ("mstatus", "mie", "mip", "mideleg", "medeleg")

    async def bench(b):
        for name in machine:
            await b.ready()
            await b.ask(name, write=1, operand=(1 << 64) - 1)
            await b.strobe("commit")
        got = {}
        for name in machine:
            await b.ask(name)
            got[name] = b.get("rdata")
        assert got == {"mstatus": 0xA_007E_19AA, "mie": 0xAAA, "mip": 0x222, "mideleg": 0x222, "medeleg": 0xCB3FE}
        await b.ask("misa")
        assert b.get("rdata") == 0x8000_0000_0014_1107
        for mpp in (0, 1, 3):
            await b.ask("mstatus", write=1, operand=mpp << 11 | 1 << 39)
            await b.strobe("commit")
            await b.ready()
            await b.announce(SysOp.MRET)
            assert b.get("ret_mode") == mpp
            await b.leave()
            assert b.get("mode") == mpp
            b.ctx.set(b.dut.trap, {"cause": 8, "virtual": 0})
            assert b.get("trap_mode") == (M if mpp == M else S)
            b.ctx.set(b.dut.trap, {"cause": 11, "virtual": 0})
            await b.enter()
            await b.ready()

    Bench(CONFIGS["default"].without_h()).run(bench)


def test_external_interrupt_line_is_not_written_back():
    """CSRRS and CSRRC of mip modify the software's SEIP; a read shows it or the line."""
    async def bench(b):
        for line in (0, 1):
            await b.set_inputs(line << 9, 0)
            for software in (0, 1):
                for op in (0, 1, 2):
                    for operand in (0, 1 << 9, 1 << 1):
                        await b.write("mip", software << 9)
                        await b.write("mip", operand, op)
                        await b.set_inputs(0, 0)
                        await b.compare(("mip",))
                        await b.set_inputs(line << 9, 0)

    Bench().run(bench)


def test_effective_modes():
    """MPRV in M: with MPP=M there is no guest, whatever MPV says (corner case 13); SPVP names HLV's mode."""
    async def bench(b):
        for mpp in (0, 1, 3):
            for mpv in (0, 1):
                for mprv in (0, 1):
                    await b.write("mstatus", mpp << 11 | mpv << 39 | mprv << 17)
                    want = (M if mpp == 3 else mpp | mpv << 2) if mprv else M
                    assert b.get("data_mode") == want == b.reference.data_mode()
        for spvp, mode in ((0, VU), (1, VS)):
            await b.write("hstatus", spvp << 8)
            assert b.get("hlsv_mode") == mode

    Bench().run(bench)


def test_context():
    """What the memory-management unit is told is what the registers hold."""
    async def bench(b):
        for _ in range(12):
            for name in ("satp", "vsatp", "hgatp"):
                await b.write(name, b.r.getrandbits(60) | b.r.choice((0, 8)) << 60)
            for name in ("mstatus", "vsstatus"):
                await b.write(name, b.r.getrandbits(64) & ~MPP)
            at, context = b.reference.at, b.get("context")
            for name, identifier, width in (("satp", "asid", 16), ("vsatp", "asid", 16), ("hgatp", "vmid", 14)):
                assert getattr(context, f"{name}_mode") == at[name] >> 63
                assert getattr(context, f"{name}_{identifier}") == at[name] >> 44 & (1 << width) - 1
                assert getattr(context, f"{name}_ppn") == at[name] & (1 << 44) - 1
            bits = (context.sum, context.mxr, context.vs_sum, context.vs_mxr)
            assert bits == tuple(at[name] >> bit & 1 for name in ("mstatus", "vsstatus") for bit in (18, 19))

    Bench(CONFIGS["linux"], seed=3).run(bench)
