"""rtl/mmu/io_window.py against the rules of docs/xdoppel.md, "I/O permission bitmap", written with numbers."""

import random

from amaranth.sim import Simulator

from rtl.mmu.io_window import IoWindow

PORTS = 1 << 16


def some_access(r):
    """Window and access, aligned; most of them near an end of the window."""
    size, base = r.randrange(4), r.getrandbits(29) << 12
    last = r.choice((r.randrange(PORTS), r.randrange(16), PORTS - 1))
    near = r.choice((base, base + last, base + PORTS - 1, r.getrandbits(41)))
    address = max(0, near + r.randrange(-16, 16)) % (1 << 41) & -1 << size
    return {"enable": r.random() < 0.9, "base": base, "last": last, "bitmap": r.getrandbits(43) << 13,
            "ports": r.getrandbits(43) << 12, "address": address, "size": size, "bits": r.getrandbits(64) & r.getrandbits(64)}


def test_window_and_bitmap():
    r, dut, seen = random.Random(5), IoWindow(), set()

    async def bench(ctx):
        for _ in range(3000):
            a = some_access(r)
            ctx.set(dut.context, {"io_enable": a["enable"], "io_base": a["base"] >> 12, "io_last": a["last"],
                                  "io_bitmap": a["bitmap"] >> 13, "io_port": a["ports"] >> 12})
            for name in ("address", "size", "bits"):
                ctx.set(getattr(dut, name), a[name])
            port, count = a["address"] - a["base"], 1 << a["size"]
            inside = a["enable"] and port >= 0 and port + count - 1 <= a["last"]
            assert ctx.get(dut.inside) == inside, a
            seen.add((inside, None))
            if inside:
                denied = any(a["bits"] >> p % 64 & 1 for p in range(port, port + count))
                assert ctx.get(dut.bits_at) == a["bitmap"] + port // 64 * 8
                assert ctx.get(dut.denied) == denied
                assert ctx.get(dut.port_ppn) == a["ports"] + port >> 12
                seen.add((denied, a["size"]))

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
    assert len(seen) == 10
