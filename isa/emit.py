"""Writes the facts of `isa/` for readers outside Python: `vmm_firmware/isa.h` and `docs/isa.md`.

Both files are checked in; a test regenerates them and compares byte for byte.

    python -m isa.emit header|markdown|all
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from isa import causes, csrs, events, insns, paging, platform, pmp, retire
from isa.profile import PROFILES

ROOT = Path(__file__).parent.parent
Row = tuple[str, ...]


def defines() -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Sections of the header: title, then (name, value) of each macro."""
    yield "CSR numbers", [(f"CSR_{c.name}", c.number) for c in csrs.CSRS]
    yield "CSR fields: masks in place; _SHIFT of those wider than one bit", [
        define for c in csrs.CSRS if not _repeated(c) for f in c.fields if f.mask != (1 << 64) - 1
        for define in _field(f"{c.name}_{f.name}", f.msb, f.lsb)]
    yield "Values of the MODE fields, in place", [
        ("SATP_MODE_BARE", paging.MODE_BARE << 60), ("SATP_MODE_SV39", paging.MODE_SV39 << 60),
        ("HGATP_MODE_BARE", paging.MODE_BARE << 60), ("HGATP_MODE_SV39X4", paging.MODE_SV39X4 << 60)]
    yield "Bits that can be 1 in medeleg and hedeleg", [
        *((f"{name}_WRITABLE", mask) for name, mask in csrs.WRITABLE.items()),
        ("MEDELEG_XDOPPEL", causes.MEDELEG_XDOPPEL)]
    yield "Privilege: bit 2 is V, bits 1:0 the nominal privilege", [
        (f"PRV_{name}", mode) for mode, name in causes.MODES.items()]
    yield "Exception codes", [(f"EXC_{c.name}", c.code) for c in causes.EXCEPTIONS]
    yield "Interrupt codes", [(f"IRQ_{c.name}", c.code) for c in causes.INTERRUPTS]
    yield "Pseudoinstructions of mtinst and htinst", [
        ("TINST_READ_PTE", causes.TINST_READ_PTE), ("TINST_WRITE_PTE", causes.TINST_WRITE_PTE)]
    yield "Page-table entries and paging", [
        *(define for name, msb, lsb in paging.PTE for define in _field(f"PTE_{name}", msb, lsb)),
        ("PTE_SIZE", paging.PTE_SIZE), ("PAGE_SHIFT", paging.PAGE_SHIFT),
        ("PAGE_SIZE", 1 << paging.PAGE_SHIFT), ("PAGE_LEVELS", paging.LEVELS), ("VPN_BITS", paging.VPN_BITS),
        ("X4_BITS", paging.X4_BITS), ("VA_BITS", paging.VA_BITS), ("GPA_BITS", paging.GPA_BITS)]
    yield "PMP: the byte of one entry in pmpcfg, and its values of A", [
        *(define for name, msb, lsb in pmp.PMPCFG for define in _field(f"PMPCFG_{name}", msb, lsb)),
        ("PMP_OFF", pmp.OFF), ("PMP_TOR", pmp.TOR), ("PMP_NA4", pmp.NA4), ("PMP_NAPOT", pmp.NAPOT),
        ("PMP_ADDRESS_SHIFT", pmp.ADDRESS_SHIFT)]
    yield "Events of the hpm counters", [(f"EVENT_{e.name}", e.code) for e in events.EVENTS]
    yield "Platform", list(_platform())
    patterns = [(i.name, i.pattern) for i in insns.INSNS]
    patterns += [(c.name, c.pattern) for c in insns.COMPRESSED if c.base]
    yield "Instructions: values of the fixed bits, and which bits are fixed", [
        (f"{kind}_{name.replace('.', '_')}", bits) for name, pattern in patterns
        for kind, bits in (("MATCH", insns.match(pattern)), ("MASK", insns.mask(pattern)))]


def _repeated(c: csrs.Csr) -> bool:
    """Is it one of a series of CSRs alike, but not the first?"""
    return len(c.series) > 0 and c.name != f"{c.name.rstrip('0123456789')}{c.series[0]}"


def _field(name: str, msb: int, lsb: int) -> list[tuple[str, int]]:
    mask = (name, (1 << msb + 1) - (1 << lsb))
    return [mask] if msb == lsb else [mask, (f"{name}_SHIFT", lsb)]


