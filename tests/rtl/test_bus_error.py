"""rtl/bus_error.py: what stays of a lost write-back until software has seen it."""

from isa import platform
from rtl.bus_error import BusError
from tests.rtl.wishbone_checks import Master, checker, simulate

STATUS = platform.BUS_ERROR.base + platform.BUS_ERROR_STATUS
ADDRESS = platform.BUS_ERROR.base + platform.BUS_ERROR_ADDRESS


def test_the_first_loss_stays_until_it_is_cleared():
    dut = BusError()

    async def bench(ctx):
        master = Master(ctx, dut.bus)

        async def lose(paddr):
            ctx.set(dut.lost, 1)
            ctx.set(dut.lost_paddr, paddr)
            await ctx.tick()
            ctx.set(dut.lost, 0)
            ctx.set(dut.lost_paddr, 0x77)

        async def state():
            return ctx.get(dut.irq), await master.read(STATUS, 4), await master.read(ADDRESS)

        assert await state() == (0, 0, 0)
        await lose(0x8000_1238)
        assert await state() == (1, 1, 0x8000_1238)
        await lose(0xFF_FFFF_FFFF_FFF8)
        assert await state() == (1, 1, 0x8000_1238)
        for address, value, size in ((STATUS, 2, 4), (STATUS + 1, 1, 1), (ADDRESS, 1, 8), (STATUS + 0x10, 1, 8)):
            await master.write(address, value, size)
            assert await state() == (1, 1, 0x8000_1238)
        await master.write(STATUS, 1, 1)
        assert await state() == (0, 0, 0x8000_1238)
        await lose(0xFF_FFFF_FFFF_FFF8)
        assert await state() == (1, 1, 0xFF_FFFF_FFFF_FFF8)
        assert await master.read(STATUS + 0x10) == 0

    simulate(dut, bench, background=(checker(dut.bus),))


def test_a_loss_while_software_clears_is_kept():
    dut = BusError()

    async def bench(ctx):
        ctx.set(dut.lost, 1)
        await Master(ctx, dut.bus).write(STATUS, 1)
        assert ctx.get(dut.irq)

    simulate(dut, bench)
