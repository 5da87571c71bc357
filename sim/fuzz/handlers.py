"""Trap handlers of a random program, for M, HS and VS, and the ways out of a block.

A handler reads every trap CSR of its level, so that the records show them; then it goes on, and what it does depends
only on what it read:

1. trap from handler code, or the block's budget of traps used up: out of the block
2. interrupt: clear its enable bit and return
3. fetch fault: return to the link register, as all calls set it
4. environment call with UPWARD set: go on there, in the handler's mode
5. anything else: return behind the instruction

Handlers keep no memory: each level has two registers of its own.
"""

from dataclasses import dataclass
from functools import cache

from isa import causes
from sim.fuzz import layout
from sim.fuzz.encode import Code, li, op

VECTORS = 16
_FETCH_FAULTS = tuple(causes.EXC[n] for n in
                      ("INSTRUCTION_PAGE_FAULT", "INSTRUCTION_GUEST_PAGE_FAULT", "INSTRUCTION_ACCESS_FAULT"))
_MXR_SUM = 3 << 18
_MPRV = 1 << 17

# How HS leaves a block for M, by the cause that must then not be delegated.
HS_EXITS = {"ECALL_S": op("ecall"), "BREAKPOINT": op("ebreak"), "ILLEGAL_INSTRUCTION": op("csrrs", 0, 0, csr="mscratch")}

Listing = list[tuple[str, list[Code]]]                          # label ("" for none) and what follows it


@dataclass(frozen=True)
class Level:
    """What differs between the handlers of M, HS and VS."""

    name: str
    letter: str                                                 # of its own xcause, xepc, xtval; VS says s
    temps: tuple[int, int]
    extra: tuple[str, ...]
    enables: tuple[str, ...]
    out: list[Code]


def _levels() -> list[Level]:
    out = [Level("m", "m", layout.M_TEMP, ("mtval2", "mtinst", "mstatus", "mip"), ("mie",),
                 [op("jalr", 0, layout.NEXT)])]
    for cause, leave in HS_EXITS.items():
        out.append(Level(f"hs_{cause}", "s", layout.HS_TEMP, ("htval", "htinst", "hstatus", "sstatus", "vsstatus", "hip"),
                         ("sie", "hie"), [leave]))
    out.append(Level("vs", "s", layout.VS_TEMP, ("sstatus", "sip"), ("sie",), [op("ecall")]))
    return out


LEVELS = _levels()


@cache
def listing() -> Listing:
    """All handlers and the exits in supervisor pages. Each handler opens with its vector table, labelled by its name."""
    out: Listing = []
    for level in LEVELS:
        vectors = [op("jal", label=f"{level.name}_body")] * VECTORS
        out += [(level.name, vectors), (f"{level.name}_body", _handler(level)), (f"{level.name}_out", level.out)]
    return [*out, ("exit_s", [op("ecall")])]


def _handler(level: Level) -> list[Code]:
    """Straight code; the local branches count instructions, all of 4 bytes."""
    a, b = level.temps
    x = level.letter
    code = [op("csrrs", a if i % 2 else b, 0, csr=name)
            for i, name in enumerate((f"{x}cause", f"{x}epc", f"{x}tval", *level.extra))]
    if level.name == "m":                                       # its own loads must not be translated
        code += [*li(a, _MPRV), op("csrrc", 0, a, csr="mstatus")]
    code += [op("addi", layout.BUDGET, layout.BUDGET, imm=-1), op("bge", rs2=layout.BUDGET, label=f"{level.name}_out"),
             op("csrrs", b, 0, csr=f"{x}epc"), op("slli", a, b, imm=43), op("srli", a, a, imm=57),
             op("beq", rs1=a, label=f"{level.name}_out"),
             op("csrrs", a, 0, csr=f"{x}cause")]
    leave = [op("mret" if x == "m" else "sret")]
    interrupt = [*li(b, 1), op("sll", b, b, a), *(op("csrrc", 0, b, csr=name) for name in level.enables), *leave]
    code += _unless("bge", a, 0, interrupt)
    fetch = [op("csrrw", 0, layout.LINK, csr=f"{x}epc"), *leave]
    for cause in _FETCH_FAULTS:
        code += [op("addi", b, a, imm=-cause), *_unless("bne", b, 0, fetch)]
    upward = [op("addi", b, layout.UPWARD), *li(layout.UPWARD, 0), op("jalr", 0, b)]
    guarded = _unless("beq", layout.UPWARD, 0, upward)
    code += [op("addi", b, a, imm=-causes.EXC["ECALL_U"]), op("sltiu", b, b, imm=3), *_unless("beq", b, 0, guarded)]
    return [*code, *_length(level), op("csrrs", b, 0, csr=f"{x}epc"), op("add", a, a, b),
            op("csrrw", 0, a, csr=f"{x}epc"), *leave]


def _length(level: Level) -> list[Code]:
    """Length of the instruction at xepc into the first register."""
    a, b = level.temps
    if level.name == "m":                                       # code lies where its low bits say, under any alias
        fetch = [op("csrrs", a, 0, csr="mepc"), op("slli", a, a, imm=41), op("srli", a, a, imm=41), *li(b, layout.S_CODE),
                 op("or", a, a, b), op("lhu", a, a)]
    else:
        fetch = [*li(a, _MXR_SUM), op("csrrs", a, a, csr="sstatus"), op("csrrs", b, 0, csr="sepc"), op("lhu", b, b),
                 op("csrrw", 0, a, csr="sstatus"), op("addi", a, b)]
    # (low two bits + 1) & 4 is 4 for a 32-bit instruction, else 0: half of it and 2 is the length
    return [*fetch, op("andi", a, a, imm=3), op("addi", a, a, imm=1), op("andi", a, a, imm=4), op("srli", a, a, imm=1),
            op("addi", a, a, imm=2)]


def _unless(branch: str, rs1: int, rs2: int, code: list[Code]) -> list[Code]:
    """`code`, jumped over when the branch is taken."""
    return [op(branch, rs1=rs1, rs2=rs2, imm=4 + sum(c.size for c in code)), *code]


def hs_handlers(medeleg: int) -> list[str]:
    """Names of the HS handlers that can leave the block under this delegation."""
    return [f"hs_{name}" for name in HS_EXITS if not medeleg >> causes.EXC[name] & 1]


def addresses() -> dict[str, int]:
    """Where each handler lies."""
    out, pc = {}, layout.S_CODE
    for label, code in listing():
        out[label] = pc
        pc += sum(c.size for c in code)
    return out


ADDRESS = addresses()
