"""Decoder: one 32-bit instruction to the controls of the pipeline, every one derived from the rows of
`isa.insns`."""

from collections import Counter
from collections.abc import Callable, Collection

from amaranth.hdl import *
from amaranth.lib import data, enum, wiring
from amaranth.lib.wiring import In, Out

from isa.csrs import BY_NAME as CSRS
from isa.insns import FIELDS, Insn
from isa.profile import Profile

from .alu import AluOp, operation
from .amo import AmoOp
from .config import Config
from .from_isa import field, immediate, rows
from .types import CboOp, CsrOp, Guess, SysOp


class Unit(enum.Enum, shape=4):
    """What executes the instruction; the names are those of the `unit` column, but for `bits`, which the ALU
    executes."""

    ALU = 0
    BRANCH = 1
    LOAD = 2
    STORE = 3
    FENCE = 4
    SYS = 5
    CSR = 6
    MUL = 7
    DIV = 8
    AMO = 9
    HLOAD = 10
    HSTORE = 11
    CBO = 12


class Control(data.Struct):
    """Everything the later stages know of an instruction besides its bits. Fields that do not apply are 0."""

    illegal: 1          # no row matches, or its extension is not built
    unit: Unit
    rd: 5               # 0 when nothing is written; likewise rs1, rs2 when not read
    rs1: 5
    rs2: 5
    imm: signed(32)
    use_imm: 1          # the ALU's second operand is the immediate
    alu: AluOp          # a branch has its comparison
    word: 1             # 32-bit operation of MUL or DIV
    conditional: 1      # branch
    jump: 1             # JAL, JALR
    indirect: 1         # JALR
    pc_relative: 1      # AUIPC: the result is the branch target
    late: 1             # the result exists only at the end of M
    deferrable: 1       # M can do it, when an operand is not there in X
    late_b: 1           # rs2 is not needed before M: it is what a store or AMO writes
    size: 2             # log2 of the bytes of a memory access
    unsigned: 1         # load: zero-extend
    hlvx: 1
    amo: AmoOp
    csr_op: CsrOp
    csr_always: 1       # CSRRW, CSRRWI write even when the source field is 0
    sys: SysOp
    fence_i: 1
    cbo: CboOp
    pause: 1
    masked_by: 8        # the bit of hisadis that takes the instruction from a guest; 0: none does


_CSR = {"csrrw": CsrOp.WRITE, "csrrs": CsrOp.SET, "csrrc": CsrOp.CLEAR}
_DEFERRABLE = {"add", "sub", "addw", "subw", "addi", "addiw", "beq", "bne", "blt", "bge", "bltu", "bgeu",
               "csrrw", "csrrs", "csrrc"}
EARLY = ("deferrable", "late_b")
_MEMORY = {"load", "store", "amo", "hload", "hstore"}
_MASKS = {field.ext: field.mask for field in CSRS["hisadis"].fields}


def decoded_rows(profile: Profile) -> list[Insn]:
    """Instructions that are told apart: a prefetch is the ORI to x0 that it is encoded as, which does nothing."""
    return [row for row in rows(profile) if row.ext != "Zicbop"]


def controls(row: Insn, masks: bool = False) -> dict[str, object]:
    """Controls of one row that its operand fields do not hold; `masks`: the hart has hisadis."""
    name, unit = row.name, row.unit
    access = name.rpartition(".")[2] if "." in name else name[1:]      # lbu -> bu, hlvx.hu -> hu
    atomic = name.partition(".")[0].removeprefix("amo").upper()        # amoadd.w -> ADD
    return {
        "unit":        Unit["ALU" if unit == "bits" else unit.upper()],
        "use_imm":     unit not in ("alu", "bits", "branch") or "rs2" not in row.operands,
        "alu":         AluOp.const({"signed": name in ("blt", "bge")} if unit == "branch" else
                                   operation(name) if unit in ("alu", "bits") else {}).as_value(),
        "word":        unit in ("mul", "div") and name.endswith("w"),
        "conditional": unit == "branch" and "rd" not in row.operands,
        "jump":        unit == "branch" and "rd" in row.operands,
        "indirect":    name == "jalr",
        "pc_relative": name == "auipc",
        "late":        unit in ("load", "amo", "hload", "csr", "mul", "div"),
        "deferrable":  name in _DEFERRABLE,
        "late_b":      unit in ("store", "hstore", "amo"),
        "size":        "bhwd".index(access[0]) if unit in _MEMORY else 0,
        "unsigned":    unit in ("load", "hload") and access.endswith("u"),
        "hlvx":        name.startswith("hlvx"),
        "amo":         AmoOp[atomic] if unit == "amo" else AmoOp(0),
        "csr_op":      _CSR[name.removesuffix("i")] if unit == "csr" else CsrOp.WRITE,
        "csr_always":  name in ("csrrw", "csrrwi"),
        "sys":         SysOp.HLSV if unit in ("hload", "hstore") else
                       SysOp[name.upper().replace(".", "_")] if unit == "sys" else SysOp.NONE,
        "fence_i":     name == "fence.i",
        "cbo":         CboOp[access.upper()] if unit == "cbo" else CboOp(0),
        "pause":       name == "pause",
        "masked_by":   _MASKS.get(row.ext, 0) if masks else 0,
    }


