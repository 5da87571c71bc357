"""Random programs: address spaces, blocks, and the ways between the five modes."""

import random
from dataclasses import dataclass, replace

from isa import causes, csrs
from sim.fuzz import blocks, handlers, layout, pages, protection, values
from sim.fuzz.context import Context
from sim.fuzz.encode import MASK64, Code, la, li, op
from sim.fuzz.program import Block, Literal, Program, Segment, Unit

MODES = {"M": (3, 0), "S": (1, 0), "U": (0, 0), "VS": (1, 1), "VU": (0, 1)}     # nominal privilege, V
_STCE = 1 << 63
_WEIGHTS = {"M": 3, "S": 4, "U": 3, "VS": 8, "VU": 6}
_HU, _SPV, _SPVP = 1 << 9, 1 << 7, 1 << 8
_TRAPPING = 7 << 20                     # TVM, TW, TSR in mstatus; VTVM, VTW, VTSR in hstatus


@dataclass(frozen=True)
class Options:
    """Size of a program: blocks, segments of one block, units of one segment with V=1, traps that a block may take;
    and what its judge does not allow."""

    blocks: int = 6
    segments: int = 6
    units: int = 32
    budget: int = 16
    limits: values.Limits = values.SPIKE


DEFAULT = Options()


@dataclass
class World:
    """What all blocks of a program share."""

    rng: random.Random
    spaces: dict[str, list[pages.Space]]        # by stage
    blind: dict[str, pages.Space]
    memory: pages.Memory
    slots: list[tuple[int, int, str]]
    constants: dict[str, int]
    frozen: frozenset[str]
    limits: values.Limits


def generate(seed: int, options: Options = DEFAULT) -> Program:
    """The program of this seed."""
    rng = random.Random(seed)
    memory = pages.Memory()
    spaces: dict[str, list[pages.Space]] = {"g": [pages.build(rng, memory, "g") for _ in range(2)]}
    spaces["vs"] = [pages.build(rng, memory, "vs", guest) for guest in spaces["g"]]
    spaces["s"] = [pages.build(rng, memory, "s") for _ in range(2)]
    blind = {stage: pages.blind(memory, rng, stage) for stage in ("s", "vs", "g")}
    slots = [slot for group in spaces.values() for space in group for slot in space.slots]
    constants, frozen = _timers(rng, options.limits)
    constants |= protection.reset(options.limits.profile)
    world = World(rng, spaces, blind, memory, slots, constants, frozen, options.limits)
    program = Program(seed, [], {**memory.image(), layout.DATA: _data(rng)},
                      {reg: values.value(rng) for reg in layout.BODY}, constants)
    for number in range(options.blocks):
        wild = rng.random() < 0.1
        program.blocks.append(_blind_block(world, number) if wild else _block(world, number, options))
    program.blocks.append(_calm_block(world, options.blocks, options))
    return program


def _timers(rng: random.Random, limits: values.Limits) -> tuple[dict[str, int], frozenset[str]]:
    """Constants for the comparators, and those that the program must leave alone."""
    constants = {"menvcfg": _STCE, "stimecmp": MASK64, "henvcfg": _STCE, "vstimecmp": MASK64}
    if not limits.one_timer:
        constants |= {name: rng.choice(limits.comparators) for name in ("stimecmp", "vstimecmp")}
        return constants, frozenset()
    flavour = rng.choice(("none", "stimecmp", "vstimecmp"))
    if flavour == "vstimecmp":
        return constants, frozenset(("stimecmp",))
    constants["henvcfg"] = 0
    if flavour == "stimecmp":
        return constants, frozenset(("vstimecmp",))
    return {**constants, "menvcfg": 0}, frozenset(("stimecmp", "vstimecmp"))


