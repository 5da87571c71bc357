"""rtl/lsu.py: random accesses against a byte-wise model of memory, under random delays, faults and bus errors."""

import random

import pytest
from amaranth.sim import Simulator

from isa.causes import EXC
from isa.platform import BOOT_ROM, RAM_BASE, UART
from rtl.amo import AmoOp
from rtl.lsu import Lsu, MemOp
from rtl.types import Access, CboOp, MemoryOp, Mode

OFFSET = 0x1000                 # physical minus virtual address
PAGE_FAULT_AT = RAM_BASE + 0x4000
BUS_ERROR_AT = RAM_BASE + 0x8000
DEVICE_AT = UART.base - OFFSET


def sext(value, bits):
    return (value - (1 << bits) if value >> bits - 1 else value) & (1 << 64) - 1


def amo(op, old, source, bits):
    def key(value):
        return value - (1 << bits) if value >> bits - 1 else value
    return {
        AmoOp.SWAP: source, AmoOp.ADD: old + source, AmoOp.XOR: old ^ source, AmoOp.AND: old & source,
        AmoOp.OR: old | source, AmoOp.MIN: min(old, source, key=key), AmoOp.MAX: max(old, source, key=key),
        AmoOp.MINU: min(old, source), AmoOp.MAXU: max(old, source),
    }[op] & (1 << bits) - 1


class Reference:
    """What the unit must answer; memory is a dict of bytes by physical address."""

    def __init__(self):
        self.memory, self.reservation = {}, None

    def read(self, address, size):
        return int.from_bytes(bytes(self.memory.get(address + i, 0) for i in range(1 << size)), "little")

    def write(self, address, size, value):
        for i in range(1 << size):
            self.memory[address + i] = value >> 8 * i & 0xFF
        if self.reservation is not None and self.reservation >> 6 == address >> 6:
            self.reservation = None

    def access(self, r):
        op, size, vaddr = r["op"], r["size"], r["vaddr"]
        bits = 8 << size
        lr, sc = op == MemOp.AMO and r["amo"] == AmoOp.LR, op == MemOp.AMO and r["amo"] == AmoOp.SC
        zero = op == MemOp.CBO and r["cbo"] == CboOp.ZERO
        stores = op in (MemOp.STORE, MemOp.CBO) or (op == MemOp.AMO and not lr)
        kind = "STORE" if stores else "LOAD"
        paddr = vaddr + OFFSET
        if vaddr % (1 << size) and op != MemOp.CBO:
            return {"fault": 1, "cause": EXC[f"{kind}_MISALIGNED"], "bus_error": 0, "tval2": 0}
        if vaddr & ~0xFFF == PAGE_FAULT_AT:
            return {"fault": 1, "cause": EXC[f"{kind}_GUEST_PAGE_FAULT"], "bus_error": 0, "tval2": vaddr >> 2}
        if (op == MemOp.AMO or zero) and paddr < RAM_BASE:
            return {"fault": 1, "cause": EXC[f"{kind}_ACCESS_FAULT"], "bus_error": 0, "tval2": 0}
        if r["hlvx"] and vaddr & ~0xFFF == DEVICE_AT:
            return {"fault": 1, "cause": EXC["LOAD_ACCESS_FAULT"], "bus_error": 0, "tval2": 0}
        if vaddr & ~0xFFF == BUS_ERROR_AT:
            if sc:
                self.reservation = None
            return {"fault": 1, "cause": EXC[f"{kind}_ACCESS_FAULT"], "bus_error": 1, "error_paddr": paddr}
        if zero:
            for word in range(paddr & -64, (paddr & -64) + 64, 8):
                self.write(word, 3, 0)
            return {"fault": 0, "read": 0, "write": 1, "size": 3, "paddr": paddr, "stored": 0}
        if op == MemOp.CBO:
            return {"fault": 0, "read": 0, "write": 0, "size": 0, "paddr": paddr}
        if sc and self.reservation != paddr:
            self.reservation = None
            return {"fault": 0, "read": 0, "write": 0, "result": 1}
        read = not stores or (op == MemOp.AMO and not sc)
        out = {"fault": 0, "read": int(read), "write": int(stores), "size": size, "paddr": paddr}
        if out["read"]:
            out["loaded"] = self.read(paddr, size)
            out["result"] = out["loaded"] if r["unsigned"] else sext(out["loaded"], bits)
        if stores:
            source = r["source"] & (1 << bits) - 1
            plain = sc or op == MemOp.STORE
            out["stored"] = source if plain else amo(r["amo"], out["loaded"], source, bits)
            self.write(paddr, size, out["stored"])
        if sc:
            out["result"], self.reservation = 0, None
        if lr:
            self.reservation = paddr
        return out


