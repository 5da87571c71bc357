"""A bare machine for tests: instructions by mnemonic, page tables by mapping, records by field name."""

from collections.abc import Iterable

from isa import csrs
from isa.causes import M
from isa.insns import BY_NAME, FIELDS, IMMEDIATES, insert
from isa.platform import RAM_BASE
from isa.profile import Profile
from isa.retire import unpack
from sim.model import Machine
from sim.model.bits import signed

CODE = RAM_BASE                     # where `do` puts its instruction
DATA = RAM_BASE + 0x1_0000
TABLES = RAM_BASE + 0x4_0000        # page tables grow from here
HANDLER = RAM_BASE + 0x8000         # mtvec, stvec at + 0x100, vstvec at + 0x200
PV, PR, PW, PX, PU, PG, PA, PD = (1 << n for n in range(8))     # bits of a page-table entry
LEAF = PV | PR | PW | PX | PA | PD
PLAIN = Profile("plain", asid_bits=9, vmid_bits=7)      # a hart with what every hart of the family has
CSR = {row.name: row.number for row in csrs.CSRS}


def asm(name: str, rd: int = 0, rs1: int = 0, rs2: int = 0, imm: int = 0, csr: str = "") -> int:
    """One 32-bit instruction."""
    row = BY_NAME[name]
    word = row.match
    for operand in row.operands:
        if operand in IMMEDIATES:
            word |= insert(imm, IMMEDIATES[operand])
        elif operand == "csr":
            word |= CSR[csr] << FIELDS["csr"][1]
        else:
            values = {"rd": rd, "rs1": rs1, "rs2": rs2}
            word |= values.get(operand, imm) << FIELDS[operand][1]
    return word


class Bare:
    """A machine without a program; M-mode, everything at reset but the trap vectors."""

    def __init__(self, profile: Profile = PLAIN, rom: bytes = b"") -> None:
        self.m = Machine(profile=profile, ram_size=1 << 20, rom=rom)
        self.h = self.m.hart
        self.h.pc = CODE
        self.m.write_csr("mtvec", HANDLER)
        if profile.has("S"):
            self.m.write_csr("stvec", HANDLER + 0x100)
        if profile.has("H"):
            self.m.write_csr("vstvec", HANDLER + 0x200)
        self.next_table = TABLES

    def put(self, address: int, words: Iterable[int], size: int = 4) -> None:
        """Write instructions, or values of `size` bytes."""
        self.m.write_memory(address, b"".join((w & (1 << 8 * size) - 1).to_bytes(size, "little") for w in words))

    def mode(self, mode: int) -> None:
        self.h.set_mode(mode)

    def csr(self, **values: int) -> None:
        """Write CSRs as M-mode does."""
        for name, value in values.items():
            self.m.write_csr(name, value)

    def x(self, **values: int) -> None:
        """x(x5=1) sets x5."""
        for name, value in values.items():
            self.h.x[int(name[1:])] = signed(value)

    def do(self, word: int, mode: int = M, pc: int = CODE, size: int = 4) -> dict[str, int]:
        """Execute one instruction at pc in a mode; its record."""
        # Only the decoded instruction is forgotten: translations that an earlier access left must stay right.
        self.m.memory.poke(pc, word.to_bytes(size, "little"))
        self.h.forget_code()
        self.h.pc = pc
        self.mode(mode)
        self.m.step()
        return unpack(self.h.record)

    def step(self) -> dict[str, int]:
        self.m.step()
        return unpack(self.h.record)

    # Page tables.

    def table(self, size: int = 4096) -> int:
        """A zeroed table, aligned to its size; returns its address."""
        self.next_table = -(-self.next_table // size) * size
        address, self.next_table = self.next_table, self.next_table + size
        self.m.write_memory(address, bytes(size))
        return address

    def map(self, root: int, va: int, pa: int, flags: int, level: int = 0) -> int:
        """Map one page (level 0), 2 MiB (1) or 1 GiB (2); address of the leaf PTE. Tables are made where missing."""
        table = root
        for n in (2, 1, 0):
            top = 11 if n == 2 else 9           # a Sv39x4 root has 2048 entries; smaller indices are the same
            slot = table + 8 * (va >> 12 + 9 * n & (1 << top) - 1)
            if n == level:
                self.put(slot, [pa >> 12 << 10 | flags], 8)
                return slot
            pte = int.from_bytes(self.m.read_memory(slot, 8), "little")
            if not pte & PV:
                pte = self.table() >> 12 << 10 | PV
                self.put(slot, [pte], 8)
            table = pte >> 10 << 12
        raise AssertionError("unreachable")


def sv39(root: int) -> int:
    """Value of satp, vsatp or hgatp for a root table."""
    return 8 << 60 | root >> 12