def _platform() -> Iterator[tuple[str, int]]:
    for name, value in vars(platform).items():
        if isinstance(value, platform.Region):
            yield f"{name}_BASE", value.base
            yield f"{name}_SIZE", value.size
        elif isinstance(value, int) and name.isupper():
            yield name, value


def header() -> str:
    """Text of `vmm_firmware/isa.h`.

    Raises ValueError if two facts claim one macro name.
    """
    lines = ["/* Facts of the instruction set and the platform, for C and assembly.",
             "   Generated from isa/ by `python -m isa.emit header`: edit the tables there. */",
             "#ifndef ISA_H", "#define ISA_H"]
    seen: set[str] = set()
    for title, macros in defines():
        lines += ["", f"/* {title} */"]
        for name, value in macros:
            name = name.upper()
            if name in seen:
                raise ValueError(f"two facts claim the macro name {name!r}")
            seen.add(name)
            lines.append(f"#define {name:<36} {value:#x}")
    return "\n".join([*lines, "", "#endif", ""])


def _table(head: str, rows: Iterable[Row]) -> list[str]:
    titles = [cell.strip() for cell in head.split("|")]
    cells = [tuple(cell.replace("|", "\\|") for cell in row) for row in rows]
    return [f"| {' | '.join(row)} |" for row in (tuple(titles), ("---",) * len(titles), *cells)] + [""]


def _bits(msb: int, lsb: int) -> str:
    return str(msb) if msb == lsb else f"{msb}:{lsb}"


def _stored(f: csrs.Field) -> str:
    return f"{f.of}[{_bits(f.msb + f.shift, f.lsb + f.shift)}]" if f.of else ""


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _expansion(c: insns.Compressed) -> str:
    given = ", ".join(f"{operand} = {source}" for operand, source in c.operands.items())
    return f"`{c.base}` {given}".strip() if c.base else "reserved"


def _causes(table: Iterable[causes.Cause], deleg: str) -> list[str]:
    return _table(f"code | name | meaning | m{deleg} | h{deleg}", (
        (str(c.code), f"`{c.name}`", c.title, _yes(c.medeleg), _yes(c.hedeleg)) for c in table))


def _csr_rows() -> Iterator[Row]:
    for c in csrs.CSRS:
        if _repeated(c):
            continue    # one row stands for the series
        group = f"-`{c.series[-1]}`" if c.series else ""
        yield f"`{c.name}`{group}", f"{c.number:#05x}", c.ext, "", "", "", c.meaning
        for f in c.fields:
            yield f"· {f.name}", "", "" if f.ext == "I" else f.ext, _bits(f.msb, f.lsb), f.kind, f"{f.reset:#x}", _stored(f)