def _data(rng: random.Random) -> bytes:
    """Data pages: random, but each opens with a routine that counts and returns.

    Each also ends with half of that routine's first instruction: together with the next page's first half that is an
    `addi` of x5, and what follows it is a HINT.
    """
    count = op("addi", 5, 5, imm=1).at(0, {})
    stub = count + b"".join(c.at(0, {}) for c in (op("jalr", 0, layout.LINK), op("addi"), op("addi")))
    out = bytearray(rng.randbytes(layout.DATA_PAGES << 12)) + stub
    for page in range(0, layout.DATA_PAGES << 12, 4096):
        out[page:page + layout.STUB_SIZE] = stub
        out[page + layout.CROSSING:page + 4096] = count[:2]
    return bytes(out)


def _state(world: World, mode: str) -> tuple[dict[str, int | Literal], dict[str, pages.Space | None]]:
    """Random state for a block that opens in `mode`, all but the entry point; and the spaces that it selects."""
    rng = world.rng
    chosen: dict[str, pages.Space | None] = {}
    pair = rng.randrange(2)
    for stage, bare in (("s", 0.3), ("vs", 0.2), ("g", 0.15)):
        chosen[stage] = None if rng.random() < bare else world.spaces[stage][pair if rng.random() < 0.9 else 1 - pair]
    medeleg = rng.choice((0, MASK64, MASK64, MASK64, rng.getrandbits(64) | rng.getrandbits(64), rng.getrandbits(64)))
    medeleg &= ~(1 << causes.EXC[rng.choice(list(handlers.HS_EXITS))])
    hs = rng.choice(handlers.hs_handlers(medeleg))
    mpp, mpv = MODES[mode]
    if mode == "M":
        mpv = rng.getrandbits(1)                # MPP = M: V stays 0 whatever MPV is
    trapping = _TRAPPING & (rng.getrandbits(24) & rng.getrandbits(24))
    mstatus = rng.getrandbits(64) & sum(csrs.BY_NAME["mstatus"][n].mask for n in
                                        ("sie", "spie", "mpie", "spp", "sum", "mxr", "gva")) | mpp << 11 | mpv << 39
    hstatus = rng.getrandbits(10) & 0x3C0 | _TRAPPING & (rng.getrandbits(24) & rng.getrandbits(24))
    interrupts = rng.random() < (0.8 if world.limits.lines else 0.4)
    state: dict[str, int | Literal] = {
        "medeleg": medeleg,
        "mideleg": rng.choice((MASK64, 0, rng.getrandbits(16))),
        "hedeleg": rng.choice((0, MASK64, MASK64, MASK64, rng.getrandbits(64) | rng.getrandbits(64)))
                   & world.limits.writable.get("hedeleg", MASK64),
        "hideleg": rng.choice((MASK64, 0, rng.getrandbits(16))),
        "mtvec": Literal("m", rng.getrandbits(1)),
        "stvec": Literal(hs, rng.getrandbits(1)),
        "vstvec": Literal("vs", rng.getrandbits(1)),
        "satp": _atp(rng, chosen["s"], 16),
        "vsatp": _atp(rng, chosen["vs"], 16),
        "hgatp": _atp(rng, chosen["g"], 14),
        "hstatus": hstatus,
        "vsstatus": rng.getrandbits(64) & sum(csrs.BY_NAME["vsstatus"][n].mask for n in ("sie", "spie", "spp", "sum", "mxr")),
        "hvip": rng.getrandbits(12) & 0x444 if interrupts else 0,
        "mip": rng.getrandbits(12) if interrupts else 0,
        "mie": rng.getrandbits(12) if interrupts else 0,
        "msip": rng.getrandbits(1) if interrupts else 0,
        "mtimecmp": rng.choice((0, MASK64)) if interrupts else MASK64,
        **{name: value for name, value in _enables(world).items() if world.limits.profile.has(csrs.BY_NAME[name].ext)},
        "mcounteren": rng.getrandbits(3), "hcounteren": rng.getrandbits(3), "scounteren": rng.getrandbits(3),
        "mstatus": mstatus | trapping,
    }
    return state, chosen


