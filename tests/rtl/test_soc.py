"""From the reset vector through the boot ROM to a program in RAM that talks to two devices."""

from isa import platform, retire
from rtl.config import CONFIGS
from rtl.soc import Soc
from tests.rtl.wishbone_checks import checker, memory, simulate

ENTRY = platform.RAM_BASE + 0x100
NOP = 0x0000_0013           # a line reaches the core some cycles after the store that moves it
READ_MIP = 0x3440_23F3      # csrr t2, mip
PROGRAM = (
    0x0200_02B7,    # lui  t0, 0x2000       CLINT
    0x0010_0313,    # addi t1, x0, 1
    0x0062_A023,    # sw   t1, 0(t0)        msip
    NOP, NOP, NOP, READ_MIP,
    0x0200_42B7,    # lui  t0, 0x2004
    0x0002_B023,    # sd   x0, 0(t0)        mtimecmp
    NOP, NOP, NOP, READ_MIP,
    0x1000_02B7,    # lui  t0, 0x10000      UART
    0x0020_0313,    # addi t1, x0, 2
    0x0062_80A3,    # sb   t1, 1(t0)        interrupt while the transmitter is empty
    0x0C00_02B7,    # lui  t0, 0xc000       PLIC
    0x0070_0313,    # addi t1, x0, 7
    0x0262_A423,    # sw   t1, 0x28(t0)     priority of source 10
    0x0C00_22B7,    # lui  t0, 0xc002
    0x4000_0313,    # addi t1, x0, 1 << 10
    0x0862_A023,    # sw   t1, 0x80(t0)     enables of S
    NOP, NOP, NOP, READ_MIP,
    0x0062_A023,    # sw   t1, 0(t0)        enables of M
    NOP, NOP, NOP, READ_MIP,
    0xC010_23F3,    # csrr t2, time
    0x1000_02B7,    # lui  t0, 0x10000      UART
    0x0410_0313,    # addi t1, x0, 'A'
    0x0062_8023,    # sb   t1, 0(t0)
    0x0010_02B7,    # lui  t0, 0x100        finisher
    0x0000_5337,    # lui  t1, 5
    0x5553_0313,    # addi t1, t1, 0x555
    0x0062_A023,    # sw   t1, 0(t0)
    0x0000_006F,    # j    .
)
READ_TIME = PROGRAM.index(0xC010_23F3)


def test_boots():
    dut = Soc(CONFIGS["tiny"])
    code = b"".join(word.to_bytes(4, "little") for word in PROGRAM)
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
    assert [r["pc"] for r in retired[:len(boot + program)]] == boot + program
    assert not any(r["trap"] for r in retired)
    assert retired[3]["mem_rdata"] == ENTRY
    assert retired[1]["rd_value"] == platform.BOOT_ROM.base + 0x20
    ran = retired[len(boot):]
    assert [r["rd_value"] for r in ran if r["insn"] == READ_MIP] == [0x8, 0x88, 0x288, 0xA88]
    assert 0 < ran[READ_TIME]["rd_value"] <= ran[-1]["clock"] // platform.CYCLES_PER_TICK
