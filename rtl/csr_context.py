"""What the units around the CSRs are told of them: statements that connect fields of registers."""

from amaranth.hdl import *

from isa.profile import Profile
from rtl.types import CboOp


def gates(out, regs, profile: Profile) -> list:
    """Statements that fill the `csr_access.Gates` of a hart with these registers."""
    r = regs
    statements = [
        out.tvm.eq(r.mstatus.tvm),
        out.stce.eq(r.menvcfg.stce),
        out.mcounteren.eq(r.mcounteren.as_value()),
        out.scounteren.eq(r.scounteren.as_value()),
    ]
    if profile.has("H"):
        statements += [
            out.vtvm.eq(r.hstatus.vtvm),
            out.vstce.eq(r.henvcfg.stce),
            out.hcounteren.eq(r.hcounteren.as_value()),
        ]
    if profile.has("Smstateen"):
        statements += [
            out.envcfg.eq(r.mstateen0.envcfg),
            out.stateen.eq(Cat(r.mstateen0.se0, r.mstateen1.se, r.mstateen2.se, r.mstateen3.se)),
        ]
    if profile.has("H+Smstateen"):
        statements += [
            out.guest_envcfg.eq(r.hstateen0.envcfg),
            out.guest_stateen.eq(Cat(r.hstateen0.se0, r.hstateen1.se, r.hstateen2.se, r.hstateen3.se)),
        ]
    if profile.has("Xdoppel"):
        statements.append(out.custom.eq(r.mstateen0.c))
        statements.append(out.no_zicntr.eq(r.hisadis.zicntr))
        if profile.has("Zihpm"):
            statements.append(out.no_zihpm.eq(r.hisadis.zihpm))
    return statements


def permissions(out, regs, cbo, profile: Profile) -> list:
    """Statements that fill the `Legality` of a hart with these registers; `cbo`: the cache-block operation in question."""
    r = regs
    statements = [
        out.tvm.eq(r.mstatus.tvm),
        out.tw.eq(r.mstatus.tw),
        out.tsr.eq(r.mstatus.tsr),
    ]
    if profile.has("H"):
        statements += [
            out.vtvm.eq(r.hstatus.vtvm),
            out.vtw.eq(r.hstatus.vtw),
            out.vtsr.eq(r.hstatus.vtsr),
            out.hu.eq(r.hstatus.hu),
        ]

    def enabled(envcfg) -> Value:
        manages, zeroes = C(0, 1), C(0, 1)
        if profile.has("Zicbom"):
            manages = Mux(cbo == CboOp.INVAL, envcfg.cbie.any(), envcfg.cbcfe)
        if profile.has("Zicboz"):
            zeroes = envcfg.cbze
        return Mux(cbo == CboOp.ZERO, zeroes, manages)

    statements += [out.m_cbo.eq(enabled(r.menvcfg)), out.s_cbo.eq(enabled(r.senvcfg))]
    if profile.has("H"):
        statements.append(out.h_cbo.eq(enabled(r.henvcfg)))
    return statements


def translation(out, regs, profile: Profile) -> list:
    """Statements that fill the `MmuContext` of a hart with these registers."""
    r = regs
    statements = [
        out.satp_mode.eq(r.satp.mode.any()),
        out.satp_asid.eq(r.satp.asid),
        out.satp_ppn.eq(r.satp.ppn),
        out.sum.eq(r.mstatus.sum),
        out.mxr.eq(r.mstatus.mxr),
    ]
    if profile.has("H"):
        statements += [
            out.vsatp_mode.eq(r.vsatp.mode.any()),
            out.vsatp_asid.eq(r.vsatp.asid),
            out.vsatp_ppn.eq(r.vsatp.ppn),
            out.hgatp_mode.eq(r.hgatp.mode.any()),
            out.hgatp_vmid.eq(r.hgatp.vmid),
            out.hgatp_ppn.eq(r.hgatp.ppn),
            out.vs_sum.eq(r.vsstatus.sum),
            out.vs_mxr.eq(r.vsstatus.mxr),
        ]
    if profile.has("Svadu"):
        statements.append(out.adue.eq(r.menvcfg.adue))
    if profile.has("H+Svadu"):
        statements.append(out.vs_adue.eq(r.henvcfg.adue & r.menvcfg.adue))
    if profile.has("Xdoppel"):
        statements += [
            out.log_enable.eq(r.hpmla.enable),
            out.log_page.eq(r.hpmla.page),
            out.log_index.eq(r.hpmli.index),
            out.io_bitmap.eq(r.hioba.base),
            out.io_enable.eq(r.hiobg.enable),
            out.io_base.eq(r.hiobg.base),
            out.io_last.eq(r.hiobg.last),
            out.io_port.eq(r.hiobh.base),
        ]
    return statements
