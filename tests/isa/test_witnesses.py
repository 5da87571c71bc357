"""The fact tables agree with every independent witness, and every witness finds planted faults."""

import inspect
import sys
from types import ModuleType

import pytest

from tests.isa.witnesses import WITNESSES, Tables


@pytest.mark.parametrize("witness", WITNESSES)
def test_tables(witness):
    assert WITNESSES[witness](Tables()) == []


def planted(module: str, old: str, new: str) -> Tables:
    """The tables, with one module run from its source after a textual change."""
    source = inspect.getsource(getattr(Tables(), module))
    assert source.count(old) == 1, f"{old!r} occurs {source.count(old)} times in isa/{module}.py"
    mutant = ModuleType(f"mutant_{module}")
    sys.modules[mutant.__name__] = mutant       # dataclasses look their module up
    try:
        exec(compile(source.replace(old, new), f"{module} with a fault", "exec"), vars(mutant))
    finally:
        del sys.modules[mutant.__name__]
    return Tables()._replace(**{module: mutant})


# Table, the text in it, the text with the fault, and the witness that must find it.
FAULTS = [
    ("insns", "hlv.d           0110110", "hlv.d           0110111", "encodings"),
    ("insns", "0110111  ----- ----- 100 00000 1110011", "0110111  ----- ----- 100 ----- 1110011", "patterns"),
    ("insns", "hsv.b           0110001", "hsv.b           0110000", "encodings"),
    ("insns", "hlvx.hu         0110010  00011", "hlvx.hu         0110010  00001", "patterns"),
    ("insns", "hfence.gvma     0110001", "hfence.gvma     0010001", "patterns"),
    ("insns", "sret            0001000  00010", "sret            0001000  0010", "patterns"),
    ("insns", "lr.w            00010--  00000", "lr.w            00010--  -----", "patterns"),
    ("insns", "amominu.d       11000--", "amominu.d       11100--", "patterns"),
    ("insns", "mulhsu          0000001", "mulhsu          0000000", "patterns"),
    ("insns", "sraiw           0100000", "sraiw           0000000", "patterns"),
    ("insns", "10:5@25 4:1@8", "10:5@25 4:1@7", "encodings"),
    ("insns", "11@20 10:1@21", "11@30 10:1@20", "encodings"),
    ("insns", '"rs2": (24, 20)', '"rs2": (23, 19)', "encodings"),
    ("insns", '"shamt6": (25, 20)', '"shamt6": (24, 20)', "patterns"),
    ("insns", "5@12 4:2@4 7:6@2", "5@12 4:2@4 7:6@3", "compressed"),
    ("insns", "10@8 6@7 7@6", "10@8 7@7 6@6", "compressed"),
    ("insns", "8:7@3 5@2                     | s", "8:7@3 5@2                     | u", "compressed"),
    ("insns", "subw rs1', rs1', rd'", "sub rs1', rs1', rd'", "compressed"),
    ("insns", "add rd, x0, rs2", "add rd, rd, rs2", "compressed"),
    ("insns", "addi rd', x2, imm", "addi rd', x8, imm", "compressed"),
    ("insns", "c.ldsp        011 - 00000", "c.ldsp        011 - 00001", "halfwords"),
    ("insns", "c.addw        100 1 11 --- 01", "c.addw        100 1 11 --- 1-", "halfwords"),
    ("csrs", "hgatp           0x680", "hgatp           0x681", "csr_numbers"),
    ("csrs", "vstimecmp       0x24D", "vstimecmp       0x25D", "csr_numbers"),
    ("insns", "sh1add.uw       0010000", "sh1add.uw       0000100", "encodings"),
    ("insns", "rori            011000-", "rori            010000-", "patterns"),
    ("insns", "zext.h          0000100  00000", "zext.h          0000100  -----", "patterns"),
    ("insns", "orc.b           0010100  00111", "orc.b           0010100  00110", "encodings"),
    ("insns", "cpopw           0110000  00010", "cpopw           0110000  00001", "patterns"),
    ("insns", "bexti           010010-", "bexti           011010-", "encodings"),
    ("insns", "maxu            0000101  ----- ----- 111", "maxu            0000101  ----- ----- 110", "patterns"),
    ("insns", "czero.nez       0000111  ----- ----- 111", "czero.nez       0000111  ----- ----- 110", "encodings"),
    ("insns", "cbo.flush       0000000  00010", "cbo.flush       0000000  00011", "encodings"),
    ("insns", "prefetch.w      -------  00011", "prefetch.w      -------  00010", "encodings"),
    ("insns", '"imm_p": "11:5@25"', '"imm_p": "11:5@24"', "patterns"),
    ("insns", "sfence.w.inval  0001100  00000", "sfence.w.inval  0001100  00010", "encodings"),
    ("insns", "rs1, rs2            | sys    | Svinval+H\nhinval.gvma", "rs1, rs2            | sys    | Svinval\nhinval.gvma",
     "typed_insns"),
    ("insns", "bits   | Zicond\nczero.nez", "bits   | Zbs\nczero.nez", "typed_insns"),
    ("csrs", '"mhpmevent", 0x320', '"mhpmevent", 0x323', "csr_numbers"),
    ("csrs", '"hpmcounter", 0xC00', '"hpmcounter", 0xC03', "csr_numbers"),
    ("csrs", '"pmpaddr", 0x3B0', '"pmpaddr", 0x3C0', "csr_numbers"),
    ("csrs", "hstateen2       0x60E", "hstateen2       0x61E", "csr_numbers"),
    ("csrs", "mcyclecfg       0x321", "mcyclecfg       0x320", "csr_numbers"),
    ("csrs", "hioba           0x6C4", "hioba           0x6C7", "csr_numbers"),
    ("csrs", "value 63 0 VIEW 0 mhpmcounter#", "value 63 0 VIEW 0 mhpmcounter3", "typed_csrs"),
    ("csrs", "pmp13cfg    47 40", "pmp13cfg    39 32", "csr_fields"),
    ("csrs", "event 3 0 WARL 0 @Zihpm", "event 3 0 WARL 0", "typed_csrs"),
    ("csrs", "adue        61 61 RW 0", "adue        62 62 RW 0", "typed_csrs"),
    ("csrs", "se0         63 63 RW 0", "se0         62 62 RW 0", "csr_fields"),
    ("csrs", "c           0  0  RW 0 @Xdoppel", "c           1  1  RW 0 @Xdoppel", "typed_csrs"),
    ("csrs", "version     7  0  RO 1", "version     7  0  RO 2", "typed_csrs"),
    ("csrs", "index       9  0  RW 0", "index       8  0  RW 0", "typed_csrs"),
    ("csrs", "gva         38 38 RW 0 @H", "gva         38 38 RW 0", "typed_csrs"),
    ("csrs", "tsr         22 22 RW 0 @S", "tsr         22 22 RW 0 @U", "typed_csrs"),
    ("causes", 'Cause(24, "PAUSE_LOOP",                   "pause-loop exit",                            True',
     'Cause(24, "PAUSE_LOOP", "pause-loop exit", False', "typed_causes"),
    ("causes", 'Cause(25, "PAGE_LOG', 'Cause(26, "PAGE_LOG', "typed_causes"),
    ("pmp", '("a", 4, 3)', '("a", 5, 4)', "typed_pmp"),
    ("pmp", "OFF, TOR, NA4, NAPOT", "OFF, NA4, TOR, NAPOT", "typed_pmp"),
    ("events", 'Event(6,  "EXIT_VIRTUAL"', 'Event(12, "EXIT_VIRTUAL"', "typed_events"),
    ("events", "either stage\",                 False", "either stage\",                 True", "typed_events"),
    ("csrs", "htinst          0x64A", "htinst          0x643", "csr_fields"),
    ("csrs", "spv         7  7", "spv         5  5", "csr_fields"),
    ("csrs", "spv         7  7", "spv         10 10", "typed_csrs"),
    ("csrs", "vsxl        33 32", "vsxl        32 32", "csr_fields"),
    ("csrs", "seie        9  9  VIEW 0 mie>>1", "seie        9  9  VIEW 0 mip>>1", "typed_csrs"),
    ("csrs", "mpp         12 11", "mpp         13 12", "typed_csrs"),
    ("csrs", "gva         38 38", "gva         40 40", "typed_csrs"),
    ("csrs", "vsti        6  6  RO 1", "vsti        6  6  RW 1", "typed_csrs"),
    ("csrs", "    vtw         21 21 RW 0\n", "", "typed_csrs"),
    ("csrs", "vtw         21 21 RW 0", "vtw         21 21 RW 0\n    huge        40 40 RW 0", "typed_csrs"),
    ("csrs", "vsxl        33 32 RO 2", "vsxl        33 32 RO 1", "typed_csrs"),
    ("csrs", "hcounteren      0x606 | H", "hcounteren      0x606 | S", "typed_csrs"),
    ("csrs", '"stimecmp": "vstimecmp", ', "", "typed_csrs"),
    ("causes", '"environment call from VS",                   True,  False',
     '"environment call from VS",                   True,  True', "typed_causes"),
    ("causes", 'from M",                    False', 'from M", True', "typed_causes"),
    ("causes", 'Cause(22, "VIRTUAL', 'Cause(24, "VIRTUAL', "typed_causes"),
    ("causes", '"virtual supervisor timer interrupt",    True,  True', '"", True, False', "typed_causes"),
    ("causes", '"VSEI", "VSSI", "VSTI")\n\n', '"VSSI", "VSEI", "VSTI")\n\n', "typed_causes"),
    ("causes", '("LOAD_MISALIGNED", "STORE_MISALIGNED"),', '("LOAD_MISALIGNED",),', "typed_causes"),
    ("causes", "VU, VS = 0b000", "VS, VU = 0b000", "typed_causes"),
    ("causes", "0x3000, 0x3020", "0x2000, 0x2020", "typed_causes"),
    ("paging", '("a", 6, 6), ("d", 7, 7)', '("a", 7, 7), ("d", 6, 6)', "typed_paging"),
    ("paging", '("vmid", 57, 44)', '("vmid", 59, 44)', "typed_paging"),
    ("paging", "GPA_BITS = 41", "GPA_BITS = 39", "typed_paging"),
    ("platform", "0x4000, 0xBFF8", "0x4000, 0x7FF8", "typed_platform"),
    ("platform", "0x0C00_0000, 0x400_0000", "0x0C00_0000, 0x800_0000", "typed_platform"),
]


@pytest.mark.parametrize(("module", "old", "new", "witness"), FAULTS)
def test_planted_fault_is_found(module, old, new, witness):
    assert WITNESSES[witness](planted(module, old, new)) != []