def _enables(world: World) -> dict[str, int]:
    """Random contents of the registers that say what modes below M may use; mostly all of it."""
    rng = world.rng

    def some(mask: int) -> int:
        return rng.choice((0, mask, mask, rng.getrandbits(64))) & mask

    out = {name: world.constants[name] | some(world.limits.flags.get(name, 0)) for name in ("menvcfg", "henvcfg")}
    out["senvcfg"] = some(world.limits.writable.get("senvcfg", 0))
    out |= {name: some(world.limits.writable.get(name, 0)) for name in ("mstateen0", "hstateen0")}
    return out | protection.state(rng, world.limits.profile, [slot for slot, _, _ in world.slots if slot >= layout.WILD_TABLES])


def _atp(rng: random.Random, space: pages.Space | None, bits: int) -> int:
    return 0 if space is None else space.atp(rng.choice((0, rng.getrandbits(bits) & ~1)))


def _blind_block(world: World, number: int) -> Block:
    """A block whose code one stage does not map: its first fetch traps to M."""
    rng = world.rng
    stage = rng.choice(("s", "vs", "g"))
    mode = rng.choice(("S", "U") if stage == "s" else ("VS", "VU"))
    state, _ = _state(world, mode)
    state["medeleg"] = 0
    name = {"s": "satp", "vs": "vsatp", "g": "hgatp"}[stage]
    state[name] = world.blind[stage].atp()
    label = f"b{number}s0"
    state["mepc"] = Literal(label)
    return Block(state, [Segment(label, mode, mode in ("U", "VU"), [])], 1)


