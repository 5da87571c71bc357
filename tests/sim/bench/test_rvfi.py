"""The adapter alone: what it makes of the ports of a design. A core in simulation is in tests/foreign."""

from dataclasses import dataclass

import pytest

from sim.bench.rvfi import Rvfi, RvfiError
from sim.beside import Diverged
from sim.model.hart import ABSENT
from tests.sim.model.bare import CODE, DATA, HANDLER, Bare, asm


@dataclass
class Port:
    """A port as cocotb shows it."""

    _name: str
    width: int
    value: int = 0

    def __len__(self) -> int:
        return self.width


class Dut:
    """A design with ports of given widths for each of its channels; `set` drives them, one dictionary for each channel."""

    WIDTHS = {"valid": 1, "order": 64, "insn": 32, "trap": 1, "intr": 1, "mode": 2, "rd_addr": 5, "rd_wdata": 64,
              "pc_rdata": 64, "pc_wdata": 64, "mem_addr": 64, "mem_rmask": 8, "mem_wmask": 8, "mem_rdata": 64, "mem_wdata": 64,
              "csr_mscratch_wmask": 64, "csr_mscratch_rdata": 64, "csr_mscratch_wdata": 64}

    def __init__(self, *without: str, channels: int = 1, xlen: int = 64) -> None:
        self.channels = channels
        self.ports = [Port("clk", 1), Port("rst", 1)]
        for name, width in self.WIDTHS.items():
            if name not in without:
                self.ports.append(Port(f"rvfi_{name}", channels * (xlen if width == 64 and name != "order" else width)))

    def __iter__(self):
        return iter(self.ports)

    def __getattr__(self, name: str) -> Port:
        return next(port for port in self.ports if port._name == name)

    def set(self, *channels: dict[str, int]) -> None:
        for port in self.ports[2:]:
            name, width = port._name.removeprefix("rvfi_"), port.width // self.channels
            port.value = sum(fields.get(name, 0) << width * n for n, fields in enumerate(channels))


def machine(*words: int):
    b = Bare()
    b.put(CODE, words or [asm("addi", rd=6, rs1=6, imm=1)] * 8)
    b.put(HANDLER, [asm("addi", rd=9, imm=1)])
    b.x(x5=DATA)
    return b.m


def sampled(dut: Dut, *channels: dict[str, int]):
    rvfi = Rvfi(dut, None, machine())
    dut.set(*channels)
    return list(rvfi.sample())


def test_nothing_in_a_cycle_without_valid() -> None:
    assert sampled(Dut(), {"pc_rdata": CODE}) == []


def test_every_port_is_read() -> None:
    report, = sampled(Dut(), {"valid": 1, "insn": 0x13, "mode": 3, "rd_addr": 6, "rd_wdata": 7, "pc_rdata": CODE,
                              "pc_wdata": CODE + 4})
    assert (report.pc, report.insn, report.mode, report.rd, report.rd_value, report.next_pc) == (CODE, 0x13, 3, 6, 7, CODE + 4)
    assert (report.loads, report.stores, report.csrs, report.trap) == ((), (), (), False)
    assert "rd_wdata=0x7" in report.text and "mem_addr" not in report.text


@pytest.mark.parametrize(("address", "mask", "data", "seen"), [
    (DATA, 0xFF, 0x1122334455667788, (DATA, 8, 0x1122334455667788)), (DATA + 4, 0x03, 0xFFFF1234, (DATA + 4, 2, 0x1234)),
    (DATA, 0xC0, 0x4321 << 48, (DATA + 6, 2, 0x4321))])
def test_accesses_with_exact_and_with_aligned_addresses(address, mask, data, seen) -> None:
    load, = sampled(Dut(), {"valid": 1, "mem_addr": address, "mem_rmask": mask, "mem_rdata": data})
    assert load.loads == (seen,) and load.stores == ()
    store, = sampled(Dut(), {"valid": 1, "mem_addr": address, "mem_wmask": mask, "mem_wdata": data})
    assert store.stores == ((seen[0], seen[2], seen[1]),) and store.loads == ()


