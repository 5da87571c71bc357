"""Independent witnesses of the fact tables: each takes a set of tables and returns what is wrong with them.

Encodings and CSR numbers are compared with LLVM's assembler, everything else with `literals.py`. Each is a
function of the tables, so that a planted fault can be shown to be found.
"""

from collections.abc import Callable, Iterable
from itertools import combinations
from types import ModuleType
from typing import NamedTuple

from isa import causes, csrs, events, insns, paging, platform, pmp
from tests.isa import assembler, literals


class Tables(NamedTuple):
    """The modules of `isa/` under examination: the real ones, or copies with a planted fault."""

    causes: ModuleType = causes
    csrs: ModuleType = csrs
    events: ModuleType = events
    insns: ModuleType = insns
    paging: ModuleType = paging
    platform: ModuleType = platform
    pmp: ModuleType = pmp


def differences(what: str, found: object, wanted: object) -> list[str]:
    """Entry by entry where both are mappings, else as a whole."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return [line for key in sorted(found.keys() | wanted.keys(), key=str)
                for line in differences(f"{what}[{key}]", found.get(key), wanted.get(key))]
    return [] if found == wanted else [f"{what}: isa has {shown(found)}, the manual {shown(wanted)}"]


def shown(value: object) -> str:
    return hex(value) if isinstance(value, int) else str(value)


# Rows that overlap on purpose: the first of a pair is listed first and wins.
OVERLAPS = {
    ("pause", "fence"), ("prefetch.i", "ori"), ("prefetch.r", "ori"), ("prefetch.w", "ori"),
    ("c.addi4spn", "c.addi4spn"), ("c.addiw", "c.addiw"), ("c.lui", "c.lui"),
    ("c.lui", "c.addi16sp"), ("c.addi16sp", "c.lui"), ("c.lwsp", "c.lwsp"), ("c.ldsp", "c.ldsp"),
    ("c.jr", "c.jr"), ("c.jr", "c.mv"), ("c.ebreak", "c.jalr"), ("c.ebreak", "c.add"), ("c.jalr", "c.add"),
}

# Free bits that no operand names: acquire and release; fields of FENCE and FENCE.I reserved for finer fences.
AQRL, FENCE, FENCE_I = 0x0600_0000, 0xF00F_8F80, 0xFFFF_8F80


def patterns(t: Tables) -> list[str]:
    """Width, alphabet, overlaps; and every free bit belongs to an operand."""
    out = []
    for rows, width in ((t.insns.INSNS, 32), (t.insns.COMPRESSED, 16)):
        for row in rows:
            if len(row.pattern) != width or set(row.pattern) - set("01-"):
                out.append(f"{row.name}: pattern {row.pattern!r} is not {width} of 0, 1 and -")
            elif (free := ~row.mask & (1 << width) - 1) != operand_bits(t, row):
                out.append(f"{row.name}: free bits {free:#x}, operands name {operand_bits(t, row):#x}")
        for a, b in combinations(rows, 2):
            if not (a.match ^ b.match) & a.mask & b.mask and (a.name, b.name) not in OVERLAPS:
                out.append(f"{a.name} and {b.name} overlap")
    return out


def operand_bits(t: Tables, row: insns.Insn | insns.Compressed) -> int:
    """Free bits as the operands, or the manual's reserved fields, account for them."""
    if isinstance(row, t.insns.Insn):
        extra = AQRL if row.unit == "amo" else {"fence": FENCE, "fence.i": FENCE_I}.get(row.name, 0)
        specs = [t.insns.IMMEDIATES[o] for o in row.operands if o in t.insns.IMMEDIATES]
        fields = [t.insns.FIELDS[o] for o in row.operands if o not in t.insns.IMMEDIATES]
    elif row.base:
        extra, specs = 0, [row.imm]
        named = set(row.operands.values())
        fields = [place for name, place in t.insns.COMPRESSED_FIELDS.items() if name in named]
    else:
        return ~row.mask & 0xFFFF    # a reserved row has no operands
    pieces = [(at + hi - lo, at) for spec in specs for hi, lo, at in t.insns.pieces(spec)]
    for msb, lsb in [*fields, *pieces]:
        field = (1 << msb + 1) - (1 << lsb)
        extra |= field if field & ~row.mask else 0     # c.addi16sp names rd, which it fixes to x2
    return extra


