"""What gdb is told about the registers, and what it reads and writes by their numbers."""

import xml.etree.ElementTree as xml

import pytest

from isa.causes import VS, VU, M
from isa.csrs import CSRS
from isa.profile import PROFILES
from sim.gdb.registers import PRIV, VIRT, Registers
from sim.model import Machine


@pytest.fixture
def machine() -> Machine:
    return Machine(ram_size=1 << 20)


def described(registers: Registers) -> dict[str, dict[str, int]]:
    """Feature -> register -> number."""
    tree = xml.fromstring(registers.description())
    assert tree.find("architecture").text == "riscv:rv64" and tree.find("osabi").text == "none"
    for reg in tree.iter("reg"):
        assert reg.get("bitsize") == "64"
    return {feature.get("name"): {reg.get("name"): int(reg.get("regnum")) for reg in feature.iter("reg")}
            for feature in tree.iter("feature")}


def test_gdb_s_own_numbers(machine: Machine) -> None:
    features = described(Registers(machine))
    general = features["org.gnu.gdb.riscv.cpu"]
    assert (general["zero"], general["sp"], general["a0"], general["t6"], general["pc"]) == (0, 2, 10, 31, 32)
    assert len(general) == 33
    assert features["org.gnu.gdb.riscv.virtual"] == {"priv": 4161}


def test_every_csr_of_the_profile_is_there() -> None:
    for name in ("default", "full"):
        profile = PROFILES[name]
        machine = Machine(profile=profile, ram_size=1 << 20)
        csrs = described(Registers(machine))["org.gnu.gdb.riscv.csr"]
        assert set(csrs) == set(machine.hart.csrs.by_name) and len(csrs) > 60
        assert all(csrs[row.name] == 65 + row.number for row in CSRS if row.name in csrs)


def test_values(machine: Machine) -> None:
    registers = Registers(machine)
    registers.write(10, 5)
    registers.write(32, 0x8000_0010)
    registers.write(65 + 0x340, (1 << 64) - 1)
    assert (machine["a0"], machine["pc"], machine["mscratch"]) == (5, 0x8000_0010, (1 << 64) - 1)
    assert (registers.read(10), registers.read(32), registers.read(65 + 0x340)) == (5, 0x8000_0010, (1 << 64) - 1)


def test_mode_in_two_registers(machine: Machine) -> None:
    registers = Registers(machine)
    assert (machine["mode"], registers.read(PRIV), registers.read(VIRT)) == (M, 3, 0)
    registers.write(PRIV, 1)
    registers.write(VIRT, 1)
    assert machine["mode"] == VS
    registers.write(PRIV, 0)
    assert (machine["mode"], registers.read(PRIV), registers.read(VIRT)) == (VU, 0, 1)
    with pytest.raises(ValueError):
        registers.write(PRIV, 3)


def test_a_number_that_is_none(machine: Machine) -> None:
    with pytest.raises(KeyError):
        Registers(machine).read(33)
    with pytest.raises(KeyError):
        Registers(machine).write(5000, 0)
