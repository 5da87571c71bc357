"""The command `doppelhart`: one function per command, options in the order a user meets them."""

import math
import sys
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from isa import platform
from isa.profile import PROFILES
from sim.cli_options import ConfigName, Json, Timeout, finish
from sim.outcome import BAD_INPUT_STATUS, EXIT_STATUS, BadInput, Verdict
from sim.terminal import Terminal
from sim.vmm.commands import vmm

if TYPE_CHECKING:
    from sim.fuzz import judge, values

app = typer.Typer(name="doppelhart", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="A small RISC-V core with the hypervisor extension, its hypervisor, and the model that checks both.")
app.add_typer(vmm, name="vmm")


class On(StrEnum):
    """What executes the program."""

    model = "model"
    rtl = "rtl"
    spike = "spike"


class Judge(StrEnum):
    """What the golden model is compared with."""

    spike = "spike"
    rtl = "rtl"


Elf = Annotated[Path, typer.Argument(metavar="ELF", help="A bare-metal RV64 program, linked into RAM at 0x8000_0000.")]
Ram = Annotated[str, typer.Option("--ram", metavar="SIZE", help="RAM in bytes; K, M and G are understood.")]
Limit = Annotated[int, typer.Option("--max-instructions", min=1, metavar="N", help="Stop after N instructions.")]
Signature = Annotated[Path | None, typer.Option("--signature", metavar="FILE",
                                                help="Write memory from begin_signature to end_signature, as Spike does.")]
Stalls = Annotated[int, typer.Option(min=0, metavar="N", help="Delay bus answers by up to N random cycles.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of the random stalls.")]

DEFAULT_RAM = f"{platform.RAM_SIZE >> 20}M"
MAX_INSTRUCTIONS = 1_000_000_000
INTERRUPTED_STATUS = 130        # what the library makes of Ctrl-C


def _form() -> str:
    """"compiled" or "plain": the golden model that every command of this run will use."""
    try:
        from sim.model import FORM
    except ImportError as error:
        raise BadInput(str(error)) from None
    return FORM


def _version(wanted: bool) -> None:
    if wanted:
        print(f"doppelhart {version('doppelhart')}, golden model {_form()}")
        raise typer.Exit


