"""Builds the hypervisor's firmware image with chosen guests inside, kept under build/ by the hash of what made it.

    python -m sim.firmware [--define NAME=VALUE]... [GUEST]...

prints the path of the ELF. A guest NAME is made of `vmm_firmware/guests/NAME.c` or `NAME.S` and of all `NAME_*`.
"""

import argparse
import hashlib
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from isa import device_tree, platform, profile
from sim import toolchain
from sim.vmm import guest_tree, policy

ROOT = Path(__file__).parent.parent
FIRMWARE = ROOT / "vmm_firmware"
GUESTS = FIRMWARE / "guests"
BUILD = ROOT / "build" / "firmware"
DEMO = ("worker", "driver")
GUEST_SHARED = ("start.S", "guest.c")       # linked into guests that are written in C
NATIVE = "native.S"                         # below a guest that runs without the hypervisor
# Not every flag means something to every step.
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wno-unused-command-line-argument")
# Exits are short and many: speed before size, and t2-t6 are left to the guest, as switch.S says.
HYPERVISOR = ("-O2", "-fomit-frame-pointer", *(f"-ffixed-x{n}" for n in (7, 28, 29, 30, 31)))
COMPILED_TO_TEXT = ("offsets.c", "machine.c")
ARROW = re.compile(r"->(\w+) (\d+)")

# What makes an image, beside the sources of the firmware.
MAKERS = (__file__, *(str(module.__file__) for module in (toolchain, guest_tree, policy, device_tree, platform, profile)))

Compiler = Callable[[Sequence[str | Path]], None]


@dataclass(frozen=True)
class Edit:
    """A change of one of the hypervisor's files before it is built: of a text that is there once. For hypervisors that are
    wrong on purpose, which a check must find."""

    file: str
    old: str
    new: str


def guest_sources(name: str) -> list[Path]:
    """Source files of one guest.

    Raises ValueError when there is no such guest.
    """
    files = sorted(path for path in GUESTS.iterdir() if path.suffix in (".c", ".S")
                   and (path.stem == name or path.stem.startswith(f"{name}_")))
    if not any(path.stem == name and path.name not in (*GUEST_SHARED, NATIVE) for path in files):
        raise ValueError(f"no guest is called {name!r}: there is neither {name}.c nor {name}.S in {GUESTS.name}/")
    if any(path.suffix == ".c" for path in files):
        files = [*(GUESTS / shared for shared in GUEST_SHARED), FIRMWARE / "runtime.c", *files]
    return files


def build_firmware(guests: Sequence[str] = DEMO, defines: Mapping[str, str | int] | None = None,
                   edits: Sequence[Edit] = ()) -> Path:
    """ELF of the firmware with these guests, in this order, compiled with these macros (hypervisor and guests alike).

    Raises ValueError for an unknown guest or an edit whose text is not there once, ToolchainError with the compiler's messages.
    """
    macros = [f"-D{name}={value}" for name, value in sorted((defines or {}).items())]
    target = BUILD / _digest((*guests, *map(repr, edits)), macros) / "firmware.elf"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        # Built aside and moved: whole files only, whatever runs at the same time.
        with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
            folder = _edited(Path(scratch) / "edited", edits) if edits else FIRMWARE
            compile_firmware(Path(scratch), guests, macros, toolchain.cc, folder).rename(target)
    return target


def _edited(folder: Path, edits: Sequence[Edit]) -> Path:
    """A copy of the hypervisor's sources, changed. Raises ValueError."""
    folder.mkdir()
    for path in FIRMWARE.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    for edit in edits:
        text = (folder / edit.file).read_text()
        if text.count(edit.old) != 1:
            raise ValueError(f"{edit.file} has {text.count(edit.old)} times, not once: {edit.old!r}")
        (folder / edit.file).write_text(text.replace(edit.old, edit.new))
    return folder


