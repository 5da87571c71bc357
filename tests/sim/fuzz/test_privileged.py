"""sim/fuzz/privileged.py."""


from isa import csrs, insns
from sim.fuzz import privileged, values
from sim.fuzz.encode import Code
from tests.sim.fuzz.made_context import context


def codes(made: list[Code]) -> set[int]:
    return {c.bits for c in made}


def test_a_wait_needs_an_interrupt_that_can_be_pending() -> None:
    ctx = context(1, "VS")
    wfi = insns.BY_NAME["wfi"].match
    assert wfi in codes(privileged.wait(ctx))
    ctx.wakes = False
    assert wfi not in codes(privileged.wait(ctx))


def test_the_timer_of_a_frozen_comparator_is_only_read() -> None:
    assert [c.bits >> 15 & 31 for c in privileged.timer(context(1, "VS"))] == [0]


def test_the_limits_of_the_judge_hold() -> None:
    """No CSR instruction shows an unseen CSR, and none writes a constant one from a mode that could."""
    unseen = {csrs.BY_NAME[name].number for name in values.SPIKE.unseen}
    constant = {csrs.BY_NAME[name].number for name in values.SPIKE.constant}
    for mode in ("M", "S", "?"):
        ctx = context(5, mode)
        for code in (c for _ in range(600) for c in privileged.csr(ctx)):
            if code.size == 4 and code.bits & 0x7F == 0x73 and code.bits >> 12 & 3:
                number, rd, rs1 = code.bits >> 20, code.bits >> 7 & 31, code.bits >> 15 & 31
                reads = code.bits >> 12 & 3 in (2, 3) and not rs1
                assert number not in unseen or not rd
                flags = csrs.BY_NUMBER[number].name in values.SPIKE.flags if number in csrs.BY_NUMBER else False
                sets = code.bits >> 12 & 7 in (2, 3) and flags
                assert number not in constant or reads or sets or (mode == "S" and csrs.BY_NUMBER[number].level == 3)
