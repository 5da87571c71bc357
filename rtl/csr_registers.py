"""Storage of the control and status registers, derived from `isa.csrs`."""

from dataclasses import replace
from types import SimpleNamespace

from amaranth.hdl import *
from amaranth.lib import data

from isa import csrs
from isa.profile import Profile
from rtl.csr_words import WORDS

STORED = ("RW", "WARL")
# Words that something besides CSR instructions and traps looks at have flip-flops, too.
WATCHED = frozenset(("satp", "vsatp", "hgatp", "stimecmp", "vstimecmp", "htimedelta", "medeleg", "hedeleg",
                     "hple", "hpmla", "hioba", "hiobg", "hiobh"))


def present(profile: Profile) -> dict[str, csrs.Csr]:
    """The CSRs of a hart with this profile, by name, with the fields that it has."""
    rows = {}
    for csr in csrs.CSRS:
        if profile.has(csr.ext) and (csr.level != 2 or profile.has("H")):
            fields = tuple(f for f in csr.fields if profile.has(f.ext))
            if csr.series == csrs.HPM and csr.number % 32 >= csrs.HPM.start + profile.hpm_counters:
                fields = ()
            rows[csr.name] = replace(csr, fields=fields)
    return rows


def is_counter(csr: csrs.Csr) -> bool:
    """Is it one that `rtl/counters.py` keeps, or another name of one?"""
    return csr.number >> 5 in (0xB00 >> 5, 0xC00 >> 5) and csr.name != "time"


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
    """A signal with named fields for each CSR that has flip-flops here, at its reset value."""
    signals = {}
    for csr in rows.values():
        elsewhere = is_counter(csr) or csr.name in WORDS - WATCHED or csr.ext == "Smpmp"
        if not elsewhere and any(f.kind in STORED or f.kind == "RO" for f in csr.fields):
            signals[csr.name] = Signal(layout(csr), init={f.name: f.reset for f in csr.fields}, name=csr.name)
    return SimpleNamespace(**signals)
