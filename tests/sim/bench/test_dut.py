"""The harness keeps its promises: tb_dut.py in the simulation of the toy."""

import subprocess
import xml.etree.ElementTree as ElementTree

from sim.bench.session import environment


def test_dut(toy, tmp_path):
    results = tmp_path / "results.xml"
    env = {**environment("tests.sim.bench.tb_dut", results), "COCOTB_LOG_LEVEL": "INFO"}
    ran = subprocess.run([toy.executable], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    cases = ElementTree.parse(results).getroot().iter("testcase")
    failed = {case.get("name"): bool(list(case.iter("failure")) + list(case.iter("error"))) for case in cases}
    assert len(failed) == 22
    assert not any(failed.values()), ran.stdout
