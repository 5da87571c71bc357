"""Every address reaches its region, and nothing else."""

import random

import pytest

from isa import platform
from rtl.decoder import Decoder
from tests.rtl.wishbone_checks import BusError, Master, checker, memory, simulate

RAM = platform.Region("ram", platform.RAM_BASE, 2**56 - platform.RAM_BASE, "")
REGIONS = {r.name: r for r in (*platform.DEVICES, RAM)}


def edges():
    """First and last dword of each region, and their neighbours."""
    for region in REGIONS.values():
        end = region.base + region.size
        yield from (a for a in (region.base - 8, region.base, end - 8, end) if a < 2**56)


def where(address):
    """Name of the region that holds an address, or None."""
    return next((n for n, r in REGIONS.items() if r.base <= address < r.base + r.size), None)


class Everywhere(dict):
    """Memory content at every address: the address and the region's name make up the value."""

    def __init__(self, name):
        self.tag = list(REGIONS).index(name) << 56

    def __contains__(self, address):
        return True

    def __missing__(self, address):
        return self.tag | address

    def get(self, address, default=None):
        return self.tag | address


@pytest.mark.parametrize("seed", range(2))
def test_decoder(seed):
    dut = Decoder(REGIONS)
    rng = random.Random(seed)
    addresses = [*edges(), *(rng.getrandbits(rng.randint(10, 56)) & ~7 for _ in range(200))]
    rng.shuffle(addresses)
    buses = {name: getattr(dut, name) for name in REGIONS}
    seen = {name: [] for name in REGIONS}

    async def bench(ctx):
        master = Master(ctx, dut.bus)
        for address in addresses:
            name = where(address)
            if name is None:
                with pytest.raises(BusError):
                    await master.read(address)
            else:
                assert await master.read(address) == list(REGIONS).index(name) << 56 | address >> 3
                await master.write(address, address ^ 0x55, 8)

    simulate(dut, bench, background=(
        checker(dut.bus),
        *(memory(bus, Everywhere(name), seed) for name, bus in buses.items()),
        *(checker(bus, seen[name]) for name, bus in buses.items())))
    for name in REGIONS:
        wanted = [a for a in addresses if where(a) == name]
        assert [(adr << 3, we) for adr, we, *_ in seen[name]] == [(a, we) for a in wanted for we in (0, 1)]
        assert all(dat == (adr << 3 ^ 0x55) and sel == 0xFF for adr, we, sel, dat, _ in seen[name] if we)


def test_no_answer_outside_a_cycle():
    dut = Decoder(REGIONS)

    async def bench(ctx):
        for cyc, stb in ((0, 1), (1, 0)):
            ctx.set(dut.bus.cyc, cyc)
            ctx.set(dut.bus.stb, stb)
            await ctx.tick()

    simulate(dut, bench, background=(checker(dut.bus),))


def test_error_of_a_target_passes():
    dut = Decoder(REGIONS)

    async def bench(ctx):
        with pytest.raises(BusError):
            await Master(ctx, dut.bus).read(platform.RAM_BASE)

    simulate(dut, bench, background=(memory(dut.ram, {}), checker(dut.ram)))
