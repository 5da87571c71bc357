"""sim/bench/faults.py: the list; tests/lockstep/test_mutants.py runs them."""

import pytest

from sim.bench.build import ROOT
from sim.bench.faults import FAULTS
from sim.bench.mutate import mutated


@pytest.mark.parametrize("file", sorted({fault.file for fault in FAULTS}))
def test_each_fits_its_source(file):
    fitting = [(number, fault.mutation) for number, fault in enumerate(FAULTS, 1) if fault.file == file]
    source = mutated((ROOT / file).read_text(), fitting)
    assert {number for number, _ in fitting} == {n for n in range(1, len(FAULTS) + 1) if f"fault_({n})" in source}


def test_they_are_many_and_everywhere():
    assert len(FAULTS) >= 60 and len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert len({fault.area for fault in FAULTS}) >= 15
