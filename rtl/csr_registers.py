"""Storage of the control and status registers, derived from `isa.csrs`."""

from dataclasses import replace
from types import SimpleNamespace

from amaranth.hdl import *
from amaranth.lib import data

from isa import csrs
from isa.profile import Profile

STORED = ("RW", "WARL")
COUNTERS = ("mcycle", "minstret")   # rtl/counters.py keeps these, and rtl/pmp.py those of Smpmp


def present(profile: Profile) -> dict[str, csrs.Csr]:
    """The CSRs of a hart with this profile, by name, with the fields that it has."""
    rows = {}
    for csr in csrs.CSRS:
        if profile.has(csr.ext) and (csr.level != 2 or profile.has("H")):
            rows[csr.name] = replace(csr, fields=tuple(f for f in csr.fields if profile.has(f.ext)))
    return rows


def home(rows: dict[str, csrs.Csr], csr: csrs.Csr, field: csrs.Field) -> tuple[str, int] | None:
    """Where a write of a field through `csr` lands: a CSR and the distance to the left, or None: nowhere."""
    name, shift, viewed = csr.name, 0, False
    while field.kind == "VIEW":
        name, shift, viewed, lsb = field.of, shift + field.shift, True, field.lsb + field.shift
        field = next(f for f in rows[name].fields if f.lsb <= lsb <= f.msb)
    # A view passes plain storage on. WARL bits (mip.STIP, mip.SEIP) are writable through their own CSR alone.
    return (name, shift) if field.kind == "RW" or (field.kind == "WARL" and not viewed) else None


def layout(csr: csrs.Csr) -> data.FlexibleLayout:
    """A CSR as a 64-bit structure; the bits between the fields are zero."""
    fields = {field.name: data.Field(unsigned(field.msb - field.lsb + 1), field.lsb) for field in csr.fields}
    return data.FlexibleLayout(64, fields)


def registers(rows: dict[str, csrs.Csr]) -> SimpleNamespace:
    """A signal with named fields for each CSR that stores something, at its reset value."""
    signals = {}
    for csr in rows.values():
        if csr.name not in COUNTERS and csr.ext != "Smpmp" and any(f.kind in STORED or f.kind == "RO" for f in csr.fields):
            signals[csr.name] = Signal(layout(csr), init={f.name: f.reset for f in csr.fields}, name=csr.name)
    return SimpleNamespace(**signals)
