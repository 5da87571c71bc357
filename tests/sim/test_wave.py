"""sim/wave.py: a window of a real run."""

import pytest

from isa.profile import PROFILES
from sim.model import Machine
from sim.outcome import BadInput
from sim.programs import SOURCES, build_program
from sim.wave import record

CONFIG = "tiny"


@pytest.fixture(scope="module")
def elf():
    return build_program(SOURCES / "h_modes.S")


def test_waveform_and_pipeline_show_the_program(elf, tmp_path):
    waveform, pipeline = tmp_path / "w.vcd", tmp_path / "p.kanata"
    text = record(elf, CONFIG, (0, 1_000_000), waveform, pipeline)
    assert f"are in {waveform}" in text and f"the pipeline is in {pipeline}" in text and "the program ended after" in text
    assert "smret !insn" in waveform.read_text()
    machine = Machine(profile=PROFILES[CONFIG])
    machine.load_elf(elf)
    while machine.exit_code is None:
        machine.run(1)
    retired = [line for line in pipeline.read_text().splitlines() if line[0] == "R" and line.endswith("\t0")]
    assert 0 <= len(retired) - machine.hart.steps <= 4      # what follows the store that ends the run


@pytest.mark.parametrize("window, sentence", [((5, 4), "before it begins"), ((10**6, 10**6), "the program ends after")])
def test_a_window_that_cannot_be(elf, tmp_path, window, sentence):
    with pytest.raises(BadInput, match=sentence):
        record(elf, CONFIG, window, tmp_path / "w.vcd")


def test_a_folder_that_is_not_there(elf, tmp_path):
    with pytest.raises(BadInput, match="is not a folder"):
        record(elf, CONFIG, (0, 1), tmp_path / "none" / "w.vcd")
