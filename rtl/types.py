"""Types that cross a file boundary inside the core. Signatures are written from the initiator's side."""

from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from isa import causes


class Mode(enum.IntEnum, shape=3):
    """Privilege; bit 2 is V, bits 1:0 the nominal privilege."""

    U = causes.U
    S = causes.S
    M = causes.M
    VU = causes.VU
    VS = causes.VS


class Arm(enum.Enum, shape=2):
    """The mode that handles a trap."""

    VS = 0
    HS = 1
    M = 2


class Access(enum.Enum, shape=2):
    """What an access asks permission for. LR is a LOAD; SC and AMO are STOREs (a page that allows writes allows reads).

    CBO is cbo.clean, cbo.flush and cbo.inval: permission to read or to write is enough, D does not matter, and a fault is
    that of a store. cbo.zero is a STORE.
    """

    FETCH = 0
    LOAD = 1
    STORE = 2
    CBO = 3


class TranslateRequest(data.Struct):
    """One address to translate, for an access in `mode` (already the effective mode: MPRV and SPVP are applied)."""

    vaddr: 64
    access: Access
    hlvx: 1         # execute permission takes the place of read permission
    mode: Mode      # M: no translation
    size: 2         # log2 of the bytes of a plain access
    plain: 1        # an ordinary load or store (HLV and HSV are, HLVX, AMO, LR, SC and CBO are not)
    update: 1       # A and D bits may be set for it: the access is not speculative


class TranslateResponse(data.Struct):
    """Physical address and what is there, or the fault that the access takes."""

    paddr: 56
    ram: 1          # attributes of RAM: every access, AMO and LR/SC included
    rom: 1          # only fetches and loads
    cached: 1       # RAM that the caches may hold
    fault: 1
    cause: 6        # exception code, for the original access type
    tval2: 62       # guest-page fault: exact guest physical address >> 2; else 0
    implicit: 1     # the guest-page fault is in an implicit access of the VS-stage walk
    implicit_write: 1   # ... which is the update of its A or D bit
    bus_error: 1    # the access fault comes from a bus error of a page-table read, at error_paddr
    error_paddr: 56
    needs_update: 1  # without a fault or an address: only a request with `update` may get them


class Translate(wiring.Signature):
    """A translation port.

    1. `request` is a stream; its payload is stable while valid.
    2. `response` is valid in the cycle of the transfer (request.valid & request.ready), and only then.
    3. A TLB hit is ready in the cycle of the request, or as soon as it was looked up; a miss is ready when its walk ends.
    4. The initiator may withdraw a request before its transfer; the walk then ends without a trace.
    """

    def __init__(self):
        super().__init__({
            "request":  Out(stream.Signature(TranslateRequest)),
            "response": In(TranslateResponse),
        })


class WordPort(wiring.Signature):
    """Reads and writes of aligned 8-byte words of memory by physical address, one at a time.

    1. `valid` and its payload are held until `done`; this may be the same cycle.
    2. In the cycle of `done` either the word was read (`rdata`) or written, or `error` is high: a bus error.
    """

    def __init__(self):
        super().__init__({
            "valid": Out(1),
            "write": Out(1),
            "paddr": Out(56),
            "wdata": Out(64),
            "done":  In(1),
            "error": In(1),
            "rdata": In(64),
        })


class Snapshot(data.Struct):
    """Where the branch predictor stood when it looked at a word: what it goes back to when the word was predicted wrongly."""

    history: 12     # the way here; as many bits as it uses
    depth: 4        # top of its return stack
    row: 1          # it had a row of entries for the word


class Prediction(data.Struct):
    """What the branch predictor says of eight fetched bytes. Halfword i is where a control transfer ends."""

    known: 4        # it has an entry for a control transfer at halfword i
    counters: data.ArrayLayout(2, 4)    # of the direction of a branch there
    taken: 1        # execution goes on at the target of one of them ...
    last: 2         # ... of this one
    snapshot: Snapshot


class Guess(data.Struct):
    """A `Prediction` as it concerns one instruction."""

    known: 1
    counter: 2
    taken: 1        # fetch went on at its predicted target
    snapshot: Snapshot


class MemoryOp(enum.Enum, shape=3):
    """What an access does to physical memory."""

    READ = 0
    WRITE = 1
    CLEAN = 2       # a modified copy of the 64-byte block is written back
    FLUSH = 3       # so it is, and no copy stays
    ZERO = 4        # the 64-byte block becomes zero; only RAM


