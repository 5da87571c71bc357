"""From the reset vector through the boot ROM to a program in RAM that talks to two devices."""

from isa import platform, retire
from rtl.config import CONFIGS
from rtl.soc import Soc
from tests.rtl.wishbone_checks import checker, memory, simulate

ENTRY = platform.RAM_BASE + 0x100
PROGRAM = (
    0x1000_02B7,    # lui  t0, 0x10000      UART
    0x0410_0313,    # addi t1, x0, 'A'
    0x0062_8023,    # sb   t1, 0(t0)
    0x0010_02B7,    # lui  t0, 0x100        finisher
    0x0000_5337,    # lui  t1, 5
    0x5553_0313,    # addi t1, t1, 0x555
    0x0062_A023,    # sw   t1, 0(t0)
    0x0000_006F,    # j    .
)


def test_boots():
    dut = Soc(CONFIGS["tiny"])
    code = b"".join(word.to_bytes(4, "little") for word in PROGRAM).ljust(64, b"\0")
    words = {(ENTRY + i) // 8: int.from_bytes(code[i:i + 8], "little") for i in range(0, len(code), 8)}
    retired, sent = [], []

    async def records(ctx):
        async for _, _, packed in ctx.tick().sample(dut.retire):
            fields = retire.unpack([packed >> 64 * i & 2**64 - 1 for i in range(retire.WORDS)])
            if fields["valid"]:
                retired.append(fields)

    async def console(ctx):
        ctx.set(dut.uart_tx.ready, 1)
        async for _, _, valid, byte in ctx.tick().sample(dut.uart_tx.valid, dut.uart_tx.payload):
            if valid:
                sent.append(byte)

    async def bench(ctx):
        ctx.set(dut.boot_target, ENTRY)
        for _ in range(1000):
            await ctx.tick()
            if ctx.get(dut.finished):
                break
        assert (ctx.get(dut.finished), ctx.get(dut.finish_code)) == (1, platform.FINISHER_PASS)
        await ctx.tick().repeat(20)

    simulate(dut, bench, background=(memory(dut.iram, words, 1), memory(dut.dram, {}, 2), checker(dut.iram),
                                     checker(dut.dram), records, console))
    assert bytes(sent) == b"A"
    boot = [platform.RESET_VECTOR + 4 * i for i in range(5)]
    program = [ENTRY + 4 * i for i in range(len(PROGRAM))]
    assert [r["pc"] for r in retired[:13]] == boot + program
    assert not any(r["trap"] for r in retired)
    assert retired[3]["mem_rdata"] == ENTRY
    assert retired[1]["rd_value"] == platform.BOOT_ROM.base + 0x20