def immediate_name(row: Insn) -> str:
    """The operand of a row that is a number the pipeline uses, or nothing; CSR numbers and fence sets are
    not."""
    return next((o for o in row.operands if o.startswith(("imm_", "shamt", "zimm"))), "")


class Decoded(data.Struct):
    """An instruction in X."""

    pc: 64
    insn: 32
    half: 16
    compressed: 1
    fetch_fault: 1
    guess: Guess
    control: Control
    a: 64       # rs1
    b: 64       # rs2
    late_a: 1   # it is not there yet: the instruction in M brings it when it leaves M
    late_b: 1
    deferred: 1  # one is late, and M does what X cannot do without it


def telling(wanted: Collection[str], others: Collection[str]) -> list[str]:
    """Patterns that an instruction matches if it matches one of `wanted`, and does not if it matches one of `others`; they look
    at few of its bits. Raises ValueError if no bit tells two of them apart."""
    looked_at: set[int] = set()

    def differ(a: str, b: str) -> set[int]:
        return {i for i, (x, y) in enumerate(zip(a, b, strict=True)) if {x, y} == {"0", "1"}}

    pairs = [differ(a, b) for a in wanted for b in others]
    if not all(pairs):
        raise ValueError("Some instructions that are to be told apart have a bit pattern in common.")
    while pairs := [pair for pair in pairs if not pair & looked_at]:
        count = Counter(i for pair in pairs for i in pair)
        looked_at.add(max(sorted(count), key=count.__getitem__))
    return sorted({"".join(bit if i in looked_at else "-" for i, bit in enumerate(pattern)) for pattern in wanted})


class Decode(wiring.Component):
    """Combinational: one comparison per row, then every control is an OR of rows; PAUSE and FENCE match together.

    What the stage D itself looks at, EARLY, is there long before the rest, and may be anything when the instruction is illegal.
    """

    insn:    In(32)
    control: Out(Control)

    def __init__(self, config: Config):
        self._rows = decoded_rows(config.profile)
        self._controls = [controls(row, config.profile.has("Xdoppel")) for row in self._rows]
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        control = self.control
        matches = Signal(len(self._rows))
        m.d.comb += [matches[i].eq(self.insn.matches(row.pattern)) for i, row in enumerate(self._rows)]

        def rows_where(wanted: Callable[[Insn], object]) -> Value:
            return (matches & sum(1 << i for i, row in enumerate(self._rows) if wanted(row))).any()

        def early(rows: list[Insn], wanted: Callable[[Insn], object]) -> Value:
            own, others = {row.pattern for row in rows if wanted(row)}, {row.pattern for row in rows if not wanted(row)}
            yes, no = telling(own, others), telling(others, own)
            return self.insn.matches(*yes) if len(yes) <= len(no) else ~self.insn.matches(*no)

        for name in EARLY:
            having = {row for row, values in zip(self._rows, self._controls, strict=True) if values[name]}
            m.d.comb += control[name].eq(early(self._rows, having.__contains__))
        for name in ("rs1", "rs2"):
            hi, lo = FIELDS[name]
            rest = [row for row in self._rows if row.pattern[31 - hi:32 - lo] != "00000"]   # of the others it is x0 anyhow
            reads = early(rest, lambda row, name=name: name in row.operands)
            m.d.comb += control[name].eq(Mux(reads, field(self.insn, name), 0))
        for name in sorted(self._controls[0].keys() - set(EARLY)):
            bits = Value.cast(control[name])
            m.d.comb += [bits[i].eq((matches & sum((encoding(values[name]) >> i & 1) << j
                                                   for j, values in enumerate(self._controls))).any())
                         for i in range(len(bits))]
        m.d.comb += control.rd.eq(Mux(rows_where(lambda row: "rd" in row.operands), field(self.insn, "rd"), 0))
        for name in sorted({immediate_name(row) for row in self._rows} - {""}):
            with m.If(rows_where(lambda row, name=name: immediate_name(row) == name)):
                m.d.comb += control.imm.eq(immediate(self.insn, name, 32).as_signed())
        m.d.comb += control.illegal.eq(~matches.any())
        return m


def encoding(value: object) -> int:
    """The bits of a number, a constant or a member of an enumeration."""
    return int(getattr(value, "value", value))
