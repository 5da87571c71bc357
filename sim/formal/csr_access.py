"""(c) What becomes of a CSR access from each mode (privileged manual, "CSR Address Mapping Conventions", "Counter-Enable
Registers", "Virtual Instruction Exceptions", "Smstateen"; docs/xdoppel.md)."""

from dataclasses import replace
from typing import Any

from amaranth.hdl import C, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes, csrs
from isa.profile import PROFILES
from sim.bench.mutate import Mutation
from sim.formal.claim import Claim

_PROFILE = PROFILES["full"]
_FLAGS = ("tvm", "vtvm", "stce", "vstce", "custom", "envcfg", "guest_envcfg", "no_zicntr", "no_zihpm")
_GROUPS = {"mcounteren": 32, "hcounteren": 32, "scounteren": 32, "stateen": 4, "guest_stateen": 4}
_TIME = 1       # bit of time in the counter-enable registers


class CsrAccessClaim(wiring.Component):     # type: ignore[misc]
    """`CsrAccess` beside one rule for each row of the table of CSRs: whether M could do it, HS, and this mode."""

    def __init__(self) -> None:
        super().__init__({
            "addr": In(12), "write": In(1), "mode": In(3),
            **{name: In(1) for name in _FLAGS}, **{name: In(width) for name, width in _GROUPS.items()},
            "illegal": Out(1), "virtual": Out(1), "assumed": Out(1), "holds": Out(1), "reached": Out(1),
        })

    def elaborate(self, platform: Any) -> Module:
        from rtl.config import CONFIGS
        from rtl.csr_access import CsrAccess
        m = Module()
        m.submodules.dut = dut = CsrAccess(replace(CONFIGS["linux"], profile=_PROFILE))
        m.d.comb += [
            dut.valid.eq(1),
            *(getattr(dut, name).eq(getattr(self, name)) for name in ("addr", "write", "mode")),
            *(getattr(dut.gates, name).eq(getattr(self, name)) for name in (*_FLAGS, *_GROUPS)),
            self.illegal.eq(dut.illegal), self.virtual.eq(dut.virtual),
            self.assumed.eq((self.mode != 2) & (self.mode != 6) & (self.mode != 7)),
        ]
        exists, by_hs, by_host, by_guest = Signal(), Signal(), Signal(), Signal()
        guest, machine = self.mode[2], self.mode == causes.M
        with m.Switch(self.addr):
            for csr in csrs.CSRS:
                if not _PROFILE.has(csr.ext):
                    continue
                with m.Case(csr.number):
                    m.d.comb += [
                        exists.eq(~(guest & self._hidden(csr)) & (C(not csr.read_only) | ~self.write)),
                        by_hs.eq(C(csr.level < 3) & self._by_m(csr)),
                        by_host.eq(self._by_host(csr)),
                        by_guest.eq(self._by_guest(csr)),
                    ]
        done, refused = Signal(), Signal()
        m.d.comb += [
            done.eq(exists & (machine | by_hs & Mux(guest, by_guest, by_host))),
            refused.eq(exists & by_hs & guest & ~by_guest),
            self.holds.eq((dut.illegal == (~done & ~refused)) & (dut.virtual == refused)),
            self.reached.eq(refused & (self.addr == csrs.BY_NAME["vstimecmp"].number)),
        ]
        return m

    def _hidden(self, csr: csrs.Csr) -> Value:
        """By hisadis: as if the guest's hart did not have it."""
        return {"Zicntr": self.no_zicntr, "Zihpm": self.no_zihpm}.get(csr.ext, C(0)) if csr.level == 0 else C(0)

    def _by_m(self, csr: csrs.Csr) -> Value:
        """Does M-mode let HS have it?"""
        if csr.level == 0:
            return self.mcounteren[csr.number % 32]
        if csr.name in ("stimecmp", "vstimecmp"):
            return self.mcounteren[_TIME] & self.stce
        if csr.name in ("senvcfg", "henvcfg"):
            return self.envcfg
        if csr.name[1:].startswith("stateen"):
            return self.stateen[csr.number % 4]
        return self.custom if csr.ext == "Xdoppel" else C(1)

    def _by_host(self, csr: csrs.Csr) -> Value:
        """May HS, or U with V=0, of what HS could have?"""
        in_u = self.scounteren[csr.number % 32] if csr.level == 0 else C(0)
        return Mux(self.mode == causes.U, in_u, ~self.tvm if csr.name in ("satp", "hgatp") else C(1))

    def _by_guest(self, csr: csrs.Csr) -> Value:
        """May VS, or VU, of what HS could have?"""
        if csr.level == 0:
            number = csr.number % 32
            return self.hcounteren[number] & (self.scounteren[number] | (self.mode == causes.VS))
        gates = {"stimecmp": self.hcounteren[_TIME] & self.vstce, "satp": ~self.vtvm, "senvcfg": self.guest_envcfg,
                 **{f"sstateen{n}": self.guest_stateen[n] for n in range(4)}}
        return gates.get(csr.name, C(1)) & (self.mode == causes.VS) if csr.level == 1 else C(0)


CLAIM = Claim(
    name="csr_access", letter="c",
    says="An access to each CSR from each mode is done, illegal or a virtual instruction, as its row of the table and the bits "
         "that open it say.",
    make=CsrAccessClaim,
    assumes=("the hart is in one of its five modes",),
    shows=("addr", "write", "mode", "illegal", "virtual"),
    bugs=(
        Mutation("hcounteren does not matter", "rtl/csr_access.py",
                 "counter & ~counts(gates.hcounteren)", "counter & ~counts(gates.hcounteren) & ~FAULT"),
        Mutation("henvcfg is not guarded by mstateen0", "rtl/csr_access.py",
                 'named("senvcfg", "henvcfg") & ~gates.envcfg',
                 'named("senvcfg", "henvcfg") & ~gates.envcfg & ~(FAULT & named("henvcfg"))'),
        Mutation("a read-only CSR that a guest writes is a virtual instruction", "rtl/csr_access.py",
                 "(self.write & (self.addr[10:12] == 3))", "(self.write & (self.addr[10:12] == 3) & ~(FAULT & virtual))"),
    ))
