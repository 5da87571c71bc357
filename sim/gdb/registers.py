"""The registers that gdb sees, their numbers, and the description it reads them from ("RISC-V Features").

gdb knows x0..x31 and pc, every CSR by its manual's name, and `priv`, the nominal privilege. `virt`, the virtualization
mode V, is ours. Values are 64 bits, little-endian.
"""

from isa import causes
from isa.disasm import REGISTERS
from sim.model import Machine, state

FIRST_CSR = 65                          # gdb's number of CSR 0
PRIV, VIRT = FIRST_CSR + 0x1000, FIRST_CSR + 0x1001
V = causes.VU
_TYPES = {"ra": "code_ptr", "sp": "data_ptr", "gp": "data_ptr", "tp": "data_ptr", "pc": "code_ptr"}


class Registers:
    """The registers of a machine by gdb's numbers."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.general = (*REGISTERS, "pc")
        self._csrs = {FIRST_CSR + number: register.name for number, register in machine.hart.csrs.by_number.items()}
        self._names = {**dict(enumerate(self.general)), **self._csrs}

    def read(self, number: int) -> int:
        """Unsigned value. Raises KeyError for a number that is none of them."""
        if number == PRIV:
            return state.read(self._machine, "mode") & causes.M
        if number == VIRT:
            return state.read(self._machine, "mode") // V
        return state.read(self._machine, self._names[number])

    def write(self, number: int, value: int) -> None:
        """Raises KeyError for a number that is none of them, ValueError for a value that it cannot have."""
        mode = state.read(self._machine, "mode")
        if number == PRIV:
            state.write(self._machine, "mode", mode & V | value)
        elif number == VIRT:
            state.write(self._machine, "mode", mode & causes.M | V * value)
        else:
            state.write(self._machine, self._names[number], value)

    def description(self) -> str:
        """target.xml."""
        features = {
            "org.gnu.gdb.riscv.cpu": dict(enumerate(self.general)),
            "org.gnu.gdb.riscv.csr": self._csrs,
            "org.gnu.gdb.riscv.virtual": {PRIV: "priv"},
            "org.doppelhart.hart": {VIRT: "virt"},
        }
        return ('<?xml version="1.0"?>\n<!DOCTYPE target SYSTEM "gdb-target.dtd">\n<target version="1.0">\n'
                "<architecture>riscv:rv64</architecture>\n<osabi>none</osabi>\n"
                + "".join(_feature(name, registers) for name, registers in features.items()) + "</target>\n")


def _feature(name: str, registers: dict[int, str]) -> str:
    rows = (f'<reg name="{register}" bitsize="64" type="{_TYPES.get(register, "uint64")}" regnum="{number}"'
            f'{"" if name.endswith("cpu") else _SYSTEM}/>' for number, register in registers.items())
    return "\n".join([f'<feature name="{name}">', *rows, "</feature>\n"])


# gdb must not put these back after a call of a function of the program.
_SYSTEM = ' group="system" save-restore="no"'
