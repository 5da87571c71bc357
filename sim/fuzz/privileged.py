"""Units of the privileged architecture: CSRs, fences, calls, interrupts, WFI, and what is illegal."""

from functools import cache

from isa import csrs, insns, platform
from isa.profile import Profile
from sim.fuzz import layout, values
from sim.fuzz.context import Context, address
from sim.fuzz.encode import MASK64, Code, li, op

_CSR_OPS = ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci")
_SSIP = 1 << 1
_NO_FENCES = ("ecall", "ebreak", "sret", "mret", "wfi")        # of the units `fence` and `sys`
_COUNTERS = tuple(c.number for c in csrs.CSRS if c.name.startswith("mhpm"))
_LEVELS = {"U": 0, "VU": 0, "VS": 1, "S": 2}    # of the CSRs that a mode reaches


@cache
def registers(profile: Profile, level: int = 3) -> tuple[csrs.Csr, ...]:
    """CSRs of a profile, but for the many counters; below M without those of VS."""
    return tuple(c for c in csrs.CSRS if not c.name.startswith("mhpm") and profile.has(c.ext) and c.level <= level
                 and (level == 3 or c.name[:2] != "vs"))


def fence(ctx: Context) -> list[Code]:
    """Fences of all kinds; those of address translation with and without operands."""
    rng = ctx.rng
    name = rng.choice([i.name for i in values.instructions(ctx.limits.profile, "fence", "sys") if i.name not in _NO_FENCES])
    if name == "fence":
        return [op(name, imm=rng.randrange(256))]
    if not insns.BY_NAME[name].operands:
        return [op(name)]
    return [op(name, rs1=rng.choice((0, rng.choice(layout.BODY))), rs2=rng.choice((0, rng.choice(layout.BODY))))]


def illegal(ctx: Context) -> list[Code]:
    """An encoding that no instruction has."""
    if ctx.rng.random() < 0.5:
        return [Code(values.half(ctx.rng), 2)]
    return [Code(values.word(ctx.rng))]


def system(ctx: Context) -> list[Code]:
    """Calls and breakpoints that the handler steps over, and returns from where they trap."""
    rng = ctx.rng
    names = ["ecall", "ebreak", "c.ebreak"]
    if ctx.mode in ("U", "VU"):
        names += ["sret", "mret", "wfi"]
    elif ctx.mode in ("S", "VS"):
        names += ["mret"]
    name = rng.choice(names)
    return [Code(0x9002, 2) if name == "c.ebreak" else op(name)]


def wait(ctx: Context) -> list[Code]:
    """WFI with an interrupt pending, so that it ends in every mode; where that cannot be, nothing."""
    if not ctx.wakes:
        return [op("csrrs", ctx.register(), 0, csr="sip")]
    return [op("csrrci", imm=2, csr="sstatus"), op("csrrsi", imm=_SSIP, csr="sip"), op("csrrsi", imm=_SSIP, csr="sie"),
            op("wfi")]


def interrupt(ctx: Context) -> list[Code]:
    """Make some interrupt pending and enabled; it is taken at the last CSR instruction, now, later, or never."""
    rng, r = ctx.rng, ctx.register()
    if ctx.mode == "M" and rng.random() < 0.5:
        return [op("csrrci", imm=8, csr="mie"), *li(r, platform.CLINT.base + platform.CLINT_MSIP),
                op("sw", rs1=r, rs2=rng.choice((0, r))), op("csrrsi", imm=8, csr="mie")]
    pending = rng.choice({"M": ("mip", "hvip", "sip"), "S": ("sip", "hvip", "hip")}.get(ctx.mode, ("sip",)))
    enable = rng.choice({"M": ("mie", "sie", "hie"), "S": ("sie", "hie")}.get(ctx.mode, ("sie",)))
    code = [*li(r, values.csr_value(rng, pending, ctx.limits)), op("csrrs", ctx.register(), r, csr=pending),
            *li(r, values.csr_value(rng, enable, ctx.limits)),
            op(rng.choice(("csrrs", "csrrw")), ctx.register(r), r, csr=enable)]
    if ctx.mode != "M":
        code.append(op("csrrsi", imm=2, csr="sstatus"))
    return code


def timer(ctx: Context) -> list[Code]:
    """The comparators at their extremes."""
    rng, r = ctx.rng, ctx.register()
    name = rng.choice(("stimecmp", "vstimecmp"))
    if ctx.mode in ("?", "VS", "VU", "U"):
        name = "stimecmp"
    if name in ctx.frozen:
        return [op("csrrs", 0, 0, csr=name)]
    return [*li(r, values.csr_value(rng, name, ctx.limits)), op("csrrw", ctx.register(r), r, csr=name),
            op("csrrs", ctx.register(), 0, csr="sip"), op("csrrs", ctx.register(), 0, csr="hip")]


