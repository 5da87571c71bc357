"""An ELF that nobody here prepared: plain C, Debian's riscv64-unknown-elf-gcc, HTIF; on the model, on Spike and in lockstep."""

import subprocess
from pathlib import Path

import pytest

from sim.cli import main

FOREIGN = Path(__file__).parent / "foreign"
SIGNATURE = "00000002\n0000000b\n00000004\n00000000\n"


@pytest.fixture(scope="module")
def queens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    elf = tmp_path_factory.mktemp("foreign") / "queens.elf"
    subprocess.run(["riscv64-unknown-elf-gcc", "-march=rv64imac", "-mabi=lp64", "-mcmodel=medany", "-O2", "-nostdlib",
                    "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-T", FOREIGN / "plain.ld",
                    FOREIGN / "queens.c", "-o", elf], check=True)
    return elf


@pytest.mark.parametrize("command", ["run", "run --on spike", "run --on rtl", "cosim", "cosim --stalls 5 --config tiny"])
def test_runs_to_its_end(queens, command, tmp_path, capfd, monkeypatch):
    monkeypatch.setattr("sys.argv", ["doppelhart", *command.split(), str(queens), "--signature", str(tmp_path / "signature")])
    with pytest.raises(SystemExit) as stop:
        main()
    out, err = capfd.readouterr()
    assert stop.value.code == 0, err
    assert out == "queens\n9\n"
    assert "passed" in err
    assert (tmp_path / "signature").read_text() == SIGNATURE
