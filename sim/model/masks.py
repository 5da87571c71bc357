"""Bit masks of the status, delegation and interrupt fields, in place, taken from the tables in `isa`."""

from isa.causes import IRQ
from isa.csrs import BY_NAME


def _mask(csr: str, field: str) -> int:
    return BY_NAME[csr][field].mask


SIE, MIE = _mask("mstatus", "sie"), _mask("mstatus", "mie")
SPIE, MPIE = _mask("mstatus", "spie"), _mask("mstatus", "mpie")
SPP, MPP = _mask("mstatus", "spp"), _mask("mstatus", "mpp")
SPP_LSB, MPP_LSB = BY_NAME["mstatus"]["spp"].lsb, BY_NAME["mstatus"]["mpp"].lsb
MPRV, SUM, MXR = _mask("mstatus", "mprv"), _mask("mstatus", "sum"), _mask("mstatus", "mxr")
TVM, TW, TSR = _mask("mstatus", "tvm"), _mask("mstatus", "tw"), _mask("mstatus", "tsr")
MSTATUS_GVA, MPV = _mask("mstatus", "gva"), _mask("mstatus", "mpv")
HSTATUS_GVA, SPV, SPVP = _mask("hstatus", "gva"), _mask("hstatus", "spv"), _mask("hstatus", "spvp")
HU = _mask("hstatus", "hu")
VTVM, VTW, VTSR = _mask("hstatus", "vtvm"), _mask("hstatus", "vtw"), _mask("hstatus", "vtsr")

SSIP, STIP, SEIP = 1 << IRQ["SSI"], 1 << IRQ["STI"], 1 << IRQ["SEI"]
VSSIP, VSTIP, VSEIP = 1 << IRQ["VSSI"], 1 << IRQ["VSTI"], 1 << IRQ["VSEI"]
MSIP, MTIP, MEIP = 1 << IRQ["MSI"], 1 << IRQ["MTI"], 1 << IRQ["MEI"]
LINES = MSIP | MTIP | SEIP | MEIP       # the wires that enter the hart

CY, TM, IR = _mask("mcounteren", "cy"), _mask("mcounteren", "tm"), _mask("mcounteren", "ir")
STCE = -_mask("menvcfg", "stce")        # bit 63 as a signed value