def build_native(guest: str, defines: Mapping[str, str | int] | None = None) -> Path:
    """ELF of a guest in C on a machine of its own, without the hypervisor (native.S).

    Raises ValueError for an unknown guest, ToolchainError with the compiler's messages.
    """
    macros = [f"-D{name}={value}" for name, value in sorted((defines or {}).items())]
    target = BUILD / _digest((guest, "native"), macros) / "native.elf"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as name:
            scratch = Path(name)
            flags: list[str | Path] = [*WARNINGS, *macros, "-I", FIRMWARE, "-I", scratch]
            _compile_guest(scratch, guest, flags, toolchain.cc)
            (scratch / "native.inc").write_text(f'    .incbin "{guest}.bin"\n')
            elf = scratch / "native.elf"
            toolchain.cc([*flags, f"-Wa,-I{scratch}", "-T", GUESTS / "native.ld", GUESTS / "native.S", "-o", elf])
            elf.rename(target)
    return target


def machine(defines: Mapping[str, str | int] | None = None) -> dict[str, int]:
    """What the machine of a guest has in a build with these macros (vmm_firmware/machine.c).

    Raises ToolchainError with the compiler's messages.
    """
    return dict(_machine(tuple(f"-D{name}={value}" for name, value in sorted((defines or {}).items()))))


@cache
def _machine(macros: tuple[str, ...]) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as scratch:
        return _numbers(Path(scratch), FIRMWARE / "machine.c", [*WARNINGS, *macros, "-I", FIRMWARE], toolchain.cc)


def compile_firmware(scratch: Path, guests: Sequence[str], macros: Sequence[str], cc: Compiler,
                     folder: Path = FIRMWARE) -> Path:
    """Compile and link everything in an empty directory, the hypervisor from its sources in `folder`; returns the ELF.

    Raises ValueError for an unknown guest, and whatever `cc` raises.
    """
    flags: list[str | Path] = [*WARNINGS, *macros, "-I", FIRMWARE, "-I", scratch]
    for name in dict.fromkeys(guests):
        _compile_guest(scratch, name, flags, cc)
    offsets, facts = (_numbers(scratch, folder / name, flags, cc) for name in COMPILED_TO_TEXT)
    (scratch / "offsets.h").write_text("".join(f"#define {name} {offset}\n" for name, offset in offsets.items()))
    (scratch / "guest.dtb").write_bytes(guest_tree.guest_tree(facts))
    lines = [f"image {name}" for name in dict.fromkeys(guests)] + [f"guest {name}" for name in guests]
    (scratch / "guests.inc").write_text("".join(f"    {line}\n" for line in lines))
    elf = scratch / "firmware.elf"
    cc([*flags, *HYPERVISOR, f"-Wa,-I{scratch}", "-T", folder / "link.ld", *_hypervisor_sources(folder), "-o", elf])
    return elf


def _compile_guest(scratch: Path, name: str, flags: Sequence[str | Path], cc: Compiler) -> None:
    """NAME.elf and NAME.bin."""
    elf = scratch / f"{name}.elf"
    cc([*flags, "-T", GUESTS / "guest.ld", *guest_sources(name), "-o", elf])
    toolchain.binary(elf)


def _hypervisor_sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".c", ".S") and path.name not in COMPILED_TO_TEXT)


def _numbers(scratch: Path, source: Path, flags: Sequence[str | Path], cc: Compiler) -> dict[str, int]:
    """What the compiler knows: the arrows that a source leaves in its assembly."""
    assembly = scratch / f"{source.stem}.s"
    cc([*flags, "-S", source, "-o", assembly])
    return {name: int(number) for name, number in ARROW.findall(assembly.read_text())}


def _digest(guests: Iterable[str], macros: Iterable[str]) -> str:
    state = hashlib.sha256(repr((tuple(guests), tuple(macros))).encode())
    files = sorted(path for folder in (FIRMWARE, GUESTS) for path in folder.iterdir() if path.is_file())
    for path in (*files, *map(Path, MAKERS)):
        state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()[:16]


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m sim.firmware", description="Builds the hypervisor's firmware.")
    parser.add_argument("guests", nargs="*", default=DEMO, metavar="GUEST",
                        help=f"guests in the image (default: {' '.join(DEMO)})")
    parser.add_argument("--define", action="append", default=[], metavar="NAME=VALUE", help="a macro for the compiler")
    options = parser.parse_args(arguments)
    for item in options.define:
        if "=" not in item:
            parser.error(f"{item!r} is not a macro; write NAME=VALUE")
    try:
        print(build_firmware(options.guests, dict(item.split("=", 1) for item in options.define)))
    except (ValueError, toolchain.ToolchainError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