@app.callback()
def _common(
    show: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    del show
    _form()


@app.command()
def run(elf: Elf, on: Annotated[On, typer.Option("--on", help="What executes the program.")] = On.model,
        max_instructions: Limit = MAX_INSTRUCTIONS, signature: Signature = None, config: ConfigName = "default",
        ram: Ram = DEFAULT_RAM, timeout: Timeout = 3600.0,
        gdb: Annotated[int | None, typer.Option("--gdb", metavar="PORT",
                                                help="Wait for gdb on this local port (0: any free one).")] = None,
        as_json: Json = False) -> None:
    """Run ELF to its end, on the golden model, on the RTL, or on Spike."""
    from sim import run as runs
    if gdb is not None and on is not On.model:
        raise BadInput(f"gdb can be served by the golden model, not by {on.value}; leave out --on or --gdb")
    with Terminal(as_json=as_json) as terminal:
        options = runs.Options(config=config, ram_size=size(ram), max_instructions=max_instructions, timeout=timeout,
                               signature=signature, console=terminal.console,
                               progress=lambda done: terminal.progress(f"running on {on.value}", done, None, f"{done:,}"))
        if gdb is not None:
            outcome = runs.under_gdb(elf, options, gdb, lambda port: terminal.note(
                f"waiting for gdb: gdb-multiarch {elf} -ex 'target remote :{port}'"))
        else:
            outcome = {On.model: runs.on_model, On.rtl: runs.on_rtl, On.spike: runs.on_spike}[on](elf, options)
    finish(terminal, outcome)


@app.command()
def cosim(elf: Elf, max_instructions: Limit = MAX_INSTRUCTIONS, signature: Signature = None, config: ConfigName = "default",
          ram: Ram = DEFAULT_RAM, timeout: Timeout = 3600.0,
          stalls: Stalls = 0, seed: Seed = 0, as_json: Json = False) -> None:
    """Run ELF on the RTL and compare every retired instruction and trap with the golden model."""
    from sim import run as runs
    with Terminal(as_json=as_json) as terminal:
        options = runs.Options(config=config, ram_size=size(ram), max_instructions=max_instructions, timeout=timeout,
                               signature=signature, console=terminal.console, stalls=stalls, seed=seed,
                               progress=lambda done: terminal.progress("lockstep", done, None, f"{done:,}"))
        outcome = runs.in_lockstep(elf, options)
    finish(terminal, outcome)


@app.command()
def crosscheck(elf: Elf, max_instructions: Limit = 1_000_000, ram: Ram = DEFAULT_RAM, as_json: Json = False) -> None:
    """Run ELF on the golden model and on Spike, and compare them retirement by retirement."""
    from sim import run as runs
    with Terminal(as_json=as_json) as terminal:
        outcome = runs.against_spike(elf, max_instructions, size(ram))
    finish(terminal, outcome)


@app.command()
def check_trace(log: Annotated[Path, typer.Argument(metavar="LOG", help="A commit log in Spike's format (--log-commits).")],
                elf: Elf,
                isa: Annotated[str, typer.Option("--isa", metavar="ISA", help="What the core is, such as rv64imac_zba.")] = "",
                priv: Annotated[str, typer.Option("--priv", metavar="MODES", help="Its modes: m, mu or msu.")] = "msu",
                config: Annotated[str, typer.Option("--config", metavar="NAME",
                                                    help=f"Instead of --isa, one of: {', '.join(PROFILES)}.")] = "",
                ram_base: Annotated[str, typer.Option("--ram-base", metavar="ADDRESS", help="Where its RAM begins.")]
                = hex(platform.RAM_BASE), ram: Ram = DEFAULT_RAM,
                entry: Annotated[str, typer.Option("--entry", metavar="ADDRESS", help="Instead of the entry of the ELF.")] = "",
                free: Annotated[list[str] | None, typer.Option("--free", metavar="CSR",
                                                               help="Do not compare this CSR; may be repeated.")] = None,
                max_instructions: Limit = MAX_INSTRUCTIONS, as_json: Json = False) -> None:
    """Compare the commit log of any core with what the golden model does with the same ELF."""
    from sim import check_trace as checks
    with Terminal(as_json=as_json) as terminal:
        settings = checks.Settings(checks.profile(isa, priv, config), address(ram_base), size(ram),
                                   address(entry) if entry else None, frozenset(free or ()), max_instructions)
        outcome = checks.outcome(log, elf, settings)
    finish(terminal, outcome)


@app.command()
def wave(elf: Elf,
         first: Annotated[int, typer.Option("--from", min=0, metavar="N", help="First clock cycle, counted from reset.")] = 0,
         last: Annotated[int, typer.Option("--to", min=0, metavar="N", help="Last clock cycle.")] = 2000,
         output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Waveform, in VCD.")] = Path("wave.vcd"),
         pipeline: Annotated[Path | None, typer.Option("--pipeline", metavar="FILE",
                                                       help="Pipeline view as well, for the viewer Konata.")] = None,
         config: ConfigName = "default", stalls: Stalls = 0, seed: Seed = 0) -> None:
    """Run a program in lockstep and write a window of it as a waveform, with the names of modes and instructions."""
    from sim.wave import record
    with Terminal() as terminal:
        terminal.note(record(elf, config, (first, last), output, pipeline, stalls, seed))


@app.command()
def fuzz(against: Annotated[Judge, typer.Option("--against", help="What the model is compared with.")] = Judge.spike,
         config: ConfigName = "default",
         seeds: Annotated[str, typer.Option("--seeds", metavar="A:B", help="Seeds A to B-1, one program each.")] = "0:100",
         jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Programs at a time.")] = 2,
         output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where failures and progress are kept.")]
         = Path("build/fuzz"),
         minutes: Annotated[float, typer.Option("--minutes", min=0, metavar="M", help="Begin no program after M minutes.")]
         = math.inf) -> None:
    """Random programs that know the hypervisor extension, on the golden model and on a judge. A second run resumes.

    The core (`--against rtl`) runs them in lockstep, on a bus that is fast, slow or failing as the seed says.
    """
    from sim.fuzz import campaign
    from sim.fuzz.generator import Options
    with Terminal() as terminal:
        judge, limits = _judge(against, config)
        summary = campaign.run(seed_range(seeds), judge, output, jobs,
                               lambda so_far: terminal.progress("fuzzing", so_far.counted, so_far.total),
                               Options(limits=limits), 60 * minutes)
    terminal.note(summary.text())
    terminal.note(summary.coverage.table())
    for seed in summary.failed:
        terminal.note(f"  {output}/seed-{seed.seed}.elf, {output}/seed-{seed.seed}.txt")
    raise typer.Exit(EXIT_STATUS[Verdict.DIVERGED if summary.failed else Verdict.PASS])


def _judge(against: Judge, config: str) -> "tuple[judge.Judge, values.Limits]":
    """The judge, and what programs it can judge. Raises BadInput."""
    if against == Judge.spike:
        from sim.fuzz.judge import against_spike
        from sim.fuzz.values import SPIKE
        return against_spike, SPIKE
    from rtl.config import CONFIGS
    from sim.bench.build import BuildError, build_soc
    from sim.fuzz.on_rtl import AgainstRtl, limits
    from sim.run import named
    named(config, CONFIGS)
    try:
        build_soc(config)
    except BuildError as error:
        raise BadInput(str(error)) from error
    return AgainstRtl(config), limits(config)


@app.command()
def verilog(config: ConfigName = "default",
            output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: core_NAME.v")] = None,
            soc: Annotated[bool, typer.Option("--soc", help="The whole SoC instead of the core alone.")] = False) -> None:
    """Write the core as one Verilog file with flat Wishbone ports."""
    from rtl.config import CONFIGS
    from rtl.verilog import write
    if config not in CONFIGS:
        raise BadInput(f"no configuration is called {config!r}; there are {', '.join(CONFIGS)}")
    kind = "soc" if soc else "core"
    path = output or Path(f"{kind}_{config}.v")
    try:
        write(kind, CONFIGS[config], path)
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror}") from error
    print(path)


