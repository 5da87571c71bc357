"""The CSR file and `csr_reference` side by side, for the tests of the CSRs, of traps and of interrupts."""

import random
from dataclasses import replace

from amaranth.sim import Simulator

from isa.profile import PROFILES
from rtl.config import CONFIGS
from rtl.csr import CsrFile
from rtl.types import CsrOp, SysOp
from tests.rtl.csr_reference import ALL, MPP, MPV, Csrs, M, S, U

CONFIG = CONFIGS["default"]
NUMBERS = {
    "cycle": 0xC00, "time": 0xC01, "instret": 0xC02,
    "sstatus": 0x100, "sie": 0x104, "stvec": 0x105, "scounteren": 0x106, "senvcfg": 0x10A, "sscratch": 0x140,
    "sepc": 0x141, "scause": 0x142, "stval": 0x143, "sip": 0x144, "stimecmp": 0x14D, "satp": 0x180,
    "vsstatus": 0x200, "vsie": 0x204, "vstvec": 0x205, "vsscratch": 0x240, "vsepc": 0x241, "vscause": 0x242,
    "vstval": 0x243, "vsip": 0x244, "vstimecmp": 0x24D, "vsatp": 0x280,
    "hstatus": 0x600, "hedeleg": 0x602, "hideleg": 0x603, "hie": 0x604, "htimedelta": 0x605, "hcounteren": 0x606,
    "hgeie": 0x607, "henvcfg": 0x60A, "htval": 0x643, "hip": 0x644, "hvip": 0x645, "htinst": 0x64A, "hgatp": 0x680,
    "hgeip": 0xE12, "mvendorid": 0xF11, "marchid": 0xF12, "mimpid": 0xF13, "mhartid": 0xF14, "mconfigptr": 0xF15,
    "mstatus": 0x300, "misa": 0x301, "medeleg": 0x302, "mideleg": 0x303, "mie": 0x304, "mtvec": 0x305,
    "mcounteren": 0x306, "menvcfg": 0x30A, "mcountinhibit": 0x320, "mscratch": 0x340, "mepc": 0x341, "mcause": 0x342,
    "mtval": 0x343, "mip": 0x344, "mtinst": 0x34A, "mtval2": 0x34B, "mcycle": 0xB00, "minstret": 0xB02,
    "mhpmcounter3": 0xB03, "mhpmcounter6": 0xB06, "mhpmcounter7": 0xB07, "mhpmevent3": 0x323, "mhpmevent6": 0x326,
    "mhpmevent31": 0x33F,
}
# By the extension that they need.
MORE_NUMBERS = {
    "Zihpm": {"hpmcounter3": 0xC03, "hpmcounter6": 0xC06, "hpmcounter31": 0xC1F},
    "Smstateen": {f"{level}stateen{n}": base + n for level, base in (("m", 0x30C), ("h", 0x60C), ("s", 0x10C))
                  for n in range(4)},
    "Smcntrpmf": {"mcyclecfg": 0x321, "minstretcfg": 0x322},
    "Xdoppel": {"hdcap": 0xEC0, "hple": 0x6C0, "hisadis": 0x6C1, "hpmla": 0x6C2, "hpmli": 0x6C3, "hioba": 0x6C4,
                "hiobg": 0x6C5, "hiobh": 0x6C6},
}
LINES = {"irq_msip": 3, "irq_mtip": 7, "irq_seip": 9, "irq_meip": 11}
SETTLED = 4         # cycles in which any change has reached whatever depends on it
EVERYTHING = replace(CONFIG, name="everything", profile=PROFILES["full"].without("Smpmp"))


