"""Which CSR an instruction reaches, and when the access is illegal or a virtual instruction (privileged
manual, "CSR Address Mapping Conventions", "Hypervisor: Virtual Instruction Exceptions", "Smstateen").

An access is judged in two steps: could HS-mode do it (then the failure of a guest is a virtual instruction),
and may this mode?
"""

from typing import TYPE_CHECKING

from mypy_extensions import i64

from isa.causes import VU, M, U
from isa.csrs import BY_NAME, CSRS, HPM, SUBSTITUTES
from sim.model import isa_disable
from sim.model.bits import bit
from sim.model.hart import Hart, V
from sim.model.insn import Insn
from sim.model.masks import CY, IR, STCE, TM, TVM, VTVM
from sim.model.trap import illegal, virtual

if TYPE_CHECKING:
    from sim.model.csr_register import Register

COUNTERS: dict[int, int] = {
    BY_NAME["cycle"].number: CY, BY_NAME["time"].number: TM, BY_NAME["instret"].number: IR,
    **{BY_NAME[f"hpmcounter{n}"].number: 1 << n for n in HPM}}
TIMERS = (BY_NAME["stimecmp"].number, BY_NAME["vstimecmp"].number)
SATP, HGATP = BY_NAME["satp"].number, BY_NAME["hgatp"].number
# What a bit of mstateen or hstateen gates: CSR number -> index of the register, and the bit.
STATE: dict[int, tuple[int, int]] = {
    **{BY_NAME[f"{level}stateen{n}"].number: (n, bit(63)) for level in "sh" for n in range(4)},
    **{BY_NAME[name].number: (0, BY_NAME["mstateen0"]["envcfg"].mask) for name in ("senvcfg", "henvcfg")},
    **{row.number: (0, BY_NAME["mstateen0"]["c"].mask) for row in CSRS if row.ext == "Xdoppel"}}
SUBSTITUTE = {BY_NAME[name].number: BY_NAME[guest].number for name, guest in SUBSTITUTES.items()}
USER, SUPERVISOR, HYPERVISOR, MACHINE = range(4)        # bits 9:8 of a CSR number


def require(h: Hart, i: Insn, write: bool) -> "Register":
    """The register that the instruction reaches in this mode; raises illegal or virtual instruction."""
    register = h.csrs.by_number.get(i.csr)
    if register is None or (write and register.row.read_only) or isa_disable.takes(h, register.row.ext):
        raise illegal(i)
    if h.mode != M:
        level = register.row.level
        if level == MACHINE or not enabled_by_m(h, i.csr):
            raise illegal(i)
        if h.mode & V:
            if not enabled_for_guest(h, i.csr, level):
                raise virtual(i)
        elif not enabled_for_host(h, i.csr, level):
            raise illegal(i)
    return target(h, i.csr)


def target(h: Hart, number: i64) -> "Register":
    """The register behind a legal CSR number: with V=1 the VS CSRs substitute for those of S."""
    if h.mode & V:
        number = SUBSTITUTE.get(number, number)
    return h.csrs.by_number[number]


def enabled_by_m(h: Hart, number: i64) -> bool:
    """Does M-mode allow it to S and HS? (mcounteren, menvcfg.STCE, mstateen; TVM is HS-mode's own matter.)"""
    if number in COUNTERS:
        return h.mcounteren & COUNTERS[number] != 0
    if number in TIMERS:
        return h.menvcfg & STCE != 0 and h.mcounteren & TM != 0
    if number in STATE and h.profile.has("Smstateen"):
        index, enable = STATE[number]
        return h.mstateen[index] & enable != 0
    return True


def enabled_for_host(h: Hart, number: i64, level: i64) -> bool:
    """V=0, below M: what HS-mode and U-mode reach."""
    if h.mode == U:
        return level == USER and h.scounteren & COUNTERS.get(number, 0) != 0
    return not (number in (SATP, HGATP) and h.mstatus & TVM)


def enabled_for_guest(h: Hart, number: i64, level: i64) -> bool:
    """V=1: what VS-mode and VU-mode reach of that which HS-mode could."""
    if number in COUNTERS:
        allowed = h.hcounteren & (h.scounteren if h.mode == VU else -1)
        return allowed & COUNTERS[number] != 0
    if h.mode == VU or level == HYPERVISOR:
        return False
    if number in TIMERS:
        return h.henvcfg & STCE != 0 and h.hcounteren & TM != 0
    if number in STATE and h.profile.has("Smstateen"):
        index, enable = STATE[number]
        return h.hstateen[index] & enable != 0
    return not (number == SATP and h.hstatus & VTVM)
