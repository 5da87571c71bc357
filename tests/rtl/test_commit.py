"""rtl/commit.py: which trap wins, what takes effect, and when an interrupt may be taken."""

import pytest
from amaranth.sim import Simulator

from isa.causes import EXC, IRQ
from rtl.commit import Commit
from rtl.config import CONFIGS
from rtl.decode import Unit
from rtl.types import Mode, SysOp

PC, NEXT, VECTOR, RETURN, WORD, HALF = 0x8000_1000, 0x8000_1004, 0x8000_2000, 0x8000_3000, 0x1234_5073, 0x9002
CSR = {"mode": Mode.S, "trap_vector": VECTOR, "trap_mode": Mode.M, "ret_pc": RETURN, "ret_mode": Mode.U,
       "interrupt_cause": IRQ["MTI"], "wakeup": 0}
FETCH_FAULT = {"cause": EXC["INSTRUCTION_GUEST_PAGE_FAULT"], "vaddr": PC + 2, "tval2": 77, "implicit": 0}
MEM_FAULT = {"fault": 1, "cause": EXC["LOAD_GUEST_PAGE_FAULT"], "tval2": 88, "implicit": 1}
OUTPUTS = ("stall", "flush", "target", "retires", "csr_commit", "trap_enter", "ret_enter", "mem_valid", "clean", "trap",
           "fence", "record", "update")


def operation(unit=Unit.ALU, sys=SysOp.NONE, **fields):
    control = {"unit": unit, "sys": sys, **fields.pop("control", {})}
    return {"pc": PC, "next_pc": NEXT, "insn": WORD, "half": HALF, "control": control, "result": 0x5000, **fields}


def observe(*cycles):
    """Outputs in each of a row of clock cycles with these inputs."""
    dut, seen = Commit(CONFIGS["default"]), []

    async def bench(ctx):
        for inputs in cycles:
            ctx.set(dut.fetch_fault, FETCH_FAULT | {"update": inputs.get("update", 0)})
            ctx.set(dut.valid, inputs.get("valid", 1))
            ctx.set(dut.op, inputs.get("op", operation()))
            ctx.set(dut.csr, CSR | inputs.get("csr", {}))
            ctx.set(dut.mem_done, inputs.get("mem_done", 0))
            ctx.set(dut.mem, inputs.get("mem", {}))
            ctx.set(dut.cleaned, inputs.get("cleaned", 0))
            ctx.set(dut.access_mode, inputs.get("access_mode", Mode.S))
            ctx.set(dut.csr_request.write, inputs.get("csr_write", 1))
            await ctx.delay(1e-9)
            seen.append({name: ctx.get(getattr(dut, name)) for name in OUTPUTS})
            await ctx.tick()

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
    return seen


def trap(inputs, then=None):
    """Outputs of the cycle in which a trap is taken: the one after it is found, in which nothing happens."""
    found, taken = observe(inputs, then or inputs)
    effects = ("flush", "retires", "csr_commit", "trap_enter", "ret_enter")
    assert found["stall"] and not any(found[name] for name in effects) and not found["record"].valid
    assert not (taken["stall"] or taken["mem_valid"] or taken["fence"].valid) and taken["record"].valid
    return taken


# In the order of priority: each row also holds the conditions of every row below it, as far as they go together (what
# is illegal or was not fetched has no unit).
CAUSES = [
    ("interrupt",  {"csr": {"interrupt": 1}},                       IRQ["MTI"],                             0, 0),
    ("fetch",      {"op": {"fetch_fault": 1}},                      EXC["INSTRUCTION_GUEST_PAGE_FAULT"],    PC + 2, 77),
    ("illegal",    {"op": {"control": {"illegal": 1}}},             EXC["ILLEGAL_INSTRUCTION"],             WORD, 0),
    ("refused",    {"csr": {"illegal": 1}},                         EXC["ILLEGAL_INSTRUCTION"],             WORD, 0),
    ("virtual",    {"csr": {"virtual": 1}},                         EXC["VIRTUAL_INSTRUCTION"],             WORD, 0),
    ("memory",     {"mem": MEM_FAULT, "mem_done": 1},               EXC["LOAD_GUEST_PAGE_FAULT"],           0x5000, 88),
]


