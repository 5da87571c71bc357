"""Physical memory protection: the registers and the check (privileged manual, "Physical Memory Protection")."""

from amaranth.hdl import *
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from isa import paging, pmp
from rtl.config import Config

PMPADDR_BITS = 54


class PmpCheck(wiring.Signature):
    """What may be done with a page of physical memory; seen from who asks.

    1. `check` and its payload are held until `done`, and `check` is low for at least a cycle before the next question.
    2. The answer holds in every cycle with `done`.
    """

    def __init__(self):
        super().__init__({
            "check":   Out(1),
            "ppn":     Out(44),
            "machine": Out(1),      # the access is M-mode's; else S's or U's
            "done":    In(1),
            "r":       In(1),
            "w":       In(1),
            "x":       In(1),
        })


class PmpCsr(wiring.Signature):
    """A CSR instruction on one of the registers; seen from the CSR file.

    With `hold` it has no `value` yet, and does not write: it asks again in the next cycle.
    """

    def __init__(self):
        super().__init__({
            "select":  Out(1),      # the instruction is here in this cycle
            "number":  Out(5),      # low bits of its address: pmpcfg below 16, pmpaddr from there
            "write":   Out(1),      # at the end of this cycle, `new`
            "new":     Out(64),
            "hold":    In(1),
            "value":   In(64),
            "written": In(64),      # what a read would return after the write
        })


class PmpConfig(data.Struct):
    """An entry's byte of pmpcfg, without its two zero bits. NA4 is no value of `a` at this grain."""

    r: 1
    w: 1
    x: 1
    a: 2
    l: 1


