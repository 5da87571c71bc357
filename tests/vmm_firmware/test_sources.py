"""Rules for the firmware's sources, and the second compiler."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim import toolchain
from sim.firmware import COMPILED_TO_TEXT, DEMO, FIRMWARE, GUESTS, HYPERVISOR, compile_firmware
from tests.vmm_firmware.machines import on_spike

GUESTS_OWN = re.compile(r"\b(t[2-6]|x7|x28|x29|x30|x31)\b")    # registers that vm_exit does not save for C code
GCC = "riscv64-unknown-elf-gcc"
GCC_FLAGS = ("-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-std=c11", "-Os", "-ffreestanding",
             "-nostdlib", "-fno-tree-loop-distribute-patterns")    # or memset would be compiled into a call of itself


@pytest.mark.parametrize("path", sorted(FIRMWARE.glob("*.S")), ids=lambda path: path.name)
def test_no_offset_is_typed_by_hand(path):
    """Structure members have names in assembly, which offsets.c gives them."""
    assert re.findall(r"\b[1-9]\d*\([a-z]\w+\)", path.read_text()) == []


def test_readme_names_every_file():
    """One line per file, in both folders."""
    for folder in (FIRMWARE, GUESTS):
        named = re.findall(r"^\| `([\w.]+)`", (folder / "README.md").read_text(), re.MULTILINE)
        assert sorted(named) == sorted(path.name for path in folder.iterdir()
                                       if path.is_file() and path.name != "README.md")


def test_headers_stand_on_their_own(tmp_path):
    """Each header compiles alone, and twice."""
    for header in sorted(FIRMWARE.glob("*.h")):
        (tmp_path / "twice.c").write_text(f'#include "{header.name}"\n' * 2)
        toolchain.cc(["-I", FIRMWARE, "-Wall", "-Werror", "-c", tmp_path / "twice.c", "-o", tmp_path / "twice.o"])


def gcc(arguments):
    """Debian's compiler, used as toolchain.cc is."""
    if not shutil.which(GCC):
        pytest.fail(f"{GCC} is not installed; `make setup` does it")
    done = subprocess.run([GCC, *GCC_FLAGS, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_gcc_builds_the_same_machine(tmp_path):
    """Nothing needs clang: gcc's image runs the demo as well."""
    run = on_spike(compile_firmware(tmp_path, DEMO, (), gcc))
    assert run.code == 0, run.text


@pytest.mark.parametrize("cc", [toolchain.cc, gcc], ids=["clang", "gcc"])
def test_c_leaves_registers_to_the_guest(tmp_path, cc):
    """vm_exit does not save t2-t6 for C code, which must not use them."""
    for source in sorted(FIRMWARE.glob("*.c")):
        assembly = tmp_path / f"{source.stem}.s"
        cc([*HYPERVISOR, "-I", FIRMWARE, "-S", source, "-o", assembly])
        assert not GUESTS_OWN.search(assembly.read_text()), source.name


def test_guarded_accesses_leave_registers_to_the_guest():
    """C code calls them in the middle of an exit."""
    code = re.sub(r"/\*.*?\*/", "", (FIRMWARE / "guarded.S").read_text(), flags=re.DOTALL)
    assert "hlvx" in code and not GUESTS_OWN.search(code)


# The analyzer's own faults; what it says of layout and of memcpy is advice for other programs.
CHECKS = "-*,clang-analyzer-*,-clang-analyzer-optin.performance.Padding,-clang-analyzer-security.insecureAPI.*"


def analyzed(*sources):
    """What clang's static analyzer says of C files of the hypervisor."""
    tidy = Path(sys.executable).with_name("clang-tidy")
    done = subprocess.run([tidy, "--quiet", f"--checks={CHECKS}", *map(str, sources), "--", "--target=riscv64", "-std=c11",
                           "-ffreestanding", f"-I{FIRMWARE}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if "warning:" in line]


def test_the_static_analyzer_is_content():
    assert analyzed(*(path for path in sorted(FIRMWARE.glob("*.c")) if path.name not in COMPILED_TO_TEXT)) == []


def test_the_static_analyzer_finds_a_null_pointer(tmp_path):
    source = tmp_path / "vm.c"
    source.write_text('#include "vm.h"\nuint64_t of(struct vm *vm) { return vm ? vm->ram : vm->gstage_root; }\n')
    assert "null pointer" in analyzed(source)[0]
