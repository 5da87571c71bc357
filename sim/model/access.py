"""Explicit memory accesses and instruction fetch: alignment, translation, attributes, then memory.

Each has a fast path, a hit in a software TLB, that touches only RAM; everything else takes the path that
reads like the manual. The fast path is never used for what must be seen: devices, the boot ROM, tohost and
fromhost.
"""

from typing import Final

from mypy_extensions import i64

from isa.causes import EXC
from sim.model.bits import shl, sx, wrap
from sim.model.hart import ABSENT, BLOCK, Hart
from sim.model.memory import HOLE, IO, RAM, ROM
from sim.model.pmp import R, W, X
from sim.model.tlb import MISS
from sim.model.translate import ACCESS_FAULT, FETCH, LOAD, STORE, Access, bus_error, translate

MISALIGNED = (EXC["LOAD_MISALIGNED"], EXC["STORE_MISALIGNED"], EXC["INSTRUCTION_MISALIGNED"])
PARCEL: Final[i64] = 0xFFFF             # 16 bits of instruction


def load(h: Hart, va: i64, log2: i64) -> i64:
    """Explicit load of 2**log2 bytes in the data mode, sign-extended."""
    delta = h.r_tlb.find(va)
    if delta == MISS or va & shl(1, log2) - 1:
        return load_as(h, Access(LOAD, va, h.data_mode), log2)
    pa = va + delta
    value = h.memory.ram.read(pa - h.memory.base, log2)
    h.mem_vaddr, h.mem_paddr, h.mem_rdata = va, pa, value
    return value


def store(h: Hart, va: i64, log2: i64, value: i64) -> None:
    """Explicit store of the low 2**log2 bytes in the data mode."""
    delta = h.w_tlb.find(va)
    if delta == MISS or va & shl(1, log2) - 1:
        store_as(h, Access(STORE, va, h.data_mode), log2, value)
        return
    pa = va + delta
    h.memory.ram.write(pa - h.memory.base, log2, value)
    h.mem_vaddr, h.mem_paddr, h.mem_wdata = va, pa, value
    if h.reservation != ABSENT and (h.reservation ^ pa) & BLOCK == 0:
        h.reservation = ABSENT


def load_as(h: Hart, a: Access, log2: i64) -> i64:
    """Explicit load as the access says (HLV and HLVX bring their own mode)."""
    if not a.hlvx:
        a.size = shl(1, log2)
    pa = locate(h, a, log2)
    if a.hlvx and not h.memory.holds_code(pa):
        raise a.fault(ACCESS_FAULT)         # HLVX needs execute permission of the memory attributes too
    value = read_data(h, pa, log2)
    h.mem_vaddr, h.mem_paddr, h.mem_rdata = a.va, pa, value
    return value


def store_as(h: Hart, a: Access, log2: i64, value: i64) -> None:
    """Explicit store as the access says."""
    a.size = shl(1, log2)
    pa = locate(h, a, log2)
    write_data(h, pa, log2, value)
    h.mem_vaddr, h.mem_paddr, h.mem_wdata = a.va, pa, value


def atomic(h: Hart, kind: i64, va: i64, log2: i64) -> i64:
    """Physical address of an LR (kind LOAD), SC or AMO (kind STORE); only RAM supports them."""
    delta = h.r_tlb.find(va) if kind == LOAD else h.w_tlb.find(va)
    if delta == MISS or va & shl(1, log2) - 1:
        a = Access(kind, va, h.data_mode)
        pa = locate(h, a, log2)
        if h.memory.kind(pa) != RAM:
            raise a.fault(ACCESS_FAULT)
    else:
        pa = va + delta
    h.mem_vaddr, h.mem_paddr = va, pa
    return pa


def locate(h: Hart, a: Access, log2: i64) -> i64:
    """Physical address of an explicit access that its page tables and the memory attributes allow."""
    if a.va & shl(1, log2) - 1:
        raise a.fault(MISALIGNED)
    pa = translate(h, a)
    kind = h.memory.kind(pa)
    # HLVX needs execute permission as well.
    need = W if a.kind == STORE else R | X if a.hlvx else R
    if not h.pmp.permits(pa, need, a.mode) or kind == HOLE or (kind == ROM and a.kind == STORE) or bus_error(h, a, pa):
        raise a.fault(ACCESS_FAULT)
    if kind == RAM and a.mode == h.data_mode and not a.hlvx and not a.port and not h.memory.has_host_page(pa):
        (h.r_tlb if a.kind == LOAD else h.w_tlb).fill(a.va, pa)
    return pa


def read_data(h: Hart, pa: i64, log2: i64) -> i64:
    """Bytes at a physical address, sign-extended; in lockstep the record has what a device answered."""
    device = h.memory.kind(pa) == IO
    if h.locked and (device or h.memory.is_host(pa)):
        return sx(h.in_rdata, shl(8, log2))
    if device:
        h.attention = True                  # a load can change the interrupt wires: a claim does
    return h.memory.read(pa, log2)


def write_data(h: Hart, pa: i64, log2: i64, value: i64) -> None:
    """Store bytes; in lockstep devices are outside of the model. Ends a reservation of the same block."""
    device = h.memory.kind(pa) == IO
    if not (device and h.locked):
        h.memory.write(pa, log2, value)
    if device or h.memory.host_touched:
        h.attention = True
    if h.reservation != ABSENT and (h.reservation ^ pa) & BLOCK == 0:
        h.reservation = ABSENT


def fetch_parcel(h: Hart, va: i64) -> i64:
    """Physical address of 16 bits of instruction."""
    delta = h.x_tlb.find(va)
    if delta != MISS and h.error_dword == ABSENT:
        return va + delta
    a = Access(FETCH, va, h.mode)
    pa = translate(h, a)
    if not h.pmp.permits(pa, X, h.mode) or not h.memory.holds_code(pa) or bus_error(h, a, pa):
        raise a.fault(ACCESS_FAULT)
    h.x_tlb.fill(va, pa)
    return pa


def fetch(h: Hart, pa: i64) -> i64:
    """Bits of the instruction at pc, 16 or 32, whose first parcel is at physical address `pa`.

    The second parcel of an instruction that faults puts its own address in xtval.
    """
    low = h.memory.read(pa, 1) & PARCEL
    if low & 3 != 3:
        return low
    return low | shl(h.memory.read(fetch_parcel(h, wrap(h.pc + 2)), 1) & PARCEL, 16)