def test_csrs_with_their_masks() -> None:
    report, = sampled(Dut(), {"valid": 1, "csr_mscratch_wmask": 0xF0, "csr_mscratch_rdata": 0x52, "csr_mscratch_wdata": 0x34})
    assert report.csrs == ((0x340, 0x32),)


def test_ports_that_are_missing_are_not_compared() -> None:
    report, = sampled(Dut("insn", "mode", "rd_addr", "rd_wdata", "pc_wdata", "trap", "intr", "order", "mem_rdata"),
                      {"valid": 1, "pc_rdata": CODE, "mem_addr": DATA, "mem_rmask": 1})
    assert (report.insn, report.mode, report.rd, report.rd_value, report.next_pc) == (ABSENT,) * 5
    assert report.loads == ((DATA, 1, ABSENT),)


def test_channels_come_in_their_order() -> None:
    first, second = sampled(Dut(channels=3), {"valid": 1, "order": 6, "pc_rdata": CODE + 4}, {"order": 9},
                            {"valid": 1, "order": 5, "pc_rdata": CODE})
    assert (first.pc, second.pc) == (CODE, CODE + 4)


@pytest.mark.parametrize("order", [5, 7])
def test_a_report_that_is_lost_or_repeated(order: int) -> None:
    dut = Dut()
    rvfi = Rvfi(dut, None, machine())
    dut.set({"valid": 1, "order": 5})
    list(rvfi.sample())
    dut.set({"valid": 1, "order": order})
    with pytest.raises(Diverged, match=f"from 5 to {order}"):
        list(rvfi.sample())


@pytest.mark.parametrize(("without", "options", "words"), [
    (("valid",), {}, "no port rvfi_valid"), (("pc_rdata",), {}, "no port rvfi_pc_rdata"),
    ((), {"xlen": 32}, "32 bits .* XLEN 64"), ((), {"xlen": 32, "channels": 2}, "64 bits for 2 channels")])
def test_designs_that_cannot_be_followed(without, options, words: str) -> None:
    with pytest.raises(RvfiError, match=words):
        Rvfi(Dut(*without, **options), None, machine())




def follow(m, cycles: list[dict[str, int]], **options) -> int:
    dut = Dut("order", "pc_wdata")
    rvfi = Rvfi(dut, None, m, **options)
    for fields in cycles:
        dut.set({"valid": 1, **fields})
        for report in rvfi.sample():
            rvfi._beside.follow(report)
            rvfi.count += 1
    return rvfi.count


ADD = {"insn": asm("addi", rd=6, rs1=6, imm=1), "mode": 3, "rd_addr": 6}
HANDLE = {"insn": asm("addi", rd=9, imm=1), "mode": 3, "rd_addr": 9, "rd_wdata": 1, "pc_rdata": HANDLER, "intr": 1}


def test_an_exception_is_marked_by_trap() -> None:
    m = machine(asm("addi", rd=6, rs1=6, imm=1), asm("ecall"))
    add = {**ADD, "pc_rdata": CODE, "rd_wdata": 1}
    assert follow(m, [add, {"pc_rdata": CODE + 4, "trap": 1, "insn": 0x73}, HANDLE]) == 3 and m["mcause"] == 11


def test_an_interrupt_is_marked_by_intr_alone() -> None:
    m = machine()
    m["mie"], m["mstatus"] = 1 << 3, 1 << 3
    m.clint.write(0, 4, 1)
    assert follow(m, [{**ADD, "pc_rdata": CODE, "rd_wdata": 1}, HANDLE]) == 3 and m["mepc"] == CODE + 4


def test_a_core_that_marks_no_exceptions() -> None:
    add = {**ADD, "pc_rdata": CODE, "rd_wdata": 1}
    words = asm("addi", rd=6, rs1=6, imm=1), asm("ecall")
    assert follow(machine(*words), [add, HANDLE], traps=False) == 2
    with pytest.raises(Diverged):
        follow(machine(*words), [add, {**HANDLE, "intr": 0}])