def csr(ctx: Context) -> list[Code]:
    """Accesses to some CSRs."""
    return [code for _ in range(ctx.rng.randint(1, 3)) for code in _csr(ctx)]


def _csr(ctx: Context) -> list[Code]:
    """One CSR instruction on any number; what control depends on is written only with values that work, and put back."""
    rng = ctx.rng
    if rng.random() < 0.12:
        number = rng.choice(rng.choice((values.ABSENT, _COUNTERS)))
        if rng.random() < 0.4:
            return [op("csrrs", ctx.register(), 0, csr=number)]
        return [op(rng.choice(_CSR_OPS), ctx.register(), ctx.source(), imm=rng.randrange(32), csr=number)]
    level = _LEVELS[ctx.mode] if ctx.mode in _LEVELS and rng.random() < 0.7 else 3
    row = rng.choice(registers(ctx.limits.profile, level))
    name = row.name
    fixed = name in ctx.limits.constant and (ctx.mode in ("M", "?") or (ctx.mode == "S" and row.level < 3))
    if fixed and name in ctx.limits.flags and rng.random() < 0.7:
        r = ctx.register()
        bits = rng.getrandbits(64) & ctx.limits.flags[name]
        return [*li(r, bits), op(rng.choice(("csrrs", "csrrc")), ctx.register(), r, csr=name)]
    if name in ctx.frozen or fixed or rng.random() < 0.25:
        return [op(rng.choice(("csrrs", "csrrc")), 0 if name in ctx.limits.unseen else ctx.register(), 0, csr=name)]
    if name.startswith("pmp") or name in ("mtvec", "medeleg", "mideleg", "hedeleg", "hideleg", "vstvec", "vsatp", "hgatp"):
        return _swap(ctx, name, values.csr_value(rng, name, ctx.limits))
    if name in ("stvec", "satp") and ctx.mode in ("U", "VU"):
        return [op("csrrw", ctx.register(), ctx.register(), csr=name)]
    if name == "stvec":
        if ctx.mode == "M":
            return _swap(ctx, name, values.csr_value(rng, name, ctx.limits))
        r = ctx.register()
        return [*li(r, rng.choice(ctx.vectors)), op("csrrw", r, r, csr=name)] if ctx.vectors else _read(ctx, name)
    if name == "satp":
        if ctx.mode == "M":
            return _swap(ctx, name, values.csr_value(rng, name, ctx.limits))
        return _switch(ctx) if ctx.own else _read(ctx, name)
    rd, rs = 0 if name in ctx.limits.unseen else ctx.register(), ctx.register()
    how = rng.choice(_CSR_OPS)
    if how.endswith("i"):
        mask = ctx.limits.writable.get(name, MASK64)
        return [op(how, rd, imm=rng.randrange(32) & mask, csr=name)] if "timecmp" not in name else _read(ctx, name)
    code = [*li(rs, values.csr_value(rng, name, ctx.limits)), op(how, rd, rs, csr=name)]
    return [*code, op("csrrs", ctx.register(), 0, csr=name)] if rd and rng.random() < 0.4 else code


def _read(ctx: Context, name: str) -> list[Code]:
    return [op("csrrs", ctx.register(), 0, csr=name)]


def _swap(ctx: Context, name: str, value: int) -> list[Code]:
    """Write, read back, restore. The registers stay zero where the CSR cannot be accessed."""
    a = ctx.register()
    b = ctx.register(a)
    rd = 0 if name in ctx.limits.unseen else b
    if rd == 0:                                         # the old value must not be seen: there is no way to put it back
        return [op("csrrs", 0, 0, csr=name)]
    return [*li(a, value), op("csrrw", a, a, csr=name), op("csrrs", b, 0, csr=name), op("csrrw", b, a, csr=name)]


def _switch(ctx: Context) -> list[Code]:
    """Another address space that maps the code as well, for one access."""
    a = ctx.register()
    p = ctx.register(a)
    b = ctx.register(a, p)
    where = address(ctx, 8, "r")
    return [*li(a, ctx.rng.choice(ctx.own)), *li(p, where), op("csrrw", a, a, csr="satp"), op("sfence.vma"),
            op("ld", b, p), op("csrrw", b, a, csr="satp"), op("sfence.vma")]
