"""The model beside another core: each field that a core can get wrong is found, and what is its own is taken from it."""

import pytest

from isa import retire
from isa.causes import IRQ, VS, M
from isa.platform import UART
from sim.beside import PATIENCE, Beside, Diverged, Report
from sim.model.hart import ABSENT
from tests.sim.model.bare import CODE, DATA, HANDLER, Bare, asm

PROGRAM = [asm("addi", rd=6, rs1=6, imm=1), asm("sw", rs1=5, rs2=6, imm=4), asm("lw", rd=7, rs1=5, imm=4),
           asm("csrrw", rd=8, rs1=6, csr="mscratch"), asm("ecall")]


def program(words=PROGRAM) -> Bare:
    b = Bare()
    b.put(CODE, words)
    b.put(HANDLER, [asm("addi", rd=9, imm=1)])
    b.x(x5=DATA)
    return b


def reports(b: Bare, count: int, memory: bool = True) -> list[Report]:
    """What a right core, this very model, would report."""
    made = []
    for n in range(count):
        r = b.step()
        if r["trap"]:
            made.append(Report(r["pc"], f"#{n}", trap=True, interrupt=bool(r["interrupt"]), cause=r["cause"], tval=r["tval"],
                               next_pc=r["next_pc"]))
            continue
        size = 1 << r["mem_size"]
        made.append(Report(r["pc"], f"#{n}", r["insn"], r["mode"] & 3, r["rd"], r["rd_value"], r["next_pc"],
                           ((r["mem_vaddr"], size, r["mem_rdata"]),) if r["mem_read"] and memory else (),
                           ((r["mem_vaddr"], r["mem_wdata"], size),) if r["mem_write"] and memory else (),
                           ((r["csr_addr"], r["csr_value"]),) if r["csr_write"] else ()))
    return made


def found(reports: list[Report], **options) -> str:
    """The report of the first difference; empty for none."""
    beside = Beside(program().m, **options)
    try:
        for report in reports:
            beside.follow(report)
    except Diverged as difference:
        return str(difference)
    assert beside.count == len(reports)
    return ""


def test_a_right_core_agrees() -> None:
    assert found(reports(program(), 6)) == ""


@pytest.mark.parametrize(("at", "field", "value"), [
    (0, "pc", CODE + 4), (0, "insn", 0x13), (0, "mode", 1), (0, "rd", 7), (0, "rd_value", 2), (0, "next_pc", CODE),
    (0, "trap", True), (1, "stores", ()), (1, "stores", ((DATA, 1, 4),)), (1, "stores", ((DATA + 4, 2, 4),)),
    (1, "stores", ((DATA + 4, 1, 8),)),
    (2, "loads", ()), (2, "loads", ((DATA, 4, 1),)), (2, "loads", ((DATA + 4, 4, 2),)), (2, "loads", ((DATA + 4, 2, 1),)),
    (3, "csrs", ((0x340, 7),)), (4, "cause", 8), (4, "tval", 1),
    (4, "interrupt", True), (4, "trap", False)])
def test_what_a_core_gets_wrong_is_found(at: int, field: str, value: object) -> None:
    made = reports(program(), 6)
    setattr(made[at], field, value)
    text = found(made)
    assert text.startswith("#0\n") and text.count("#") == at + 1 and "the model's record: valid=0x1" in text


def test_the_difference_is_named() -> None:
    made = reports(program(), 1)
    made[0].rd_value = 9
    assert "  rd_value: the model has 0x1, the core 0x9\n" in found(made)


@pytest.mark.parametrize("field", ["insn", "mode", "rd", "rd_value", "next_pc", "cause", "tval"])
def test_what_is_not_reported_is_not_compared(field: str) -> None:
    made = reports(program(), 6)
    for report in made:
        setattr(report, field, ABSENT)
    assert found(made) == ""
    assert found(reports(program(), 6, memory=False), memory=False) == "" != found(reports(program(), 6, memory=False))


def test_compressed_instructions_as_cores_show_them() -> None:
    def core(insn: int) -> Report:
        return Report(CODE, "c.li a0, 5", insn, rd=10, rd_value=5)

    expanded, other = asm("addi", rd=10, imm=5), asm("addi", rd=10, imm=4)
    for insn, right in ((0x4515, True), (0x1234_4515, True), (expanded, True), (other, False), (0x4511, False)):
        b = Bare()
        b.put(CODE, [0x4515], 2)
        if right:
            Beside(b.m).follow(core(insn))
        else:
            with pytest.raises(Diverged, match="insn"):
                Beside(b.m).follow(core(insn))


def test_a_core_that_does_not_report_traps() -> None:
    made = reports(program(), 6)
    silent = [r for r in made if not r.trap]
    assert found(silent, traps=False) == "" != found(silent)
    like_others = [Report(made[4].pc, "ecall", PROGRAM[4]) if r.trap else r for r in made]
    assert found(like_others, traps=False) == "" != found(like_others)


