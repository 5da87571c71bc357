"""bench/core/report.py: ratios, verdicts and tables of results written by hand."""

import pytest

from bench.core.account import Spent
from bench.core.mix import Mix
from bench.core.plan import Case
from bench.core.programs import World
from bench.core.report import document, percent, tables
from bench.core.runs import Piece

GCC = "gcc -O2"


def piece(cycles, instructions, name="blend", count=1, hpm=(), **spent):
    causes = {kind.name: 0 for kind in Spent} | spent
    return Piece(name, count, 0, cycles, instructions, 0, causes, hpm)


def case(world=World.HS, h=True, latency=0, program="blend", config="linux"):
    return Case(config, h, program, GCC, world, latency)


RESULTS = {
    case(): [piece(1000, 960, hpm=(24, 0, 48, 1), RETIRING=960, LOAD_USE=40)],
    case(World.M): [piece(1000, 960)],
    case(World.VS4K): [piece(1010, 960, RETIRING=960, WALK=50)],
    case(World.VS2M): [piece(1040, 960)],
    case(h=False): [piece(1000, 960)],
    case(program="chase"): [piece(500, 100, "8 pages", 100), piece(700, 100, "16 pages", 100)],
    case(World.VS4K, program="chase"): [piece(505, 100, "8 pages", 100)],
}
MIXES = {("blend", GCC): Mix(instructions=960, loads=240, used_next=60)}


def table(title, results=RESULTS):
    return next(t for t in tables(results, MIXES) if title in t.title)


def test_what_is_wanted():
    assert table("wanted").rows == [
        ("IPC, gcc -O2", "linux", "0.95", "reached", "0.960"),
        ("guest / HS-mode, guest, 4 KiB G-stage pages", "linux", "97.0%", "reached", "99.0%"),
        ("guest / HS-mode, guest, 2 MiB G-stage pages", "linux", "97.0%", "missed", "96.2%"),
    ]


def test_a_target_counts_in_front_of_every_memory():
    slow = {case(latency=10): [piece(1100, 960)]}
    first = table("wanted", RESULTS | slow).rows[0]
    assert first == ("IPC, gcc -O2", "linux", "0.95", "missed", "0.960", "0.873")


def test_speeds_beside_hs_mode():
    assert table("beside it").rows == [("blend", GCC, "0", "1,000", "0.960", "100.0%", "99.0%", "96.2%", "100.0%")]


def test_what_was_not_measured_is_a_dash():
    assert table("beside it", {case(): RESULTS[case()]}).rows[0][5:] == ("-", "-", "-", "-")


def test_where_cycles_went():
    rows = table("where").rows
    assert rows[0][:6] == ("blend", GCC, "HS-mode", "0", "96.0%", "4.0%")
    assert rows[1][:5] == ("blend", GCC, "guest, 4 KiB", "0", "95.0%") and rows[1][4 + Spent.WALK] == "5.0%"


def test_events():
    assert table("events").rows == [("blend", GCC, "HS-mode", "0", "25.00", "0.00", "50.00", "1.04")]


def test_pieces_of_a_program():
    chase = table("chase")
    assert chase.headers == ("chase", "`linux`, HS-mode", "`linux`, guest, 4 KiB")
    assert chase.rows == [("8 pages", "5.0", "5.0"), ("16 pages", "7.0", "-")]


@pytest.mark.parametrize(("value", "text"), [
    (1, "100.0%"), (0.9999, "99.990%"), (1.0001, "100.010%"), (0.97, "97.0%"), (None, "-")])
def test_all_is_said_only_of_all(value, text):
    assert percent(value) == text


def test_the_page_holds_every_table():
    page = document(RESULTS, MIXES)
    assert page.startswith("# Performance of the core\n")
    for shown in tables(RESULTS, MIXES):
        assert f"## {shown.title}" in page
        assert all(f"| {' | '.join(row)} |" in page.splitlines() for row in shown.rows)
