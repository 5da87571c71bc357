"""sim/synth/timing.py: nextpnr's report."""

import json

from sim.synth.timing import LongPath, read


def step(cell, delay):
    return {"delay": delay, "to": {"cell": cell}}


def test_the_slowest_clock_and_the_longest_path_count(tmp_path):
    report = {
        "fmax": {"a": {"achieved": 60.5}, "b": {"achieved": 51.0}},
        "critical_paths": [
            {"from": "a", "to": "a", "path": [step("dut.alu.x", 1.0)]},
            {"from": "<async>", "to": "a", "path": [step("dut.z.x", 9.0)]},
            {"from": "b", "to": "b", "path": [step("dut.alu.x", 1.0), step("dut.alu.y", 2.0), step("dut.d.q", 0.5)]},
        ]}
    (tmp_path / "report.json").write_text(json.dumps(report))
    timing = read(tmp_path)
    assert timing.fmax == 51.0
    assert timing.paths == (LongPath(3.5, (("alu", 3.0), ("d", 0.5))), LongPath(1.0, (("alu", 1.0),)))
    assert timing.paths[0].text() == "3.5 ns: alu 3.0, d 0.5"
