"""The prices of exits: instructions on the model have ceilings, and the RTL agrees with the model about all of them."""

import pytest

from sim.outcome import Verdict
from sim.terminal import Terminal
from sim.vmm import prices
from sim.vmm.scenario import Image, Setting

CEILINGS = {"null hypercall": 22, "SBI call": 110, "hypercall in a batch of 8": 75, "MMIO load": 115, "MMIO store": 110,
            "CSR read": 120, "WFI, interrupt pending": 85, "interrupt injected": 170, "G-stage fault, page mapped": 350,
            "world switch": 340}


def measure(on: str, rounds: int, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    image = Image(prices.IMAGE.guests, {**prices.IMAGE.defines, "PRICES_ROUNDS": rounds}, prices.IMAGE.statistics)
    monkeypatch.setattr(prices, "IMAGE", image)
    done, rows = prices.measure(Setting(on, "default", 300.0, Terminal()))
    assert done.outcome.verdict is Verdict.PASS, done.outcome.detail + done.text
    return rows


def test_instructions(monkeypatch):
    """Every kind was met, and none has become dearer."""
    rows = {row["kind"]: row for row in measure("model", 20, monkeypatch)}
    assert rows.keys() == CEILINGS.keys()
    assert {kind: row["instructions"] for kind, row in rows.items() if row["instructions"] > CEILINGS[kind]} == {}
    assert rows["null hypercall"]["count"] == 40


def test_rtl(monkeypatch):
    """In lockstep, a short run."""
    rows = {row["kind"]: row for row in measure("rtl", 20, monkeypatch)}
    assert rows["null hypercall"]["median"] <= 50


def test_page(tmp_path):
    """What stands between the marks is replaced, the rest stays."""
    page = tmp_path / "prices.md"
    page.write_text(f"a\n{prices.MARK}old\n{prices.MARK}b\n")
    row = {"kind": "k", "count": 1000, "min": 1, "median": 2, "p99": 3, "instructions": 4}
    prices.rewrite(page, prices.markdown("tiny", [row]))
    assert page.read_text() == f"a\n{prices.MARK}{prices.markdown('tiny', [row])}{prices.MARK}b\n"
    assert "| k | 1,000 | 1 | 2 | 3 | 4 |" in page.read_text()
