"""Why a walk fails, and the answer that follows (privileged manual, "Machine Cause", "Hypervisor: mtval2", "htinst")."""

from amaranth.hdl import *
from amaranth.lib import enum

from isa import causes
from rtl.types import Access


class Fault(enum.Enum, shape=3):
    """Why a walk has failed."""

    ACCESS = 0
    PAGE = 1
    GUEST_PAGE = 2
    LOG_FULL = 3        # of the page-modification log
    UPDATE = 4          # A or D would have to be set, which this request may not


# Exceptions of a fetch, a load, and everything else: CBO faults as a store.
EXCEPTIONS = {
    Fault.ACCESS:     ("INSTRUCTION_ACCESS_FAULT", "LOAD_ACCESS_FAULT", "STORE_ACCESS_FAULT"),
    Fault.PAGE:       ("INSTRUCTION_PAGE_FAULT", "LOAD_PAGE_FAULT", "STORE_PAGE_FAULT"),
    Fault.GUEST_PAGE: ("INSTRUCTION_GUEST_PAGE_FAULT", "LOAD_GUEST_PAGE_FAULT", "STORE_GUEST_PAGE_FAULT"),
    Fault.LOG_FULL:   ("PAGE_LOG_FULL", "PAGE_LOG_FULL", "PAGE_LOG_FULL"),
}


def respond(m, response, fault, access, guest_address, *, implicit, writing):
    """Drive the fields of a `TranslateResponse` that follow from a Fault of this Access.

    `guest_address` is the one that the G-stage was asked for; `implicit`: for a first-stage PTE, `writing`: to update it.
    """
    of_guest = (fault == Fault.GUEST_PAGE) | (fault == Fault.LOG_FULL)
    m.d.comb += [
        response.fault.eq(fault != Fault.UPDATE),
        response.needs_update.eq(fault == Fault.UPDATE),
        response.implicit.eq(of_guest & implicit),
        response.implicit_write.eq(of_guest & implicit & writing),
        response.tval2.eq(Mux(of_guest, guest_address[2:], 0)),
    ]
    with m.Switch(fault):
        for kind, names in EXCEPTIONS.items():
            fetch, load, store = (causes.EXC[name] for name in names)
            with m.Case(kind):
                m.d.comb += response.cause.eq(Mux(access == Access.FETCH, fetch, Mux(access == Access.LOAD, load, store)))
