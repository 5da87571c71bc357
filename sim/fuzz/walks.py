"""How an address was translated, step by step: which stage and level decided, and why (privileged manual, "Virtual Address
Translation Process", "Two-Stage Address Translation").

A retirement record shows that an access worked or faulted, not where its walk ended. So the walk is made again, on the
page tables as they were: A and D bits that the access itself has set are still clear in the copy.
"""

from dataclasses import dataclass

from isa import causes, paging
from sim.fuzz import layout
from sim.fuzz.pages import LEAF, PAGE, A, D, R, U, V, W, X
from sim.model import Machine

Step = tuple[str, str, str]             # stage, level, outcome

FETCH, LOAD, STORE = "x", "r", "w"
STAGES = ("s", "vs", "g", "g of vs")    # the last: G-stage under the reads of the VS-stage's own tables
UPDATES = ("A set", "D set")            # by hardware
LEAF_FOUND = ("leaf", *UPDATES)
REASONS = ("no memory", "not valid", "W without R", "reserved bits", "A, D or U in a pointer", "too deep", "misaligned", "U",
           "permission", "A clear", "D clear", *LEAF_FOUND)
_ONES = (1 << 64) - 1
_SUM, _MXR, _ADUE = 1 << 18, 1 << 19, 1 << 61
_TABLES = range(layout.TABLES, layout.TOHOST, paging.PTE_SIZE)
_RESERVED = _ONES & -1 << 54


@dataclass(frozen=True)
class State:
    """The registers that a translation depends on."""

    satp: int
    vsatp: int
    hgatp: int
    mstatus: int
    vsstatus: int
    menvcfg: int
    henvcfg: int


@dataclass(frozen=True)
class Request:
    """An access: its kind, the mode in which it is made, and HLVX."""

    kind: str
    address: int
    mode: int
    hlvx: bool = False


class Tables:
    """The page tables as they were before the access, and the walks on them."""

    def __init__(self) -> None:
        self._machine: Machine | None = None
        self._copy = bytearray()
        self._visited: list[int] = []           # entries whose A and D bits an access may have set

    def attach(self, machine: Machine) -> None:
        """Copy the tables, when this machine is seen for the first time."""
        if self._machine is not machine:
            self._machine = machine
            self._copy = bytearray(machine.read_memory(_TABLES.start, _TABLES.stop - _TABLES.start))

    def refresh(self, address: int) -> None:
        """The program has written 8 bytes here, or fewer."""
        if self._machine and _TABLES.start <= address < _TABLES.stop:
            at = (address & -8) - _TABLES.start
            self._copy[at:at + 8] = self._machine.read_memory(address & -8, 8)

    def steps(self, state: State, request: Request) -> list[Step]:
        """What decided in each stage, in order; the last one is where the walk ended."""
        out: list[Step] = []
        self._visited.clear()
        self._walks(state, request, out)
        for at in self._visited:
            self.refresh(at)
        return out

    def _walks(self, state: State, request: Request, out: list[Step]) -> None:
        if request.mode & causes.VU:
            middle = self._walk("vs", state.vsatp, state, request, out)
            if middle is not None:
                self._walk("g", state.hgatp, state, Request(request.kind, middle, request.mode, request.hlvx), out)
        elif request.mode != causes.M:
            self._walk("s", state.satp, state, request, out)

    def _walk(self, stage: str, atp: int, state: State, request: Request, out: list[Step]) -> int | None:
        address = request.address & _ONES
        if not atp >> 60 & 15:
            return address
        guest = stage.startswith("g")
        if address >> paging.GPA_BITS if guest else address >> 38 not in (0, (1 << 26) - 1):
            out.append((stage, "-", "address"))
            return None
        table = (atp & (1 << 44) - 1) * PAGE
        for level in range(paging.LEVELS - 1, -1, -1):
            bits = paging.VPN_BITS + (paging.X4_BITS if guest and level == paging.LEVELS - 1 else 0)
            at = table + (address // LEAF[level] & (1 << bits) - 1) * paging.PTE_SIZE
            middle = at
            if stage == "vs":
                read = self._walk("g of vs", state.hgatp, state, Request(LOAD, at, causes.VU), out)
                if read is None:
                    return None
                at = read
            pte = self._read(at)
            target = (pte >> 10 & (1 << 44) - 1) * PAGE
            outcome = "no memory" if pte < 0 else _judge(stage, level, pte, state, request)
            if stage == "vs" and outcome in UPDATES and self._walk("g of vs", state.hgatp, state,
                                                                   Request(STORE, middle, causes.VU), out) is None:
                return None
            if outcome != "pointer":
                out.append((stage, str(level), outcome))
                return target & -LEAF[level] | address % LEAF[level] if outcome in LEAF_FOUND else None
            table = target
        return None

    def _read(self, at: int) -> int:
        """An entry, -1 where there is no memory."""
        if at in _TABLES:
            self._visited.append(at)
            return int.from_bytes(self._copy[at - _TABLES.start:at - _TABLES.start + 8], "little")
        try:
            return int.from_bytes(self._machine.read_memory(at, 8) if self._machine else b"", "little")
        except ValueError:
            return -1


def _judge(stage: str, level: int, pte: int, state: State, request: Request) -> str:
    """What a walk makes of one entry, the first reason that holds."""
    guest = stage.startswith("g")
    status = state.vsstatus if stage == "vs" else state.mstatus
    mxr = _MXR & (status | state.mstatus) if stage != "g of vs" else 0
    updates = state.menvcfg & _ADUE and (stage != "vs" or state.henvcfg & _ADUE)
    user = bool(pte & U)
    readable = pte & (X if request.hlvx else R) or (mxr and pte & X and not request.hlvx)
    allowed = {FETCH: pte & X, LOAD: readable, STORE: pte & W}[request.kind]
    if guest or request.mode & 3 == causes.U:
        wrong_user = not user
    else:
        wrong_user = user and (request.kind == FETCH or not status & _SUM)
    pointer = not pte & (R | W | X)
    written = request.kind == STORE
    checks = (
        ("not valid", not pte & V), ("W without R", pte & (R | W) == W), ("reserved bits", pte & _RESERVED),
        ("A, D or U in a pointer", pointer and pte & (A | D | U)), ("too deep", pointer and not level), ("pointer", pointer),
        ("misaligned", pte >> 10 << 12 & LEAF[level] - 1), ("U", wrong_user), ("permission", not allowed),
        ("A clear", not pte & A and not updates), ("D clear", written and not pte & D and not updates),
        ("D set", written and not pte & D), ("A set", not pte & A))
    return next((reason for reason, holds in checks if holds), "leaf")
