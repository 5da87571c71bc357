"""rtl/csr.py: every CSR, read and written, against `csr_reference`."""

import pytest

from rtl.config import CONFIGS
from tests.rtl.csr_bench import WRITABLE, Bench
from tests.rtl.csr_reference import M_BITS, TWINS, VS, M, S


def test_reset():
    async def bench(b):
        b.reference.at["stimecmp"] = b.reference.at["vstimecmp"] = 0
        await b.settle()
        b.compare()
    Bench().run(bench)


@pytest.mark.parametrize("profile", ("tiny", "default", "linux"))
def test_random_writes(profile):
    """Every writable CSR, by CSRRW, CSRRS and CSRRC, in modes with V=0 and V=1: corner cases 1, 20, 23, 27."""
    async def bench(b):
        for _ in range(3):
            await b.set_inputs(b.r.getrandbits(12) & (M_BITS | 1 << 9), b.r.getrandbits(64))
            await b.scramble()
            await b.go(b.r.choice((M, S, VS)))
            for _ in range(40):
                await b.settle()
                name = b.r.choice(sorted(TWINS) if b.reference.mode == VS else WRITABLE)
                value = b.r.getrandbits(64)
                if name.endswith("atp"):
                    value = value & (1 << 60) - 1 | b.r.choice((0, 8, 9, 1)) << 60
                await b.write(name, value, b.r.randrange(3))
            await b.settle()
            b.compare()
    Bench(CONFIGS[profile], seed=len(profile)).run(bench)
