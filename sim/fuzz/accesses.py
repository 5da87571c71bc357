"""Units that access memory in every way: loads, stores, atomics, the guest's memory, calls, page tables."""

from dataclasses import replace

from isa import insns
from sim.fuzz import layout, pages, values
from sim.fuzz.context import Context, address
from sim.fuzz.encode import Code, comp, li, op

_SHORT = tuple(range(8, 16))            # registers of most compressed instructions
_PATCHED = tuple(reg for reg in layout.BODY if reg >> 1 & 3 != 3)
_SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}
_LOADS = ("lb", "lbu", "lh", "lhu", "lw", "lwu", "ld")
_STORES = ("sb", "sh", "sw", "sd")
_AMOS = tuple(i.name for i in insns.INSNS if i.name.startswith("amo"))
_HLOADS = tuple(i.name for i in insns.INSNS if i.unit == "hload")
_HLVX = tuple(name for name in _HLOADS if name.startswith("hlvx"))
_HSTORES = tuple(i.name for i in insns.INSNS if i.unit == "hstore")


def memory(ctx: Context) -> list[Code]:
    """Loads and stores around one address."""
    rng, p = ctx.rng, ctx.register()
    name = rng.choice(_LOADS + _STORES)
    size = _SIZES[name[1]]
    imm = rng.choice((0, 0, size * rng.randrange(-8, 8), rng.randrange(-2048, 2048)))
    code = li(p, address(ctx, size, "r" if name in _LOADS else "w") - imm)
    code.append(_access(ctx, name, p, imm))
    for _ in range(rng.randrange(3)):
        again = rng.choice([n for n in _LOADS + (_STORES if name in _STORES else ()) if _SIZES[n[1]] <= size])
        code.append(_access(ctx, again, p, imm))
    return code


def _access(ctx: Context, name: str, p: int, imm: int) -> Code:
    if name in _LOADS:
        return op(name, ctx.register(p), p, imm=imm)
    return op(name, rs1=p, rs2=ctx.source(), imm=imm)


def short_memory(ctx: Context) -> list[Code]:
    """Compressed loads and stores."""
    rng = ctx.rng
    name = rng.choice(("lw", "ld", "sw", "sd"))
    size, load = _SIZES[name[1]], name[0] == "l"
    imm = size * rng.randrange(16)
    stack = rng.random() < 0.4
    p = layout.BASE if stack else rng.choice(_SHORT)
    code = li(p, address(ctx, size, "r" if load else "w") - imm)
    other = ctx.register() if stack else rng.choice([r for r in _SHORT if r != p])
    where = {} if stack else {"rs1": p}
    data = {"rd": other} if load else {"rs2": other}
    return [*code, comp(f"c.{name}sp" if stack else f"c.{name}", imm, **where, **data)]


def cache_block(ctx: Context) -> list[Code]:
    """Operations on one cache block; those that zero it spare the routine that opens a page, and half of another at its end."""
    rng, p = ctx.rng, ctx.register()
    insn = rng.choice(values.instructions(ctx.limits.profile, "cbo"))
    if insn.name.startswith("prefetch"):
        return [*li(p, address(ctx, 1, "r")), op(insn.name, rs1=p, imm=rng.randrange(-64, 64) * 32)]
    at = address(ctx, 1, "w") & -0x1000 | rng.randrange(layout.BLOCK, 0x1000 - layout.BLOCK)
    if insn.name == "cbo.zero" and ctx.limits.aligned_zero:
        at &= -layout.BLOCK
    return [*li(p, at), op(insn.name, rs1=p)]


def look_at_table(ctx: Context) -> list[Code]:
    """Read page-table entries, where hardware may have set A and D."""
    code: list[Code] = []
    for slot, _, _ in ctx.rng.sample(ctx.slots, min(4, len(ctx.slots))):
        p = ctx.register()
        code += [*li(p, slot), op("ld", p, p)]
    return code


def atomic(ctx: Context) -> list[Code]:
    """One AMO."""
    rng, p = ctx.rng, ctx.register()
    name = rng.choice(_AMOS)
    return [*li(p, address(ctx, _SIZES[name[-1]], "w")),
            op(name, ctx.register(p), p, ctx.source(), aqrl=rng.randrange(4))]


