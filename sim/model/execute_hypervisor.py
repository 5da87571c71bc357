"""H extension: virtual-machine loads and stores, hypervisor fences (privileged manual, "Hypervisor
Instructions")."""

from mypy_extensions import i64

from isa.causes import S, U
from sim.model import insn
from sim.model.access import load_as, store_as
from sim.model.bits import zx
from sim.model.hart import Hart, V
from sim.model.insn import Insn
from sim.model.masks import HU, SPVP, TVM
from sim.model.translate import LOAD, STORE, Access
from sim.model.trap import illegal, virtual


def require_hypervisor(h: Hart, i: Insn, hu: i64) -> None:
    """A hypervisor instruction: not with V=1; in U-mode only where `hu` allows it."""
    if h.mode & V:
        raise virtual(i)
    if h.mode == U and not hu:
        raise illegal(i)


def guest_mode(h: Hart) -> i64:
    """Effective mode of HLV, HLVX and HSV: VS or VU, by hstatus.SPVP; MPRV does not matter."""
    return V | (1 if h.hstatus & SPVP else 0)


class HypervisorLoad(Insn):
    """Sign-extending load as the guest."""

    memory: i64 = insn.LOAD
    hlvx = False

    def run(self, h: Hart) -> None:
        h.w(self.rd, self.value(h))

    def value(self, h: Hart) -> i64:
        """Require, then load."""
        require_hypervisor(h, self, h.hstatus & HU)
        return load_as(h, Access(LOAD, h.x[self.rs1], guest_mode(h), self.hlvx), self.log2)


class HypervisorLoadUnsigned(HypervisorLoad):
    """Zero-extending load as the guest."""

    def run(self, h: Hart) -> None:
        h.w(self.rd, zx(self.value(h), 8 << self.log2))


class HypervisorStore(Insn):
    """Store as the guest."""

    memory: i64 = insn.STORE

    def run(self, h: Hart) -> None:
        require_hypervisor(h, self, h.hstatus & HU)
        store_as(h, Access(STORE, h.x[self.rs1], guest_mode(h)), self.log2, h.x[self.rs2])


class hfence_vvma(Insn):
    def run(self, h: Hart) -> None:
        require_hypervisor(h, self, 0)
        h.flush()


class hfence_gvma(Insn):
    def run(self, h: Hart) -> None:
        require_hypervisor(h, self, 0)
        if h.mode == S and h.mstatus & TVM:
            raise illegal(self)
        h.flush()


# Svinval: here an invalidation is at once complete, so that SINVAL.VMA, HINVAL.* are the fences without their ordering, and
# the two instructions that order a batch of them (execute_system.py) have nothing left to do.

class hinval_vvma(hfence_vvma):
    pass


class hinval_gvma(hfence_gvma):
    pass


class hlv_b(HypervisorLoad):
    log2: i64 = 0


class hlv_h(HypervisorLoad):
    log2: i64 = 1


class hlv_w(HypervisorLoad):
    log2: i64 = 2


class hlv_d(HypervisorLoad):
    log2: i64 = 3


class hlv_bu(HypervisorLoadUnsigned):
    log2: i64 = 0


class hlv_hu(HypervisorLoadUnsigned):
    log2: i64 = 1


class hlv_wu(HypervisorLoadUnsigned):
    log2: i64 = 2


class hlvx_hu(HypervisorLoadUnsigned):
    log2: i64 = 1
    hlvx = True


class hlvx_wu(HypervisorLoadUnsigned):
    log2: i64 = 2
    hlvx = True


class hsv_b(HypervisorStore):
    log2: i64 = 0


class hsv_h(HypervisorStore):
    log2: i64 = 1


class hsv_w(HypervisorStore):
    log2: i64 = 2


class hsv_d(HypervisorStore):
    log2: i64 = 3
