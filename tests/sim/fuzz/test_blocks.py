"""sim/fuzz/blocks.py: what makes a unit safe."""


import pytest

from isa import insns
from sim.fuzz import blocks, layout
from sim.fuzz.encode import Code
from tests.sim.fuzz.made_context import context

WRITABLE = {0, layout.LINK, layout.BASE, *layout.BODY}
MAKERS = sorted({maker for table in blocks.WEIGHTS.values() for maker in table}, key=lambda maker: maker.__name__)


def destination(code: Code) -> int:
    """Register that an instruction writes, as far as its encoding says; 0 for none."""
    if code.size == 2:
        row = next((r for r in insns.COMPRESSED if code.bits & r.mask == r.match), None)
        if row is None or not row.base:
            return 0
        if row.base in ("jal", "jalr"):
            return 1 if row.name == "c.jalr" else 0
        where = row.operands.get("rd")
        if where is None:
            return 0
        if where.startswith("x"):
            return int(where[1:])
        msb, lsb = insns.COMPRESSED_FIELDS[where]
        field = code.bits >> lsb & (1 << msb - lsb + 1) - 1
        return field + 8 if where.endswith("'") else field
    insn = next((i for i in insns.INSNS if code.bits & i.mask == i.match), None)
    return code.bits >> 7 & 31 if insn and "rd" in insn.operands else 0


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_units_leave_the_handlers_registers_alone(maker: blocks.Maker) -> None:
    for seed in range(3):
        for mode in ("M", "S", "U", "VS", "VU", "?"):
            ctx = context(seed, mode)
            for _ in range(15):
                assert {destination(c) for c in maker(ctx)} <= WRITABLE


@pytest.mark.parametrize("mode", blocks.WEIGHTS)
def test_every_mode_has_its_units(mode: str) -> None:
    ctx = context(1, mode if mode in "M S U VS VU ?" else "VS")
    made = blocks.units(ctx, 1500)
    assert len(made) == 1500
    assert {u.kind for u in made} == {maker.__name__ for maker in blocks.WEIGHTS[ctx.mode]}
