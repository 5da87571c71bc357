"""Writes Verilog: python -m rtl --config NAME --kind core -o FILE."""

import argparse
from pathlib import Path

from .config import CONFIGS
from .verilog import KINDS, write

parser = argparse.ArgumentParser(
    prog="python -m rtl",
    description="Write the core or the SoC as one Verilog file.",
    formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument("--config", choices=CONFIGS, default="default", help="named configuration")
parser.add_argument("--kind", choices=KINDS, default="core", help="the core alone, or in its SoC")
parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="KIND_CONFIG.v if not given")
arguments = parser.parse_args()
path = arguments.output or Path(f"{arguments.kind}_{arguments.config}.v")
try:
    write(arguments.kind, CONFIGS[arguments.config], path)
except OSError as error:
    parser.error(f"cannot write {path}: {error.strerror}")
print(path)
