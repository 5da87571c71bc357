"""Exit statistics against a stream of records whose totals are known by hand."""

from array import array

from isa import causes, csrs, retire
from sim.stats import P99_SAMPLES, Statistics, prices


def records(*rows: dict[str, int]) -> array:
    return array("Q", [word for row in rows for word in retire.pack({"valid": 1, **row})])


def hgatp(root: int, vmid: int, clock: int) -> dict[str, int]:
    return {"mode": causes.S, "next_mode": causes.S, "csr_write": 1, "csr_addr": csrs.BY_NAME["hgatp"].number,
            "csr_value": 8 << 60 | vmid << 44 | root, "clock": clock}


def test_cycles_and_exits_go_to_their_owners():
    stream = [
        {"mode": causes.M, "next_mode": causes.S, "clock": 5},
        hgatp(0x80100, 3, 7),
        {"mode": causes.VS, "next_mode": causes.VS, "clock": 10},
        {"mode": causes.VS, "next_mode": causes.S, "trap": 1, "cause": 10, "clock": 12},
        {"mode": causes.S, "next_mode": causes.S, "clock": 20},
        {"mode": causes.VU, "next_mode": causes.VS, "trap": 1, "cause": 8, "clock": 32},     # stays in the guest: no exit
        {"mode": causes.VS, "next_mode": causes.S, "trap": 1, "interrupt": 1, "cause": 5, "clock": 40},
        hgatp(0x80200, 4, 50),
        {"mode": causes.VS, "next_mode": causes.VS, "clock": 55},
        hgatp(0x80100, 5, 60),
        {"mode": causes.VU, "next_mode": causes.VU, "clock": 62},
    ]
    whole, split = Statistics(), Statistics()
    whole.feed(records(*stream), len(stream))
    for row in stream:
        split.feed(records(row), 1)
    summary = whole.summary()
    assert summary == split.summary()
    assert summary["guests"] == [{"instructions": 2, "cycles": 3 + 2 + 12 + 8 + 2, "exits": 2},
                                 {"instructions": 1, "cycles": 5, "exits": 0}]
    assert summary["hypervisor"] == {"instructions": 4, "cycles": 2 + 8 + 10 + 5}
    assert summary["firmware"] == {"instructions": 1, "cycles": 5}
    assert summary["exits"] == {
        "environment call from VS": {"count": 1, "min": 20, "median": 20, "p99": None},
        "supervisor timer interrupt": {"count": 1, "min": 15, "median": 15, "p99": None},
    }
    assert summary["all exits"] == {"count": 2, "min": 15, "median": 15, "p99": None}
    assert summary["cycles"] == 62


def test_percentile_needs_enough_samples():
    assert prices([]) == {"count": 0, "min": None, "median": None, "p99": None}
    assert prices(range(1, P99_SAMPLES))["p99"] is None
    assert prices(range(1, 1001)) == {"count": 1000, "min": 1, "median": 500, "p99": 990}
