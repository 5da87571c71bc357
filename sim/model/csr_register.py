"""What every CSR looks like to a program: one object per row of isa/csrs.py, in each hart.

`read` is what an instruction gets, `read_for_write` what CSRRS and CSRRC modify, `write` what they leave behind. A register
whose legal values need code overrides `legalize(h, old, new)`; one that shows bits stored elsewhere overrides `read` and
`write`.
"""

from mypy_extensions import i64

from isa.csrs import Csr
from isa.profile import Profile
from sim.model.bits import signed
from sim.model.hart import Hart


class Register:
    """Plain storage: the hart's attribute of that name; RW bits are written, others stay as at reset."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        self.row = row
        self.name = row.name
        absent = sum(f.mask for f in row.fields if not profile.has(f.ext))
        self.mask: i64 = signed(row.bits("RW") & ~absent)
        self.fixed: i64 = signed(row.reset & ~absent)

    def read(self, h: Hart) -> i64:
        """Value that an instruction in the current mode reads."""
        value: i64 = getattr(h, self.name)
        return value

    def read_for_write(self, h: Hart) -> i64:
        """Value that a read-modify-write modifies."""
        return self.read(h)

    def write(self, h: Hart, value: i64) -> None:
        """Write as far as the register's fields allow."""
        setattr(h, self.name, self.legalize(h, getattr(h, self.name), value))

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        """The value kept when `new` is written over `old`."""
        return old & ~self.mask | new & self.mask


class Constant(Register):
    """Read-only, and not stored."""

    def read(self, h: Hart) -> i64:
        return self.fixed

    def write(self, h: Hart, value: i64) -> None:
        """Ignored."""


class Flushing(Register):
    """A register whose bits take part in translation."""

    def write(self, h: Hart, value: i64) -> None:
        super().write(h, value)
        h.flush()
