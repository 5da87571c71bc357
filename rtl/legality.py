"""Which modes may execute SYSTEM and cache-block instructions (privileged manual, "Trap-Return", "Wait for Interrupt",
"Hypervisor Instructions", "Virtualization-related traps", "Svinval"; unprivileged manual, "CSR controls for CMO
instructions")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.types import Mode, SysOp


class Legality(wiring.Component):
    """Judges one instruction; combinational. A WFI that TW, VTW or the mode bounds is refused at once."""

    op:      In(SysOp)
    cbo:     In(1)      # a cache-block operation; then `op` is NONE
    mode:    In(Mode)
    tvm:     In(1)      # mstatus
    tw:      In(1)
    tsr:     In(1)
    vtvm:    In(1)      # hstatus
    vtw:     In(1)
    vtsr:    In(1)
    hu:      In(1)
    m_cbo:   In(1)      # the field of menvcfg, senvcfg, henvcfg that enables the operation is not 0
    s_cbo:   In(1)
    h_cbo:   In(1)
    illegal: Out(1)     # illegal-instruction exception
    virtual: Out(1)     # virtual-instruction exception; never with `illegal`

    def elaborate(self, platform):
        m = Module()
        # Raised: illegal in U, illegal in HS, virtual in VU, virtual in VS, illegal with V=1 (before virtual).
        rules = {
            (SysOp.SRET,):                                  (1,        self.tsr, 1, self.vtsr, 0),
            (SysOp.WFI,):                                   (1,        self.tw,  1, self.vtw,  self.tw),
            (SysOp.SFENCE_VMA, SysOp.SINVAL_VMA):           (1,        self.tvm, 1, self.vtvm, 0),
            (SysOp.HFENCE_VVMA, SysOp.HINVAL_VVMA):         (1,        0,        1, 1,         0),
            (SysOp.HFENCE_GVMA, SysOp.HINVAL_GVMA):         (1,        self.tvm, 1, 1,         0),
            (SysOp.SFENCE_W_INVAL, SysOp.SFENCE_INVAL_IR):  (1,        0,        1, 0,         0),
            (SysOp.HLSV,):                                  (~self.hu, 0,        1, 1,         0),
            (SysOp.MRET,):                                  (1,        1,        0, 0,         1),
        }
        cbo = (~(self.m_cbo & self.s_cbo), ~self.m_cbo, ~(self.h_cbo & self.s_cbo), ~self.h_cbo, ~self.m_cbo)

        def judge(in_u, in_s, in_vu, in_vs, with_v):
            with m.Switch(self.mode):
                with m.Case(Mode.U):
                    m.d.comb += self.illegal.eq(in_u)
                with m.Case(Mode.S):
                    m.d.comb += self.illegal.eq(in_s)
                with m.Case(Mode.VU):
                    m.d.comb += [self.illegal.eq(with_v), self.virtual.eq(in_vu & ~with_v)]
                with m.Case(Mode.VS):
                    m.d.comb += [self.illegal.eq(with_v), self.virtual.eq(in_vs & ~with_v)]

        with m.Switch(self.op):
            for ops, rule in rules.items():
                with m.Case(*ops):
                    judge(*rule)
            with m.Case(SysOp.NONE), m.If(self.cbo):
                judge(*cbo)
        return m
