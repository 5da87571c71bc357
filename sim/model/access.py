"""Explicit memory accesses and instruction fetch: alignment, translation, attributes, then memory.

Each has a fast path, a hit in a software TLB, that touches only RAM; everything else takes the path that
reads like the manual. The fast path is never used for what must be seen: devices, the boot ROM, tohost and
fromhost.
"""

from isa.causes import EXC
from isa.paging import PAGE_SHIFT
from sim.model.bits import sx, wrap
from sim.model.hart import ABSENT, Hart
from sim.model.memory import HOLE, IO, MASKS, RAM, ROM
from sim.model.translate import ACCESS_FAULT, FETCH, LOAD, STORE, Access, bus_error, translate

MISALIGNED = (EXC["LOAD_MISALIGNED"], EXC["STORE_MISALIGNED"], EXC["INSTRUCTION_MISALIGNED"])
BLOCK = -64                             # LR/SC: other stores to this block end the reservation


def load(h: Hart, va: int, log2: int) -> int:
    """Explicit load of 2**log2 bytes in the data mode, sign-extended."""
    offset = h.r_tlb.get(va >> PAGE_SHIFT)
    if offset is None or va & (1 << log2) - 1:
        return load_as(h, Access(LOAD, va, h.data_mode), log2)
    pa = va + offset
    value = h.memory.signed[log2][pa - h.memory.base >> log2]
    h.mem_vaddr, h.mem_paddr, h.mem_rdata = va, pa, value
    return value


def store(h: Hart, va: int, log2: int, value: int) -> None:
    """Explicit store of the low 2**log2 bytes in the data mode."""
    offset = h.w_tlb.get(va >> PAGE_SHIFT)
    if offset is None or va & (1 << log2) - 1:
        store_as(h, Access(STORE, va, h.data_mode), log2, value)
        return
    pa = va + offset
    h.memory.raw[log2][pa - h.memory.base >> log2] = value & MASKS[log2]
    h.mem_vaddr, h.mem_paddr, h.mem_wdata = va, pa, value
    if h.reservation != ABSENT and (h.reservation ^ pa) & BLOCK == 0:
        h.reservation = ABSENT


def load_as(h: Hart, a: Access, log2: int) -> int:
    """Explicit load as the access says (HLV and HLVX bring their own mode)."""
    pa = locate(h, a, log2)
    if a.hlvx and not h.memory.holds_code(pa):
        raise a.fault(ACCESS_FAULT)         # HLVX needs execute permission of the memory attributes too
    value = read_data(h, pa, log2)
    h.mem_vaddr, h.mem_paddr, h.mem_rdata = a.va, pa, value
    return value


def store_as(h: Hart, a: Access, log2: int, value: int) -> None:
    """Explicit store as the access says."""
    pa = locate(h, a, log2)
    write_data(h, pa, log2, value)
    h.mem_vaddr, h.mem_paddr, h.mem_wdata = a.va, pa, value


def atomic(h: Hart, kind: int, va: int, log2: int) -> int:
    """Physical address of an LR (kind LOAD), SC or AMO (kind STORE); only RAM supports them."""
    offset = (h.r_tlb if kind == LOAD else h.w_tlb).get(va >> PAGE_SHIFT)
    if offset is None or va & (1 << log2) - 1:
        a = Access(kind, va, h.data_mode)
        pa = locate(h, a, log2)
        if h.memory.kind(pa) != RAM:
            raise a.fault(ACCESS_FAULT)
    else:
        pa = va + offset
    h.mem_vaddr, h.mem_paddr = va, pa
    return pa


def locate(h: Hart, a: Access, log2: int) -> int:
    """Physical address of an explicit access that its page tables and the memory attributes allow."""
    if a.va & (1 << log2) - 1:
        raise a.fault(MISALIGNED)
    pa = translate(h, a)
    kind = h.memory.kind(pa)
    if kind == HOLE or (kind == ROM and a.kind == STORE) or bus_error(h, a, pa):
        raise a.fault(ACCESS_FAULT)
    if kind == RAM and a.mode == h.data_mode and not a.hlvx and not h.memory.has_host_page(pa):
        tlb = h.r_tlb if a.kind == LOAD else h.w_tlb
        tlb[a.va >> PAGE_SHIFT] = pa - a.va
    return pa


def read_data(h: Hart, pa: int, log2: int) -> int:
    """Bytes at a physical address, sign-extended; in lockstep the record has what a device answered."""
    device = h.memory.kind(pa) == IO
    if h.locked and (device or h.memory.is_host(pa)):
        return sx(h.in_rdata, 8 << log2)
    if device:
        h.attention = True                  # a load can change the interrupt wires: a claim does
    return h.memory.read(pa, log2)


def write_data(h: Hart, pa: int, log2: int, value: int) -> None:
    """Store bytes; in lockstep devices are outside of the model. Ends a reservation of the same block."""
    device = h.memory.kind(pa) == IO
    if not (device and h.locked):
        h.memory.write(pa, log2, value)
    if device or h.memory.host_touched:
        h.attention = True
    if h.reservation != ABSENT and (h.reservation ^ pa) & BLOCK == 0:
        h.reservation = ABSENT


def fetch_parcel(h: Hart, va: int) -> tuple[int, int]:
    """Physical address and value of 16 bits of instruction."""
    a = Access(FETCH, va, h.mode)
    offset = h.x_tlb.get(va >> PAGE_SHIFT)
    pa = translate(h, a) if offset is None else va + offset
    if not h.memory.holds_code(pa) or bus_error(h, a, pa):
        raise a.fault(ACCESS_FAULT)
    h.x_tlb[va >> PAGE_SHIFT] = pa - va
    return pa, h.memory.read(pa, 1) & MASKS[1]


def fetch(h: Hart) -> tuple[int, int]:
    """Bits of the instruction at pc, 16 or 32, and its physical address (ABSENT when it lies on two pages).

    The second parcel of an instruction that faults puts its own address in xtval.
    """
    pa, word = fetch_parcel(h, h.pc)
    if word & 3 != 3:
        return word, pa
    second, high = fetch_parcel(h, wrap(h.pc + 2))
    return word | high * 0x1_0000, pa if second == pa + 2 and pa & 0xFFF != 0xFFE else ABSENT
