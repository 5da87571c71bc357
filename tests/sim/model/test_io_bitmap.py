"""The I/O permission bitmap: which accesses reach the machine, and that every other one faults as it would without."""

import pytest

from isa import platform
from isa.causes import EXC, VS, VU, M, S, U
from isa.profile import PROFILES
from isa.retire import FIELDS
from tests.sim.model.bare import CODE, DATA, LEAF, PA, PD, PR, PU, PV, PW, Bare, asm, sv39

FULL = PROFILES["full"]
WINDOW = 0x1_2345_6000                  # guest physical; nothing is mapped there
VA = 0x20_0000_0000                     # where the guest's own stage maps the window
BITMAP = DATA + 0x1_0000 & -0x2000
PORTS = DATA + 0x8000                   # what is behind the window: plain memory, to see what arrives
LAST = 0x1FFF                           # two pages of ports
ENABLE, MPRV, MPV, MPP_S, SPVP = 1, 1 << 17, 1 << 39, 1 << 11, 1 << 8
LOADS = {"lb": 1, "lbu": 1, "lh": 2, "lhu": 2, "lw": 4, "lwu": 4, "ld": 8}
STORES = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}
GUEST_LOAD, GUEST_STORE = EXC["LOAD_GUEST_PAGE_FAULT"], EXC["STORE_GUEST_PAGE_FAULT"]