@pytest.mark.parametrize("row", range(len(CAUSES)), ids=[c[0] for c in CAUSES])
def test_priority(row):
    inputs, op = {"csr": {}}, {"control": {}}
    for _, conditions, *_ in CAUSES[row:]:
        inputs["csr"] |= conditions.get("csr", {})
        op["control"] |= conditions.get("op", {}).get("control", {})
        op |= {k: v for k, v in conditions.get("op", {}).items() if k != "control"}
        inputs |= {k: v for k, v in conditions.items() if k.startswith("mem")}
    _, _, cause, tval, tval2 = CAUSES[row]
    unit, sys = (Unit.ALU, SysOp.NONE) if row in (1, 2) else (Unit.HLOAD, SysOp.HLSV)
    inputs["op"] = operation(unit, sys, **op)
    out = trap(inputs, inputs | {"csr": inputs["csr"] | {"interrupt": 1 - (row == 0), "wait": 1, "hold": 1}})
    assert (out["trap_enter"], out["flush"], out["target"], out["retires"]) == (1, 1, VECTOR, 0)
    told = out["trap"]
    assert (told.interrupt, told.cause, told.pc, told.tval, told.tval2) == (row == 0, cause, PC, tval, tval2)
    first, _ = observe(inputs, inputs)
    assert first["mem_valid"] == (row == 5), "no access begins under an instruction that traps before it"
    assert (out["record"].trap, out["record"].next_pc, out["record"].rd) == (1, VECTOR, 0)
    assert out["record"].insn == (0 if row < 2 else WORD)


@pytest.mark.parametrize("mode, name", [(Mode.U, "ECALL_U"), (Mode.VU, "ECALL_U"), (Mode.S, "ECALL_S"),
                                        (Mode.VS, "ECALL_VS"), (Mode.M, "ECALL_M")])
def test_environment_calls(mode, name):
    out = trap({"op": operation(Unit.SYS, SysOp.ECALL), "csr": {"mode": mode}})
    assert (out["trap"].cause, out["trap"].tval, out["trap"].virtual) == (EXC[name], 0, 0)


@pytest.mark.parametrize("mode, virtual", [(Mode.M, 0), (Mode.VS, 1), (Mode.VU, 1)])
def test_a_breakpoint_reports_its_own_address(mode, virtual):
    out = trap({"op": operation(Unit.SYS, SysOp.EBREAK, compressed=1), "csr": {"mode": mode}})
    assert (out["trap"].cause, out["trap"].tval, out["trap"].virtual) == (EXC["BREAKPOINT"], PC, virtual)


def test_a_compressed_illegal_instruction_reports_16_bits():
    out = trap({"op": operation(compressed=1, control={"illegal": 1})})
    assert out["trap"].tval == out["record"].insn == HALF


@pytest.mark.parametrize("access_mode, virtual", [(Mode.S, 0), (Mode.VU, 1)])
def test_a_memory_fault_is_virtual_by_the_mode_of_the_access(access_mode, virtual):
    out = trap({"op": operation(Unit.LOAD), "mem": MEM_FAULT, "mem_done": 1, "access_mode": access_mode})
    assert out["trap"].virtual == virtual
    assert out["trap"].tinst == 0x3000


def test_an_interrupt_waits_for_an_access_that_has_begun():
    load = {"op": operation(Unit.LOAD)}
    first, second, third = observe(load, load | {"csr": {"interrupt": 1}},
                                   load | {"csr": {"interrupt": 1}, "mem_done": 1})
    assert (first["stall"], second["stall"], second["mem_valid"]) == (1, 1, 1)
    assert (third["retires"], third["trap_enter"]) == (1, 0)


