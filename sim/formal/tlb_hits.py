"""(d) What a translation look-aside buffer remembers (privileged manual, "Supervisor Memory-Management Fence Instruction",
"Hypervisor Memory-Management Fence Instructions", "Two-Stage Address Translation")."""

from dataclasses import replace
from typing import Any

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sim.bench.mutate import Mutation
from sim.formal.claim import Claim

FETCH, LOAD, STORE, CBO = range(4)          # rtl.types.Access
SFENCE_VMA, HFENCE_VVMA, HFENCE_GVMA = range(3)
PAGE_SHIFT, GIGAPAGE_SHIFT = 12, 30
STAGES = ("satp_mode", "vsatp_mode", "hgatp_mode")
ASID, VMID = 4, 3                           # bits, in `tiny`
REQUEST = {"vaddr": 64, "access": 2, "hlvx": 1, "mode": 3}
CONTEXT = {**dict.fromkeys(STAGES, 1), "satp_asid": ASID, "vsatp_asid": ASID, "hgatp_vmid": VMID, "sum": 1, "vs_sum": 1}
FENCE = {"fence": 1, "kind": 2, "virtual": 1, "has_addr": 1, "has_id": 1, "addr": 64, "id": 16}
FLAGS = ("glob", "user", "supervisor", "r", "w", "x", "ram", "rom", "cached")
WATCHED = {"number": 52, "mode_v": 1, "mode_m": 1, "first": 1, "second": 1, "asid": ASID, "vmid": VMID, "glob": 1}


class TlbHits(wiring.Component):  # type: ignore[misc]
    """A `Tlb` of four entries, and one page in one address space, any, of which every fill and every fence is known."""

    def __init__(self, ways: int) -> None:
        self._ways = ways
        super().__init__({
            **{name: In(width) for name, width in {**REQUEST, **CONTEXT, **FENCE}.items()},
            **{f"watched_{name}": In(width) for name, width in WATCHED.items()},
            **{name: In(1) for name in ("fill", "large", "once", "clear", "ppn", *FLAGS)},
            "hit": Out(1), "is_watched": Out(1), "known": Out(1),
            "assumed": Out(1), "holds": Out(1), "reached": Out(1),
        })

    def elaborate(self, platform: Any) -> Module:
        from rtl.config import CONFIGS
        from rtl.mmu.tlb import Tlb
        m = Module()
        m.submodules.dut = dut = Tlb(replace(CONFIGS["tiny"], tlb_entries=4, tlb_ways=self._ways))
        now = {name: Signal(width, name=f"now_{name}") for name, width in WATCHED.items()}
        began, pick = Signal(), {name: Signal(width, name=f"pick_{name}") for name, width in WATCHED.items()}
        watched = {name: Mux(began, pick[name], getattr(self, f"watched_{name}")) for name in WATCHED}
        m.d.sync += [began.eq(1), *(pick[name].eq(watched[name]) for name in WATCHED)]
        m.d.comb += [
            *(getattr(dut.request, name).eq(getattr(self, name)) for name in REQUEST),
            *(getattr(dut.context, name).eq(getattr(self, name)) for name in CONTEXT),
            dut.fence.valid.eq(self.fence),
            *(getattr(dut.fence, name).eq(getattr(self, name)) for name in FENCE if name != "fence"),
            *(getattr(dut, name).eq(getattr(self, name)) for name in ("fill", "large", "once", "clear")),
            *(getattr(dut.filled, name).eq(getattr(self, name)) for name in FLAGS),
            dut.filled.ppn.eq(self.ppn),
            self.hit.eq(dut.hit),
            # The page of the request, and the address space that it is in.
            now["number"].eq(self.vaddr[PAGE_SHIFT:]),
            now["mode_v"].eq(self.mode[2]),
            now["mode_m"].eq(self.mode == 3),
            now["first"].eq((self.mode != 3) & Mux(self.mode[2], self.vsatp_mode, self.satp_mode)),
            now["second"].eq(self.mode[2] & self.hgatp_mode),
            now["asid"].eq(Mux(self.mode[2], self.vsatp_asid, self.satp_asid)),
            now["vmid"].eq(self.hgatp_vmid),
            now["glob"].eq(self.glob),
        ]
        same_asid = ~now["first"] | (now["asid"] == watched["asid"])
        same_page = ~now["mode_v"] | (now["vmid"] == watched["vmid"])
        for name in ("number", "mode_v", "mode_m", "first", "second"):
            same_page &= now[name] == watched[name]
        m.d.comb += self.is_watched.eq(same_page & same_asid)

        # What is known of the page: the last fill, unless something has ordered it away.
        is_large, bits = Signal(), Signal(len(FLAGS) + 1)
        filled = Cat(self.ppn, *(getattr(self, name) for name in FLAGS))
        number, guest = watched["number"], (self.kind == HFENCE_VVMA) | self.virtual
        in_page = Mux(is_large, self.addr[GIGAPAGE_SHIFT:] == number[GIGAPAGE_SHIFT - PAGE_SHIFT:],
                      self.addr[PAGE_SHIFT:] == number)
        first = (watched["first"] & (watched["mode_v"] == guest) & (~guest | (self.hgatp_vmid == watched["vmid"]))
                 & (~self.has_addr | in_page) & (~self.has_id | ~watched["glob"] & (self.id[:ASID] == watched["asid"])))
        second = watched["second"] & (~self.has_id | (self.id[:VMID] == watched["vmid"]))
        after_fill, only_now = Signal(), Signal()
        with m.If(self.clear | self.fence & Mux(self.kind == HFENCE_GVMA, second, first) | only_now):
            m.d.sync += self.known.eq(0)
        with m.If(self.fill & same_page & (same_asid | self.glob)):
            m.d.sync += [self.known.eq(1), only_now.eq(self.once), bits.eq(filled), is_large.eq(self.large)]
        with m.Else():
            m.d.sync += only_now.eq(0)

        # Behind a fill the walker's own verdict on that very request still stands.
        before = {name: Signal(width, name=f"before_{name}") for name, width in {**REQUEST, **CONTEXT}.items()}
        m.d.sync += [after_fill.eq(self.fill), *(before[name].eq(getattr(self, name)) for name in before)]
        same_request = Cat(before[name] == getattr(self, name) for name in before).all()
        page = dut.page
        fetch, store = self.access == FETCH, self.access == STORE
        operation = Mux(fetch, page.x, Mux(store, page.w, page.r & (~self.hlvx | page.x)))
        of_supervisor = page.supervisor | ~fetch & Mux(self.mode[2], self.vs_sum, self.sum)
        allowed = operation & Mux(self.mode[0], of_supervisor, page.user)
        m.d.comb += [
            self.assumed.eq((~after_fill | same_request & ~self.fill) & ~(self.fill & (self.fence | self.clear))
                            & (self.glob | now["first"])
                            & (~(self.fill & same_page) | (now["glob"] == watched["glob"]))
                            & (self.mode != 2) & (self.mode < 6) & (self.kind != 3)),
            self.holds.eq(~self.hit | (after_fill | allowed) & (
                ~self.is_watched | self.known & (bits == Cat(page.ppn[0], *(getattr(page, name) for name in FLAGS))))),
            self.reached.eq(self.hit & self.is_watched & ~after_fill & now["first"] & now["second"]),
        ]
        return m


