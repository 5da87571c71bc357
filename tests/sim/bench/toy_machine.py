"""The toy's golden model and program format, with the interface of `sim.model` that the bench uses.

A program is a JSON file: {"words": [...], "symbols": {...}, "entry": address}.
"""

import json
from pathlib import Path
from types import SimpleNamespace

from isa import platform, retire
from sim.model.htif import Htif

NOT_COMPARED = sum(((1 << f.width) - 1) << f.lsb for f in retire.FIELDS.values() if f.sampled and f.word == 0)
SAMPLED = {f.word for f in retire.FIELDS.values() if f.sampled and f.width == 64}


class ToyImage:
    """What to load, and where."""

    def __init__(self, path, base=0, end=0):
        data = json.loads(Path(path).read_text())
        self.entry = data["entry"]
        self.segments = [(self.entry, b"".join(word.to_bytes(8, "little") for word in data["words"]))]
        self.symbols = data["symbols"]


class ToyMachine:
    """One accumulator; see toy.py for the instructions."""

    def __init__(self, profile, ram_size, rom):
        self.ram = bytearray(ram_size)
        self.cell = self.acc = self.pc = self.order = 0
        self.hart = SimpleNamespace(record=[0] * retire.WORDS, satp=0, vsatp=0, hgatp=0)
        self.lock_reason = ""

    def load_elf(self, path):
        image = ToyImage(path)
        tohost, fromhost = (image.symbols.get(name, -1) for name in ("tohost", "fromhost"))
        self.htif = Htif(self.read_memory, self.write, lambda data: None, tohost, fromhost)
        self.pc = image.entry
        for address, data in image.segments:
            self.write(address, data)

    def read_memory(self, address, size):
        at = address - platform.RAM_BASE
        return bytes(self.ram[at:at + size])

    def write(self, address, data):
        at = address - platform.RAM_BASE
        self.ram[at:at + len(data)] = data

    def step(self, seen):
        """Execute one instruction; `seen` is the RTL's record, from which inputs are taken."""
        insn = int.from_bytes(self.read_memory(self.pc, 8), "little")
        op, n = insn & 15, insn >> 8
        out = {"valid": 1, "mode": 3, "next_mode": 3, "order_low": self.order, "insn": insn, "pc": self.pc,
               "rd": 1}
        acc, pc = self.acc, self.pc + 8
        if op == 0:
            acc += n
        elif op in (1, 2) and seen["bus_error"]:
            out |= {"trap": 1, "cause": 5 if op == 1 else 7}
        elif op in (1, 2):
            out |= {"mem_size": 3, "mem_vaddr": n, "mem_paddr": n}
            if op == 1:
                acc = int.from_bytes(self.read_memory(n, 8), "little")
                out |= {"mem_read": 1, "mem_rdata": acc}
            else:
                self.write(n, acc.to_bytes(8, "little"))
                out |= {"mem_write": 1, "mem_wdata": acc}
        elif op == 3 and acc:
            acc, pc = acc - 1, n
        elif op == 5:
            acc = seen["rd_value"]
        elif op == 7:
            acc, self.cell = self.cell, acc
        self.acc, self.pc, self.order = acc & (1 << 64) - 1, pc, self.order + 1
        self.hart.record = retire.pack({**out, "rd_value": self.acc, "next_pc": pc})

    def lock(self, block, count):
        for i in range(count):
            words = block[i * retire.WORDS:(i + 1) * retire.WORDS]
            self.step(retire.unpack(words))
            for w, (mine, theirs) in enumerate(zip(self.hart.record, words, strict=True)):
                if w not in SAMPLED and (mine ^ theirs) & ~(NOT_COMPARED if w == 0 else 0):
                    self.lock_reason = f"word {w} differs"
                    return i
        return count
