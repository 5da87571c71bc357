"""Builds the measured programs of bench/programs/core: one ELF for each program, compiler and world, kept under build/."""

import hashlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from isa.profile import Profile
from sim import toolchain
from sim.programs import HEADERS, ROOT
from sim.toolchain import ToolchainError

SOURCES = ROOT / "bench" / "programs" / "core"
BUILD = ROOT / "build" / "bench"
GCC = "riscv64-unknown-elf-gcc"
FREESTANDING = ("-std=c11", "-ffreestanding", "-nostdlib", "-mabi=lp64", "-mcmodel=medany", "-Wall", "-Wextra", "-Werror",
                "-fno-tree-loop-distribute-patterns")      # or memcpy would be made a call of itself
CLANG = ("-Wall", "-Wextra", "-Werror", "-Wno-unused-command-line-argument", "-fno-builtin")


class World(Enum):
    """Where a program runs (bench/programs/core/bench.h). The value is that of the macro WORLD."""

    M = 0
    HS = 1
    VS4K = 2
    VS2M = 3

    @property
    def guest(self) -> bool:
        """Is it virtual?"""
        return self.value >= World.VS4K.value


@dataclass(frozen=True)
class Compiler:
    """A way to compile C: `gcc` is Debian's, otherwise it is the clang of `ziglang`. `extensions` beyond M, A and C."""

    name: str
    gcc: bool
    level: str
    extensions: tuple[str, ...] = ()

    def fits(self, profile: Profile) -> bool:
        """Has the hart all that the compiler uses?"""
        return all(profile.has(extension) for extension in self.extensions)


BITS = ("Zba", "Zbb", "Zbs")
COMPILERS = {compiler.name: compiler for compiler in (
    Compiler("gcc -O2", True, "-O2"),
    Compiler("gcc -O3 Zb*", True, "-O3", BITS),
    Compiler("clang -O3 Zb*", False, "-O3", BITS),
)}


@dataclass(frozen=True)
class Program:
    """Sources and what they measure. `host`: the work can be compiled for any computer, which must get the same result."""

    name: str
    sources: tuple[str, ...]
    worlds: tuple[World, ...]
    compilers: tuple[str, ...] = ("gcc -O2",)
    host: bool = False


EVERYWHERE = tuple(World)
SUPERVISOR = (World.HS, World.VS4K, World.VS2M)
PROGRAMS = {program.name: program for program in (
    Program("blend", ("blend.c",), EVERYWHERE, tuple(COMPILERS), host=True),
    Program("records", ("records.c",), EVERYWHERE, host=True),
    Program("chase", ("chase.c",), SUPERVISOR),
    Program("traps", ("traps.c", "traps.S"), SUPERVISOR),
)}


def build(program: Program, compiler: Compiler, world: World) -> Path:
    """The ELF. Raises ToolchainError with the compiler's messages, or when there is no compiler."""
    worlds = {f"WORLD_{w.name}": w.value for w in World if w is not World.VS2M}
    macros = [f"-D{name}={value}" for name, value in
              (worlds | {"WORLD": min(world.value, World.VS4K.value), "LARGE_GUEST_PAGES": int(world is World.VS2M)}).items()]
    files = sorted(path for path in SOURCES.iterdir() if path.is_file())
    content = b"\0".join(path.read_bytes() for path in (*files, HEADERS / "isa.h", Path(toolchain.__file__), Path(__file__)))
    key = hashlib.sha256(repr((program, compiler, macros)).encode() + content).hexdigest()[:16]
    elf = BUILD / f"{program.name}-{world.name.lower()}-{key}.elf"
    if elf.exists():
        return elf
    BUILD.mkdir(parents=True, exist_ok=True)
    objects = []
    for source in ("start.S", "runtime.c", *program.sources):
        target = BUILD / f"{key}-{Path(source).stem}-{source[-1]}.o"
        flags: list[str | Path] = ["-c", *macros, "-I", HEADERS, "-I", SOURCES, SOURCES / source, "-o", target]
        if source.endswith(".S"):
            toolchain.cc(flags)
        elif compiler.gcc:
            _gcc([f"-march=rv64imac{_suffix(compiler)}_zicsr", compiler.level, *FREESTANDING, *flags])
        else:
            features = "".join(f"+{extension.lower()}" for extension in compiler.extensions)
            toolchain.cc([f"{toolchain.CPU}{features}", compiler.level, *CLANG, *flags])
        objects.append(target)
    partial = elf.with_suffix(".partial")
    toolchain.cc(["-T", SOURCES / "core.ld", *objects, "-o", partial])
    for path in objects:
        path.unlink()
    return partial.rename(elf)      # whole files only


def _suffix(compiler: Compiler) -> str:
    return "".join(f"_{extension.lower()}" for extension in compiler.extensions)


def _gcc(arguments: Sequence[str | Path]) -> None:
    try:
        done = subprocess.run([GCC, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
    except FileNotFoundError:
        raise ToolchainError(f"{GCC} not found; apt install gcc-riscv64-unknown-elf") from None
    if done.returncode:
        raise ToolchainError(done.stderr.strip())
