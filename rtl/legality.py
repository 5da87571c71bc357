"""Which modes may execute SYSTEM instructions (privileged manual, "Trap-Return", "Wait for Interrupt",
"Hypervisor Instructions", "Virtualization-related traps", "Svinval")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.types import Mode, SysOp


class Legality(wiring.Component):
    """Judges one SYSTEM instruction; combinational. A WFI that TW, VTW or the mode bounds is refused at once."""

    op:      In(SysOp)
    mode:    In(Mode)
    tvm:     In(1)      # mstatus
    tw:      In(1)
    tsr:     In(1)
    vtvm:    In(1)      # hstatus
    vtw:     In(1)
    vtsr:    In(1)
    hu:      In(1)
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
        with m.Switch(self.op):
            for ops, (in_u, in_s, in_vu, in_vs, with_v) in rules.items():
                with m.Case(*ops), m.Switch(self.mode):
                    with m.Case(Mode.U):
                        m.d.comb += self.illegal.eq(in_u)
                    with m.Case(Mode.S):
                        m.d.comb += self.illegal.eq(in_s)
                    with m.Case(Mode.VU):
                        m.d.comb += [self.illegal.eq(with_v), self.virtual.eq(in_vu & ~with_v)]
                    with m.Case(Mode.VS):
                        m.d.comb += [self.illegal.eq(with_v), self.virtual.eq(in_vs & ~with_v)]
        return m