class Pmp(wiring.Component):
    """`pmp_regions` entries of grain `pmp_grain`, looked at one per cycle until one matches or no further one is in use.

    A page has one answer, as the grain is no smaller. The entry that is looked at next is read a cycle ahead: a check that goes
    on while a register is written, or in the cycle with `changed`, is void.
    """

    def __init__(self, config: Config):
        self._regions, self._grain_shift = config.profile.pmp_regions, exact_log2(config.profile.pmp_grain)
        super().__init__({
            "csr":     In(PmpCsr()),
            "check":   In(PmpCheck()),
            "changed": Out(1),          # a register was written in the last cycle: what was decided before is void
        })

    def elaborate(self, platform):
        m = Module()
        csr, check = self.csr, self.check
        regions = range(self._regions)
        configs = [Signal(PmpConfig, name=f"pmp{i}cfg") for i in regions]
        # The manual's G; of pmpaddr, bits below G-1 store nothing.
        grain = self._grain_shift - pmp.ADDRESS_SHIFT
        m.submodules.addresses = addresses = memory.Memory(shape=PMPADDR_BITS - grain + 1, depth=self._regions, init=[])
        checked, read, write = addresses.read_port(domain="comb"), addresses.read_port(domain="comb"), addresses.write_port()
        defined = Signal(self._regions)         # written since reset; otherwise zero

        is_address = csr.number[4]
        entry = Signal(range(self._regions))    # that is checked
        index = csr.number[:len(entry)]
        coming, its, of_csr = Signal.like(entry), Signal(PmpConfig), Signal(PmpConfig)
        address, its_bound = Signal(len(read.data)), Signal(len(read.data))
        for port, number, its_config, its_address in ((checked, coming, its, its_bound), (read, index, of_csr, address)):
            with m.Switch(number):
                for i in regions:
                    with m.Case(i):
                        m.d.comb += its_config.eq(configs[i])
            m.d.comb += [
                port.addr.eq(number),
                its_address.eq(Mux(defined.bit_select(number, 1), port.data, 0)),
            ]

        # ---- Check -------------------------------------------------------------------------------
        page = check.ppn[self._grain_shift - paging.PAGE_SHIFT:]
        config, bound, last = Signal(PmpConfig), Signal(len(read.data)), Signal(init=1)     # of the entry that is looked at
        below, reached = Signal(), Signal()     # the page is below this entry's pmpaddr; not below that of the one before
        size = (bound ^ (bound + 1))[1:len(bound)]
        in_use = Cat(entry_config.a != pmp.OFF for entry_config in configs)
        no_locks = ~Cat(entry_config.l for entry_config in configs).any()
        matches, free = Signal(), Signal()
        m.d.comb += [
            coming.eq(Mux(check.check, entry + 1, 0)),
            below.eq(page < bound[1:]),
            matches.eq(Mux(config.a == pmp.TOR, reached & below,
                           (config.a == pmp.NAPOT) & ~((page ^ bound[1:]) & ~size).any())),
            free.eq(check.machine & (~matches | ~config.l)),
            check.done.eq(check.check & (matches | last | check.machine & no_locks)),
            Cat(check.r, check.w, check.x).eq(Cat(config.r, config.w, config.x) & matches.replicate(3) | free.replicate(3)),
        ]
        with m.If(~check.done):
            m.d.sync += [
                entry.eq(coming),
                config.eq(its),
                bound.eq(its_bound),
                last.eq(~Cat(in_use[i + 1:].any() for i in regions).bit_select(coming, 1)),
                reached.eq(~check.check | ~below),
            ]

        # ---- Registers ---------------------------------------------------------------------------
        per_register = 8
        written = [Signal(64, name=f"written{g}") for g in range(0, self._regions, per_register)]
        old = [Signal(64, name=f"old{g}") for g in range(0, self._regions, per_register)]
        for i, entry_config in enumerate(configs):
            group, lsb = divmod(i, per_register)
            new = {name: csr.new[8 * lsb + low:8 * lsb + high + 1] for name, high, low in pmp.PMPCFG}
            legal = Signal(PmpConfig, name=f"legal{i}")
            m.d.comb += [
                legal.eq(entry_config),
                self._byte(old[group], lsb, entry_config),
                self._byte(written[group], lsb, legal),
            ]
            with m.If(~entry_config.l):
                m.d.comb += [
                    legal.r.eq(new["r"]),
                    legal.w.eq(new["w"] & new["r"]),            # W without R is reserved
                    legal.x.eq(new["x"]),
                    legal.a.eq(Mux(new["a"] == pmp.NA4, pmp.NAPOT, new["a"])),
                    legal.l.eq(new["l"]),
                ]
            with m.If(csr.write & csr.select & ~is_address & (csr.number[1] == group)):
                m.d.sync += entry_config.eq(legal)
        locked = Cat(own.l | (above.l & (above.a == pmp.TOR) if above is not None else 0)
                     for own, above in zip(configs, [*configs[1:], None], strict=True))
        exists = csr.number[:4] < self._regions if self._regions < 16 else 1
        writable = Signal()
        m.d.comb += [
            writable.eq(is_address & exists & ~locked.bit_select(index, 1)),
            write.addr.eq(index),
            write.data.eq(csr.new[grain - 1:PMPADDR_BITS]),
            write.en.eq(csr.write & csr.select & writable),
        ]
        m.d.sync += self.changed.eq(csr.write & csr.select)
        with m.If(write.en):
            m.d.sync += defined.bit_select(index, 1).eq(1)

        def seen(stored):
            """pmpaddr as it reads: below the grain all ones for NAPOT, else all zeros."""
            return Cat(of_csr.a[1].replicate(grain - 1), stored[0] & of_csr.a[1], stored[1:])

        # A read takes a cycle of its own: what reads the register, computes and writes it would be a long path.
        is_read = Signal()
        m.d.comb += csr.hold.eq(~is_read)
        m.d.sync += [is_read.eq(csr.select & ~is_read), csr.value.eq(0)]
        with m.If(is_address):
            m.d.sync += csr.value.eq(Mux(exists, seen(address), 0))
            m.d.comb += csr.written.eq(Mux(writable, seen(write.data), csr.value))
        for group in range(len(old)):
            with m.If(~is_address & (csr.number[1] == group)):
                m.d.sync += csr.value.eq(old[group])
                m.d.comb += csr.written.eq(written[group])
        return m

    @staticmethod
    def _byte(register, position, config):
        """Statements: a PmpConfig stands in this byte of a register."""
        return [register[8 * position + low:8 * position + high + 1].eq(getattr(config, name))
                for name, high, low in pmp.PMPCFG]
