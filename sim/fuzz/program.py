"""A random program as data, and its image: what the generator builds, the shrinker cuts and the judges run."""

from dataclasses import dataclass, field

from isa import platform
from isa.disasm import disassemble
from sim.fuzz import handlers, layout, protection
from sim.fuzz.elf import write_elf
from sim.fuzz.encode import MASK64, Code, la, li, op

SKIP = "@skip"              # label of a branch over the next `skip` units of its segment
_QUIET = 1 << 17 | 1 << 3   # mstatus.MPRV and MIE
_M = layout.M_TEMP

# What the set-up of each block writes, in this order: registers of the CLINT and CSRs. mepc and mstatus come last, after
# the fences.
_CLINT = {"msip": platform.CLINT.base + platform.CLINT_MSIP, "mtimecmp": platform.CLINT.base + platform.CLINT_MTIMECMP}
STATE = ("medeleg", "mideleg", "hedeleg", "hideleg", "mtvec", "stvec", "vstvec", "satp", "vsatp", "hgatp",
         "menvcfg", "henvcfg", "senvcfg", "mstateen0", "hstateen0", *protection.NAMES, "hstatus",
         "vsstatus", "hvip", "msip", "mtimecmp", "mip", "mie", "mcounteren", "hcounteren", "scounteren", "mepc", "mstatus")


@dataclass(frozen=True)
class Literal:
    """A value for a CSR: the address of a label plus an offset."""

    label: str
    offset: int = 0


@dataclass
class Unit:
    """Instructions that make sense only together. The last may branch over the next `skip` units."""

    kind: str
    code: list[Code]
    skip: int = 0


@dataclass
class Segment:
    """Straight run of units meant for one mode; `user` puts it into user pages. Falls out of the block at its end."""

    label: str
    mode: str
    user: bool
    units: list[Unit]


@dataclass
class Block:
    """State set by M, then the first segment. The others are reached from it by xRET and ECALL."""

    state: dict[str, int | Literal]
    segments: list[Segment]
    budget: int


@dataclass
class Program:
    """`registers` and `constants` (CSR values) are set once. `memory`: page tables and data, address to bytes."""

    seed: int
    blocks: list[Block]
    memory: dict[int, bytes]
    registers: dict[int, int] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)

    @property
    def instructions(self) -> int:
        """Instructions in all bodies."""
        return sum(len(u.code) for b in self.blocks for s in b.segments for u in s.units)

    def image(self) -> tuple[dict[int, bytes], dict[str, int]]:
        """Memory by address, and the address of every label. Raises ValueError when the code does not fit."""
        user: handlers.Listing = [("exit_u", [op("ecall")])]
        bodies: dict[bool, handlers.Listing] = {False: [("entry", _prologue(self))], True: []}
        for i, block in enumerate(self.blocks):
            bodies[False] += _setup(i, block)
            for segment in block.segments:
                bodies[segment.user] += _listing(segment)
        bodies[False].append((f"block{len(self.blocks)}", _finish()))
        parts = {layout.S_CODE: handlers.listing(), layout.U_CODE: user,
                 layout.S_CODE + layout.HANDLERS_END: bodies[False], layout.U_CODE + layout.HANDLERS_END: bodies[True]}
        labels = _place(parts)
        segments = {base: _assemble(base, part, labels) for base, part in parts.items()}
        for base, part in segments.items():
            end = layout.HANDLERS_END if base in (layout.S_CODE, layout.U_CODE) else layout.CODE_PAGES << 12
            if base % layout.REGION + len(part) > end:
                raise ValueError(f"{len(part)} bytes of code at {base:#x} do not fit")
        segments |= self.memory
        segments[layout.TOHOST] = bytes(16)
        return {base: part for base, part in segments.items() if part}, labels

    def listing(self) -> str:
        """State and bodies as text; handlers and page tables are left out."""
        _, labels = self.image()
        return "\n".join(line for block in self.blocks for line in _text(block, labels))

    def elf(self) -> bytes:
        """The program as an executable."""
        segments, labels = self.image()
        symbols = {"tohost": layout.TOHOST, "fromhost": layout.FROMHOST, "begin_signature": layout.DATA,
                   "end_signature": layout.DATA + (layout.DATA_PAGES << 12),
                   **{label: at for label, at in labels.items() if not label.rpartition("u")[2].isdigit()}}     # no units
        return write_elf(labels["entry"], segments, symbols)


