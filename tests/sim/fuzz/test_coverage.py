"""sim/fuzz/coverage.py."""

from isa.causes import EXC, TINST_READ_PTE, VS, VU, M, S
from isa.retire import FIELDS
from sim.fuzz.coverage import Coverage, decode, expected, explanation
from sim.fuzz.encode import op


def record(**values: int) -> dict[str, int]:
    return dict.fromkeys(FIELDS, 0) | {"valid": 1} | values


def points(**values: int) -> set[tuple[str, ...]]:
    coverage = Coverage()
    coverage.feed(record(**values))
    return set(coverage.points)


def test_an_instruction_counts_by_mode_and_name() -> None:
    assert points(mode=VU, next_mode=VU, insn=op("mulw", 1, 2, 3).bits) == {("insn", "VU", "mulw")}
    assert points(mode=VU, next_mode=VU, insn=0x9002, compressed=1) == {("insn", "VU", "c.ebreak")}
    assert decode(0, True) == decode(0xFFFF_FFFF, False) == "illegal"


def test_a_load_counts_its_walk() -> None:
    load, hlvx = op("ld", 1, 2).bits, op("hlvx.wu", 1, 2).bits
    fault = EXC["LOAD_GUEST_PAGE_FAULT"]
    assert ("walk", "load", "VS", "done") in points(mode=VS, next_mode=VS, insn=load)
    assert ("walk", "load", "VS", "guest-page fault") in points(mode=VS, next_mode=M, trap=1, cause=fault, insn=load)
    assert ("walk", "hlvx", "S", "guest-page fault of the walk") in points(
        mode=S, next_mode=M, trap=1, cause=fault, insn=hlvx, tinst=TINST_READ_PTE)
    assert not any(p[0] == "walk" for p in points(mode=VS, next_mode=S, trap=1, cause=22, insn=hlvx))


def test_traps_count_their_target() -> None:
    assert ("trap", "VU", "ECALL_U", "VS") in points(mode=VU, next_mode=VS, trap=1, cause=8, insn=op("ecall").bits)
    assert points(mode=VU, next_mode=VS, trap=1, interrupt=1, cause=1) == {("trap", "VU", "VSSI", "VS")}
    assert points(mode=VU, next_mode=S, trap=1, interrupt=1, cause=2) == {("trap", "VU", "VSSI", "S")}
    assert ("walk", "fetch", "VU", "page fault") in points(mode=VU, next_mode=S, trap=1, cause=12)


def test_csr_accesses_count_direction_and_outcome() -> None:
    read, write = op("csrrs", 1, 0, csr="hgatp").bits, op("csrrs", 1, 2, csr="hgatp").bits
    assert ("csr", "hgatp", "S", "read", "done") in points(mode=S, next_mode=S, insn=read)
    assert ("csr", "hgatp", "VS", "write", "VIRTUAL_INSTRUCTION") in points(
        mode=VS, next_mode=S, trap=1, cause=22, insn=write)
    assert ("csr", "absent", "M", "read", "ILLEGAL_INSTRUCTION") in points(
        mode=M, next_mode=M, trap=1, cause=2, insn=op("csrrs", 1, 0, csr=0x7C0).bits)


def test_holes_shrink_as_points_are_seen() -> None:
    coverage = Coverage()
    assert len(expected()) == len(set(expected()))
    assert sum(map(len, coverage.holes().values())) == sum(not explanation(p) for p in expected())
    other = Coverage()
    other.feed(record(mode=S, next_mode=VS, insn=op("sret").bits))
    coverage.add(other)
    assert ("return", "S", "VS") not in coverage.holes()["return"]
    assert ("return", "S", "VU") in coverage.holes()["return"]
    assert "hole: return S VU" in coverage.table() and coverage.records == 1


def test_a_csr_access_closes_its_hole_whatever_came_of_it() -> None:
    coverage = Coverage()
    coverage.feed(record(mode=VU, next_mode=M, trap=1, cause=2, insn=op("csrrw", 1, 2, csr="mtvec").bits))
    assert ("csr", "mtvec", "VU", "write") not in coverage.holes()["csr"]


def test_only_constant_csrs_are_explained_away() -> None:
    assert explanation(("csr", "misa", "M", "write")) and explanation(("csr", "henvcfg", "S", "write"))
    assert not explanation(("csr", "misa", "M", "read")) and not explanation(("csr", "misa", "S", "write"))
    assert "not expected: 7 points, what a write does" in Coverage().table()