def reserved(ctx: Context) -> list[Code]:
    """A constrained LR/SC loop."""
    rng, p = ctx.rng, ctx.register()
    width = rng.choice("wd")
    a = ctx.register(p)
    b = ctx.register(p, a)
    if ctx.works.get("r") and rng.random() < 0.2:               # what SC may not store to
        where = rng.choice(ctx.works["r"]).address(rng, rng.randrange(layout.STUB_SIZE, layout.LAST_WRITE, _SIZES[width]))
    else:
        where = address(ctx, _SIZES[width], "w")
    return [*li(p, where & -_SIZES[width] if rng.random() < 0.5 else where),
            op(f"lr.{width}", a, p, aqrl=rng.randrange(4)), op("addi", a, a, imm=rng.randrange(-64, 64)),
            op(f"sc.{width}", b, p, a, aqrl=rng.randrange(4)), op("bne", rs1=b, imm=-12)]


def hypervisor_access(ctx: Context) -> list[Code]:
    """HLV, HLVX and HSV."""
    code: list[Code] = []
    for _ in range(ctx.rng.randint(1, 3) if ctx.mode in ("M", "S", "U") else 1):
        p = ctx.register()
        name = ctx.rng.choice(ctx.rng.choice((_HLOADS, _HLVX, _HSTORES)))
        load = name in _HLOADS
        size = _SIZES[name.split(".")[1][0]]
        want = "x" if name in _HLVX else "r" if load else "w"
        code += li(p, address(ctx, size, want, guest=True))
        code.append(op(name, ctx.register(p), p) if load else op(name, rs1=p, rs2=ctx.source()))
    return code


def _routine(ctx: Context, entry: int = 0) -> int:
    """Address of the routine that opens a data page; or of the one before, whose first instruction is on two pages."""
    if ctx.works.get("x") and ctx.rng.random() < 0.5:
        return ctx.rng.choice(ctx.works["x"]).address(ctx.rng, entry)
    if ctx.rng.random() < 0.2:
        return layout.DATA + (ctx.rng.randrange(layout.DATA_PAGES) << 12) + entry
    return pages.pick(ctx.rng, ctx.spaces, entry)


def call(ctx: Context) -> list[Code]:
    """Jump into the routine that opens a data page, through a window that may not allow it."""
    rng, r = ctx.rng, ctx.register()
    if rng.random() < 0.15:
        target = rng.choice((rng.choice(layout.HOLES), _routine(ctx) ^ 1 << rng.randrange(38, 64)))
    else:
        target = _routine(ctx, rng.choice((0, layout.CROSSING)))
    return [*li(r, target), op("jalr", layout.LINK, r)]


def patch(ctx: Context) -> list[Code]:
    """Change the routine of a data page, then call it.

    The upper half of the new instruction can also follow one that crosses into the page. With these operands it is a HINT,
    or writes a register of the body.
    """
    r, a = ctx.register(), ctx.rng.choice(_PATCHED)
    b = ctx.register(r)
    change = op("addi", a, a, imm=ctx.rng.randrange(8)).bits
    return [*li(r, _routine(ctx)), *li(b, change), op("sw", rs1=r, rs2=b), op("fence.i"),
            op("jalr", layout.LINK, r)]


def modify_privilege(ctx: Context) -> list[Code]:
    """M only: loads and stores with MPRV, for a random MPP and MPV."""
    rng, r = ctx.rng, ctx.register()
    virtual = rng.random() < 0.6
    status = 1 << 17 | rng.choice((0, 1, 1, 3)) << 11 | virtual << 39 | rng.getrandbits(2) << 18
    mask = 1 << 17 | 3 << 11 | 1 << 39 | 3 << 18
    code = [*li(r, mask), op("csrrc", 0, r, csr="mstatus"), *li(r, status), op("csrrs", 0, r, csr="mstatus")]
    seen = replace(ctx, spaces=ctx.guest, works=ctx.guest_works) if virtual else replace(ctx, spaces=ctx.host, works={})
    for _ in range(3):
        code += rng.choice((memory, memory, short_memory, atomic, reserved, reserved, call))(seen)
    return [*code, *li(r, mask), op("csrrc", 0, r, csr="mstatus")]


def page_table(ctx: Context) -> list[Code]:
    """M only: change a page-table entry, then fence."""
    if not ctx.slots:
        return [op("sfence.vma")]
    rng = ctx.rng
    address, level, stage = rng.choice(ctx.slots)
    pte = pages.leaf(rng, level, stage, None) if rng.random() < 0.6 else pages.broken(rng, level, stage)
    p = ctx.register()
    v = ctx.register(p)
    return [*li(v, 1 << 17), op("csrrc", 0, v, csr="mstatus"), *li(p, address), *li(v, pte), op("sd", rs1=p, rs2=v),
            op("sfence.vma"), op("hfence.gvma"), op("hfence.vvma")]
