"""Rules of "Trap Return": MRET, and SRET in both virtualization modes."""

from isa.causes import VS, VU, M, S, U
from sim.model.masks import MIE, MPIE, MPP_LSB, MPV, SIE, SPIE, SPP, SPV
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, Bare, asm

MRET, SRET = asm("mret"), asm("sret")
OTHER = DATA + 0x1000


@mutant("execute_system.py", "h.mstatus & ~(MPV | MPP | MIE) | MPIE", "h.mstatus & ~(MPP | MIE) | MPIE")
@mutant("execute_system.py", "if mode != M and h.mstatus & MPV:", "if h.mstatus & MPV:\n            mode &= S")
@mutant("execute_system.py", "        if h.mstatus & MPIE:\n            status |= MIE\n", "")
@mutant("execute_system.py", "h.npc = h.mepc", "h.npc = h.sepc")
def test_mret_goes_to_mpp_and_mpv_and_pops_mie() -> None:
    for mpv, mpp, mode in ((0, U, U), (0, S, S), (0, M, M), (1, U, VU), (1, S, VS), (1, M, M)):
        for mpie in (0, 1):
            b = Bare()
            b.csr(mstatus=mpv * MPV | mpp << MPP_LSB | (MPIE if mpie else MIE), mepc=DATA)
            r = b.do(MRET)
            assert (r["next_mode"], r["next_pc"]) == (mode, DATA)
            assert b.m.read_csr("mstatus") & (MPV | 3 << MPP_LSB | MIE | MPIE) == MPIE | mpie * MIE


@mutant("execute_system.py", "if h.mode & V:\n            mode = V", "if h.hstatus & SPV:\n            mode = V")
def test_sret_depends_on_the_virtualization_mode() -> None:
    for mode, target, pc in ((S, U, DATA), (VS, VS, OTHER)):
        for spv in (0, SPV):
            b = Bare()
            b.csr(mstatus=0, hstatus=spv, vsstatus=SPP, sepc=DATA, vsepc=OTHER)
            r = b.do(SRET, mode)
            assert r["next_pc"] == pc
            assert r["next_mode"] == (VU if mode == S and spv else target)


@mutant("execute_system.py", "            h.hstatus &= ~SPV\n", "")
@mutant("execute_system.py", "mode = (V if h.hstatus & SPV else 0) |", "mode =")
@mutant("execute_system.py", "h.mstatus = leave(pop(h.mstatus), mode)", "h.mstatus = leave(h.mstatus, mode)")
@mutant("execute_system.py", "h.npc = h.sepc", "h.npc = h.mepc")
def test_sret_with_v_0_goes_to_spp_and_spv_and_pops_sie() -> None:
    for at in (M, S):
        for spv, spp, mode in ((0, 0, U), (0, 1, S), (1, 0, VU), (1, 1, VS)):
            for spie in (0, 1):
                b = Bare()
                b.csr(mstatus=spp * SPP | (SPIE if spie else SIE), hstatus=spv * SPV, sepc=DATA, vsstatus=SPP | SIE)
                guest = b.m.read_csr("vsstatus")
                r = b.do(SRET, at)
                assert (r["next_mode"], r["next_pc"]) == (mode, DATA)
                assert b.m.read_csr("sstatus") & (SPP | SPIE | SIE) == SPIE | spie * SIE
                assert not b.h.hstatus & SPV
                assert b.m.read_csr("vsstatus") == guest


@mutant("execute_system.py", "mode = V | (S if h.vsstatus & SPP else U)", "mode = V | (S if h.mstatus & SPP else U)")
@mutant("execute_system.py", "h.vsstatus = pop(h.vsstatus)", "h.mstatus = pop(h.mstatus)")
@mutant("execute_system.py", "h.npc = h.vsepc", "h.npc = h.sepc")
def test_sret_with_v_1_goes_to_spp_of_the_guest_and_pops_its_sie() -> None:
    for spp, mode in ((0, VU), (1, VS)):
        for spie in (0, 1):
            b = Bare()
            b.csr(vsstatus=spp * SPP | (SPIE if spie else SIE), vsepc=DATA, hstatus=0, mstatus=(1 - spp) * SPP)
            before = b.m.read_csr("mstatus"), b.m.read_csr("hstatus")
            r = b.do(SRET, VS)
            assert (r["next_mode"], r["next_pc"]) == (mode, DATA)
            assert b.m.read_csr("vsstatus") & (SPP | SPIE | SIE) == SPIE | spie * SIE
            assert (b.m.read_csr("mstatus"), b.m.read_csr("hstatus")) == before
