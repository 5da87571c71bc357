"""The toy, built once and kept, and a short way to run programs on it."""

import json
from pathlib import Path

import pytest

from isa import platform
from rtl.verilog import to_verilog
from sim.bench.build import DESIGN, PLAIN, build_model
from sim.bench.job import Job
from sim.bench.session import Session
from tests.sim.bench.toy import Toy, assemble

BASE = platform.RAM_BASE


def make_toy(folder: Path, *, toy=None, features=PLAIN):
    """A simulation program of the toy."""
    return build_model(to_verilog(Toy(**toy or {}), DESIGN, folder / "soc.v", "toy"), features)


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """The toy as a simulation program."""
    return make_toy(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def session(toy):
    """A simulation process of the toy."""
    with Session(toy) as session:
        yield session


@pytest.fixture
def job(tmp_path):
    """job(instruction, ..., symbols={}, **Job fields): a job for the toy and its model."""

    def make(*program, symbols=None, **fields):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        words = assemble(*program, base=BASE)
        path.write_text(json.dumps({"words": words, "symbols": symbols or {}, "entry": BASE}))
        module = "tests.sim.bench.toy_machine"
        return Job(**{"elf": str(path), "ram_size": 1 << 20, "machine": f"{module}:ToyMachine",
                      "image": f"{module}:ToyImage", **fields})

    return make