def _block(world: World, number: int, options: Options) -> Block:
    rng = world.rng
    mode = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    state, chosen = _state(world, mode)
    block = Block(state, [], options.budget)
    for index in range(options.segments):
        segment = Segment(f"b{number}s{index}", mode, mode in ("U", "VU"), [])
        block.segments.append(segment)
        most = options.units if MODES.get(mode, (0, 0))[1] else options.units // 2
        segment.units += blocks.units(_context(world, mode, state, chosen), rng.randint(most // 2, most))
        if index + 1 < options.segments:
            following = _next_mode(rng, mode)
            segment.units.append(Unit("switch", _switch(rng, mode, following, f"b{number}s{index + 1}")))
            mode = following
    state["mepc"] = Literal(block.segments[0].label, _alias(rng, block.segments[0].mode, chosen))
    return block


def _calm_block(world: World, number: int, options: Options) -> Block:
    """A guest at work: VU or VS under both stages, hardly any traps but interrupts from outside."""
    rng = world.rng
    mode = rng.choice(("VS", "VU"))
    state, chosen = _state(world, mode)
    pair = rng.randrange(2)
    chosen |= {stage: world.spaces[stage][pair] for stage in ("vs", "g")}
    state |= {"vsatp": _atp(rng, chosen["vs"], 16), "hgatp": _atp(rng, chosen["g"], 14),
              "mie": rng.getrandbits(12) if world.limits.lines else 0, "hvip": 0, "mip": 0, "msip": 0, "mtimecmp": MASK64,
              "hedeleg": world.limits.writable.get("hedeleg", MASK64), "hstatus": 0,
              **protection.state(rng, world.limits.profile, [], holes=0)}
    context = replace(_context(world, mode, state, chosen), calm=True)
    label = f"b{number}s0"
    state["mepc"] = Literal(label, _alias(rng, mode, chosen))
    body = Segment(label, mode, mode == "VU", blocks.units(context, 2 * options.units))
    return Block(state, [body], options.budget // 2)


def _alias(rng: random.Random, mode: str, chosen: dict[str, pages.Space | None]) -> int:
    """Distance from the code to another address of it, in the first stage of this mode."""
    if mode == "M" or rng.random() < 0.5:
        return 0
    space = chosen["vs" if mode in ("VS", "VU") else "s"]
    if space is None:
        space = chosen["g"] if mode in ("VS", "VU") else None
    if space is None:
        return 0
    fits = [base for base, user, supervisor in space.alias if (user if mode in ("U", "VU") else supervisor)]
    return rng.choice(fits) - layout.S_CODE if fits else 0


def _context(world: World, mode: str, state: dict[str, int | Literal], chosen: dict[str, pages.Space | None]) -> Context:
    guest = [chosen["vs"] or chosen["g"]]
    host = [chosen["s"]]
    bare: list[pages.Space | None] = [None]
    spaces = {"M": bare, "S": host, "U": host, "VS": guest, "VU": guest}.get(mode, host + guest)
    own: list[int] = []         # in another ASID than the block's: what is translated there may be used before the next fence
    vectors: list[int] = []
    medeleg, mideleg, hideleg = state["medeleg"], state["mideleg"], state["hideleg"]
    assert isinstance(medeleg, int) and isinstance(mideleg, int) and isinstance(hideleg, int)
    if mode == "S":
        own = [0, *(s.atp(world.rng.getrandbits(16) | 1) for s in world.spaces["s"])]
        vectors = [handlers.ADDRESS[n] + bit for n in handlers.hs_handlers(medeleg) for bit in (0, 1)]
    elif mode == "VS":
        own = [0, *(s.atp(world.rng.getrandbits(16) | 1) for s in world.spaces["vs"])]
        vectors = [handlers.ADDRESS["vs"] + bit for bit in (0, 1)]
    works = {"S": host, "U": host, "VS": guest, "VU": guest}.get(mode, [])
    inner = world.rng.choice(("VS", "VU"))
    return Context(world.rng, mode, spaces, guest, host, own, vectors, world.frozen, bool(mideleg & 2 and hideleg & 4),
                   world.slots, _works(world, mode, chosen) if works else {}, _works(world, inner, chosen),
                   limits=world.limits)


def _works(world: World, mode: str, chosen: dict[str, pages.Space | None]) -> dict[str, list[pages.Window]]:
    """The windows in which reads, writes and fetches of this mode most likely succeed."""
    first, second = (chosen["vs"], chosen["g"]) if mode in ("VS", "VU") else (chosen["s"], None)
    if first is None:
        first, second = second, None
    if first is None:
        return {}
    user = mode in ("U", "VU") or first.stage == "g"
    return {kind: pages.good(world.memory, first, second, pages.V | pages.A | bits, user)
            for kind, bits in (("r", pages.R), ("w", pages.R | pages.W | pages.D), ("x", pages.X))}


def _next_mode(rng: random.Random, mode: str) -> str:
    """Where the switch at the end of a segment leads; "?" is the mode that handles an environment call."""
    reach = {"M": ("S", "U", "VS", "VU", "M"), "S": ("VS", "VU", "VS", "VU", "U", "S", "?"), "U": ("?",),
             "VS": ("VS", "VU", "VU", "?"), "VU": ("?",), "?": ("VS", "VU", "VU", "?")}
    return rng.choice(reach[mode])


def _switch(rng: random.Random, mode: str, following: str, label: str) -> list[Code]:
    """Code that goes from one mode to the next at `label`."""
    if following == "?":
        return [*la(layout.UPWARD, label), op("ecall")]
    a, b = rng.sample(layout.BODY, 2)
    privilege, virtual = MODES[following]
    extra = rng.getrandbits(64)
    if mode == "M" and (privilege == 3 or rng.random() < 0.7):
        status = privilege << 11 | virtual << 39
        mask = sum(csrs.BY_NAME["mstatus"][n].mask for n in ("mie", "mprv", "mpp", "mpv"))
        return [*li(a, mask), op("csrrc", 0, a, csr="mstatus"),
                *li(a, status | extra & 0xC0080), op("csrrs", b, a, csr="mstatus"),
                *la(a, label), op("csrrw", b, a, csr="mepc"), op("mret")]
    code: list[Code] = [op("csrrci", imm=8 if mode == "M" else 2, csr="mstatus" if mode == "M" else "sstatus")]
    if mode in ("M", "S", "?"):
        code += [*li(a, extra & (_HU | _SPVP) | (_SPV if virtual else 0) | extra & _TRAPPING & extra >> 20),
                 op("csrrw", b, a, csr="hstatus")]
    code += [*li(a, privilege << 8 | extra & 0xC0020), op("csrrw", b, a, csr="sstatus"), *la(a, label),
             op("csrrw", b, a, csr="sepc"), op("sret")]
    return code
