"""Two-stage address translation as the privileged manual writes it down, for the tests of `rtl/mmu`."""

import random
from dataclasses import dataclass, field

FETCH, LOAD, STORE = 0, 1, 2
U, S, M, VU, VS = 0b000, 0b001, 0b011, 0b100, 0b101
ACCESS, PAGE, GUEST = "access", "page", "guest-page"
CAUSES = {
    (ACCESS, FETCH): 1,  (ACCESS, LOAD): 5,  (ACCESS, STORE): 7,
    (PAGE, FETCH):   12, (PAGE, LOAD):   13, (PAGE, STORE):   15,
    (GUEST, FETCH):  20, (GUEST, LOAD):  21, (GUEST, STORE):  23,
}
V, R, W, X, UBIT, G, A, D = (1 << i for i in range(8))
RAM, ROM = range(0x8000_0000, 1 << 56), range(0x1000, 0x1_1000)


class Fault(Exception):
    """A translation ends with a fault; `fields` are those of a `TranslateResponse`."""

    def __init__(self, kind, access, **fields):
        super().__init__(kind)
        self.fields = {"fault": 1, "cause": CAUSES[kind, access], "tval2": 0, "implicit": 0, "implicit_write": 0,
                       "bus_error": 0} | fields


class NeedsUpdate(Exception):
    """A or D would have to be set, which the access may not."""


class BusError(Exception):
    """The bus answers a read with an error."""


@dataclass
class Context:
    """Fields of an `MmuContext`."""

    satp_mode: int = 0
    satp_asid: int = 0
    satp_ppn: int = 0
    vsatp_mode: int = 0
    vsatp_asid: int = 0
    vsatp_ppn: int = 0
    hgatp_mode: int = 0
    hgatp_vmid: int = 0
    hgatp_ppn: int = 0
    sum: int = 0
    mxr: int = 0
    vs_sum: int = 0
    vs_mxr: int = 0
    adue: int = 0
    vs_adue: int = 0


@dataclass
class Memory:
    """Doublewords by address. What nobody wrote is a page-table entry made up from the seed, broken now and then."""

    seed: int = 0
    words: dict = field(default_factory=dict)
    errors: set = field(default_factory=set)
    invent: bool = True
    globals: bool = True
    reads: int = 0

    def read(self, address):
        """The doubleword at an aligned address."""
        assert address % 8 == 0, hex(address)
        self.reads += 1
        if address in self.errors:
            raise BusError
        if address not in self.words:
            self.words[address] = self._invent(address) if self.invent else 0
        return self.words[address]

    def _invent(self, address):
        r = random.Random(self.seed << 64 | address)
        if r.random() < 0.01:
            self.errors.add(address)
            raise BusError
        if r.random() < 0.55:
            pte = V | (0x80000 + r.randrange(1 << 20)) << 10            # a pointer
        else:
            ppn = (0x80000 + r.randrange(1 << 20)) & -(1 << r.choice((0, 9, 18, 18)))
            pte = V | ppn << 10 | D | A | r.choice((R | W, X, R | X, R | W | X, R | W | X)) | r.choice((0, UBIT, UBIT))
        if self.globals and r.random() < 0.1:
            pte |= G
        if r.random() < 0.08:
            pte ^= 1 << r.choice((0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 19, 40, 52, 53, 54, 61, 62, 63))
        return pte


def allowed(pte, access, hlvx, mxr):
    """Step 5: is the access permitted by R, W and X?"""
    if access == STORE:
        return pte & W
    if access == FETCH or hlvx:
        return pte & X
    return pte & R or (mxr and pte & X)


def needed(access):
    """Step 7: bits that a leaf must have."""
    return A | D if access == STORE else A


def is_pointer(pte, level):
    """Steps 3 and 4: is it a pointer? None: it is invalid."""
    if not pte & V or (pte & W and not pte & R) or pte >> 54:
        return None
    if pte & (R | X):
        return False
    return None if pte & (A | D | UBIT) or level == 0 else True