def _text(block: Block, labels: dict[str, int]) -> list[str]:
    lines = ["block: " + ", ".join(f"{name}={value if isinstance(value, Literal) else hex(value)}"
                                   for name, value in block.state.items() if value)]
    for segment in block.segments:
        lines.append(f"  {segment.label}, meant for {segment.mode}:")
        for i, unit in enumerate(segment.units):
            pc = labels[f"{segment.label}u{i}"]
            for code in unit.code:
                known = Code(code.bits, code.size) if code.label == SKIP else code
                word = int.from_bytes(known.at(pc, labels), "little")
                lines.append(f"    {pc:#x} {word:0{2 * code.size}x} {disassemble(word, pc):32} {unit.kind}")
                pc += code.size
    return lines


def _assemble(base: int, listing: handlers.Listing, labels: dict[str, int]) -> bytes:
    out = bytearray()
    for _, code in listing:
        if code and code[0].size == 8:
            out += bytes(-(base + len(out)) % 8)
        for c in code:
            out += c.at(base + len(out), labels)
    return bytes(out)


def _place(parts: dict[int, handlers.Listing]) -> dict[str, int]:
    labels: dict[str, int] = {}
    for base, listing in parts.items():
        pc = base
        for label, code in listing:
            if code and code[0].size == 8:
                pc += -pc % 8
            if label:
                labels[label] = pc
            pc += sum(c.size for c in code)
    return labels


def _listing(segment: Segment) -> handlers.Listing:
    """The segment with a label before every unit that a branch may go to."""
    out: handlers.Listing = [(segment.label, [])]
    count = len(segment.units)
    for i, unit in enumerate(segment.units):
        target = f"{segment.label}u{min(i + 1 + unit.skip, count)}"
        code = [Code(c.bits, c.size, target, c.fix) if c.label == SKIP else c for c in unit.code]
        out.append((f"{segment.label}u{i}", code))
    out.append((f"{segment.label}u{count}", [op("jal", label="exit_u" if segment.user else "exit_s")]))
    return out


def _load(pool: list[Code], name: str) -> list[Code]:
    code = [op("ld", _M[0], _M[1], imm=8 * len(pool))]
    if name in _CLINT:
        return [*code, *li(layout.UPWARD, _CLINT[name]),
                op("sw" if name == "msip" else "sd", rs1=layout.UPWARD, rs2=_M[0])]
    return [*code, op("csrrw", 0, _M[0], csr=name)]


def _setup(number: int, block: Block) -> handlers.Listing:
    """M-mode code that sets the block's state and enters its first segment, then its literals."""
    first = block.segments[0]
    code = [*li(_M[0], _QUIET), op("csrrc", 0, _M[0], csr="mstatus"), *la(_M[1], f"pool{number}")]
    pool: list[Code] = []
    for name in (name for name in STATE if name in block.state):
        value = block.state[name]
        if name == "mepc":
            code += [op("sfence.vma"), op("hfence.gvma"), op("hfence.vvma")]
        code += _load(pool, name)
        pool.append(Code(value & MASK64, 8) if isinstance(value, int) else Code(value.offset, 8, value.label, "abs"))
    code += [*la(layout.NEXT, f"block{number + 1}"), *la(layout.LINK, "exit_u" if first.user else "exit_s"),
             *li(layout.BUDGET, block.budget), *li(layout.UPWARD, 0), op("mret")]
    return [(f"block{number}", code), (f"pool{number}", pool)]


def _prologue(program: Program) -> list[Code]:
    """Devices and constants, then the body's registers."""
    code = [*la(_M[0], "m"), op("csrrw", 0, _M[0], csr="mtvec"), op("csrrw", 0, 0, csr="mie"),
            *li(_M[0], _CLINT["mtimecmp"]), *li(_M[1], -1), op("sd", rs1=_M[0], rs2=_M[1])]
    for name, value in program.constants.items():
        code += [*li(_M[0], value), op("csrrw", 0, _M[0], csr=name)]
    for register, value in program.registers.items():
        code += li(register, value)
    return [*code, *la(layout.NEXT, "block0"), op("jalr", 0, layout.NEXT)]


def _finish() -> list[Code]:
    """Write 1 to tohost, again and again: a store may meet a bus error."""
    return [op("csrrw", 0, 0, csr="mie"), *li(_M[0], _QUIET), op("csrrc", 0, _M[0], csr="mstatus"),
            *li(_M[0], layout.TOHOST), *li(_M[1], 1), op("sd", rs1=_M[0], rs2=_M[1]), op("jal", imm=-4)]