def csr_fields(t: Tables) -> list[str]:
    """Fields are inside the register, disjoint, hold their reset value, and a view's target field exists."""
    out = []
    if len(t.csrs.BY_NUMBER) != len(t.csrs.CSRS) or len(t.csrs.BY_NAME) != len(t.csrs.CSRS):
        out.append("two CSRs share a name or a number")
    for csr in t.csrs.CSRS:
        for f in csr.fields:
            if not 0 <= f.lsb <= f.msb <= 63 or f.reset >> f.msb - f.lsb + 1:
                out.append(f"{csr.name}.{f.name}: bits {f.msb}:{f.lsb} do not hold {f.reset:#x}")
            if f.kind not in ("RW", "RO", "VIEW", "WARL", "HW") or (f.kind == "VIEW") != bool(f.of):
                out.append(f"{csr.name}.{f.name}: kind {f.kind}, stored in {f.of!r}")
            if f.of and f.mask << f.shift not in [g.mask for g in t.csrs.BY_NAME[f.of].fields]:
                out.append(f"{csr.name}.{f.name} is no field of {f.of}")
        out += [f"{csr.name}: {a.name} and {b.name} overlap"
                for a, b in combinations(csr.fields, 2) if a.mask & b.mask]
    return out


def encodings(t: Tables) -> list[str]:
    """Every instruction with extreme operands, as LLVM assembles it."""
    lines, wanted = [], []
    for insn in t.insns.INSNS:
        for values in assembler.operand_sets(insn):
            lines.append(assembler.line(insn, values))
            wanted.append(encode(t, insn, values))
    found = assembler.words(lines, "norvc")
    return [f"{line}: isa has {w:#010x}, LLVM {f:#010x}"
            for line, w, f in zip(lines, wanted, found, strict=True) if w != f]


def encode(t: Tables, insn: insns.Insn, values: dict[str, int]) -> int:
    """Instruction word as the tables have it."""
    word = insn.match
    for name, value in values.items():
        spec = t.insns.IMMEDIATES.get(name)
        word |= t.insns.insert(value, spec) if spec else value << t.insns.FIELDS[name][1]
    return word


def compressed(t: Tables) -> list[str]:
    """Every compressed row: its mnemonic; its expansion, which LLVM compresses to it, and assembles whole."""
    defined = [row for row in t.insns.COMPRESSED if row.base]
    rows = [(row, values) for row in defined for values in assembler.compressed_sets(row)]
    expansions = [expand(t, row, values) for row, values in rows]
    texts = [assembler.line(base, given) for base, given in expansions]
    halves = assembler.words([assembler.compressed_line(row, values) for row, values in rows], "rvc")
    columns = rows, expansions, halves, assembler.words(texts, "rvc"), assembler.words(texts, "norvc")
    out = []
    for (row, values), (base, given), half, small, word in zip(*columns, strict=True):
        mine = row.match | t.insns.insert(values.get("imm", 0), row.imm)
        for name, value in values.items():
            if name != "imm":
                mine |= (value & (7 if "'" in name else 31)) << t.insns.COMPRESSED_FIELDS[name][1]
        if not mine == half == small or encode(t, base, given) != word:
            out.append(f"{row.name} {values}: isa has {mine:#06x}, LLVM {half:#06x}; expanded, isa has "
                       f"{encode(t, base, given):#010x}, LLVM {word:#010x} and back {small:#06x}")
        if row.imm and t.insns.extract(half, row.imm, row.signed) != values["imm"]:
            read = t.insns.extract(half, row.imm, row.signed)
            out.append(f"{row.name}: immediate {values['imm']} reads as {read}")
    return out


