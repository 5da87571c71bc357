"""The I/O permission bitmap: accesses to ports that a guest may make without an exit (docs/xdoppel.md, "I/O permission
bitmap").

The walk of the G-stage asks it where it ends at a PTE with V=0, and reads the bitmap. A port is a byte of the window. Sizes are
in bytes; that of an access which cannot be one to a port is 0.
"""

from typing import Final

from mypy_extensions import i64

from isa.csrs import BY_NAME
from sim.model.bits import field, lsr, shl
from sim.model.hart import Hart

ENABLE: Final[i64] = BY_NAME["hiobg"]["enable"].mask
BASE: Final[i64] = BY_NAME["hiobg"]["base"].mask
LAST_MSB: Final[i64] = BY_NAME["hiobg"]["last"].msb
LAST_LSB: Final[i64] = BY_NAME["hiobg"]["last"].lsb
PLACE: Final[i64] = 63                  # mask of the place of a bit in its doubleword


def covers(h: Hart, gpa: i64, size: i64) -> bool:
    """Can it be an access to ports, and are they all in the window?"""
    port = first_port(h, gpa)
    return h.hiobg & ENABLE != 0 and size > 0 and port >= 0 and port + size - 1 <= field(h.hiobg, LAST_MSB, LAST_LSB)


def first_port(h: Hart, gpa: i64) -> i64:
    """Number of the port at a guest physical address."""
    return gpa - (h.hiobg & BASE)


def bits_place(h: Hart, gpa: i64) -> i64:
    """Physical address of the doubleword of the bitmap that tells about `gpa`."""
    return h.hioba + (lsr(first_port(h, gpa), 3) & -8)


def permits(h: Hart, gpa: i64, size: i64, bits: i64) -> bool:
    """Does this doubleword of the bitmap permit the access? It is aligned, so that all its bits are here."""
    return lsr(bits, first_port(h, gpa) & PLACE) & shl(1, size) - 1 == 0


def target(h: Hart, gpa: i64) -> i64:
    """Physical address of the port."""
    return h.hiobh + first_port(h, gpa)
