"""Cache of page-table walks: what a walk knows of a region of 2 MiB before it reads the last table.

Privileged manual, "Virtual Address Translation Process" (address-translation caches), "Memory-Management Fences".
"""

from amaranth.hdl import *
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from isa import paging
from rtl.config import Config
from rtl.types import Fence, FenceKind

REGION_SHIFT = paging.PAGE_SHIFT + paging.VPN_BITS
REGION_BITS = paging.GPA_BITS - REGION_SHIFT


class RegionKey(data.Struct):
    """Which region, of which address space."""

    g_stage: 1      # a region of guest-physical addresses, in the G-stage of `vmid`; else a virtual one
    number: REGION_BITS
    virtual: 1      # V=1
    second: 1       # the G-stage is on
    asid: 16        # zero in the G-stage
    vmid: 14        # zero when V=0


class Region(data.Struct):
    """A leaf of 2 MiB (or that part of a larger one), or, when neither R nor X is set, the last table.

    A of a leaf was set, else there were no entry. The table of a first stage is given by its host-physical page.
    """

    ppn: 44
    r: 1
    w: 1
    x: 1
    u: 1
    g: 1            # G of this leaf or of a pointer above
    d: 1


class WalkCache(wiring.Component):
    """Direct mapped, in distributed RAM: one half of the `entries` for the first stage, one for the G-stage.

    It answers in the same cycle. Permissions are not looked at. Fences drop all regions of the stage that they order.
    """

    def __init__(self, config: Config):
        self._entries = config.walk_entries
        if self._entries not in [1 << n for n in range(2, 11)]:
            raise ValueError(f"A walk cache has 4, 8, 16 ... entries, not {self._entries!r}.")
        self._config = config
        super().__init__({
            "key":    In(RegionKey),
            "hit":    Out(1),
            "region": Out(Region),
            "fill":   In(1),        # store `filled` as the region of `key`
            "filled": In(Region),
            "fence":  In(Fence),
            "clear":  In(1),        # drop everything
        })

    def elaborate(self, platform):
        m = Module()
        key, fence, profile = self.key, self.fence, self._config.profile
        low = exact_log2(self._entries) - self._config.has_h
        index = Cat(key.number[:low], key.g_stage if self._config.has_h else C(0, 0))
        tag = Cat(key.number[low:], Cat(key.virtual, key.second)[:2 * self._config.has_h])
        asid, vmid = key.asid[:profile.asid_bits], key.vmid[:profile.vmid_bits]
        row = data.StructLayout({"tag": len(tag), "asid": len(asid), **({"vmid": len(vmid)} if self._config.has_h else {}),
                                 "region": Region})
        m.submodules.table = table = memory.Memory(shape=row, depth=self._entries, init=[])
        read, write = table.read_port(domain="comb"), table.write_port()
        entry = read.data
        of_guest = (entry.vmid == vmid) if self._config.has_h else C(1, 1)
        valid, virtual = Signal(self._entries), Signal(self._entries)
        m.d.comb += [
            read.addr.eq(index),
            self.hit.eq(valid.bit_select(index, 1) & (entry.tag == tag) & of_guest
                        & ((entry.asid == asid) | entry.region.g)),
            self.region.eq(entry.region),
            write.addr.eq(index),
            write.en.eq(self.fill),
            write.data.tag.eq(tag),
            write.data.asid.eq(asid),
            write.data.region.eq(self.filled),
        ]
        if self._config.has_h:
            m.d.comb += write.data.vmid.eq(vmid)
        both = fence.kind == FenceKind.HFENCE_GVMA
        guest = (fence.kind == FenceKind.HFENCE_VVMA) | fence.virtual
        for i in range(self._entries):
            g_stage = self._config.has_h and i >= self._entries // 2
            with m.If(self.fill & (index == i)):
                m.d.sync += valid[i].eq(1)
                if self._config.has_h:
                    m.d.sync += virtual[i].eq(key.virtual)
            # A first stage's table that the G-stage has translated is ordered by the fences of both.
            ordered = both if g_stage else Mux(both, virtual[i], virtual[i] == guest)
            with m.If(self.clear | (fence.valid & ordered)):
                m.d.sync += valid[i].eq(0)
        return m