def expand(t: Tables, row: insns.Compressed, values: dict[str, int]) -> tuple[insns.Insn, dict[str, int]]:
    """Base instruction and its operand values."""
    base = t.insns.BY_NAME[row.base]
    given = {}
    for operand in base.operands:
        source = row.operands["imm" if operand.startswith(("imm_", "shamt")) else operand]
        given[operand] = int(source[1:]) if source.startswith("x") else values.get(source, 0)
    return base, given


def halfwords(t: Tables) -> list[str]:
    """All 49,152 halfwords: which are legal."""
    rows = [(row.mask, row.match, bool(row.base)) for row in t.insns.COMPRESSED]
    wrong = [word for word in range(1 << 16) if word & 3 != 3
             and next((legal for mask, match, legal in rows if word & mask == match), False)
             != literals.rvc_is_legal(word)]
    return [f"{len(wrong)} halfwords differ in legality, the first is {wrong[0]:#06x}"] if wrong else []


def csr_numbers(t: Tables) -> list[str]:
    """Every CSR name, as LLVM numbers it; it does not know those of Xdoppel."""
    rows = [csr for csr in t.csrs.CSRS if csr.name not in literals.XDOPPEL_NUMBERS]
    words = assembler.words([f"csrr x1, {csr.name}" for csr in rows], "norvc")
    own = {csr.name: csr.number for csr in t.csrs.CSRS if csr.ext == "Xdoppel"}
    return [*(f"{csr.name}: isa has {csr.number:#x}, LLVM {word >> 20:#x}"
              for csr, word in zip(rows, words, strict=True) if word >> 20 != csr.number),
            *differences("Xdoppel", own, literals.XDOPPEL_NUMBERS)]


def typed_csrs(t: Tables) -> list[str]:
    """Fields, resets, views and existence conditions of the CSRs."""
    rows = t.csrs.CSRS
    fields = {c.name: {f.name: f.mask for f in c.fields} for c in rows}
    views = {(c.name, f.name): (f.of, f.mask << f.shift) for c in rows for f in c.fields if f.kind == "VIEW"}
    return [
        *differences("fields", fields, literals.CSR_FIELDS),
        *differences("reset", {c.name: c.reset for c in t.csrs.CSRS if c.reset}, literals.RESET),
        *differences("read-only", {c.name: c.bits("RO") for c in rows if c.bits("RO")}, literals.READ_ONLY),
        *differences("view", views, literals.VIEWS),
        *differences("extension", {c.name: c.ext for c in rows if c.ext not in ("I", "S", "U")},
                     {name: ext for ext, names in literals.CSR_EXTENSIONS.items() for name in names}),
        *differences("extension of field", {(c.name, f.name): f.ext for c in rows for f in c.fields if f.ext != "I"},
                     literals.FIELD_EXTENSIONS),
        *differences("substitutes", t.csrs.SUBSTITUTES, literals.SUBSTITUTES),
        *differences("writable", t.csrs.WRITABLE, {"medeleg": literals.MEDELEG, "hedeleg": literals.HEDELEG}),
        *differences("mideleg", (t.csrs.BY_NAME["mideleg"].bits("RW"), t.csrs.BY_NAME["mideleg"].bits("RO")),
                     (literals.MIDELEG_WRITABLE, literals.MIDELEG_ONES)),
        *differences("hideleg", t.csrs.BY_NAME["hideleg"].bits("RW"), literals.HIDELEG_WRITABLE)]