@app.command()
def synth(board: Annotated[str, typer.Option("--board", metavar="NAME", help="A board of constraints/.")] = "ulx3s-85f",
          config: ConfigName = "default",
          seed: Annotated[int, typer.Option(min=0, metavar="N", help="Seed of the placement.")] = 1,
          output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: BOARD_NAME.bit")] = None,
          allow_slow: Annotated[bool, typer.Option("--allow-slow", help="Write it even if the clock is too fast.")] = False,
          gates: Annotated[bool, typer.Option("--netlist", help="Write the SoC after synthesis, as Verilog, instead.")] = False
          ) -> None:
    """Make a bitstream: the core, its devices, and the hypervisor with two guests in block RAM."""
    from rtl.config import CONFIGS
    from sim.run import named
    from sim.synth.board import boards, build
    from sim.synth.gates import netlist
    from sim.synth.tools import ToolError
    from sim.toolchain import ToolchainError
    known = boards()
    if board not in known:
        raise BadInput(f"no board is called {board!r}; there are {', '.join(known)}")
    named(config, CONFIGS)
    target = output or Path(f"soc_{config}_netlist.v" if gates else f"{board}_{config}.bit")
    with Terminal() as terminal:
        try:
            if gates:
                terminal.note("synthesis ...")
                _copy(netlist(config), target)
                terminal.note(str(target))
                return
            made = build(known[board], config, seed, lambda step: terminal.note(f"{step} ..."))
        except (ToolError, ToolchainError, ValueError) as error:
            raise BadInput(str(error)) from error
        terminal.note(f"longest path {made.timing.paths[0].text()}")
        speed = f"{made.timing.fmax:.1f} MHz are possible, and the board's clock has {made.clock_mhz:g} MHz"
        if not (made.met or allow_slow):
            raise BadInput(f"{speed}; another --seed may do, or --allow-slow writes the bitstream all the same")
        _copy(made.path, target)
        terminal.note(f"{target}: {speed}")


def _copy(source: Path, target: Path) -> None:
    """Raises BadInput."""
    try:
        target.write_bytes(source.read_bytes())
    except OSError as error:
        raise BadInput(f"cannot write {target}: {error.strerror}") from error


def size(text: str) -> int:
    """Bytes in a size such as 64M. Raises BadInput."""
    scale = {"K": 10, "M": 20, "G": 30}.get(text[-1:].upper(), 0)
    digits = text[:-1] if scale else text
    try:
        value = int(digits, 0) << scale
    except ValueError:
        raise BadInput(f"{text!r} is not a size; write for instance 64M") from None
    if value < 0x1000 or value % 0x1000:
        raise BadInput(f"RAM of {text} is not a positive multiple of 4K")
    return value


def address(text: str) -> int:
    """An address, in decimal or with 0x. Raises BadInput."""
    try:
        return int(text, 0)
    except ValueError:
        raise BadInput(f"{text!r} is not an address; write for instance 0x80000000") from None


def seed_range(text: str) -> range:
    """Seeds written as A:B. Raises BadInput."""
    try:
        first, last = (int(part) for part in text.split(":"))
    except ValueError:
        raise BadInput(f"{text!r} is not a range of seeds; write for instance 0:100") from None
    if not 0 <= first < last:
        raise BadInput(f"there are no seeds in {text!r}")
    return range(first, last)


def main() -> None:
    """Entry point; bad input is one sentence on standard error and exit status 2, Ctrl-C is 130."""
    try:
        status = app(standalone_mode=False)
    except BadInput as error:
        print(f"doppelhart: {error}", file=sys.stderr)
        status = BAD_INPUT_STATUS
    except TyperException as error:
        if error.format_message():      # empty after the help that stands in for a missing command
            print(f"doppelhart: {error.format_message()}", file=sys.stderr)
        status = BAD_INPUT_STATUS
    if status == INTERRUPTED_STATUS:
        print("doppelhart: stopped", file=sys.stderr)
    sys.exit(status or 0)