class Ports(Bare):
    """A guest whose code is mapped to itself, without a stage of its own; every port of the window is permitted."""

    def __init__(self, last: int = LAST, hiobh: int = PORTS) -> None:
        super().__init__(FULL)
        self.g_root = self.table(16384)
        self.map(self.g_root, CODE, CODE, LEAF | PU)
        self.csr(pmpaddr0=-1, pmpcfg0=0x1F, hgatp=sv39(self.g_root), hioba=BITMAP, hiobh=hiobh,
                 hiobg=WINDOW | ENABLE | last << 48)
        self.m.write_memory(PORTS, bytes(range(256)) * 32)

    def deny(self, *ports: int) -> None:
        for port in ports:
            old = self.m.read_memory(BITMAP + port // 8, 1)[0]
            self.m.write_memory(BITMAP + port // 8, bytes([old | 1 << port % 8]))

    def access(self, name: str, port: int, mode: int = VS) -> dict[str, int]:
        """One load or store at a port, or another instruction on the address in x5."""
        self.x(x5=WINDOW + port, x6=0x5A5A_A5A5_5A5A_A5A5)
        return self.do(asm(name, rd=7, rs1=5, rs2=6), mode)


def refused(r: dict[str, int], cause: int, port: int) -> None:
    """The guest-page fault of a page that is not mapped."""
    assert (r["cause"], r["tval"], r["gva"], r["tval2"]) == (cause, WINDOW + port, 1, WINDOW + port >> 2)


@pytest.mark.parametrize("mode", [VS, VU])
def test_loads_and_stores_of_every_size_reach_their_port(mode: int) -> None:
    for name, size in LOADS.items():
        for port in (0, size, 64 - size, 64, 4096 - size, 4096, LAST + 1 - size):
            r = Ports().access(name, port, mode)
            value = int.from_bytes(bytes((port + n) % 256 for n in range(size)), "little")
            assert (r["trap"], r["mem_vaddr"], r["mem_paddr"]) == (0, WINDOW + port, PORTS + port)
            assert r["mem_rdata"] == value
    for name, size in STORES.items():
        p = Ports()
        r = p.access(name, 16, mode)
        assert (r["trap"], r["mem_paddr"]) == (0, PORTS + 16)
        stored = b"\xA5\xA5\x5A\x5A\xA5\xA5\x5A\x5A"[:size]
        assert p.m.read_memory(PORTS + 8, 24) == bytes(range(8, 16)) + stored + bytes(range(16 + size, 32))


def test_the_bit_of_every_byte_must_be_clear() -> None:
    for name, size in {**LOADS, **STORES}.items():
        cause = GUEST_LOAD if name in LOADS else GUEST_STORE
        for port in (8, 56, 4096 + 24):
            for denied in range(port - 8, port + 16):
                p = Ports()
                p.deny(denied)
                r = p.access(name, port)
                if port <= denied < port + size:
                    refused(r, cause, port)
                    assert r["tinst"] == asm(name, rd=7, rs1=0, rs2=6)
                else:
                    assert r["trap"] == 0, (name, port, denied)


def test_all_bytes_must_lie_in_the_window() -> None:
    for last in (0, 6, 7, 8, 0x7FF, 0xFFFF):
        for name, size in LOADS.items():
            for port in (0, 8, (last & -8) - 8, last & -8, last + 1 & -8, 0x1_0000):
                if port >= 0:
                    p = Ports(last, PORTS if last < 0x2000 else DATA & -0x1_0000)
                    r = p.access(name, port)
                    assert (r["trap"] == 0) == (port + size - 1 <= last), (last, name, port)
    p = Ports()
    refused(p.access("lb", -1), GUEST_LOAD, -1)
    refused(p.access("ld", -8), GUEST_LOAD, -8)


def test_the_last_port_of_the_largest_window() -> None:
    p = Ports(0xFFFF, platform.RAM_BASE)
    r = p.access("lb", 0xFFFF)
    assert (r["trap"], r["mem_paddr"]) == (0, platform.RAM_BASE + 0xFFFF)
    p.deny(0xFFFF)
    refused(p.access("lb", 0xFFFF), GUEST_LOAD, 0xFFFF)


def test_only_while_it_is_enabled_and_the_g_stage_is_on() -> None:
    p = Ports()
    p.csr(hiobg=WINDOW | LAST << 48)
    refused(p.access("lw", 0), GUEST_LOAD, 0)
    p = Ports()
    p.csr(hgatp=0)
    assert p.access("lw", 0)["cause"] == EXC["LOAD_ACCESS_FAULT"]       # the address as it is, and nothing is there


def test_only_where_the_walk_ends_at_a_pte_with_v_0() -> None:
    valid = {"no r": LEAF & ~(PR | PW) | PU, "no u": LEAF, "no a": LEAF & ~PA | PU, "w without r": PV | PW | PA | PD | PU,
             "reserved": LEAF | PU | 1 << 60}
    for flags in valid.values():
        for level in (0, 1, 2):
            p = Ports()
            page = WINDOW & -(1 << 12 + 9 * level)
            p.map(p.g_root, page, 0, flags, level)
            refused(p.access("lbu", 0) if flags & 8 and not flags & PR else p.access("sb", 0), *(
                (GUEST_LOAD, 0) if flags & 8 and not flags & PR else (GUEST_STORE, 0)))
    for level in (0, 1, 2):                                             # V=0 at any level, whatever else the PTE has
        p = Ports()
        p.map(p.g_root, WINDOW & -(1 << 12 + 9 * level), DATA & -(1 << 12 + 9 * level), (LEAF | PU) & ~PV, level)
        assert p.access("lw", 0)["trap"] == 0
    p = Ports()                                                         # what is mapped is not a port
    p.map(p.g_root, WINDOW, DATA, LEAF | PU)
    assert p.access("lw", 4)["mem_paddr"] == DATA + 4


def test_nothing_else_is_an_access_to_a_port() -> None:
    for name in ("lr.w", "sc.w", "amoadd.d", "cbo.zero", "cbo.flush"):
        p = Ports()
        p.csr(menvcfg=0xF0, henvcfg=0xF0)
        r = p.access(name, 0)
        refused(r, GUEST_LOAD if name == "lr.w" else GUEST_STORE, 0)
    p = Ports()
    p.csr(hstatus=SPVP)
    refused(p.access("hlvx.wu", 0, S), GUEST_LOAD, 0)
    p = Ports()
    p.h.pc = WINDOW
    p.mode(VS)
    refused(p.step(), EXC["INSTRUCTION_GUEST_PAGE_FAULT"], 0)
    p = Ports()                                                         # a table of the VS-stage
    p.csr(vsatp=sv39(WINDOW), hstatus=SPVP)
    p.x(x5=VA)
    r = p.do(asm("hlv.w", rd=7, rs1=5), S)
    assert (r["cause"], r["tinst"]) == (GUEST_LOAD, 0x3000)
    p = Ports()
    assert p.access("lw", 2)["cause"] == EXC["LOAD_MISALIGNED"]


def test_the_hypervisor_reaches_them_as_the_guest() -> None:
    for name, size in (("hlv.bu", 1), ("hlv.h", 2), ("hlv.wu", 4), ("hlv.d", 8), ("hsv.b", 1), ("hsv.w", 4)):
        p = Ports()
        p.csr(hstatus=SPVP)
        assert p.access(name, 32, S)["mem_paddr"] == PORTS + 32
        p.deny(32 + size - 1)
        refused(p.access(name, 32, S), GUEST_LOAD if name < "hs" else GUEST_STORE, 32)
    p = Ports()
    p.csr(mstatus=MPRV | MPV | MPP_S)
    assert p.access("ld", 8, M)["mem_paddr"] == PORTS + 8
    p = Ports()                                                         # with V=0 there is no window
    for mode in (M, S, U):
        assert p.access("lw", 0, mode)["cause"] == EXC["LOAD_ACCESS_FAULT"]


def test_the_guests_own_stage_comes_first() -> None:
    def staged(flags: int) -> Ports:
        p = Ports()
        root = p.table()
        for page in range(p.next_table - 0x1_0000, p.next_table + 0x1_0000, 4096):
            p.map(p.g_root, page, page, LEAF | PU)
        p.map(root, CODE, CODE, LEAF)
        p.pte = p.map(root, VA, WINDOW, flags)
        p.csr(vsatp=sv39(root))
        p.x(x5=VA + 8)
        return p

    r = staged(LEAF).do(asm("lw", rd=7, rs1=5), VS)
    assert (r["trap"], r["mem_vaddr"], r["mem_paddr"]) == (0, VA + 8, PORTS + 8)
    for flags in (0, LEAF & ~(PR | PW), LEAF | PU, LEAF & ~PA):
        r = staged(flags).do(asm("lw", rd=7, rs1=5), VS)
        assert (r["cause"], r["tval"], r["tval2"]) == (EXC["LOAD_PAGE_FAULT"], VA + 8, 0)
    p = staged(LEAF & ~(PA | PD))                                       # and sets its bits
    p.csr(menvcfg=1 << 61, henvcfg=1 << 61)
    assert p.do(asm("sw", rs1=5, rs2=6), VS)["mem_paddr"] == PORTS + 8
    assert p.m.read_memory(p.pte, 1)[0] & (PA | PD) == PA | PD


def test_a_permitted_port_says_nothing_about_its_neighbours() -> None:
    """No translation is remembered for a page that has ports."""
    p = Ports()
    p.deny(100)
    assert p.access("lb", 99)["trap"] == 0
    refused(p.access("lb", 100), GUEST_LOAD, 100)
    assert p.access("sb", 101)["trap"] == 0
    refused(p.access("sb", 100), GUEST_STORE, 100)
    p.deny(101)
    p.do(asm("hfence.gvma"), S)
    refused(p.access("sb", 101), GUEST_STORE, 101)


def test_a_port_is_a_device_in_the_end() -> None:
    p = Ports(hiobh=platform.UART.base)
    p.m.uart.scr = 0x77
    assert p.access("lbu", 7)["rd_value"] == 0x77
    r = p.access("sb", 7)
    assert (r["trap"], r["mem_paddr"], p.m.uart.scr) == (0, platform.UART.base + 7, 0xA5)


def test_protection_and_attributes_of_the_target_and_the_bitmap() -> None:
    napot = 0x18
    for name, readable in (("lw", EXC["LOAD_ACCESS_FAULT"]), ("sw", EXC["STORE_ACCESS_FAULT"])):
        for page in (PORTS, BITMAP):
            for permission in (0, 1, 3):
                p = Ports()
                p.csr(pmpaddr0=page >> 2 | 0x1FF, pmpaddr1=-1, pmpcfg0=0x1F << 8 | napot | permission)
                r = p.access(name, 0)
                needed = 3 if page == PORTS and name == "sw" else 1
                if permission & needed == needed:
                    assert r["trap"] == 0
                else:
                    assert (r["cause"], r["tval"], r["gva"], r["tval2"]) == (readable, WINDOW, 1, 0)
        for hole in ({"hiobh": 1 << 40}, {"hioba": 1 << 40}, {"hioba": platform.CLINT.base & -0x2000}):
            p = Ports()
            p.csr(**hole)
            assert p.access(name, 0)["cause"] == readable
    p = Ports()                                                         # neither matters where nothing is a port
    p.csr(hioba=1 << 40)
    refused(p.access("lw", LAST + 1), GUEST_LOAD, LAST + 1)


def test_in_lockstep_the_record_has_what_the_device_answered() -> None:
    ours, follower = (Ports(hiobh=platform.UART.base) for _ in range(2))
    for b in (ours, follower):
        b.x(x5=WINDOW)
        b.put(CODE, [asm("lbu", rd=7, rs1=5, imm=5)])
        b.mode(VS)
    ours.step()
    words = [w & (1 << 64) - 1 for w in ours.h.record]
    words[FIELDS["mem_rdata"].word] = words[FIELDS["rd_value"].word] = 0x42
    assert follower.m.lock(b"".join(w.to_bytes(8, "little") for w in words), 1) == 1
    assert follower.h.x[7] == 0x42
