"""bench/core/programs.py and the programs: right on the model in every world, the same on another computer, with the mix that
was promised."""

import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from bench.core.mix import measured, mix_of
from bench.core.plan import mixes
from bench.core.programs import COMPILERS, PROGRAMS, SOURCES, World, build
from bench.core.runs import rows
from isa.profile import PROFILES
from isa.retire import FIELDS
from sim.model import Machine
from sim.model.elf import read_elf
from sim.toolchain import ToolchainError

BUILDS = [(program, COMPILERS[name], world)
          for program in PROGRAMS.values() for name in program.compilers for world in program.worlds]
MODES = {World.M: 3, World.HS: 1, World.VS4K: 5, World.VS2M: 5}


def run(elf, profile="full"):
    machine = Machine(PROFILES[profile])
    machine.load_elf(elf)
    machine.run(5_000_000)
    first, last = (machine.symbols[f"{end}_signature"] for end in ("begin", "end"))
    return machine, rows(machine.read_memory(first, last - first))


@pytest.mark.parametrize(("program", "compiler", "world"), BUILDS, ids=lambda value: value.name)
def test_the_program_passes_in_its_world(program, compiler, world):
    machine, table = run(build(program, compiler, world))
    assert machine.exit_code == 0
    assert table and all(count > 0 and instructions > 100 for _, (_, instructions, count, *_) in table)
    assert machine.hart.mode == MODES[world]
    assert (machine.hart.vsatp != 0, machine.hart.hgatp != 0) == (world.guest, world.guest)
    assert (machine.hart.satp != 0) == (world is World.HS)


@pytest.mark.parametrize("profile", ["tiny", "default"])
def test_a_smaller_hart_will_do(profile):
    for world in World:
        machine, _ = run(build(PROGRAMS["records"], COMPILERS["gcc -O2"], world), profile)
        assert machine.exit_code == 0


@pytest.mark.parametrize("name", [name for name, program in PROGRAMS.items() if program.host])
def test_another_computer_gets_the_same_result(name, tmp_path):
    """It would notice another one."""
    main = Path(__file__).parent / "host.c"
    source, = PROGRAMS[name].sources
    for change, status in (("", 0), ("1 + ", 1)):
        changed = tmp_path / source
        changed.write_text((SOURCES / source).read_text().replace("ROUNDS, ROUNDS, ", f"ROUNDS, ROUNDS, {change}"))
        subprocess.run([sys.executable, "-m", "ziglang", "cc", "-O1", "-I", SOURCES, main, changed, "-o", tmp_path / "host"],
                       check=True)
        assert subprocess.run([tmp_path / "host"], check=False).returncode == status


@pytest.mark.parametrize("compiler", PROGRAMS["blend"].compilers)
def test_the_mix_of_blend(compiler):
    """What CoreMark's has at least, so that the figures of the core say something about it."""
    mix, = mixes("blend", compiler)
    assert mix.share("loads") >= 0.18
    assert mix.share("branches") + mix.share("jumps") >= 0.15
    assert mix.share("used_next") >= 0.25
    assert mix.products > 1000 and mix.stores > 1000


def test_chase_visits_all_pages():
    machine = Machine(PROFILES["full"])
    machine.load_elf(build(PROGRAMS["chase"], COMPILERS["gcc -O2"], World.HS))
    block = array("Q", machine.trace(5_000_000))
    arena = machine.symbols["arena"]
    visited = []
    for first, last in measured(block, len(block) // 16):
        pages = {address >> 12 for address in block[5 + 16 * first:16 * last:16] if address >= arena}
        visited.append(len(pages))
        assert mix_of(block, first, last).loads > 1000
    assert visited == [8, 16, 32, 64, 128, 256, 512, 1024]


def test_the_code_is_at_the_same_address_in_every_world():
    for name in ("blend", "records", "chase"):
        places = [read_elf(build(PROGRAMS[name], COMPILERS["gcc -O2"], world)).symbols for world in PROGRAMS[name].worlds]
        for symbol in ("program", "stack", "begin_signature"):
            assert len({symbols[symbol] for symbols in places}) == 1


def test_each_kind_of_trap_is_taken_as_often_as_counted():
    """Mode, cause and target of what is measured."""
    seen = {}
    for world in (World.HS, World.VS4K):
        machine = Machine(PROFILES["full"])
        machine.load_elf(build(PROGRAMS["traps"], COMPILERS["gcc -O2"], world))
        block = array("Q", machine.trace(5_000_000))
        for first, last in measured(block, len(block) // 16):
            traps = {}
            for head in block[16 * first:16 * last:16]:
                mode, cause, after, interrupt = (head >> FIELDS[name].lsb & (1 << FIELDS[name].width) - 1
                                                 for name in ("mode", "cause", "next_mode", "interrupt"))
                if head >> FIELDS["trap"].lsb & 1:
                    key = world.name, mode, cause, after, interrupt
                    traps[key] = traps.get(key, 0) + 1
            seen |= {key: times for key, times in traps.items() if times == 200}
    assert set(seen) == {("HS", 0, 8, 1, 0), ("HS", 0, 2, 1, 0), ("HS", 1, 5, 1, 1),
                         ("VS4K", 4, 8, 5, 0), ("VS4K", 5, 10, 1, 0), ("VS4K", 5, 22, 1, 0), ("VS4K", 5, 5, 5, 1)}


def test_a_compiler_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("bench.core.programs.GCC", "no-such-gcc")
    monkeypatch.setattr("bench.core.programs.BUILD", tmp_path)
    with pytest.raises(ToolchainError, match=r"^no-such-gcc not found; apt install gcc-riscv64-unknown-elf$"):
        build(PROGRAMS["chase"], COMPILERS["gcc -O2"], World.HS)
