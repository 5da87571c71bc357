"""CVA6, a 64-bit core that is not ours, as PyPI packages its sources (pythondata-cpu-cva6), with its RVFI port."""

from importlib.util import find_spec
from pathlib import Path

from sim.bench import foreign

HERE = Path(__file__).parent
TOP = HERE / "cva6_top.sv"
CONFIG = HERE / "cva6_config_pkg.sv"    # no floating point, no coprocessor
PACKAGE = "pythondata_cpu_cva6"
# Left out of the core's own list of files: what its configuration replaces, leaves unused, or needs for tracing alone.
UNUSED = ("fpu_div_sqrt", "fpnew_", "_config_pkg.sv", "instr_tracer.sv")
KEPT = "fpnew_pkg.sv"


def build() -> Path:
    """The simulation program of cva6_top.sv. Raises BuildError."""
    spec = find_spec(PACKAGE)
    assert spec and spec.origin, f"{PACKAGE} is not installed: run `pip install pythondata-cpu-cva6`"
    sources = Path(spec.origin).parent / "system_verilog"
    listed = (sources / "core" / "Flist.cv64a6_imafdc_sv39").read_text().replace("${CVA6_REPO_DIR}", str(sources))
    files = [line for line in listed.splitlines() if line and not line.startswith("//")
             and (KEPT in line or not any(part in line for part in UNUSED))]
    return foreign.build(TOP.stem, ["+define+RVFI_TRACE", "+define+RVFI_MEM", str(CONFIG), *files, str(TOP)], [CONFIG, TOP])
