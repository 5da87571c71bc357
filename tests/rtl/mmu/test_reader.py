"""rtl/mmu/reader.py, inside the unit."""

from dataclasses import replace

from tests.rtl.mmu.bench import FULL, directed
from tests.rtl.mmu.reference import FETCH, LOAD, STORE, S


def test_page_tables_in_io_are_not_read():
    """Physical memory attributes: an access fault of the original type, and no bus transaction."""
    async def scenario(bench, ctx):
        for table in (0x0, 0x1_1000, 0x200_0000, 0x1000_0000, 0x7fff_f000):
            bench.set_context(ctx, replace(FULL, satp_ppn=table >> 12))
            for access, cause in ((FETCH, 1), (LOAD, 5), (STORE, 7)):
                answer = await bench.translate(ctx, 0x1000, access, S)
                assert (answer["cause"], answer["bus_error"], bench.beats) == (cause, 0, 0)
        for table in (0x1000, 0x1_0000, 0x8000_0000):
            bench.set_context(ctx, replace(FULL, satp_ppn=table >> 12))
            before = bench.beats
            assert (await bench.translate(ctx, 0x1000, LOAD, S))["cause"] == 13
            assert bench.beats == before + 1
    directed(scenario)
