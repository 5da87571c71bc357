"""The retirement record: what the RTL reports and the model computes for each retired or trapping instruction.

A record is WORDS 64-bit words, each field inside one word; word i is bits 64*i+63..64*i of the packed `retire` port.
Fields marked IN are sampled inputs: the model takes them from the RTL (a closed list), all others are compared.

An instruction that reads an hpm counter of an event that is not architectural (isa/events.py) has one more input: the counter,
in rd_value, or where rd is x0 in csr_value.

Of the cache-block operations, cbo.zero is a store of zero with mem_size 3 at the address in rs1, and stands for the 64 bytes
around it; cbo.clean, cbo.flush and cbo.inval have both addresses but neither mem_read nor mem_write; a prefetch has nothing.
"""

from typing import Protocol

IN, CMP = "in", "cmp"

# word, name, width, direction, meaning
_ROWS = (
    (0, "valid",      1,  CMP, "something retired or trapped in this cycle"),
    (0, "trap",       1,  CMP, "no retirement: a trap was taken at this pc"),
    (0, "interrupt",  1,  CMP, "the trap is an interrupt; insn and length are then 0"),
    (0, "cause",      6,  CMP, "code as written to xcause (an interrupt delegated to VS is shifted by one); 0 if no trap"),
    (0, "mode",       3,  CMP, "privilege before: U 000, S 001, M 011, VU 100, VS 101"),
    (0, "next_mode",  3,  CMP, "privilege after; on a trap the mode entered"),
    (0, "gva",        1,  CMP, "value written to mstatus.GVA or hstatus.GVA; 0 unless a trap to M or HS"),
    (0, "compressed", 1,  CMP, "the instruction is 16 bits long"),
    (0, "rd",         5,  CMP, "destination register; 0 when nothing is written"),
    (0, "mem_read",   1,  CMP, "explicit load, LR or AMO completed"),
    (0, "mem_write",  1,  CMP, "explicit store, successful SC or AMO completed"),
    (0, "mem_size",   2,  CMP, "log2 of the bytes; 0 when no access"),
    (0, "csr_write",  1,  CMP, "a CSR instruction wrote csr_addr"),
    (0, "csr_addr",   12, CMP, "CSR number as in the instruction; 0 when csr_write is 0"),
    (0, "bus_error",  1,  IN,  "a bus error at error_paddr caused this access fault"),
    (0, "sc_spurious", 1, IN,  "SC failed although the reservation held"),
    (0, "irq",        12, IN,  "interrupt lines: bit 3 MSIP, 7 MTIP, 9 SEIP, 11 MEIP; others 0"),
    (0, "order_low",  7,  CMP, "low bits of the record's number since reset, for loss detection"),
    (1, "insn",       32, CMP, "instruction bits as fetched, zero-extended when 16 bits long; 0 on a fetch fault"),
    (1, "tinst",      32, CMP, "value written to mtinst or htinst; 0 unless a trap to M or HS"),
    (2, "pc",         64, CMP, "virtual address of the instruction"),
    (3, "next_pc",    64, CMP, "address of the next instruction; on a trap the vector entered"),
    (4, "rd_value",   64, CMP, "value written to rd; 0 when rd is 0"),
    (5, "mem_vaddr",  64, CMP, "virtual address of the explicit access; 0 when none completed"),
    (6, "mem_paddr",  64, CMP, "physical address of the explicit access; 0 when none completed"),
    (7, "mem_rdata",  64, CMP, "bytes read from memory, zero-extended; input when mem_paddr is a device"),
    (8, "mem_wdata",  64, CMP, "bytes written to memory, zero-extended"),
    (9, "csr_value",  64, CMP, "whole CSR as a read of csr_addr would return it after the write; 0 when csr_write is 0"),
    (10, "tval",      64, CMP, "value written to mtval, stval or vstval; 0 when no trap"),
    (11, "tval2",     64, CMP, "value written to mtval2 or htval (guest physical address >> 2)"),
    (12, "time",      64, IN,  "the `time` that this instruction saw, before htimedelta"),
    (13, "cycle",     64, IN,  "mcycle that this instruction saw"),
    (14, "error_paddr", 64, IN, "physical address of the bus error, when bus_error"),
    (15, "clock",     64, IN,  "core cycles since reset, stopped and written by no CSR: for hple and for statistics"),
)


class Field:
    """One field: `word`, `lsb` inside the word, `width` in bits, `sampled` when the model takes it from the RTL."""

    def __init__(self, word: int, lsb: int, name: str, width: int, direction: str, meaning: str) -> None:
        self.word, self.lsb, self.name, self.width, self.meaning = word, lsb, name, width, meaning
        self.sampled = direction == IN


def _place() -> dict[str, Field]:
    fields: dict[str, Field] = {}
    used = [0] * (_ROWS[-1][0] + 1)
    for word, name, width, direction, meaning in _ROWS:
        fields[name] = Field(word, used[word], name, width, direction, meaning)
        used[word] += width
        if used[word] > 64:
            raise ValueError(f"retire word {word} holds {used[word]} bits")
    return fields


FIELDS = _place()
WORDS = _ROWS[-1][0] + 1


class Words(Protocol):
    """64-bit words by number, signed or unsigned: a list, an array, a memoryview, or the model's own."""

    def __getitem__(self, number: int, /) -> int: ...


def unpack(words: Words) -> dict[str, int]:
    """Field values of one record given as 64-bit words."""
    return {f.name: words[f.word] >> f.lsb & (1 << f.width) - 1 for f in FIELDS.values()}


def pack(values: dict[str, int]) -> list[int]:
    """Unsigned 64-bit words of one record; absent fields are 0."""
    words = [0] * WORDS
    for name, value in values.items():
        f = FIELDS[name]
        words[f.word] |= (value & (1 << f.width) - 1) << f.lsb
    return words
