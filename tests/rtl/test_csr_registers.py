"""rtl/csr_registers.py: what is stored, and where the writable views lead."""

import pytest
from amaranth.hdl import Value

from isa import csrs
from rtl.config import CONFIGS
from rtl.csr_registers import home, layout, present, registers

PROFILE = CONFIGS["default"].profile
ROWS = present(PROFILE)


def test_layout_places_fields_where_the_table_says():
    for csr in csrs.CSRS:
        fields = layout(csr)
        assert fields.size == 64
        for field in csr.fields:
            assert (fields[field.name].offset, fields[field.name].width) == (field.lsb, field.msb - field.lsb + 1)


def test_reset_values():
    stored = vars(registers(ROWS))
    assert stored["mstatus"].as_value().init == 0xA_0000_0000
    assert stored["mideleg"].as_value().init == 0x444
    for name, signal in stored.items():
        assert Value.cast(signal).init == ROWS[name].reset


@pytest.mark.parametrize(("name", "field", "place"), [
    ("mie", "ssie", ("mie", 0)), ("sie", "ssie", ("mie", 0)), ("hie", "vstie", ("mie", 0)), ("vsie", "seie", ("mie", 1)),
    ("sstatus", "sum", ("mstatus", 0)), ("mip", "vssip", ("hvip", 0)), ("hip", "vssip", ("hvip", 0)),
    ("vsip", "ssip", ("hvip", 1)), ("sip", "ssip", ("mip", 0)), ("mip", "seip", ("mip", 0)), ("mip", "stip", ("mip", 0)),
    # read-only through this name: corner case 23
    ("sip", "seip", None), ("sip", "stip", None), ("hip", "vstip", None), ("hip", "vseip", None), ("vsip", "stip", None),
    ("vsip", "seip", None), ("mip", "vstip", None), ("mip", "msip", None), ("mip", "vseip", None),
    ("hstatus", "vsxl", None), ("mideleg", "vssi", None),
])
def test_home(name, field, place):
    assert home(ROWS, ROWS[name], ROWS[name][field]) == place


def test_without_h():
    """No hypervisor CSR and none of the fields that H adds, with it or by what builds on it."""
    rows = present(PROFILE.without("H"))
    gone = set(ROWS) - set(rows)
    assert gone == {csr.name for csr in csrs.CSRS if csr.level == 2 and PROFILE.has(csr.ext)} | {"mtinst", "mtval2"}
    fields = {(name, f.name) for name, csr in ROWS.items() for f in csr.fields if name in rows} - {
        (name, f.name) for name, csr in rows.items() for f in csr.fields}
    assert fields == {("mstateen0", "c"), ("mstatus", "gva"), ("mstatus", "mpv"),
                      *(("mideleg", n) for n in ("vssi", "vsti", "vsei")),
                      *(("mie", n) for n in ("vssie", "vstie", "vseie")),
                      *(("mip", n) for n in ("vssip", "vstip", "vseip")),
                      *((name, n) for name in ("mcyclecfg", "minstretcfg") for n in ("vsinh", "vuinh"))}


def test_counters_that_do_not_count_have_no_fields():
    for name in ("mhpmcounter", "mhpmevent", "hpmcounter"):
        assert [bool(ROWS[f"{name}{n}"].fields) for n in range(3, 32)] == [n < 7 for n in range(3, 32)]


def test_flip_flops():
    """Counters and PMP have theirs elsewhere, words that nothing looks at have none."""
    stored = vars(registers(ROWS))
    assert stored.keys().isdisjoint({"mcycle", "mhpmcounter3", "pmpcfg0", "pmpaddr0", "mepc", "vstval", "scause", "mtinst",
                                     "sscratch"})
    assert stored.keys() >= {"mstatus", "satp", "stimecmp", "medeleg", "hgatp", "mhpmevent3", "mcounteren"}