def _claim(ways: int) -> Claim:
    return Claim(
        name=f"tlb_hits_{ways}", letter="d",
        says="A hit of a translation look-aside buffer is what the last walk found for that page in that mode, with these "
             "stages, this VMID, and this ASID unless it is global; no fence and no change of PMP has ordered it away; it "
             f"permits the access. Four entries, {'direct mapped' if ways == 1 else 'in two ways'}.",
        make=lambda: TlbHits(ways),
        assumes=("a walk ends in no cycle with a fence or a change of PMP, and its request stays for another cycle",
                 "what no first stage translates is global, and a page is global in all address spaces or in none",
                 "the hart is in one of its five modes",
                 "of a physical page number one bit is enough: all are stored alike"),
        shows=("hit", "is_watched", "known", "fill", "fence", "clear"),
        bugs=(
            Mutation("entries of another VMID hit", "rtl/mmu/tlb.py",
                     "(entry.vmid == vmid) | ~space.virtual", "(entry.vmid == vmid) | ~space.virtual | FAULT"),
            Mutation("a fence at an address leaves other fragments of the superpage", "rtl/mmu/tlb.py",
                     "at_address[i] | large[i]", "at_address[i] | large[i] & ~FAULT"),
            Mutation("HFENCE.GVMA leaves what is translated", "rtl/mmu/tlb.py",
                     "Mux(g_stage, virtual[i],", "Mux(g_stage, virtual[i] & ~FAULT,"),
            Mutation("what is for one request stays", "rtl/mmu/tlb.py",
                     "regular & ~self.once", "regular & (~self.once | FAULT)"),
        ), depth=10)


CLAIMS = (_claim(1), _claim(2))
