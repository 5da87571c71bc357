"""The test programs on the golden model: each passes, runs its checks in order, and can fail."""

import re

import pytest

from isa.profile import BUILT, EXTENSIONS, PROFILES, Profile
from sim import programs, toolchain
from sim.model import Machine

LIMIT = 200_000
GP = 3
BEFORE_FIRST_CHECK = 1000
NEEDS = {"h_tinst": "transformed instructions, which the profile `spike` does not write"}


def names(profile=None, suffix=""):
    return [path.name for path in programs.all_programs(profile) if path.name.endswith(suffix)]


def machine(source, profile=None):
    """A machine with the program; by default the simplest that it fits."""
    m = Machine(profile=PROFILES[profile or next(p for p in ("tiny", "full") if programs.fits(source, PROFILES[p]))])
    m.load_elf(programs.build_program(source))
    return m


@pytest.mark.parametrize(("name", "profile"), [(name, p.name) for p in PROFILES.values() for name in names(p)])
def test_passes_on_the_model(name, profile):
    if profile == "spike" and name.partition(".")[0] in NEEDS:
        profile = "tiny"
    m = machine(programs.SOURCES / name, profile)
    assert (m.run(LIMIT), m.exit_code) == ("exit", 0)


WITHOUT_H = PROFILES["default"].without("H")


@pytest.mark.parametrize("name", names(WITHOUT_H))
def test_passes_without_the_hypervisor_extension(name):
    m = Machine(profile=WITHOUT_H)
    m.load_elf(programs.build_program(programs.SOURCES / name))
    assert (m.run(LIMIT), m.exit_code) == ("exit", 0)


def smallest(source):
    """The hart with what the program names, what that builds on, and nothing else."""
    wanted = programs.demands(source)["Needs"]
    while missing := {base for name in wanted for base in EXTENSIONS[name]} - wanted:
        wanted |= missing
    return Profile("smallest", BUILT | wanted, pmp_regions=8 * ("Smpmp" in wanted), hpm_counters=4 * ("Zihpm" in wanted))


def on_the_smallest(source):
    m = Machine(profile=smallest(source))
    m.load_elf(programs.build_program(source))
    return m.run(LIMIT), m.exit_code


@pytest.mark.parametrize("name", [name for name in names() if smallest(programs.SOURCES / name).extensions > BUILT])
def test_what_a_program_needs_is_named(name):
    assert on_the_smallest(programs.SOURCES / name) == ("exit", 0)


def test_a_need_without_a_name_shows(tmp_path):
    source = tmp_path / "svadu.S"
    source.write_text((programs.SOURCES / "svadu.S").read_text().replace(" Smpmp", ""))
    assert on_the_smallest(source) == ("exit", 16)


@pytest.mark.parametrize("name", names(suffix=".S"))
def test_checks_run_in_order(name):
    """The numbers that gp takes are 1, 2, 3, ...: no check is jumped over, and each has its own number."""
    m = machine(programs.SOURCES / name)
    seen = []
    while m.exit_code is None:
        m.step()
        if m.hart.x[GP] != (seen or [0])[-1]:
            seen.append(m.hart.x[GP])
    *checks, _, last = seen             # `pass` makes 0, then 1 of it
    assert checks == [BEFORE_FIRST_CHECK, *range(1, len(checks))]
    assert last == 1


PROGRAM = """
#include "test.h"
PROGRAM
    CHECK   1
    li      a0, 5
    EXPECT  a0, 5
    CHECK   2
    TRY     PRV_U, 0, ebreak
    EXPECT_M EXC_BREAKPOINT
    CHECK   3
    {third}
    j       pass
"""


@pytest.mark.parametrize(("third", "code"), [
    ("EXPECT a0, 5", 0),
    ("EXPECT a0, 6", 3),
    ("EXPECT_CSR mcause, EXC_BREAKPOINT", 0),
    ("EXPECT_CSR mcause, EXC_ECALL_U", 3),
    ("EXPECT_BITS mstatus, MSTATUS_MPP, MSTATUS_MPP", 3),
    ("TRAPS EXC_ILLEGAL_INSTRUCTION, ebreak", 3),
    ("TRAPS EXC_BREAKPOINT, nop", 3),
    ("EXPECT_HS EXC_BREAKPOINT", 3),
    ("EXPECT_VS EXC_BREAKPOINT", 3),
    ("EXPECT_DONE PRV_U", 3),
    ("EXPECT_MEM DATA(0), 1", 3),
    ("ebreak", 3),
])
def test_a_failing_check_gives_its_number(tmp_path, third, code):
    source = tmp_path / "fails.S"
    source.write_text(PROGRAM.format(third=third))
    m = machine(source)
    assert (m.run(LIMIT), m.exit_code) == ("exit", code)


def test_build_is_kept_by_content(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "BUILD", tmp_path / "build")
    source = tmp_path / "p.S"
    source.write_text(PROGRAM.format(third="nop"))
    first = programs.build_program(source)
    stamp = first.stat().st_mtime_ns
    assert programs.build_program(source) == first and first.stat().st_mtime_ns == stamp
    source.write_text(PROGRAM.format(third="ebreak"))
    assert programs.build_program(source) != first
    assert len(list((tmp_path / "build").iterdir())) == 2


def test_a_broken_program_shows_the_compilers_words(tmp_path):
    source = tmp_path / "broken.S"
    source.write_text('#include "test.h"\nPROGRAM\n    frobnicate a0\n')
    with pytest.raises(toolchain.ToolchainError, match=r"broken.S:3.*unrecognized instruction mnemonic"):
        programs.build_program(source)


def test_corner_cases_are_where_the_page_says():
    """docs/corner-cases.md and the comments of the programs name the same programs for each number."""
    listed, commented = {}, {}
    for line in (programs.ROOT / "docs" / "corner-cases.md").read_text().splitlines():
        if row := re.match(r"\| (\d+) \| .* \| (.*) \|$", line):
            listed[int(row[1])] = set(re.findall(r"`(\w+)`", row[2]))
            assert listed[int(row[1])] or row[2].startswith(("not applicable: ", "none: "))
    for path in programs.all_programs():
        for text in re.findall(r"[Cc]orner cases? ((?:\d+(?:, | and )?)+)", path.read_text()):
            for number in re.findall(r"\d+", text):
                commented.setdefault(int(number), set()).add(path.stem)
    assert list(listed) == list(range(1, 34))
    assert commented == {number: names for number, names in listed.items() if names}


def test_programs_say_what_they_need(tmp_path):
    small, full = PROFILES["tiny"], PROFILES["full"]
    assert {programs.SOURCES / "bits.S", programs.SOURCES / "h_warl.S"} <= set(programs.all_programs())
    assert programs.SOURCES / "bits.S" not in programs.all_programs(small)
    assert programs.SOURCES / "h_warl.S" not in programs.all_programs(full)
    source = tmp_path / "h_p.S"
    source.write_text("/* A program.\nNeeds: Zba Zicond.\nLacks: Xdoppel. */\n")
    assert [programs.fits(source, profile) for profile in (
        full, full.without("Xdoppel"), full.without("Xdoppel", "Zba"), full.without("Xdoppel", "H"), small)
    ] == [False, True, False, False, False]