def markdown() -> str:
    """Text of `docs/isa.md`."""
    lines = ["# isa: the instruction set in tables", "",
             "Generated from `isa/` by `python -m isa.emit markdown`; edit the tables there. This page lists",
             "facts; behaviour is in the manual, in `sim/model/` and in `rtl/`.", "",
             "## Instructions", "",
             "A pattern is read from bit 31 (15) to bit 0; `-` is an operand bit. Where rows overlap the",
             "first one holds.", ""]
    lines += _table("instruction | pattern | operands | unit | extension", (
        (f"`{i.name}`", f"`{i.pattern}`", ", ".join(i.operands), i.unit, i.ext) for i in insns.INSNS))
    lines += ["Immediates, as `value bits@instruction bit`:", ""]
    lines += _table("format | pieces", (
        (f"`{name}`", f"`{spec}`") for name, spec in insns.IMMEDIATES.items()))
    lines += ["## Compressed instructions", ""]
    lines += _table("instruction | pattern | expands to | immediate | sign-extended", (
        (f"`{c.name}`", f"`{c.pattern}`", _expansion(c), f"`{c.imm}`" if c.imm else "", _yes(c.signed))
        for c in insns.COMPRESSED))
    lines += ["## Control and status registers", "",
              "Kinds: RW storage; RO always the reset value; VIEW the same bits as the register named on the",
              "right; WARL legal values need a rule; HW set by the machine. Bits that no field names are",
              "read-only zero.", ""]
    lines += _table("CSR | number | extension | bits | kind | reset | meaning, or where stored", _csr_rows())
    lines += ["With V=1 an access to the first CSR of a pair goes to the second one:",
              ", ".join(f"`{a}` → `{b}`" for a, b in csrs.SUBSTITUTES.items()) + ".", "",
              "## Exceptions", ""]
    lines += _causes(causes.EXCEPTIONS, "edeleg")
    lines += [f"medeleg holds {causes.MEDELEG:#x} and, with Xdoppel, {causes.MEDELEG_XDOPPEL:#x}; hedeleg {causes.HEDELEG:#x}.",
              "Priority, highest first:", ""]
    lines += [f"{n}. {', '.join(f'`{name}`' for name in group)}"
              for n, group in enumerate(causes.EXCEPTION_PRIORITY, 1)]
    lines += ["", "## Interrupts", ""]
    lines += _causes(causes.INTERRUPTS, "ideleg")
    lines += [f"Priority, highest first: {', '.join(f'`{name}`' for name in causes.INTERRUPT_PRIORITY)}.", ""]
    lines += ["## Paging", "", "Page-table entry:", ""]
    lines += _table("field | bits", ((name, _bits(msb, lsb)) for name, msb, lsb in paging.PTE))
    lines += _table("subject | value", (
        ("page", f"{1 << paging.PAGE_SHIFT} bytes"), ("page-table entry", f"{paging.PTE_SIZE} bytes"),
        ("levels", str(paging.LEVELS)), ("bits of each VPN", str(paging.VPN_BITS)),
        ("more bits of the root VPN in Sv39x4", str(paging.X4_BITS)),
        ("bits of a virtual address", str(paging.VA_BITS)),
        ("bits of a guest physical address", str(paging.GPA_BITS)),
        ("MODE Bare, Sv39, Sv39x4", f"{paging.MODE_BARE}, {paging.MODE_SV39}, {paging.MODE_SV39X4}"),
        ("mtinst/htinst, implicit read of a VS-stage PTE", f"{causes.TINST_READ_PTE:#x}"),
        ("mtinst/htinst, implicit write of a VS-stage PTE", f"{causes.TINST_WRITE_PTE:#x}")))
    lines += ["## Physical memory protection", "", "Byte of an entry in pmpcfg, 4 KiB grain or larger:", ""]
    lines += _table("field | bits", ((name, _bits(msb, lsb)) for name, msb, lsb in pmp.PMPCFG))
    lines += ["## Events of the hpm counters", ""]
    lines += _table("code | name | what is counted | follows from the instructions alone", (
        (str(e.code), f"`{e.name}`", e.title, _yes(e.architectural)) for e in events.EVENTS))
    lines += ["## Address map", ""]
    lines += _table("device | base | size | compatible", [
        *((d.name, f"{d.base:#x}", f"{d.size:#x}", d.compatible) for d in platform.DEVICES),
        ("ram", f"{platform.RAM_BASE:#x}", f"{platform.RAM_SIZE:#x} by default", "")])
    lines += _table("constant | value", (
        (f"`{name}`", f"{value:#x}") for name, value in _platform() if not name.endswith(("_BASE", "_SIZE"))))
    lines += ["## Profiles", ""]
    head = "profile | ASIDLEN | VMIDLEN | address bits | explicit tinst | writable PMP entries | hpm counters | extensions"
    lines += _table(head, (
        (p.name, str(p.asid_bits), str(p.vmid_bits), str(p.pa_bits), "0" if p.tinst_zero else "transformed",
         str(p.pmp_regions), str(p.hpm_counters), " ".join(sorted(p.extensions))) for p in PROFILES.values()))
    lines += ["## Retirement record", "",
              f"{retire.WORDS} words of 64 bits. A sampled field is an input of the instruction, taken from",
              "the RTL; all others are compared.", ""]
    lines += _table("word | bits | field | sampled | meaning", (
        (str(f.word), _bits(f.lsb + f.width - 1, f.lsb), f"`{f.name}`", _yes(f.sampled), f.meaning)
        for f in retire.FIELDS.values()))
    return "\n".join(lines).rstrip("\n") + "\n"


ARTEFACTS: dict[str, tuple[str, Callable[[], str]]] = {
    "header": ("vmm_firmware/isa.h", header),
    "markdown": ("docs/isa.md", markdown),
}


def main(arguments: list[str]) -> int:
    """Command line: writes the named artefact, or all of them. Returns the exit status."""
    if len(arguments) != 1 or arguments[0] not in (*ARTEFACTS, "all"):
        usage = f"usage: python -m isa.emit {'|'.join(ARTEFACTS)}|all, not {' '.join(arguments)!r}"
        print(usage, file=sys.stderr)
        return 2
    for name, (path, text) in ARTEFACTS.items():
        if arguments[0] in (name, "all"):
            (ROOT / path).write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
