"""Wishbone B4, 64 bits, byte selects (specification B.4, ch. 3 and 4)."""

from amaranth.hdl import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out

ADDRESS_BITS = 53       # a 56-bit physical address in units of 8 bytes


class Cti(enum.Enum, shape=3):
    """Cycle type: single accesses are CLASSIC; line refills and write-backs count up and mark the last beat."""

    CLASSIC = 0b000
    INCREMENT = 0b010
    END = 0b111


class Bte(enum.Enum, shape=2):
    """Order of the addresses of an INCREMENT cycle: ascending, or ascending within a block and around its end."""

    LINEAR = 0b00
    WRAP_4 = 0b01
    WRAP_8 = 0b10
    WRAP_16 = 0b11


class Signature(wiring.Signature):
    """A Wishbone bus, seen from the master.

    1. The master holds `stb` and its payload until `ack` or `err`; one of them ends each beat.
    2. `dat_r` is valid in the cycle of `ack`.
    3. A beat may end in the cycle it starts.
    """

    def __init__(self):
        super().__init__({
            "adr":   Out(ADDRESS_BITS),
            "dat_w": Out(64),
            "dat_r": In(64),
            "sel":   Out(8),
            "cyc":   Out(1),
            "stb":   Out(1),
            "we":    Out(1),
            "cti":   Out(Cti),
            "bte":   Out(Bte),
            "ack":   In(1),
            "err":   In(1),
        })
