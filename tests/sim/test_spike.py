"""Reading Spike's log, and the command that runs it."""

import dataclasses
from pathlib import Path

import pytest

from isa.profile import PROFILES
from sim import programs, spike, toolchain
from sim.model.elf import read_elf

LOG = """\
core   0: >>>>  _start
core   0: 3 0x0000000080000000 (0x3e800193) x3  0x00000000000003e8
core   0: 0x0000000080000080 (0x08b5262f) amoswap.w a2, a1, (a0)
core   0: 3 0x0000000080000080 (0x08b5262f) x12 0xfffffffff0000003 mem 0x000000008001c000 mem 0x000000008001c000 0x0000000c
core   0: 1 0x0000000080000058 (0xa001)
core   0: 3 0x000000008000006c (0x00b50023) mem 0x000000008001c001 0xa8
core   0: 3 0x000000008000009e (0x645f9073) c836_mip 0x0000000000000084 c1605_hvip 0x0000000000000444
core   0: exception trap_load_page_fault, epc 0x0000000080000ede
core   0:           tval 0x0000000040000008
core   0: >>>>  s_trap
core   0: exception trap_virtual_supervisor_ecall, epc 0x00000000800006d0
core   0: exception interrupt #2, epc 0x00000000800003da
"""


def test_parse():
    found = list(spike.parse([LOG]))
    plain = [{k: v for k, v in dataclasses.asdict(e).items() if v and k != "text"} for e in found]
    assert plain == [
        {"pc": 0x80000000, "mode": 3, "insn": 0x3E800193, "rd": 3, "rd_value": 0x3E8},
        {"pc": 0x80000080, "mode": 3, "insn": 0x08B5262F, "rd": 12, "rd_value": 0xFFFFFFFFF0000003,
         "loads": (0x8001C000,), "stores": ((0x8001C000, 12, 4),)},
        {"pc": 0x80000058, "mode": 1, "insn": 0xA001, "rd": -1},
        {"pc": 0x8000006C, "mode": 3, "insn": 0x00B50023, "rd": -1, "stores": ((0x8001C001, 0xA8, 1),)},
        {"pc": 0x8000009E, "mode": 3, "insn": 0x645F9073, "rd": -1, "csrs": ((0x344, 0x84), (0x645, 0x444))},
        {"pc": 0x80000EDE, "rd": -1, "trap": True, "cause": 13, "tval": 0x40000008},
        {"pc": 0x800006D0, "rd": -1, "trap": True, "cause": 10},
        {"pc": 0x800003DA, "rd": -1, "trap": True, "interrupt": True, "cause": 2},
    ]
    assert found[5].text.splitlines()[1].split() == ["core", "0:", "tval", "0x0000000040000008"]
    assert list(spike.parse(LOG.splitlines(keepends=True))) == found


def test_command_follows_the_profile():
    elf = Path("x.elf")
    full = spike.command(elf, 1000, ram_size=0x200000, profile=PROFILES["full"])
    assert full[1:] == ["--isa=rv64imach_zifencei_zihintpause_zicsr_zicntr_zihpm_zba_zbb_zbs_zicond_zicbom_zicboz_zicbop_sstc"
                        "_svinval_svadu_smstateen_smcntrpmf", "--pmpregions=8", "--pmpgranularity=4096",
                        "-m0x80000000:0x200000", "--instructions=1000", "x.elf"]
    bare = spike.command(elf, 1000, profile=PROFILES["tiny"].without("H", "Sstc", "C"))
    assert bare[1:3] == ["--isa=rv64ima_zifencei_zihintpause_zicsr_zicntr", "--pmpregions=0"]


def test_events_begin_at_the_entry_and_end_with_the_bound():
    elf = programs.build_program(programs.SOURCES / "alu.S")
    found = list(spike.events(elf, 0x80000000, max_instructions=100))
    assert found[0].pc == 0x80000000
    assert 10 < len(found) <= 95        # five more in the boot ROM; a trap ends a batch of steps


def end_of(source, limit=1_000_000):
    elf = programs.build_program(source)
    return spike.run(elf, read_elf(elf).symbols["tohost"], limit, seconds=60)


def test_run_gives_the_programs_exit_code(tmp_path):
    passed = end_of(programs.SOURCES / "alu.S")
    assert passed.code == 0 and 300 < passed.instructions < 500
    source = tmp_path / "fails.S"
    source.write_text('#include "test.h"\nPROGRAM\n    CHECK 21\n    j fail\n')
    assert end_of(source).code == 21


def test_run_stops_at_the_bound():
    assert end_of(programs.SOURCES / "compute.c", 1000) == spike.Ending(None, 1000, b"")


def test_run_shows_the_console(tmp_path):
    """Console output through tohost is no end, whatever the character."""
    source = tmp_path / "prints.S"
    source.write_text("""
#include "test.h"
PROGRAM
    la      a0, tohost
    la      a1, fromhost
    li      a2, (0x0101 << 48) | 'a'
    li      a3, (0x0101 << 48) | 'd'
1:  sd      a2, 0(a0)
2:  ld      t0, 0(a0)
    bnez    t0, 2b
    sd      x0, 0(a1)
    addi    a2, a2, 1
    bne     a2, a3, 1b
    j       pass
""")
    ending = end_of(source)
    assert (ending.code, ending.console) == (0, b"abc")


@pytest.mark.parametrize(("value", "code"), [(1, 0), (15, 7), (0, None), (16, None), (0x0101000000000061, None)])
def test_exit_code(value, code):
    assert spike.exit_code(value) == code


def test_missing(monkeypatch):
    monkeypatch.setattr(spike.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(spike.SpikeError, match="Spike is not installed"):
        spike.executable()


def test_a_hart_that_waits_for_ever_is_stopped(tmp_path):
    source = tmp_path / "wait.S"
    source.write_text('.globl _start\n_start: wfi\nj _start\n.section .tohost, "aw"\n.globl tohost\ntohost: .dword 0\n')
    elf = tmp_path / "wait.elf"
    toolchain.cc(["-T", programs.SOURCES / "test.ld", source, "-o", elf])
    assert spike.run(elf, 0x1234, 1000, seconds=0.5).code is None
