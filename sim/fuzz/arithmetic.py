"""Units that compute and jump: registers only, no traps."""

from isa import insns
from sim.fuzz import layout, values
from sim.fuzz.context import Context
from sim.fuzz.encode import Code, comp, li, op
from sim.fuzz.program import SKIP

_SHORT = tuple(range(8, 16))            # registers of most compressed instructions
_ALU = ("alu", "mul", "div", "bits")
_MULDIV = ("mul", "div")
_BRANCHES = ("beq", "bne", "blt", "bge", "bltu", "bgeu")
_COMPRESSED_ALU = tuple(r for r in insns.COMPRESSED
                        if r.base in ("addi", "addiw", "lui", "srli", "srai", "andi", "sub", "xor", "or", "and", "subw",
                                      "addw", "slli", "add"))


def alu(ctx: Context) -> list[Code]:
    """Arithmetic on whatever the registers hold."""
    rng, code = ctx.rng, []
    for _ in range(rng.randint(3, 8)):
        insn = rng.choice(values.instructions(ctx.limits.profile, *_ALU))
        rd, rs1, rs2 = rng.choice((0, *layout.BODY, *layout.BODY)), ctx.source(), ctx.source()
        imm = rng.randrange(-2048, 2048)
        if "imm_u" in insn.operands:
            imm = rng.randrange(-1 << 19, 1 << 19) << 12
        elif "shamt6" in insn.operands:
            imm = rng.randrange(64)
        elif "shamt5" in insn.operands:
            imm = rng.randrange(32)
        code.append(op(insn.name, rd, rs1, rs2, imm))
    return code


def loop(ctx: Context) -> list[Code]:
    """The same arithmetic a few times, with memory accesses where they are likely to succeed."""
    rng, count = ctx.rng, ctx.register()
    work = [c for c in alu(ctx) if c.bits >> 7 & 31 != count]
    if ctx.works.get("w"):
        p = ctx.register(count)
        work = [c for c in work if c.bits >> 7 & 31 != p]
        window = rng.choice(ctx.works["w"])
        for _ in range(rng.randrange(3)):
            work.append(op("sd", rs1=p, rs2=ctx.source(), imm=8 * rng.randrange(32)))
            work.append(op("ld", ctx.register(p, count), p, imm=8 * rng.randrange(32)))
        rng.shuffle(work)
        return [*li(p, window.address(rng, rng.randrange(layout.STUB_SIZE, 0xF00, 8))), *_repeat(ctx, count, work)]
    return _repeat(ctx, count, work)


def _repeat(ctx: Context, count: int, work: list[Code]) -> list[Code]:
    return [*li(count, ctx.rng.randrange(4, 20)), *work, op("addi", count, count, imm=-1),
            op("bne", rs1=count, imm=-4 * len(work) - 4)]


def muldiv(ctx: Context) -> list[Code]:
    """Multiplication and division of corner values."""
    rng = ctx.rng
    a, b = ctx.register(), ctx.register()
    code = [*li(a, rng.choice(values.CORNERS)), *li(b, rng.choice(values.CORNERS))]
    multiply = values.instructions(ctx.limits.profile, *_MULDIV)
    return code + [op(rng.choice(multiply).name, ctx.register(a, b), *rng.sample((a, b), 2)) for _ in range(3)]


def constant(ctx: Context) -> list[Code]:
    """A fresh value in a register."""
    return li(ctx.register(), values.value(ctx.rng))


def compressed(ctx: Context) -> list[Code]:
    """Compressed arithmetic."""
    return [_compressed(ctx) for _ in range(ctx.rng.randint(2, 6))]


def _compressed(ctx: Context) -> Code:
    """Random operands until the encoding is this row's own and leaves the handlers' registers alone."""
    rng = ctx.rng
    rows = [r for r in _COMPRESSED_ALU if r.name not in ("c.addi16sp",)]
    while True:
        row = rng.choice(rows)
        bits = row.match | rng.getrandbits(16) & ~row.mask & 0xFFFF
        wide = row.pattern[4:9] == "-----" or row.operands.get("rd") == "rd"
        rd = bits >> 7 & 31
        if wide and rd not in layout.BODY and rd != 0:
            continue
        if values.compressed(bits) is row and row.base:
            return Code(bits, 2)


def short_jump(ctx: Context) -> list[Code]:
    """Compressed jumps and branches over compressed instructions."""
    rng = ctx.rng
    over = [_compressed(ctx) for _ in range(rng.randint(1, 5))]
    kind = rng.choice(("c.j", "c.beqz", "c.bnez", "c.jr", "c.jalr", "c.addi16sp"))
    if kind == "c.j":
        return [comp(kind, 2 + 2 * len(over)), *over]
    if kind in ("c.beqz", "c.bnez"):
        return [comp(kind, 2 + 2 * len(over), rs1=rng.choice(_SHORT)), *over]
    if kind == "c.addi16sp":
        return [comp(kind, 16 * rng.choice((-32, -1, 1, 31)))]
    r = ctx.register()
    return [op("auipc", r), op("addi", r, r, imm=10 + 2 * len(over) + rng.getrandbits(1)), comp(kind, rs1=r), *over]


def branch(ctx: Context) -> list[Code]:
    """A jump forward, taken or not."""
    if ctx.rng.random() < 0.25:
        return [op("jal", ctx.rng.choice((0, *layout.BODY)), label=SKIP)]
    return [op(ctx.rng.choice(_BRANCHES), rs1=ctx.source(), rs2=ctx.source(), label=SKIP)]