class DataPort(wiring.Signature):
    """Accesses of the load/store unit by physical address, one at a time.

    1. `waiting` and `offset` announce an access whose address is still being translated.
    2. `valid` and its payload are held until `done`; this may be the same cycle. `paddr` ends in `offset`.
    3. In the cycle of `done` either the access happened, or `error` is high: a bus error, and nothing happened.
    4. A read with `lock` and the write behind it are one cycle of the bus: nobody comes between.
    """

    def __init__(self):
        super().__init__({
            "waiting": Out(1),
            "offset":  Out(12),         # in the page: translation does not change it
            "valid":   Out(1),
            "op":      Out(MemoryOp),
            "paddr":   Out(56),
            "cached":  Out(1),          # caches may hold what is there
            "sel":     Out(8),          # bytes of the aligned 8-byte word that are read or written
            "wdata":   Out(64),
            "lock":    Out(1),
            "done":    In(1),
            "error":   In(1),
            "rdata":   In(64),
        })


class FenceKind(enum.Enum, shape=2):
    """Which translations a fence orders."""

    SFENCE_VMA = 0      # V=0: HS-level; V=1: the current guest's VS-level
    HFENCE_VVMA = 1
    HFENCE_GVMA = 2


class Fence(data.Struct):
    """One translation fence, done in the cycle where `valid` is high."""

    valid: 1
    kind: FenceKind
    virtual: 1      # executed with V=1
    has_addr: 1     # rs1 is not x0
    has_id: 1       # rs2 is not x0
    addr: 64        # rs1 (HFENCE.GVMA: guest physical address >> 2)
    id: 16          # rs2: ASID or VMID


class MmuContext(data.Struct):
    """CSR state that translation depends on."""

    satp_mode: 1    # 0 Bare, 1 Sv39
    satp_asid: 16
    satp_ppn: 44
    vsatp_mode: 1
    vsatp_asid: 16
    vsatp_ppn: 44
    hgatp_mode: 1   # 0 Bare, 1 Sv39x4
    hgatp_vmid: 14
    hgatp_ppn: 44
    sum: 1          # mstatus.SUM
    mxr: 1          # mstatus.MXR
    vs_sum: 1       # vsstatus.SUM
    vs_mxr: 1       # vsstatus.MXR
    adue: 1         # menvcfg.ADUE: HS-level tables and the G-stage
    vs_adue: 1      # henvcfg.ADUE, where menvcfg.ADUE does not hide it: the VS-stage
    log_enable: 1   # hpmla
    log_page: 44
    log_index: 10   # hpmli
    io_bitmap: 43   # hioba.base >> 13
    io_enable: 1    # hiobg
    io_base: 29
    io_last: 16
    io_port: 44     # hiobh.base >> 12


class CsrOp(enum.Enum, shape=2):
    """What a CSR instruction does to the register."""

    WRITE = 0
    SET = 1
    CLEAR = 2


class CsrRequest(data.Struct):
    """One CSR instruction in the commit stage."""

    addr: 12
    op: CsrOp
    write: 1        # the instruction writes: not CSRRS/CSRRC with rs1=x0 (or zimm=0)
    operand: 64


class SysOp(enum.Enum, shape=4):
    """SYSTEM instructions whose legality depends on mode and status bits."""

    NONE = 0
    MRET = 1
    SRET = 2
    WFI = 3
    SFENCE_VMA = 4
    HFENCE_VVMA = 5
    HFENCE_GVMA = 6
    HLSV = 7        # HLV, HLVX, HSV
    ECALL = 8
    EBREAK = 9
    SINVAL_VMA = 10
    SFENCE_W_INVAL = 11
    SFENCE_INVAL_IR = 12
    HINVAL_VVMA = 13
    HINVAL_GVMA = 14


class CboOp(enum.Enum, shape=2):
    """What a cache-block operation does to its block."""

    INVAL = 0
    CLEAN = 1
    FLUSH = 2
    ZERO = 3


class Privileged(data.Struct):
    """What decides whether an instruction is legal in its mode."""

    csr: 1          # it is one of CSRs
    addr: 12        # ... of this one
    write: 1        # ... and writes
    sys: SysOp
    cbo_valid: 1    # it is a cache-block operation
    cbo: CboOp
    masked_by: 8    # the bit of hisadis that takes it from a guest; 0: none does


class TrapInfo(data.Struct):
    """A trap about to be taken, as the commit stage knows it."""

    interrupt: 1
    cause: 6
    pc: 64
    tval: 64
    tval2: 62
    tinst: 32
    virtual: 1      # tval is an address of an access made with effective V=1: becomes GVA
