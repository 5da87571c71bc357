"""The RISC-V compiler and object tools: clang 22 and lld, as PyPI packages them in `ziglang`."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TARGET = ("-target", "riscv64-freestanding-none", "-mabi=lp64", "-mcmodel=medany")
CPU = "-mcpu=generic_rv64+m+a+c+h+sstc+zicsr+zifencei+zicntr+zihintpause"
# A register that the compiler leaves alone is an option to gcc, and to zig a feature of the processor.
FIXED, RESERVED = "-ffixed-", "+reserve_"
# The sanitizer wants a runtime that is not here; unwind tables would stand before the entry point.
FREESTANDING = ("-std=c11", "-Os", "-ffreestanding", "-nostdlib", "-fno-sanitize=undefined",
                "-fno-unwind-tables", "-fno-asynchronous-unwind-tables",
                "-g")     # without it the linker drops the symbols, tohost among them


class ToolchainError(Exception):
    """The compiler refused its input; the text is the compiler's."""


def cc(arguments: Sequence[str | Path]) -> None:
    """Run the RISC-V C compiler (which also assembles and links) for this machine's target.

    `-ffixed-xN` leaves register xN unused. Raises ToolchainError with the compiler's messages when it fails.
    """
    words = [str(argument) for argument in arguments]
    cpu = CPU + "".join(RESERVED + word.removeprefix(FIXED) for word in words if word.startswith(FIXED))
    _zig("cc", *TARGET, cpu, *FREESTANDING, *(word for word in words if not word.startswith(FIXED)))


def binary(elf: Path) -> bytes:
    """Loadable contents of an object or ELF file, from its lowest address up.

    Raises ToolchainError when the file is not an object.
    """
    out = elf.with_suffix(".bin")
    _zig("objcopy", "-O", "binary", elf, out)
    return out.read_bytes()


def _zig(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "ziglang", *map(str, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolchainError(done.stderr.strip())