def random_request(rng):
    op = rng.choice([MemOp.LOAD, MemOp.STORE, MemOp.AMO, MemOp.AMO, MemOp.CBO])
    size = {MemOp.AMO: rng.choice([2, 3]), MemOp.CBO: 0}.get(op, rng.randrange(4))
    base = rng.choice([RAM_BASE] * 12 + [PAGE_FAULT_AT, BUS_ERROR_AT, DEVICE_AT])
    vaddr = base + rng.choice([0, 64, 128]) + rng.randrange(16)
    if rng.random() < 0.9:
        vaddr &= -(1 << size)
    return {"op": op, "amo": rng.choice([*AmoOp, AmoOp.LR, AmoOp.LR, AmoOp.SC, AmoOp.SC, AmoOp.SC]), "size": size,
            "cbo": rng.choice([*CboOp, CboOp.ZERO]),
            "unsigned": rng.getrandbits(1) if op == MemOp.LOAD else 0, "hlvx": int(op == MemOp.LOAD and rng.random() < 0.2),
            "mode": Mode.S, "vaddr": vaddr,
            "source": rng.getrandbits(64)}


async def serve(ctx, dut, memory, rng, stalls, state):
    """Address translation and memory in one clock cycle; checks the rules of the port. `state` lasts one access."""
    request, port = dut.translate.request, dut.memory
    for line in (request.ready, port.done, port.error):
        ctx.set(line, 0)
    if ctx.get(request.valid):
        state.setdefault("translate", rng.randrange(4) if rng.random() < stalls else 0)
        if state["translate"] == 0:
            vaddr, access = ctx.get(request.p.vaddr), ctx.get(request.p.access)
            fault = vaddr & ~0xFFF == PAGE_FAULT_AT
            paddr = vaddr + OFFSET
            kind = "LOAD" if access == Access.LOAD else "STORE"
            state["access"] = access
            ctx.set(dut.translate.response, {
                "paddr": paddr, "ram": paddr >= RAM_BASE, "rom": 0 <= paddr - BOOT_ROM.base < BOOT_ROM.size,
                "cached": paddr >> 3 & 1,
                "fault": fault, "cause": EXC[f"{kind}_GUEST_PAGE_FAULT"] if fault else 0,
                "tval2": vaddr >> 2 if fault else 0, "implicit": 0, "bus_error": 0, "error_paddr": 0})
            ctx.set(request.ready, 1)
        state["translate"] -= 1
    assert ctx.get(port.waiting) and ctx.get(port.offset) == ctx.get(dut.request.vaddr) & 0xFFF
    if state.pop("paired", False):
        assert ctx.get(port.valid) and ctx.get(port.op) == MemoryOp.WRITE, "the write of an AMO follows its read at once"
    if ctx.get(port.valid):
        op, paddr = ctx.get(port.op), ctx.get(port.paddr)
        access = tuple(ctx.get(s) for s in (port.op, port.paddr, port.cached, port.sel, port.lock,
                                            *((port.wdata,) if op == MemoryOp.WRITE else ())))
        assert state.setdefault("memory", access) == access, "the payload is stable until it is done"
        assert ctx.get(port.cached) == paddr >> 3 & 1
        state.setdefault("delay", rng.randrange(4) if rng.random() < stalls else 0)
        state["delay"] -= 1
        if state["delay"] >= 0:
            return
        del state["delay"], state["memory"]
        ctx.set(port.done, 1)
        if paddr - OFFSET & ~0xFFF == BUS_ERROR_AT:
            ctx.set(port.error, 1)
            return
        base = paddr & -8
        ctx.set(port.rdata, int.from_bytes(bytes(memory.get(base + i, 0) for i in range(8)), "little"))
        state["paired"] = ctx.get(port.lock) and op == MemoryOp.READ
        if op == MemoryOp.WRITE:
            state["write"] = [(base + i, access[-1] >> 8 * i & 0xFF) for i in range(8) if access[3] >> i & 1]
        elif op == MemoryOp.ZERO:
            state["write"] = [(a, 0) for a in range(base & -64, (base & -64) + 64)]
        state["op"] = op


def run(requests, rng, stalls, clear=(), implicit=None):
    """Responses with the cycles that each access took, and memory. After the requests in `clear` a trap ends the
    reservation; `implicit` says after which request the walker stores, and where."""
    dut, memory, out = Lsu(), {}, []

    async def bench(ctx):
        for number, request in enumerate(requests):
            ctx.set(dut.request, request)
            ctx.set(dut.valid, 1)
            state, done = {}, False
            while not done:
                await serve(ctx, dut, memory, rng, stalls, state)
                done, response = ctx.get(dut.done), ctx.get(dut.response)
                await ctx.tick()
                memory.update(state.pop("write", []))
                state["cycles"] = state.get("cycles", 0) + 1
                assert state["cycles"] < 40
            out.append((response, state["cycles"], state.get("access"), state.get("op")))
            ctx.set(dut.valid, 0)
            ctx.set(dut.clear_reservation, number in clear)
            ctx.set(dut.implicit_store, number in (implicit or {}))
            ctx.set(dut.implicit_paddr, (implicit or {}).get(number, 0))
            await ctx.tick()
            ctx.set(dut.clear_reservation, 0)
            ctx.set(dut.implicit_store, 0)

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
    return out, memory


def check(requests, responses):
    reference = Reference()
    for request, (response, *_) in zip(requests, responses, strict=True):
        want = reference.access(request)
        assert {name: response[name] for name in want} == want, request
    return reference