class Bench:
    """The unit and the reference side by side; every method does the same to both."""

    def __init__(self, config=CONFIG, seed=0):
        profile = config.profile
        self.dut = CsrFile(config)
        self.reference = Csrs(profile.asid_bits, profile.vmid_bits, profile.pa_bits, profile.extensions, profile.hpm_counters)
        self.r = random.Random(seed)
        self.numbers = dict(NUMBERS)
        for extension, more in MORE_NUMBERS.items():
            self.numbers |= more if profile.has(extension) else {}
        self.writable = sorted(name for name, number in self.numbers.items() if number >> 10 != 3 and name != "mcycle")
        self.compared = sorted(set(self.numbers) - {"cycle", "mcycle"})

    def run(self, bench):
        async def with_bench(ctx):
            self.ctx = ctx
            await self.ready()
            await bench(self)
        sim = Simulator(self.dut)
        sim.add_clock(1e-6)
        sim.add_testbench(with_bench)
        sim.run()

    async def ready(self):
        """To the next cycle in which an instruction may begin."""
        self.ctx.set(self.dut.request_valid, 0)
        while self.get("wait") or self.get("busy"):
            await self.ctx.tick()

    def look_up(self, name, write=0):
        """Announce the CSR instruction of the next cycle, and of those behind it."""
        self.ctx.set(self.dut.next, {"csr": 1, "addr": self.numbers[name], "write": write})
        self.ctx.set(self.dut.advance, 1)

    def present(self, name, op=0, write=0, operand=0):
        """The CSR instruction that was looked up is here."""
        self.ctx.set(self.dut.request, {"addr": self.numbers[name], "op": CsrOp(op), "write": write, "operand": operand})
        self.ctx.set(self.dut.request_valid, 1)

    async def ask(self, name, op=0, write=0, operand=0):
        """A CSR instruction, looked up in this cycle and here in the next one."""
        self.ctx.set(self.dut.request_valid, 0)
        self.look_up(name, write)
        await self.ctx.tick()
        self.present(name, op, write, operand)

    def get(self, name):
        return self.ctx.get(getattr(self.dut, name))

    async def strobe(self, name):
        """To the next cycle, with this input high."""
        self.ctx.set(getattr(self.dut, name), 1)
        await self.ctx.tick()
        self.ctx.set(getattr(self.dut, name), 0)

    async def enter(self):
        """Take the trap that is presented."""
        await self.strobe("trap_enter")
        self.ctx.set(self.dut.trap, {})

    async def announce(self, op):
        """A return is looked up in this cycle and here in the next one."""
        self.ctx.set(self.dut.next, {"sys": op})
        self.ctx.set(self.dut.advance, 1)
        await self.ctx.tick()
        self.ctx.set(self.dut.sys_op, op)

    async def leave(self):
        """Take the return that is here."""
        await self.strobe("ret_enter")
        self.ctx.set(self.dut.sys_op, SysOp.NONE)

    async def write(self, name, operand, op=0):
        """A CSR instruction that writes; the value reported is the one that a read then returns."""
        await self.ready()
        await self.ask(name, op, 1, operand)
        for _ in range(2):
            if self.get("hold"):
                await self.ctx.tick()
        assert not self.get("hold")
        before = self.reference.read(name)
        assert self.get("rdata") == before, f"{name}: {self.get('rdata'):#x}, not {before:#x}"
        reported = self.get("wvalue")
        await self.strobe("commit")
        self.ctx.set(self.dut.request_valid, 0)
        self.reference.write(name, op, operand)
        want = self.reference.read(name)
        assert reported == want, f"{name} written with {operand:#x}: {reported:#x}, not {want:#x}"

    async def settle(self):
        """Let a change of an input of a comparison reach the pending bits."""
        await self.ctx.tick().repeat(SETTLED)

    async def set_inputs(self, lines, time):
        for name, bit in LINES.items():
            self.ctx.set(getattr(self.dut, name), lines >> bit & 1)
        self.ctx.set(self.dut.time, time)
        self.reference.lines, self.reference.time = lines, time
        await self.settle()

    async def go(self, mode):
        """To another mode, by a trap to M and MRET; spoils mstatus."""
        await self.ready()
        self.ctx.set(self.dut.trap, {"cause": 11})
        await self.enter()
        self.reference.trap(0, 11, 0, 0, 0, 0, 0)
        status = self.reference.at["mstatus"] & ~(MPP | MPV)
        await self.write("mstatus", status | (mode & 3) << 11 | (MPV if mode >> 2 else 0))
        await self.ready()
        await self.announce(SysOp.MRET)
        await self.leave()
        self.reference.mret()
        assert self.get("mode") == mode == self.reference.mode

    async def scramble(self, *, times=True):
        """Random values everywhere; those of the timers near each other."""
        await self.go(self.r.choice((M, S, U)))
        for name in self.writable:
            value = self.r.getrandbits(64) & self.r.choice((ALL, self.r.getrandbits(64)))
            if name in ("stimecmp", "vstimecmp"):
                value = self.reference.time + self.r.choice((-1, 0, 1, 1000)) & ALL
            if name == "htimedelta":
                value = self.r.choice((0, 1, -1, -self.reference.time, self.r.getrandbits(64))) & ALL
            if name.endswith("atp") and self.r.random() < 0.8:
                value = value & (1 << 60) - 1 | self.r.choice((0, 8)) << 60
            await self.write(name, value)
        await self.settle()

    def check(self, name):
        """Read the CSR that was looked up."""
        self.present(name)
        got, want = self.get("rdata"), self.reference.read(name)
        assert got == want, f"{name} in mode {self.reference.mode:03b}: {got:#x}, not {want:#x}"

    async def compare(self, names=None):
        """Read CSRs one after the other, and the modes."""
        for name in names or self.compared:
            await self.ready()
            await self.ask(name)
            while self.get("hold"):
                await self.ctx.tick()
            self.check(name)
            await self.ctx.tick()
        self.ctx.set(self.dut.request_valid, 0)
        assert self.get("mode") == self.reference.mode
        assert self.get("data_mode") == self.reference.data_mode()
