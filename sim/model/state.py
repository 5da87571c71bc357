"""The state of a hart by name, for people and for tools: registers by number or ABI name, `pc`, `mode`, and every CSR.

Values are unsigned. What is read is what M-mode would read; nothing here has a side effect that a program could see.
"""

from typing import TYPE_CHECKING

from isa import causes
from isa.disasm import REGISTERS
from sim.model import counters
from sim.model.bits import signed, unsigned
from sim.model.hart import ABSENT, Hart

if TYPE_CHECKING:
    from sim.model.machine import Machine

NUMBERS: dict[str, int] = {**{f"x{n}": n for n in range(32)}, **{name: n for n, name in enumerate(REGISTERS)}, "fp": 8}
MODES: dict[int, str] = {causes.U: "U", causes.S: "S", causes.M: "I", causes.VU: "H", causes.VS: "H"}   # what they need


def names(h: Hart) -> list[str]:
    """Every name that `read` knows, the integer registers by their ABI names."""
    return [*REGISTERS, "pc", "mode", *h.csrs.by_name]


def read(m: "Machine", name: str) -> int:
    """Unsigned value of one piece of state. Raises KeyError with a sentence for a name that this hart lacks."""
    number = NUMBERS.get(name, ABSENT)
    if number != ABSENT:
        return unsigned(m.hart.x[number])
    if name == "pc":
        return unsigned(m.hart.pc)
    if name == "mode":
        return int(m.hart.mode)
    _check(m.hart, name)
    return m.read_csr(name)


def write(m: "Machine", name: str, value: int) -> None:
    """Change one piece of state; a CSR takes what its fields allow, as from M-mode, and x0 stays zero.

    Raises KeyError for a name that this hart lacks, and ValueError for an odd `pc` or a `mode` that it has not.
    """
    number = NUMBERS.get(name, ABSENT)
    if number != ABSENT:
        m.hart.w(number, signed(value))
    elif name == "pc":
        if value & 1:
            raise ValueError(f"pc cannot be 0x{value:x}: instructions lie at even addresses")
        m.hart.pc = signed(value)
    elif name == "mode":
        if value not in MODES or not m.profile.has(MODES[value]):
            raise ValueError(f"this hart has no mode {value}")
        counters.settle(m.hart, value, 0)
        m.hart.set_mode(value)
    else:
        _check(m.hart, name)
        m.write_csr(name, value)


def _check(h: Hart, name: str) -> None:
    if name not in h.csrs.by_name:
        raise KeyError(f"this hart has no register or CSR called {name!r}")