@pytest.mark.parametrize("stalls", [0.0, 0.5])
def test_random_accesses(stalls):
    rng = random.Random(18)
    requests = []
    while len(requests) < 400:
        requests.append(random_request(rng))
        if requests[-1]["op"] == MemOp.AMO and requests[-1]["amo"] == AmoOp.LR:
            requests.append(requests[-1] | {"amo": AmoOp.SC})
    responses, memory = run(requests, rng, stalls)
    reference = check(requests, responses)
    assert {a: b for a, b in memory.items() if b} == {a: b for a, b in reference.memory.items() if b}
    succeeded = [r for r, (a, *_) in zip(requests, responses, strict=True)
                 if r["op"] == MemOp.AMO and r["amo"] == AmoOp.SC and a["write"]]
    assert len(succeeded) > 10


def test_without_stalls_one_cycle_per_access_and_two_for_an_amo():
    rng = random.Random(19)
    requests = [random_request(rng) for _ in range(100)]
    for request, (response, cycles, *_) in zip(requests, run(requests, rng, 0.0)[0], strict=True):
        rmw = request["op"] == MemOp.AMO and request["amo"] not in (AmoOp.LR, AmoOp.SC)
        assert cycles == (2 if rmw and not response["fault"] else 1)


def atomic(op, vaddr=RAM_BASE, size=3):
    return {"op": MemOp.AMO, "amo": op, "cbo": CboOp.INVAL, "size": size, "unsigned": 0, "hlvx": 0, "mode": Mode.M,
            "vaddr": vaddr, "source": 7}


def store(vaddr):
    return atomic(AmoOp.LR, vaddr) | {"op": MemOp.STORE}


def cbo(op, vaddr):
    return atomic(AmoOp.LR, vaddr) | {"op": MemOp.CBO, "cbo": op, "size": 0}


@pytest.mark.parametrize("between, fails", [
    ([], 0),
    ([store(RAM_BASE + 56)], 1),                        # the same block of 64 bytes
    ([store(RAM_BASE + 64)], 0),                        # another block
    ([atomic(AmoOp.SWAP, RAM_BASE + 8)], 1),
    ([atomic(AmoOp.SC, RAM_BASE + 128)], 1),            # any SC, a failing one too
    ([atomic(AmoOp.LR, RAM_BASE + 128)], 1),            # a new reservation replaces the old one
    ([cbo(CboOp.ZERO, RAM_BASE + 40)], 1),
    ([cbo(CboOp.FLUSH, RAM_BASE)], 0),                  # stores nothing
    ([store(PAGE_FAULT_AT)], 0),                        # nothing was stored; the trap itself clears in the core
])
def test_reservation(between, fails):
    requests = [atomic(AmoOp.LR), *between, atomic(AmoOp.SC)]
    responses, _ = run(requests, random.Random(20), 0.0)
    check(requests, responses)
    assert responses[-1][0]["result"] == fails


def test_reservation_ends_with_a_trap_and_fits_both_sizes():
    requests = [atomic(AmoOp.LR), atomic(AmoOp.SC), atomic(AmoOp.LR), atomic(AmoOp.SC, size=2)]
    responses, _ = run(requests, random.Random(21), 0.0, clear={0})
    assert [response["result"] for response, *_ in responses] == [0, 1, 0, 0]


@pytest.mark.parametrize("vaddr, cause", [(PAGE_FAULT_AT, "STORE_GUEST_PAGE_FAULT"),
                                          (BUS_ERROR_AT, "STORE_ACCESS_FAULT"), (DEVICE_AT, "STORE_ACCESS_FAULT")])
def test_a_failing_store_conditional_still_passes_its_checks(vaddr, cause):
    (response, *_), = run([atomic(AmoOp.SC, vaddr)], random.Random(22), 0.0)[0]
    assert (response["fault"], response["cause"]) == (1, EXC[cause])


@pytest.mark.parametrize("paddr, fails", [(RAM_BASE + OFFSET + 32, 1), (RAM_BASE + OFFSET + 64, 0), (RAM_BASE, 0)])
def test_an_implicit_store_ends_the_reservation_of_its_block(paddr, fails):
    responses, _ = run([atomic(AmoOp.LR), atomic(AmoOp.SC)], random.Random(23), 0.0, implicit={0: paddr})
    assert responses[-1][0]["result"] == fails


@pytest.mark.parametrize("op, access, does", [
    (CboOp.CLEAN, Access.CBO, MemoryOp.CLEAN), (CboOp.FLUSH, Access.CBO, MemoryOp.FLUSH),
    (CboOp.INVAL, Access.CBO, MemoryOp.FLUSH), (CboOp.ZERO, Access.STORE, MemoryOp.ZERO)])
def test_a_cache_block_operation_is_never_misaligned(op, access, does):
    (response, _, asked, done), = run([cbo(op, RAM_BASE + 13)], random.Random(24), 0.0)[0]
    assert (response["fault"], response["paddr"], asked, done) == (0, RAM_BASE + 13 + OFFSET, access, does)
