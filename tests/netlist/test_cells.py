"""sim/synth/gates.py and its models of cells: a small design of them, against what its source says."""

import pytest

from rtl.verilog import verilog
from sim.bench import foreign
from sim.synth.gates import synthesise
from tests.netlist.probe import RAMS, Probe

BITS = 18 << 10     # of a block RAM


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("probe")
    synthesise(verilog(Probe(), "probe"), "probe", out)
    return out


def test_the_cells_are_there(folder):
    text = (folder / "netlist.v").read_text()
    assert text.count("DP16KD #(") == sum(-(-width * depth // BITS) for width, depth, _ in RAMS)
    assert {f".DATA_WIDTH_B(32'd{width})" in text for width in (1, 2, 4, 9, 18, 36)} == {True}
    assert all(cell in text for cell in ("MULT18X18D", "TRELLIS_DPR16X4", "CCU2C", "TRELLIS_FF", "LUT4", "PFUMX", "L6MUX21"))


def test_they_do_what_the_source_says(folder, tmp_path):
    program = foreign.build("probe", [str(folder / "simulation.v")], [folder / "simulation.v"])
    assert foreign.simulate(program, "tests.netlist.tb_probe", tmp_path, {}) == {"is_what_the_source_says": ""}
