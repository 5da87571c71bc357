"""Units: the pieces of which bodies are made. Each returns instructions that are safe wherever they run.

Safe means: memory is written only in data pages, no register of the handlers changes, and whatever a trap skips, the
rest still goes forward.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from isa import csrs, insns, platform
from sim.fuzz import layout, pages, values
from sim.fuzz.encode import MASK64, Code, comp, li, op
from sim.fuzz.program import SKIP, Unit

BODY = layout.BODY
_SHORT = tuple(range(8, 16))            # registers of most compressed instructions
_ALU = tuple(i for i in insns.INSNS if i.unit in ("alu", "mul", "div"))
_MULDIV = tuple(i for i in insns.INSNS if i.unit in ("mul", "div"))
_BRANCHES = ("beq", "bne", "blt", "bge", "bltu", "bgeu")
_SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}
_LOADS = ("lb", "lbu", "lh", "lhu", "lw", "lwu", "ld")
_STORES = ("sb", "sh", "sw", "sd")
_AMOS = tuple(i.name for i in insns.INSNS if i.name.startswith("amo"))
_HLOADS = tuple(i.name for i in insns.INSNS if i.unit == "hload")
_HLVX = tuple(name for name in _HLOADS if name.startswith("hlvx"))
_HSTORES = tuple(i.name for i in insns.INSNS if i.unit == "hstore")
_COMPRESSED_ALU = tuple(r for r in insns.COMPRESSED
                        if r.base in ("addi", "addiw", "lui", "srli", "srai", "andi", "sub", "xor", "or", "and", "subw",
                                      "addw", "slli", "add"))
_CSR_OPS = ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci")
_SSIP = 1 << 1


@dataclass
class Context:
    """What the units of one segment may count on. `mode` is the intended one, "?" where a trap decides.

    `spaces`: what loads and stores go through (None is Bare); `guest`: what HLV and HSV go through;
    `host`: what satp selects. `own`: values that
    satp may take here. `vectors`: handlers that stvec may take here. `frozen`: CSRs that stay as they are.
    """

    rng: random.Random
    mode: str
    spaces: list[pages.Space | None]
    guest: list[pages.Space | None]
    host: list[pages.Space | None]
    own: list[int] = field(default_factory=list)
    vectors: list[int] = field(default_factory=list)
    frozen: frozenset[str] = frozenset()
    wakes: bool = False                 # mideleg and hideleg let SSIP be pending in every mode
    slots: list[tuple[int, int, str]] = field(default_factory=list)     # page-table entries that may change
    works: dict[str, list[pages.Window]] = field(default_factory=dict)      # by r, w, x: what most likely succeeds
    guest_works: dict[str, list[pages.Window]] = field(default_factory=dict)
    calm: bool = False                  # nothing that is likely to trap
    limits: values.Limits = values.SPIKE

    def register(self, *but: int) -> int:
        """A register to write, none of `but`."""
        while (reg := self.rng.choice(BODY)) in but:
            pass
        return reg

    def source(self) -> int:
        """A register to read."""
        return self.rng.choice((0, *BODY))


def _offset(ctx: Context, size: int, want: str) -> int:
    """Offset in a page, mostly aligned, sometimes at the very end. Writes spare the routine that begins there."""
    last = 4096 - size if want != "w" else layout.LAST_WRITE - size
    offset = ctx.rng.choice((ctx.rng.randrange(layout.STUB_SIZE, last), last, last - ctx.rng.randrange(8)))
    return offset if ctx.rng.random() < 0.12 else offset & -size


def _address(ctx: Context, size: int, want: str, guest: bool = False) -> int:
    """An address to read (r), write (w) or execute (x) `size` bytes at: mapped, broken, unmapped, or far outside."""
    rng, offset = ctx.rng, _offset(ctx, size, want)
    spaces, works = (ctx.guest, ctx.guest_works) if guest else (ctx.spaces, ctx.works)
    if works.get(want) and (ctx.calm or rng.random() < 0.55):
        return rng.choice(works[want]).address(rng, offset & -size if ctx.calm else offset)
    kind = rng.uniform(0.55, 1)
    if kind < 0.66:
        return layout.DATA + (rng.randrange(layout.DATA_PAGES) << 12) + offset
    if kind < 0.69:
        return rng.choice(layout.HOLES) + offset
    if kind < 0.72:                         # not canonical, or a guest physical address beyond Sv39x4
        return pages.pick(rng, spaces, offset) ^ 1 << rng.randrange(39, 64)
    if kind < 0.76 and want != "w":
        return rng.choice((layout.S_CODE, layout.U_CODE, layout.TABLES)) + offset
    if kind < 0.79:
        space = rng.choice(spaces)
        if space and space.windows:         # next to a window: the same table, mostly an empty slot
            window = rng.choice(space.windows)
            return window.address(rng, offset) + pages.LEAF[window.level] & MASK64
    return pages.pick(rng, spaces, offset)


def alu(ctx: Context) -> list[Code]:
    """Arithmetic on whatever the registers hold."""
    rng, code = ctx.rng, []
    for _ in range(rng.randint(3, 8)):
        insn = rng.choice(_ALU)
        rd, rs1, rs2 = rng.choice((0, *BODY, *BODY)), ctx.source(), ctx.source()
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
    return code + [op(rng.choice(_MULDIV).name, ctx.register(a, b), *rng.sample((a, b), 2)) for _ in range(3)]


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
        if wide and rd not in BODY and rd != 0:
            continue
        if next(r for r in insns.COMPRESSED if bits & r.mask == r.match) is row and row.base:
            return Code(bits, 2)


def memory(ctx: Context) -> list[Code]:
    """Loads and stores around one address."""
    rng, p = ctx.rng, ctx.register()
    name = rng.choice(_LOADS + _STORES)
    size = _SIZES[name[1]]
    imm = rng.choice((0, 0, size * rng.randrange(-8, 8), rng.randrange(-2048, 2048)))
    code = li(p, _address(ctx, size, "r" if name in _LOADS else "w") - imm)
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
    code = li(p, _address(ctx, size, "r" if load else "w") - imm)
    other = ctx.register() if stack else rng.choice([r for r in _SHORT if r != p])
    where = {} if stack else {"rs1": p}
    data = {"rd": other} if load else {"rs2": other}
    return [*code, comp(f"c.{name}sp" if stack else f"c.{name}", imm, **where, **data)]


def atomic(ctx: Context) -> list[Code]:
    """One AMO."""
    rng, p = ctx.rng, ctx.register()
    name = rng.choice(_AMOS)
    return [*li(p, _address(ctx, _SIZES[name[-1]], "w")),
            op(name, ctx.register(p), p, ctx.source(), aqrl=rng.randrange(4))]


def reserved(ctx: Context) -> list[Code]:
    """A constrained LR/SC loop."""
    rng, p = ctx.rng, ctx.register()
    width = rng.choice("wd")
    a = ctx.register(p)
    b = ctx.register(p, a)
    return [*li(p, _address(ctx, _SIZES[width], "w")),
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
        code += li(p, _address(ctx, size, want, guest=True))
        code.append(op(name, ctx.register(p), p) if load else op(name, rs1=p, rs2=ctx.source()))
    return code


def fence(ctx: Context) -> list[Code]:
    """Fences of all kinds; those of address translation with and without operands."""
    rng = ctx.rng
    name = rng.choice(("fence", "fence.i", "pause", "sfence.vma", "hfence.vvma", "hfence.gvma"))
    if name == "fence":
        return [op(name, imm=rng.randrange(256))]
    if name in ("fence.i", "pause"):
        return [op(name)]
    return [op(name, rs1=rng.choice((0, rng.choice(BODY))), rs2=rng.choice((0, rng.choice(BODY))))]


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
                op("addi", ctx.register(r), imm=0), op("sw", rs1=r, rs2=rng.choice((0, r))), op("csrrsi", imm=8, csr="mie")]
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


_FREE = [c for c in csrs.CSRS if not c.name.startswith(("mhpm",))]
_COUNTERS = tuple(c.number for c in csrs.CSRS if c.name.startswith("mhpm"))
_REACHED = {mode: [c for c in _FREE if c.level <= level and c.name[:2] != "vs"]
            for mode, level in (("U", 0), ("VU", 0), ("VS", 1), ("S", 2))}


def csr(ctx: Context) -> list[Code]:
    """Accesses to some CSRs."""
    return [code for _ in range(ctx.rng.randint(1, 3)) for code in _csr(ctx)]


def _csr(ctx: Context) -> list[Code]:
    """One CSR instruction on any number; what control depends on is written only with values that work, and put back."""
    rng = ctx.rng
    if rng.random() < 0.12:
        number = rng.choice(rng.choice((values.ABSENT, _COUNTERS)))
        return [op(rng.choice(_CSR_OPS), ctx.register(), ctx.source(), imm=rng.randrange(32), csr=number)]
    row = rng.choice(_REACHED[ctx.mode] if ctx.mode in _REACHED and rng.random() < 0.7 else _FREE)
    name = row.name
    fixed = name in ctx.limits.constant and (ctx.mode in ("M", "?") or (ctx.mode == "S" and row.level < 3))
    if name in ctx.frozen or fixed or rng.random() < 0.25:
        return [op(rng.choice(("csrrs", "csrrc")), 0 if name in ctx.limits.unseen else ctx.register(), 0, csr=name)]
    if name in ("mtvec", "medeleg", "mideleg", "hedeleg", "hideleg", "vstvec", "vsatp", "hgatp"):
        return _swap(ctx, name, values.csr_value(rng, name, ctx.limits))
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
    address = _address(ctx, 8, "r")
    return [*li(a, ctx.rng.choice(ctx.own)), *li(p, address), op("csrrw", a, a, csr="satp"), op("sfence.vma"),
            op("ld", b, p), op("csrrw", b, a, csr="satp"), op("sfence.vma")]


def _routine(ctx: Context, entry: int = 0) -> int:
    """Address of the routine that opens a data page; or of the one before, whose first instruction is on two pages."""
    if ctx.works.get("x") and ctx.rng.random() < 0.5:
        return ctx.rng.choice(ctx.works["x"]).address(ctx.rng, entry)
    if ctx.rng.random() < 0.2:
        return layout.DATA + (ctx.rng.randrange(layout.DATA_PAGES) << 12) + entry
    return pages.pick(ctx.rng, ctx.spaces, entry)


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


def call(ctx: Context) -> list[Code]:
    """Jump into the routine that opens a data page, through a window that may not allow it."""
    rng, r = ctx.rng, ctx.register()
    if rng.random() < 0.15:
        target = rng.choice((rng.choice(layout.HOLES), _routine(ctx) ^ 1 << rng.randrange(38, 64)))
    else:
        target = _routine(ctx, rng.choice((0, layout.CROSSING)))
    return [*li(r, target), op("jalr", layout.LINK, r)]


def patch(ctx: Context) -> list[Code]:
    """Change the routine of a data page, then call it."""
    r, a = ctx.register(), ctx.rng.choice(BODY)
    b = ctx.register(r)
    change = op("addi", a, a, imm=ctx.rng.randrange(-2048, 2048)).bits
    return [*li(r, _routine(ctx)), *li(b, change), op("sw", rs1=r, rs2=b), op("fence.i"),
            op("jalr", layout.LINK, r)]


def branch(ctx: Context) -> list[Code]:
    """A jump forward, taken or not."""
    if ctx.rng.random() < 0.25:
        return [op("jal", ctx.rng.choice((0, *BODY)), label=SKIP)]
    return [op(ctx.rng.choice(_BRANCHES), rs1=ctx.source(), rs2=ctx.source(), label=SKIP)]


def modify_privilege(ctx: Context) -> list[Code]:
    """M only: loads and stores with MPRV, for a random MPP and MPV."""
    rng, r = ctx.rng, ctx.register()
    virtual = rng.random() < 0.6
    status = 1 << 17 | rng.choice((0, 1, 1, 3)) << 11 | virtual << 39 | rng.getrandbits(2) << 18
    mask = 1 << 17 | 3 << 11 | 1 << 39 | 3 << 18
    code = [*li(r, mask), op("csrrc", 0, r, csr="mstatus"), *li(r, status), op("csrrs", 0, r, csr="mstatus")]
    seen = replace(ctx, spaces=ctx.guest, works=ctx.guest_works) if virtual else replace(ctx, spaces=ctx.host, works={})
    for _ in range(3):
        code += rng.choice((memory, memory, short_memory, atomic, reserved, call))(seen)
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


Maker = Callable[[Context], list[Code]]

# Relative frequency of the units, by mode.
_ANYWHERE: dict[Maker, int] = {alu: 12, loop: 6, muldiv: 6, constant: 6, compressed: 8, memory: 14, short_memory: 6,
                               atomic: 6, reserved: 3, branch: 6, short_jump: 4, patch: 2, call: 3,
                               csr: 4, illegal: 1, system: 1, fence: 1, hypervisor_access: 1}
WEIGHTS: dict[str, dict[Maker, int]] = {
    "M": {**_ANYWHERE, modify_privilege: 20, page_table: 8, hypervisor_access: 20, csr: 20, interrupt: 3, wait: 1, timer: 2,
          fence: 3},
    "S": {**_ANYWHERE, hypervisor_access: 25, csr: 14, interrupt: 3, wait: 2, timer: 2, fence: 4},
    "U": {**_ANYWHERE, hypervisor_access: 20, csr: 8},
    "VS": {**_ANYWHERE, loop: 14, csr: 10, interrupt: 2, wait: 2, timer: 1, fence: 2},
    "VU": {**_ANYWHERE, loop: 14},
    "calm": {alu: 4, loop: 10, muldiv: 2, constant: 2, compressed: 3, short_jump: 2, branch: 2},
    "calm memory": {alu: 2, loop: 10, muldiv: 2, compressed: 3, short_jump: 2, memory: 6, short_memory: 4, atomic: 4,
                    reserved: 3},
    "?": {**_ANYWHERE, csr: 10, interrupt: 1, wait: 1, timer: 1, fence: 2, hypervisor_access: 4},
}


def units(ctx: Context, count: int) -> list[Unit]:
    """Random units for one segment."""
    weights = WEIGHTS[ctx.mode if not ctx.calm else "calm memory" if ctx.works.get("w") else "calm"]
    makers = ctx.rng.choices(list(weights), list(weights.values()), k=count)
    return [Unit(maker.__name__, maker(ctx), ctx.rng.randrange(1, 4) if maker is branch else 0) for maker in makers]
