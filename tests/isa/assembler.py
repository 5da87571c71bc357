"""Assembly text of instructions with extreme operands, and the words LLVM makes of it.

The syntax below is typed by hand from the assembler's manual; from `isa/` come only names and operand lists.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from isa.insns import Compressed, Insn
from sim import toolchain

# Operand list -> text. Loads and stores write their address as imm(rs1), atomics and HLV/HSV as (rs1).
SYNTAX = {
    (): "",
    ("rd", "imm_u"): "x{rd}, {imm_u}",
    ("rd", "imm_j"): "x{rd}, {imm_j}",
    ("rd", "imm_i", "rs1"): "x{rd}, {imm_i}(x{rs1})",
    ("rs1", "rs2", "imm_b"): "x{rs1}, x{rs2}, {imm_b}",
    ("rs2", "imm_s", "rs1"): "x{rs2}, {imm_s}(x{rs1})",
    ("rd", "rs1", "imm_i"): "x{rd}, x{rs1}, {imm_i}",
    ("rd", "rs1", "shamt6"): "x{rd}, x{rs1}, {shamt6}",
    ("rd", "rs1", "shamt5"): "x{rd}, x{rs1}, {shamt5}",
    ("rd", "rs1", "rs2"): "x{rd}, x{rs1}, x{rs2}",
    ("pred", "succ"): "{pred}, {succ}",
    ("rd", "csr", "rs1"): "x{rd}, {csr}, x{rs1}",
    ("rd", "csr", "zimm"): "x{rd}, {csr}, {zimm}",
    ("rd", "rs1"): "x{rd}, (x{rs1})",
    ("rd", "rs2", "rs1"): "x{rd}, x{rs2}, (x{rs1})",
    ("rs1", "rs2"): "x{rs1}, x{rs2}",
    ("rs2", "rs1"): "x{rs2}, (x{rs1})",
    ("rs1",): "(x{rs1})",
    ("imm_p", "rs1"): "{imm_p}(x{rs1})",
}
BITS = {("rd", "rs1"): "x{rd}, x{rs1}"}     # of bit manipulation, whose rs1 is no address
EXTENSIONS = "+zba, +zbb, +zbs, +zicond, +zicbom, +zicboz, +zicbop, +svinval"   # besides those of the toolchain's target

# Smallest, largest and a mixed value of each operand.
VALUES = {
    "rd": (0, 31, 21), "rs1": (0, 31, 10), "rs2": (0, 31, 13), "csr": (0, 0xFFF, 0x645), "zimm": (0, 31, 22),
    "shamt6": (0, 63, 42), "shamt5": (0, 31, 21), "pred": (0, 15, 10), "succ": (0, 15, 5),
    "imm_i": (-2048, 2047, 0x2B5), "imm_s": (-2048, 2047, 0x2B5), "imm_p": (-2048, 2016, 0x2A0), "imm_b": (-4096, 4094, 0x6AA),
    "imm_u": (0, 0xFFFFF000, 0x5A5A5000), "imm_j": (-0x100000, 0xFFFFE, 0x5AAAA),
    "aq": (0, 1, 0), "rl": (0, 1, 1),
}


def operand_sets(insn: Insn) -> Iterator[dict[str, int]]:
    """Operand values: all smallest, all largest, all mixed, and each operand alone largest."""
    names = [*insn.operands, *(("aq", "rl") if insn.unit == "amo" else ())]
    for n in range(3):
        yield {name: VALUES[name][n] for name in names}
    for one in names:
        yield {name: VALUES[name][name == one] for name in names}


def line(insn: Insn, values: dict[str, int]) -> str:
    """Assembly text of a 32-bit instruction."""
    text = dict(values)
    if "imm_u" in text:
        text["imm_u"] = values["imm_u"] >> 12 & 0xFFFFF
    for name in ("pred", "succ"):
        if name in values:
            text[name] = "".join(c for n, c in enumerate("iorw") if values[name] << n & 8) or 0
    order = ("", ".rl", ".aq", ".aqrl")[2 * values.get("aq", 0) + values.get("rl", 0)]
    syntax = {**SYNTAX, **BITS} if insn.unit == "bits" else SYNTAX
    return f"{insn.name}{order} {syntax[insn.operands].format(**text)}"


# Compressed mnemonic -> text, and extreme values of its immediate (HINT and reserved values left out).
COMPRESSED_SYNTAX = {
    "c.addi4spn": ("{rd'}, sp, {imm}", (4, 8, 16, 32, 64, 512, 1020)),
    "c.lw": ("{rd'}, {imm}({rs1'})", (0, 4, 8, 64, 124)), "c.ld": ("{rd'}, {imm}({rs1'})", (0, 8, 64, 248)),
    "c.sw": ("{rd'}, {imm}({rs1'})", (0, 4, 8, 64, 124)), "c.sd": ("{rd'}, {imm}({rs1'})", (0, 8, 64, 248)),
    "c.addi": ("{rd}, {imm}", (-32, 31, 1)), "c.addiw": ("{rd}, {imm}", (-32, 31, 0, 21)),
    "c.li": ("{rd}, {imm}", (-32, 31, 0, 21)),
    "c.addi16sp": ("sp, {imm}", (-512, 496, 32, 64, 128, 256)),
    "c.lui": ("{rd}, {imm}", (-0x20000, 0x1F000, 0x1000, -0x1000)),
    "c.srli": ("{rs1'}, {imm}", (1, 63, 32)), "c.srai": ("{rs1'}, {imm}", (1, 63, 32)),
    "c.andi": ("{rs1'}, {imm}", (-32, 31, 0)),
    "c.sub": ("{rs1'}, {rd'}", ()), "c.xor": ("{rs1'}, {rd'}", ()), "c.or": ("{rs1'}, {rd'}", ()),
    "c.and": ("{rs1'}, {rd'}", ()), "c.subw": ("{rs1'}, {rd'}", ()), "c.addw": ("{rs1'}, {rd'}", ()),
    "c.j": ("{imm}", (-2048, 2046, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)),
    "c.beqz": ("{rs1'}, {imm}", (-256, 254, 2, 4, 8, 16, 32, 64, 128)),
    "c.bnez": ("{rs1'}, {imm}", (-256, 254, 2, 4, 8, 16, 32, 64, 128)),
    "c.slli": ("{rd}, {imm}", (1, 63, 32)),
    "c.lwsp": ("{rd}, {imm}(sp)", (0, 4, 32, 64, 252)), "c.ldsp": ("{rd}, {imm}(sp)", (0, 8, 64, 128, 504)),
    "c.swsp": ("{rs2}, {imm}(sp)", (0, 4, 32, 64, 252)), "c.sdsp": ("{rs2}, {imm}(sp)", (0, 8, 64, 128, 504)),
    "c.jr": ("{rd}", ()), "c.jalr": ("{rd}", ()), "c.mv": ("{rd}, {rs2}", ()), "c.add": ("{rd}, {rs2}", ()),
    "c.ebreak": ("", ()),
}
# x2 selects another row where c.addi16sp and c.lui meet, and the small immediates of c.addi are its own.
REGISTERS = {"rd": (31, 1, 20), "rs2": (31, 1, 10), "rd'": (8, 15, 10), "rs1'": (15, 8, 13)}


def compressed_sets(row: Compressed) -> Iterator[dict[str, int]]:
    """Values of the compressed fields and `imm`."""
    if not row.operands:
        yield {}
        return
    fields = [f for f in REGISTERS if f in row.operands.values()]
    for imm in COMPRESSED_SYNTAX[row.name][1] or (None,):
        for n in range(3):
            values = {f: REGISTERS[f][n] for f in fields}
            if row.name == "c.addi16sp":
                values["rd"] = 2
            yield values if imm is None else {**values, "imm": imm}


def compressed_line(row: Compressed, values: dict[str, int]) -> str:
    """Assembly text of a compressed instruction under its own mnemonic."""
    text = {name: value if name == "imm" else f"x{value}" for name, value in values.items()}
    if row.name == "c.lui":
        text["imm"] = values["imm"] >> 12 & 0xFFFFF
    return f"{row.name} {COMPRESSED_SYNTAX[row.name][0].format(**text)}"


def words(lines: list[str], option: str) -> list[int]:
    """The encoding of each line, 2 or 4 bytes, assembled under `.option rvc` or `norvc`."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "a.S"), Path(folder, "a.o")
        text = "\n.balign 8, 0\n".join([*lines, ".dword 0"])
        source.write_text(f".option arch, {EXTENSIONS}\n.option {option}\n.option norelax\n{text}\n")
        toolchain.cc(["-c", source, "-o", out])
        image = toolchain.binary(out)
    return [int.from_bytes(image[at:at + 8], "little") for at in range(0, 8 * len(lines), 8)]