def test_values_of_counters_and_devices_are_the_core_s() -> None:
    b = program([asm("csrrs", rd=6, csr="mcycle"), asm("lbu", rd=7, rs1=5), asm("csrrs", rd=8, csr="mscratch")])
    b.x(x5=UART.base)
    beside = Beside(b.m)
    beside.follow(Report(CODE, "", rd=6, rd_value=1234))
    beside.follow(Report(CODE + 4, "", rd=7, rd_value=0x55, loads=((UART.base, 1, 0x55),)))
    assert (b.m["x6"], b.m["x7"]) == (1234, 0x55)
    with pytest.raises(Diverged, match="rd_value"):
        beside.follow(Report(CODE + 8, "", rd=8, rd_value=1))


def test_a_core_that_traps_for_ever_in_silence_is_left() -> None:
    b = program([asm("ecall")])
    b.put(HANDLER, [0])
    with pytest.raises(Diverged, match="trap: the model has 0x1"):
        Beside(b.m, traps=False).follow(Report(CODE + 8, ""))


def test_what_the_host_answers_is_the_core_s() -> None:
    b = program([asm("ld", rd=6, rs1=5), asm("ld", rd=7, rs1=5, imm=8)])
    b.m.memory.tohost = DATA
    beside = Beside(b.m)
    beside.follow(Report(CODE, "", rd=6, rd_value=9, loads=((DATA, 8, 9),)))
    assert b.m["x6"] == 9
    with pytest.raises(Diverged, match="rd_value"):
        beside.follow(Report(CODE + 4, "", rd=7, rd_value=9, loads=((DATA + 8, 8, 0),)))


def test_a_csr_that_is_free() -> None:
    b = program([asm("csrrs", rd=8, csr="mscratch")])
    Beside(b.m, free=frozenset(("mscratch",))).follow(Report(CODE, "", rd=8, rd_value=77, csrs=((0x340, 78),)))
    assert b.m["x8"] == 77


def waiting(cause: str) -> Bare:
    b = program([asm("addi")] * 40)
    b.csr(mie=1 << IRQ[cause], mstatus=1 << 3)
    return b


@pytest.mark.parametrize("cause", [IRQ["MSI"], ABSENT])
def test_the_core_says_when_an_interrupt_is_taken(cause: int) -> None:
    b = waiting("MSI")
    b.m.clint.write(0, 4, 1)
    beside = Beside(b.m)
    for n in range(PATIENCE):
        beside.follow(Report(CODE + 4 * n, "", rd=0, rd_value=0))
    beside.follow(Report(ABSENT, "", trap=True, interrupt=True, cause=cause))
    assert b.m["pc"] == HANDLER and retire.unpack(b.h.record)["cause"] == IRQ["MSI"]


def test_an_interrupt_must_be_taken_some_time() -> None:
    b = waiting("MSI")
    b.m.clint.write(0, 4, 1)
    beside = Beside(b.m)
    with pytest.raises(Diverged, match="takeable"):
        for n in range(PATIENCE + 1):
            beside.follow(Report(CODE + 4 * n, ""))
    assert beside.count == PATIENCE


def test_an_interrupt_that_cannot_be() -> None:
    with pytest.raises(Diverged, match="trap: the model has 0x0, the core 0x1"):
        Beside(waiting("MSI").m).follow(Report(CODE, "", trap=True, interrupt=True, cause=IRQ["MSI"]))


@pytest.mark.parametrize("cause", [IRQ["MTI"], ABSENT])
def test_timer_interrupts_come_when_the_core_says(cause: int) -> None:
    b = waiting("MTI")
    b.m.clint.mtimecmp = 1000
    beside = Beside(b.m)
    for n in range(30):                 # more than its own time would need to come to mtimecmp = 3
        beside.follow(Report(CODE + 4 * n, ""))
    beside.follow(Report(CODE + 120, "", trap=True, interrupt=True, cause=cause))
    assert b.m["pc"] == HANDLER and b.m["mode"] == M and b.m["mepc"] == CODE + 120 and b.m["time"] >= 1000


def test_causes_come_as_they_are_before_vs_sees_them() -> None:
    b = program([asm("addi")] * 4)
    b.csr(mideleg=1 << IRQ["VSSI"], hideleg=1 << IRQ["VSSI"], hvip=1 << IRQ["VSSI"], mie=1 << IRQ["VSSI"], vsstatus=2)
    b.m["mode"] = VS
    Beside(b.m).follow(Report(CODE, "", trap=True, interrupt=True, cause=IRQ["VSSI"]))
    assert b.m["vscause"] == 1 << 63 | 1 and b.m["mode"] == VS


@pytest.mark.parametrize("first", ["addi", "wfi"])
def test_time_alone_fires_nothing(first: str) -> None:
    b = waiting("MTI")
    b.put(CODE, [asm(first)])
    b.m.clint.mtimecmp = 2
    beside = Beside(b.m)
    for n in range(30):
        beside.follow(Report(CODE + 4 * n, ""))
    assert beside.count == 30


def test_a_csr_that_the_model_lacks_is_the_core_s_affair() -> None:
    Beside(program().m).follow(Report(CODE, "", csrs=((0x309, 5),)))