def typed_causes(t: Tables) -> list[str]:
    """Codes, delegation, priorities, modes, pseudoinstructions."""
    c = t.causes
    return [
        *differences("exception", {e.code: e.name for e in c.EXCEPTIONS}, literals.EXCEPTIONS),
        *differences("interrupt", {i.code: i.name for i in c.INTERRUPTS}, literals.INTERRUPTS),
        *differences("medeleg", c.MEDELEG, literals.MEDELEG),
        *differences("hedeleg", c.HEDELEG, literals.HEDELEG),
        *differences("medeleg of Xdoppel", c.MEDELEG_XDOPPEL, literals.MEDELEG_XDOPPEL),
        *differences("S interrupts", c.S_INTERRUPTS, literals.MIDELEG_WRITABLE),
        *differences("VS interrupts", c.VS_INTERRUPTS, literals.HIDELEG_WRITABLE),
        *differences("M interrupts", c.M_INTERRUPTS, 0x888),
        *differences("delegable interrupts", (bits(i.code for i in c.INTERRUPTS if i.medeleg),
                                              bits(i.code for i in c.INTERRUPTS if i.hedeleg)),
                     (literals.MIDELEG_WRITABLE | literals.MIDELEG_ONES, literals.HIDELEG_WRITABLE)),
        *differences("interrupt priority", [c.IRQ[name] for name in c.INTERRUPT_PRIORITY],
                     literals.INTERRUPT_PRIORITY),
        *differences("exception priority", [{c.EXC[n] for n in group} for group in c.EXCEPTION_PRIORITY],
                     literals.EXCEPTION_PRIORITY),
        *differences("modes", c.MODES, literals.MODES),
        *differences("mode names", {c.U: "U", c.S: "S", c.M: "M", c.VU: "VU", c.VS: "VS"}, literals.MODES),
        *differences("tinst", (c.TINST_READ_PTE, c.TINST_WRITE_PTE),
                     (literals.TINST_READ_PTE, literals.TINST_WRITE_PTE))]


def bits(codes: Iterable[int]) -> int:
    return sum(1 << code for code in codes)


def typed_paging(t: Tables) -> list[str]:
    """Page-table entry, paging constants, and the fields of the three address-translation registers."""
    return [
        *differences("PTE", masks(t.paging.PTE), literals.PTE),
        *differences("paging", constants(t.paging), literals.PAGING),
        *differences("satp", masks(t.paging.ATP), literals.CSR_FIELDS["satp"]),
        *differences("hgatp", masks(t.paging.HGATP), literals.CSR_FIELDS["hgatp"])]


def masks(rows: Iterable[tuple[str, int, int]]) -> dict[str, int]:
    return {name: (1 << msb + 1) - (1 << lsb) for name, msb, lsb in rows}


def constants(module: ModuleType) -> dict[str, int]:
    return {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, int)}


def typed_pmp(t: Tables) -> list[str]:
    """Byte of a PMP entry, and its address-matching modes."""
    return [*differences("pmpcfg", masks(t.pmp.PMPCFG), literals.PMPCFG),
            *differences("PMP", constants(t.pmp), literals.PMP_MODES)]


def typed_events(t: Tables) -> list[str]:
    """Codes of what hpm counters count, and which of them follow from the instructions alone; all fit mhpmevent."""
    return [*differences("event", {e.name: e.code for e in t.events.EVENTS}, literals.EVENTS),
            *differences("architectural", {e.code for e in t.events.EVENTS if e.architectural}, literals.ARCHITECTURAL_EVENTS)]


def typed_insns(t: Tables) -> list[str]:
    """Extension of every instruction that is not in RV64I."""
    return differences("extension", {i.name: i.ext for i in t.insns.INSNS if i.ext != "I"},
                       {name: ext for ext, names in literals.EXTENSIONS.items() for name in names.split()})


def typed_platform(t: Tables) -> list[str]:
    """Device addresses and registers; no two devices overlap."""
    p = t.platform
    regions = {name: value.base for name, value in vars(p).items() if isinstance(value, p.Region)}
    known = {name: constants(p)[name] for name in literals.PLATFORM_CONSTANTS}
    return [
        *differences("device", regions, literals.PLATFORM),
        *differences("constant", known, literals.PLATFORM_CONSTANTS),
        *differences("RAM", p.RAM_BASE, literals.RAM_BASE),
        *(f"{a.name} and {b.name} overlap" for a, b in combinations(p.DEVICES, 2)
          if a.base < b.base + b.size and b.base < a.base + a.size)]


WITNESSES: dict[str, Callable[[Tables], list[str]]] = {w.__name__: w for w in (
    patterns, csr_fields, encodings, compressed, halfwords, csr_numbers,
    typed_csrs, typed_causes, typed_paging, typed_pmp, typed_events, typed_insns, typed_platform)}
