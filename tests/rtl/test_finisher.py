"""The first command counts; everything else is ignored."""

import pytest

from isa import platform
from rtl.finisher import Finisher
from tests.rtl.wishbone_checks import Master, checker, simulate


@pytest.mark.parametrize("command", [
    platform.FINISHER_PASS, platform.FINISHER_FAIL | 7 << 16, platform.FINISHER_RESET])
def test_command(command):
    dut = Finisher()

    async def bench(ctx):
        master = Master(ctx, dut.bus)
        base = platform.FINISHER.base
        for address, data, size in ((base, 0x1234, 4), (base, command, 2), (base + 4, command, 4),
                                    (base + 8, command, 4), (base + 0xFF8, command, 8)):
            await master.write(address, data, size)
            assert await master.read(base) == 0
            assert ctx.get(dut.finished) == 0
        await master.write(base, command, 4)
        assert (ctx.get(dut.finished), ctx.get(dut.code)) == (1, command)
        await master.write(base, platform.FINISHER_FAIL | 99 << 16, 4)
        assert (ctx.get(dut.finished), ctx.get(dut.code)) == (1, command)

    simulate(dut, bench, background=(checker(dut.bus),))


def test_doubleword_store_ends_too():
    dut = Finisher()

    async def bench(ctx):
        await Master(ctx, dut.bus).write(platform.FINISHER.base, 0xABCD_0000_0000 | platform.FINISHER_PASS)
        assert (ctx.get(dut.finished), ctx.get(dut.code)) == (1, platform.FINISHER_PASS)

    simulate(dut, bench)
