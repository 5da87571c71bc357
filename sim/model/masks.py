"""Bit masks of the status, delegation and interrupt fields, in place, taken from the tables in `isa`."""

from typing import Final

from mypy_extensions import i64

from isa.causes import IRQ
from isa.csrs import BY_NAME


def _mask(csr: str, field: str) -> int:
    return BY_NAME[csr][field].mask


SIE: Final[i64] = _mask("mstatus", "sie")
MIE: Final[i64] = _mask("mstatus", "mie")
SPIE: Final[i64] = _mask("mstatus", "spie")
MPIE: Final[i64] = _mask("mstatus", "mpie")
SPP: Final[i64] = _mask("mstatus", "spp")
MPP: Final[i64] = _mask("mstatus", "mpp")
SPP_LSB: Final[i64] = BY_NAME["mstatus"]["spp"].lsb
MPP_LSB: Final[i64] = BY_NAME["mstatus"]["mpp"].lsb
MPRV: Final[i64] = _mask("mstatus", "mprv")
SUM: Final[i64] = _mask("mstatus", "sum")
MXR: Final[i64] = _mask("mstatus", "mxr")
TVM: Final[i64] = _mask("mstatus", "tvm")
TW: Final[i64] = _mask("mstatus", "tw")
TSR: Final[i64] = _mask("mstatus", "tsr")
MSTATUS_GVA: Final[i64] = _mask("mstatus", "gva")
MPV: Final[i64] = _mask("mstatus", "mpv")
HSTATUS_GVA: Final[i64] = _mask("hstatus", "gva")
SPV: Final[i64] = _mask("hstatus", "spv")
SPVP: Final[i64] = _mask("hstatus", "spvp")
HU: Final[i64] = _mask("hstatus", "hu")
VTVM: Final[i64] = _mask("hstatus", "vtvm")
VTW: Final[i64] = _mask("hstatus", "vtw")
VTSR: Final[i64] = _mask("hstatus", "vtsr")

SSIP: Final[i64] = 1 << IRQ["SSI"]
STIP: Final[i64] = 1 << IRQ["STI"]
SEIP: Final[i64] = 1 << IRQ["SEI"]
VSSIP: Final[i64] = 1 << IRQ["VSSI"]
VSTIP: Final[i64] = 1 << IRQ["VSTI"]
VSEIP: Final[i64] = 1 << IRQ["VSEI"]
MSIP: Final[i64] = 1 << IRQ["MSI"]
MTIP: Final[i64] = 1 << IRQ["MTI"]
MEIP: Final[i64] = 1 << IRQ["MEI"]
LINES: Final[i64] = MSIP | MTIP | SEIP | MEIP       # the wires that enter the hart

CY: Final[i64] = _mask("mcounteren", "cy")
TM: Final[i64] = _mask("mcounteren", "tm")
IR: Final[i64] = _mask("mcounteren", "ir")
ADUE: Final[i64] = _mask("menvcfg", "adue")
STCE: Final[i64] = -_mask("menvcfg", "stce")        # bit 63 as a signed value