class Translator:
    """One translation: `translate` returns a physical address or raises `Fault`. Without `update` it sets neither A nor D."""

    def __init__(self, memory, context, pa_bits=56, update=True):
        self.memory, self.context, self.pa_bits, self.update = memory, context, pa_bits, update

    def pte(self, address, access):
        """A page-table read of the machine: physical memory attributes, then the bus."""
        if address >> self.pa_bits or (address not in RAM and address not in ROM):
            raise Fault(ACCESS, access)
        try:
            return self.memory.read(address)
        except BusError:
            raise Fault(ACCESS, access, bus_error=1, error_paddr=address) from None

    def set_bits(self, address, missing, access):
        """Write A and D of the PTE at an address."""
        if address not in RAM:
            raise Fault(ACCESS, access)
        self.memory.words[address] |= missing

    def g_stage(self, gpa, access, original, hlvx, mxr, implicit):
        """Guest-physical to physical; faults are reported for the original access."""
        if not self.context.hgatp_mode:
            return gpa
        fault = Fault(GUEST, original, tval2=gpa >> 2, implicit=int(implicit), implicit_write=int(implicit and access == STORE))
        if gpa >> 41:
            raise fault
        table = self.context.hgatp_ppn >> 2 << 14
        for level in (2, 1, 0):
            index = gpa >> 30 if level == 2 else gpa >> 12 + 9 * level & 511
            at = table + 8 * index
            pte = self.pte(at, original)
            match is_pointer(pte, level):
                case None:
                    raise fault
                case True:
                    table = (pte >> 10 & (1 << 44) - 1) << 12
                    continue
            size = 1 << 12 + 9 * level
            base = (pte >> 10 & (1 << 44) - 1) << 12
            missing = needed(access) & ~pte
            if not pte & UBIT or not allowed(pte, access, hlvx, mxr) or base % size or missing and not self.context.adue:
                raise fault
            if missing and not self.update:
                raise NeedsUpdate
            if missing:
                self.set_bits(at, missing, original)
            return base + gpa % size
        raise AssertionError

    def translate(self, vaddr, access, hlvx, mode):
        """The whole translation."""
        c, virtual, user = self.context, mode >> 2, not mode & 1
        two = virtual and c.hgatp_mode
        if mode != M and (c.vsatp_mode if virtual else c.satp_mode):
            address = self.first_stage(vaddr, access, hlvx, virtual, user)
        else:
            address = vaddr
        if two:
            address = self.g_stage(address, access, access, hlvx, c.mxr, False)
        if address >> self.pa_bits or ((access == FETCH or hlvx) and address not in RAM and address not in ROM):
            raise Fault(ACCESS, access)
        return address

    def first_stage(self, vaddr, access, hlvx, virtual, user):
        """satp, or vsatp with the G-stage for its page tables."""
        c = self.context
        if vaddr >> 38 not in (0, (1 << 26) - 1):
            raise Fault(PAGE, access)
        table = (c.vsatp_ppn if virtual else c.satp_ppn) << 12
        mxr = c.mxr | (virtual and c.vs_mxr)
        sum_ = c.vs_sum if virtual else c.sum
        for level in (2, 1, 0):
            gpa = at = table + 8 * (vaddr >> 12 + 9 * level & 511)
            if virtual:
                at = self.g_stage(gpa, LOAD, access, 0, 0, True)
            pte = self.pte(at, access)
            match is_pointer(pte, level):
                case None:
                    raise Fault(PAGE, access)
                case True:
                    table = (pte >> 10 & (1 << 44) - 1) << 12
                    continue
            size = 1 << 12 + 9 * level
            base = (pte >> 10 & (1 << 44) - 1) << 12
            if user and not pte & UBIT or not user and pte & UBIT and (access == FETCH or not sum_):
                raise Fault(PAGE, access)
            missing = needed(access) & ~pte
            adue = c.vs_adue if virtual else c.adue
            if not allowed(pte, access, hlvx, mxr) or base % size or missing and not adue:
                raise Fault(PAGE, access)
            if missing and not self.update:
                raise NeedsUpdate
            if missing:
                self.set_bits(self.g_stage(gpa, STORE, access, 0, 0, True) if virtual else at, missing, access)
            return base + vaddr % size
        raise AssertionError

    def response(self, vaddr, access, hlvx, mode):
        """Fields of a `TranslateResponse`."""
        try:
            paddr = self.translate(vaddr, access, hlvx, mode)
        except Fault as fault:
            return fault.fields
        except NeedsUpdate:
            return {"needs_update": 1}
        ram = paddr in RAM
        return {"fault": 0, "paddr": paddr, "ram": int(ram), "rom": int(paddr in ROM), "cached": int(ram and paddr < 1 << 36)}
