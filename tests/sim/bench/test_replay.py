"""A divergence is kept, found again on a build with waveforms, and its cycles are in the waveform."""

import json
import re
import sys
from pathlib import Path

import pytest

import sim.bench.__main__ as command
from sim.bench import replay
from sim.bench.job import Verdict
from sim.bench.session import Session
from tests.sim.bench.conftest import make_toy
from tests.sim.bench.toy import Op


@pytest.fixture
def diverging(job, tmp_path, monkeypatch):
    """The file of a kept divergence, found on a faulty toy; replays run on the same toy, traced."""
    monkeypatch.setattr(replay, "BUILD", tmp_path / "kept")
    program = job((Op.ADD, 300), (Op.JUMP, "@1"), (Op.ADD, 1000), (Op.FINISH, 0), stall_chance=0.5, stall_longest=5, seed=3)
    with Session(make_toy(tmp_path, toy={"fault": "sum"})) as session:
        result = session.run(program)
    assert result.verdict is Verdict.DIVERGED
    monkeypatch.setattr(command, "build_soc",
                        lambda config, features: make_toy(tmp_path, toy={"fault": "sum"}, features=features))
    words = replay.save(program, result.divergence).split()
    assert words[:3] == [sys.executable, "-m", "sim.bench"]
    return words[3]


def test_a_replay_diverges_again_with_a_waveform(diverging, capfd):
    path = diverging
    assert command.main([path]) == command.DIVERGED_STATUS
    said = " ".join(capfd.readouterr().err.split())
    assert "word 4 differs" in said and "soc.v" not in said
    waveform = path.replace(".json", ".vcd")
    assert waveform in said.replace(" ", "")
    text = Path(waveform).read_text()
    times = [int(t) for t in re.findall(r"^#(\d+)$", text, re.M)]
    wanted = json.loads(Path(path).read_text())
    assert times[-1] - times[0] <= (wanted["wave_to"] - wanted["wave_from"]) * 10_000 + 5_000
    assert times[-1] > times[0]
    assert re.search(r"\$var wire 1024 \S+ retire ", text)
    assert len(text) < 1_000_000


def test_bad_files_are_refused(tmp_path, capfd):
    for content, sentence in ((None, "cannot be read: No such file"), ("{}", "is not the job of a divergence"),
                              ("nonsense", "is not the job of a divergence")):
        path = tmp_path / "x.json"
        if content:
            path.write_text(content)
        assert command.main([str(path)]) == command.ERROR_STATUS
        assert sentence in capfd.readouterr().err
