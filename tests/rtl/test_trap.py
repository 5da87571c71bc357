"""rtl/trap.py, inside the CSR file: trap entry and return against `csr_reference`."""

from rtl.types import SysOp
from tests.rtl.csr_bench import Bench
from tests.rtl.csr_reference import ALL, MPP, VS, VU, M, S, U

TRAP_WRITES = ("mstatus", "vsstatus", "hstatus", "mepc", "sepc", "vsepc", "mcause", "scause", "vscause", "mtval", "stval",
               "vstval", "mtval2", "htval", "mtinst", "htinst")
STATUS = TRAP_WRITES[:3]


def some_trap(r):
    interrupt = r.randrange(2)
    codes = (1, 2, 3, 5, 6, 7, 9, 10, 11) if interrupt else (*range(1, 11), 12, 13, 15, *range(20, 24))
    return {"interrupt": interrupt, "cause": r.choice(codes), "pc": r.getrandbits(64), "tval": r.getrandbits(64),
            "tval2": r.getrandbits(62), "tinst": r.getrandbits(32), "virtual": r.randrange(2)}


def test_traps():
    """Random traps from every mode in random states: corner cases 12, 15, 20, 21 and 28."""
    async def bench(b):
        for _ in range(2):
            await b.scramble()
            for _ in range(8):
                await b.go(b.r.choice((U, S, M, VU, VS)))
                for name in STATUS:
                    await b.write(name, b.r.getrandbits(64))
                trap, mode = some_trap(b.r), b.reference.mode
                await b.ready()
                b.ctx.set(b.dut.trap, trap)
                got = {name: b.get(f"trap_{name}") for name in ("vector", "mode", "cause", "gva", "to_vs")}
                vector = b.reference.trap(trap["interrupt"], trap["cause"], trap["pc"], trap["tval"], trap["tval2"],
                                          trap["tinst"], trap["virtual"])
                entered = b.reference.mode
                written = b.reference.at[{M: "mcause", S: "scause", VS: "vscause"}[entered]] & 63
                assert got == {"vector": vector, "mode": entered, "cause": written, "to_vs": int(entered == VS),
                               "gva": trap["virtual"] if entered != VS else 0}, f"{trap} from {mode:03b}"
                await b.enter()
                await b.compare(TRAP_WRITES)
            await b.compare()
    Bench(seed=5).run(bench)


def test_returns():
    """MRET and SRET from every mode that may: corner cases 13 and 14."""
    async def bench(b):
        await b.scramble()
        for i in range(24):
            await b.go((M, S, VS)[i % 3])
            for name in STATUS:
                await b.write(name, b.r.getrandbits(64))
            await b.ready()
            op = SysOp.MRET if b.reference.mode == M and b.r.random() < 0.6 else SysOp.SRET
            await b.announce(op)
            got = b.get("ret_pc"), b.get("ret_mode")
            pc = b.reference.mret() if op is SysOp.MRET else b.reference.sret()
            assert got == (pc, b.reference.mode)
            await b.leave()
            await b.compare(STATUS)
        await b.compare()
    Bench(seed=6).run(bench)


def test_every_arm():
    """Each mode, each kind of delegation, all status bits clear or set: corner cases 12, 20 and 21."""
    async def bench(b):
        for name, value in (("mtvec", 0x8000_1001), ("stvec", 0x8000_2001), ("vstvec", 0x8000_3001)):
            await b.write(name, value)
        for mode in (U, S, M, VU, VS):
            for to_s, to_vs in ((0, 0), (1, 0), (0, 1), (1, 1)):
                for name, value in (("medeleg", to_s << 12), ("hedeleg", to_vs << 12),
                                    ("mideleg", to_s << 9), ("hideleg", to_vs << 10)):
                    await b.write(name, value)
                for interrupt, cause, bits in ((0, 12, 0), (0, 12, ALL & ~MPP), (1, 10, 0), (1, 9, ALL & ~MPP)):
                    await b.go(mode)
                    for name in STATUS:
                        await b.write(name, bits)
                    await b.ready()
                    b.ctx.set(b.dut.trap, {"interrupt": interrupt, "cause": cause, "virtual": bits & 1})
                    vector = b.get("trap_vector")
                    assert vector == b.reference.trap(interrupt, cause, 0, 0, 0, 0, bits & 1)
                    await b.enter()
                    await b.compare((*STATUS, "mcause", "scause", "vscause"))

    Bench(seed=1).run(bench)
