"""sim/fuzz/expected.py."""

from sim.fuzz import expected
from sim.fuzz.expected import explanation


def test_every_point_is_expected_once() -> None:
    points = expected.points()
    assert len(points) == len(set(points))
    assert {point[0] for point in points} == {"insn", "trap", "return", "csr", "access", "walk"}
    assert ("walk", "g of vs", "0", "too deep") in points and ("walk", "g", "1", "too deep") not in points
    assert ("walk", "s", "2", "misaligned") in points and ("walk", "s", "0", "misaligned") not in points
    assert ("trap", "VU", "ECALL_U", "VS") in points and ("trap", "M", "ECALL_M", "S") not in points


def test_only_constant_csrs_are_explained_away() -> None:
    assert explanation(("csr", "misa", "M", "write")) and not explanation(("csr", "henvcfg", "S", "write"))
    assert not explanation(("csr", "misa", "M", "read")) and not explanation(("csr", "misa", "S", "write"))


def test_no_device_raises_an_external_interrupt() -> None:
    assert [point for point in expected.points() if "MEI" in point] == [("trap", mode, "MEI", "M") for mode in
                                                                        ("U", "S", "M", "VU", "VS")]
    assert explanation(("trap", "S", "MEI", "M")) and not explanation(("trap", "S", "MTI", "M"))


def test_a_walk_that_cannot_be_is_explained() -> None:
    assert explanation(("walk", "g of vs", "1", "D clear")) and not explanation(("walk", "g of vs", "1", "D set"))
    assert not explanation(("walk", "vs", "1", "D clear"))


def test_a_compressed_instruction_has_the_unit_of_its_base() -> None:
    assert expected.unit("c.ldsp") == expected.unit("ld") == "load"
    assert expected.unit("c.j") == "branch" and expected.unit("illegal") == "illegal"