def test_no_instruction_begins_while_the_csrs_ask_to_wait():
    for op in (operation(), operation(Unit.LOAD), operation(Unit.CSR)):
        for interrupt in (0, 1):
            then = {"op": op, "csr": {"interrupt": interrupt}, "mem_done": 1}
            first, second, third = observe({"op": op, "csr": {"wait": 1}}, then, then)
            assert (first["stall"], first["mem_valid"], first["trap_enter"], first["retires"]) == (1, 0, 0, 0)
            assert (third["trap_enter"], second["retires"]) == (interrupt, 1 - interrupt)


def test_an_access_that_has_begun_does_not_wait():
    load = {"op": operation(Unit.LOAD)}
    _, second = observe(load, load | {"csr": {"wait": 1}, "mem_done": 1})
    assert (second["stall"], second["retires"]) == (0, 1)


def test_a_counter_that_is_not_ready_holds_its_reader():
    held, read, other = observe({"op": operation(Unit.CSR), "csr": {"hold": 1}}, {"op": operation(Unit.CSR)},
                                {"csr": {"hold": 1}})
    assert (held["stall"], held["csr_commit"], read["csr_commit"]) == (1, 0, 1)
    assert other["retires"], "other instructions have nothing to do with it"


LACKS_A = {"op": operation(fetch_fault=1, control={"illegal": 1}), "update": 1}


def test_an_instruction_whose_pages_lack_a_is_fetched_again():
    again, gone, back, _, following = observe(LACKS_A, {"valid": 0, "csr": {"interrupt": 1}},
                                              {"csr": {"interrupt": 1, "wait": 1}}, {"csr": {"interrupt": 1}}, {})
    assert (again["update"], again["flush"], again["target"], again["stall"]) == (1, 1, PC, 0)
    assert (again["trap_enter"], again["retires"], again["record"].valid) == (0, 0, 0)
    assert (gone["update"], gone["flush"], gone["record"].valid) == (0, 0, 0)
    assert (back["retires"], back["update"]) == (1, 0), "its A bits are set: no interrupt takes its place"
    assert following["trap_enter"]


@pytest.mark.parametrize("condition", ["interrupt", "wait"])
def test_what_comes_before_an_instruction_comes_before_its_a_bits(condition):
    first, = observe(LACKS_A | {"csr": {condition: 1}})
    assert (first["update"], first["flush"], first["stall"]) == (0, 0, 1)


def test_pause_loop_exit():
    """In place of the instruction, with nothing but its bits."""
    out = trap({"op": operation(Unit.FENCE, control={"pause": 1}), "csr": {"pause_exit": 1, "mode": Mode.VS}})
    told = out["trap"]
    assert (out["trap_enter"], out["retires"]) == (1, 0)
    assert (told.cause, told.tval, told.tval2, told.tinst, told.virtual) == (24, WORD, 0, 0, 0)


def test_wfi_waits_for_wakeup_and_is_not_interrupted_once_begun():
    wfi = {"op": operation(Unit.SYS, SysOp.WFI)}
    out = observe(wfi, wfi | {"csr": {"interrupt": 1}}, wfi | {"csr": {"interrupt": 1, "wakeup": 1}})
    assert [o["retires"] for o in out] == [0, 0, 1]
    assert not any(o["trap_enter"] for o in out)
    trapped = trap(wfi | {"csr": {"virtual": 1}}, wfi)
    assert trapped["trap_enter"] and trapped["trap"].cause == EXC["VIRTUAL_INSTRUCTION"]


@pytest.mark.parametrize("inputs, target", [
    ({"op": operation(Unit.SYS, SysOp.MRET)}, RETURN),
    ({"op": operation(Unit.SYS, SysOp.SRET)}, RETURN),
    ({"op": operation(Unit.SYS, SysOp.SFENCE_VMA)}, NEXT),
    ({"op": operation(Unit.FENCE, control={"fence_i": 1}), "cleaned": 1}, NEXT),
    ({"op": operation(Unit.CSR), "csr": {"refetch": 1}}, NEXT),
    ({"op": operation(Unit.CSR)}, None),
    ({"op": operation(Unit.FENCE)}, None),
    ({"op": operation(Unit.ALU), "csr": {"refetch": 1}}, None),
])
def test_what_flushes(inputs, target):
    out, = observe(inputs)
    assert out["retires"]
    assert out["flush"] == (target is not None)
    if target is not None:
        assert out["target"] == out["record"].next_pc == target


