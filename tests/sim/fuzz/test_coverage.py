"""sim/fuzz/coverage.py."""

from pathlib import Path

from isa.causes import EXC, TINST_READ_PTE, VS, VU, M, S
from isa.retire import pack
from sim.fuzz.coverage import Coverage, Watcher, decode
from sim.fuzz.encode import op
from sim.fuzz.expected import explanation
from sim.fuzz.expected import points as expected
from sim.fuzz.generator import generate
from sim.fuzz.judge import on_model
from sim.fuzz.walks import STAGES


def record(**values: int) -> list[int]:
    return pack({"valid": 1} | values)[:2]


def points(**values: int) -> set[tuple[str, ...]]:
    coverage = Coverage()
    coverage.count(*record(**values))
    return set(coverage.points)


def test_an_instruction_counts_by_mode_and_name() -> None:
    assert points(mode=VU, next_mode=VU, insn=op("mulw", 1, 2, 3).bits) == {("insn", "VU", "mulw")}
    assert points(mode=VU, next_mode=VU, insn=0x9002, compressed=1) == {("insn", "VU", "c.ebreak")}
    assert decode(0, True) == decode(0xFFFF_FFFF, False) == "illegal"


def test_a_load_counts_what_became_of_it() -> None:
    load, hlvx = op("ld", 1, 2).bits, op("hlvx.wu", 1, 2).bits
    fault = EXC["LOAD_GUEST_PAGE_FAULT"]
    assert ("access", "load", "VS", "done") in points(mode=VS, next_mode=VS, insn=load)
    assert ("access", "load", "VS", "guest-page fault") in points(mode=VS, next_mode=M, trap=1, cause=fault, insn=load)
    assert ("access", "hlvx", "S", "guest-page fault of the walk") in points(
        mode=S, next_mode=M, trap=1, cause=fault, insn=hlvx, tinst=TINST_READ_PTE)
    assert not any(p[0] == "access" for p in points(mode=VS, next_mode=S, trap=1, cause=22, insn=hlvx))


def test_traps_count_their_target() -> None:
    assert ("trap", "VU", "ECALL_U", "VS") in points(mode=VU, next_mode=VS, trap=1, cause=8, insn=op("ecall").bits)
    assert points(mode=VU, next_mode=VS, trap=1, interrupt=1, cause=1) == {("trap", "VU", "VSSI", "VS")}
    assert points(mode=VU, next_mode=S, trap=1, interrupt=1, cause=2) == {("trap", "VU", "VSSI", "S")}
    assert ("access", "fetch", "VU", "page fault") in points(mode=VU, next_mode=S, trap=1, cause=12)


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
    other.count(*record(mode=S, next_mode=VS, insn=op("sret").bits))
    coverage.add(other)
    assert ("return", "S", "VS") not in coverage.holes()["return"]
    assert ("return", "S", "VU") in coverage.holes()["return"]
    assert "hole: return S VU" in coverage.table() and coverage.records == 1


def test_a_csr_access_closes_its_hole_whatever_came_of_it() -> None:
    coverage = Coverage()
    coverage.count(*record(mode=VU, next_mode=M, trap=1, cause=2, insn=op("csrrw", 1, 2, csr="mtvec").bits))
    assert ("csr", "mtvec", "VU", "write") not in coverage.holes()["csr"]


def test_a_point_that_an_explanation_excludes_is_told_when_it_is_seen() -> None:
    coverage = Coverage()
    assert coverage.contradicted() == []
    coverage.count(*record(mode=M, next_mode=M, insn=op("csrrw", 1, 2, csr="misa").bits))
    assert coverage.contradicted() == [("csr", "misa", "M", "write")]
    assert "not impossible: csr misa M write" in coverage.table()


def test_a_machine_shows_its_walks(tmp_path: Path) -> None:
    """Walks of all stages in a few programs, each page once in each state, and as many records as steps."""
    path, total, steps = tmp_path / "x.elf", Coverage(), 0
    for seed in range(3):
        path.write_bytes(generate(seed).elf())
        watcher = Watcher()
        for machine in on_model(path):
            watcher.feed(machine, machine.hart.record)
            steps += 1
        total.add(watcher.coverage)
    walks = {point[1:]: number for point, number in total.points.items() if point[0] == "walk"}
    assert {stage for stage, _, _ in walks} == set(STAGES)
    assert {"leaf", "U", "permission", "not valid"} <= {outcome for _, _, outcome in walks}
    assert total.records == steps and 0 < walks["vs", "0", "leaf"] < steps / 20
