"""sim/synth/netlist.py: the frame, the count by unit, and a small unit through Yosys."""

from collections import Counter
from pathlib import Path

import pytest

from rtl.regfile import RegFile
from rtl.sram import Sram
from sim.synth import area, tools
from sim.synth.netlist import FRAME, Design, count, frame, synthesise, unit_of

PORTS = {"clk": ("input", 1), "a": ("input", 3), "b": ("input", 1), "y": ("output", 2), "retire": ("output", 9)}


def test_the_frame_joins_every_port_but_those_left_open():
    text = frame(PORTS, Design("unit", (), "unit", unused=("retire",)))
    assert r".\a (frame_in[2:0])" in text and r".\b (frame_in[3:3])" in text and r".\y (frame_out[1:0])" in text
    assert "retire" not in text and r".\clk (clk)" in text


@pytest.mark.parametrize("cell, unit", [
    ("dut.mmu.dtlb.hits_LUT4_Z_1", "mmu/dtlb"), ("dut.csr$291.timer.time_TRELLIS_FF_Q", "csr/timer"), ("dut.x_LUT4_Z", "top"),
    ("frame_held_TRELLIS_FF_Q", FRAME)])
def test_cells_belong_to_units(cell, unit):
    assert unit_of(cell) == unit


def test_cells_are_counted_as_what_they_fill():
    cells = {"dut.a.x": {"type": "CCU2C"}, "dut.a.y": {"type": "TRELLIS_DPR16X4"}, "dut.b.z": {"type": "MULT18X18D"},
             "dut.a.f": {"type": "TRELLIS_FF"}, "q": {"type": "LUT4"}, "dut.a.p": {"type": "PFUMX"}}
    assert {unit: +counts for unit, counts in count(cells).items()} == {
        "a": Counter({"LUT4": 6, "FF": 1}), "b": Counter({"DSP": 1}), FRAME: Counter({"LUT4": 1})}


def test_a_register_file_is_distributed_memory():
    netlist = synthesise(area.design(RegFile(), "regfile"))
    total = netlist.total
    assert total["LUT4"] >= 2 * 64 * 32 // 16, "two copies of 32 words of 64 bits, 16 bits in a LUT"
    assert not total["FF"] and not total["block RAM"]


def test_main_memory_takes_no_block_ram_twice():
    """Both ports of a block RAM are in use: fetches have one, reads and writes of data the other."""
    assert synthesise(area.design(Sram(16 << 10), "sram")).total["block RAM"] == 16 // 2


def test_a_tool_that_fails_says_why(tmp_path: Path):
    with pytest.raises(tools.ToolError, match=r"Yosys failed:(?s:.)*nowhere"):
        tools.yosys(tmp_path, ["read_verilog nowhere.v"])