def test_fence_i_waits_until_what_was_stored_is_in_memory():
    fence = {"op": operation(Unit.FENCE, control={"fence_i": 1})}
    out = observe({"op": operation(Unit.FENCE)}, fence, fence | {"csr": {"interrupt": 1}}, fence | {"cleaned": 1},
                  {"valid": 0, **fence})
    assert [o["clean"] for o in out] == [0, 1, 1, 1, 0]
    assert [o["retires"] for o in out] == [1, 0, 0, 1, 0] and not any(o["trap_enter"] for o in out)
    assert [o["flush"] for o in out] == [0, 0, 0, 1, 0]


def test_nothing_happens_without_an_instruction():
    for op in (operation(Unit.CSR), operation(Unit.LOAD), operation(Unit.SYS, SysOp.SRET),
               operation(Unit.SYS, SysOp.SFENCE_VMA)):
        out, = observe({"valid": 0, "op": op, "csr": {"interrupt": 1}})
        effects = ("flush", "retires", "csr_commit", "trap_enter", "ret_enter", "mem_valid")
        assert not any(out[name] for name in effects)
        assert not out["fence"].valid and not out["record"].valid


def test_an_interrupt_takes_the_place_of_the_instruction():
    for op in (operation(Unit.CSR), operation(Unit.LOAD), operation(Unit.SYS, SysOp.SRET),
               operation(Unit.SYS, SysOp.SFENCE_VMA)):
        out = trap({"op": op, "csr": {"interrupt": 1, "seen_irq": 8, "seen_time": 5}}, {"op": op, "csr": {"seen_time": 6}})
        assert (out["trap_enter"], out["trap"].interrupt) == (1, 1)
        assert not any(out[name] for name in ("retires", "csr_commit", "ret_enter"))
        assert (out["record"].irq, out["record"].time) == (8, 5), "the line may have fallen again"


def test_an_illegal_csr_access_writes_nothing():
    for verdict in ("illegal", "virtual"):
        out = trap({"op": operation(Unit.CSR), "csr": {verdict: 1}})
        assert (out["csr_commit"], out["trap_enter"], out["record"].csr_write) == (0, 1, 0)


def test_fence_operands():
    out, = observe({"op": operation(Unit.SYS, SysOp.HFENCE_GVMA, source=0x1_0042, control={"rs1": 0, "rs2": 3}),
                    "csr": {"mode": Mode.S}})
    fence = out["fence"]
    assert (fence.valid, fence.kind.name, fence.virtual) == (1, "HFENCE_GVMA", 0)
    assert (fence.has_addr, fence.has_id, fence.addr, fence.id) == (0, 1, 0x5000, 0x42)
    forbidden, = observe({"op": operation(Unit.SYS, SysOp.HFENCE_GVMA), "csr": {"illegal": 1}})
    assert not forbidden["fence"].valid


def test_an_interrupt_leaves_nothing_behind_for_the_next_return():
    """A return has the address of an interrupt's vector to itself."""
    interrupted = {"csr": {"interrupt": 1}}
    *_, out = observe(interrupted, interrupted, {"op": operation(Unit.SYS, SysOp.SRET)})
    assert (out["ret_enter"], out["trap"].interrupt) == (1, 0)


def test_a_trap_to_vs_reports_neither_tinst_nor_gva_nor_tval2():
    inputs = {"op": operation(Unit.LOAD), "mem": MEM_FAULT, "mem_done": 1}
    out = trap(inputs | {"csr": {"trap_to_vs": 1, "trap_gva": 1}})
    assert (out["trap_enter"], out["record"].tinst, out["record"].tval2, out["record"].gva) == (1, 0, 0, 0)
    out = trap(inputs | {"csr": {"trap_gva": 1}})
    assert (out["record"].tinst, out["record"].tval2, out["record"].gva) == (0x3000, 88, 1)
