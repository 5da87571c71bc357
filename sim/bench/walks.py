"""The page tables behind a divergence, as they stand in the model's memory: for readers, it judges nothing.

An address is followed as far as the tables lead; permissions and faults are left to whoever reads the report.
"""

from collections.abc import Callable, Iterator

from isa import causes, paging

Read = Callable[[int, int], bytes]      # physical memory; ValueError where there is none

_FLAGS = [(name[0], lsb) for name, msb, lsb in paging.PTE if msb == lsb]
_FIELDS = {name: (msb, lsb) for name, msb, lsb in paging.PTE}
_ADDRESS_CAUSES = frozenset(c.code for c in causes.EXCEPTIONS if "FAULT" in c.name)
_GUEST = causes.VU      # the bit of a mode that means V=1


def addresses(*records: dict[str, int]) -> list[int]:
    """Virtual addresses that some records of the same instruction are about: its pc, what it accessed, where it faulted."""
    found = [records[0]["pc"]]
    for r in records:
        if r["mem_read"] or r["mem_write"]:
            found.append(r["mem_vaddr"])
        if r["trap"] and not r["interrupt"] and r["cause"] in _ADDRESS_CAUSES:
            found.append(r["tval"])
    return list(dict.fromkeys(found))


def describe(read: Read, address: int, *, satp: int, hgatp: int | None) -> list[str]:
    """The walk of one virtual address under `satp` (or vsatp), and under `hgatp` when V=1 (None when not)."""
    lines = [f"{address:#x}:"]
    _follow(read, lines, address, satp, hgatp)
    return lines if len(lines) > 1 else []


def leads_to(read: Read, address: int, *, satp: int, hgatp: int | None) -> int | None:
    """Physical address behind a virtual one, whatever the permissions; None where the tables have no leaf for it."""
    return _follow(read, [], address, satp, hgatp)


def _follow(read: Read, lines: list[str], address: int, satp: int, hgatp: int | None) -> int | None:
    guest: int | None = address
    if satp >> 60 & 0xF != paging.MODE_BARE:
        guest = _walk(read, lines, "S-stage" if hgatp is None else "VS-stage", address, satp, hgatp)
    if guest is not None and hgatp is not None and hgatp >> 60 & 0xF != paging.MODE_BARE:
        return _walk(read, lines, "G-stage", guest, hgatp, None)
    return guest


def _walk(read: Read, lines: list[str], stage: str, address: int, atp: int, hgatp: int | None) -> int | None:
    """Append a line for each level; the address it leads to, if any."""
    table = (atp & (1 << 44) - 1) << paging.PAGE_SHIFT
    for level in reversed(range(paging.LEVELS)):
        lsb = paging.PAGE_SHIFT + paging.VPN_BITS * level
        bits = paging.VPN_BITS + paging.X4_BITS * (stage == "G-stage" and level == paging.LEVELS - 1)
        place = table + (address >> lsb & (1 << bits) - 1) * paging.PTE_SIZE
        at, physical = f"{place:#x}", place
        if hgatp is not None and hgatp >> 60 & 0xF != paging.MODE_BARE:
            inner: list[str] = []
            translated = _walk(read, inner, "G-stage", place, hgatp, None)
            if translated is None:
                lines.append(f"  {stage} level {level}: guest-physical {at}, which the G-stage does not translate:")
                lines.extend(f"  {line}" for line in inner)
                return None
            physical = translated
            at = f"guest-physical {place:#x} = {physical:#x}"
        try:
            pte = int.from_bytes(read(physical, paging.PTE_SIZE), "little")
        except ValueError:
            lines.append(f"  {stage} level {level}: [{at}] is not memory")
            return None
        lines.append(f"  {stage} level {level}: [{at}] = {pte:#018x} {''.join(_letters(pte))}")
        if not pte & 1:
            return None
        table = (pte >> _FIELDS["ppn"][1] & (1 << 44) - 1) << paging.PAGE_SHIFT
        if pte >> 1 & 7:        # R, W or X: a leaf
            offset = (1 << lsb) - 1
            lines.append(f"  {stage}: leads to {table & ~offset | address & offset:#x}")
            return table & ~offset | address & offset
    return None


def _letters(pte: int) -> Iterator[str]:
    for letter, lsb in reversed(_FLAGS):
        yield letter if pte >> lsb & 1 else "-"


def involved(read: Read, hart: object, rtl: dict[str, int], model: dict[str, int]) -> list[str]:
    """All walks behind two differing records, with the model's registers after its own step."""
    virtual = bool(rtl["mode"] & _GUEST or rtl["gva"] or model["gva"])
    satp, vsatp, hgatp = (getattr(hart, name) & (1 << 64) - 1 for name in ("satp", "vsatp", "hgatp"))
    return [line for address in addresses(rtl, model)
            for line in describe(read, address, satp=vsatp if virtual else satp, hgatp=hgatp if virtual else None)]
