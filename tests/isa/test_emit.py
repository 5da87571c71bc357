"""The checked-in header and page are what `isa.emit` writes today; the header serves C and assembly."""

import pytest

from isa import csrs, emit
from sim import toolchain

CFLAGS = ("-c", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I", str(emit.ROOT / "vmm_firmware"))


@pytest.mark.parametrize("artefact", emit.ARTEFACTS)
def test_fresh(artefact):
    path, text = emit.ARTEFACTS[artefact]
    assert (emit.ROOT / path).read_text(encoding="utf-8") == text(), f"run `python -m isa.emit {artefact}`"


def macros():
    return {name.upper(): value for _, section in emit.defines() for name, value in section}


def test_header_in_c_and_assembly_agree(tmp_path):
    """Each macro, as a C constant and as an assembler word, holds the table's value without a suffix."""
    names = macros()
    c, s = tmp_path / "isa.c", tmp_path / "isa.S"
    c.write_text('#include "isa.h"\nconst unsigned long all[] __attribute__((section(".text"))) = {\n'
                 + "\n".join(f"{name}," for name in names) + "};\n")
    s.write_text('#include "isa.h"\n' + "\n".join(f".dword {name}" for name in names) + "\n")
    for source in (c, s):
        toolchain.cc([*CFLAGS, source, "-o", tmp_path / "isa.o"])
        image = toolchain.binary(tmp_path / "isa.o")
        words = [int.from_bytes(image[at:at + 8], "little") for at in range(0, 8 * len(names), 8)]
        assert dict(zip(names, words, strict=True)) == names, source.suffix


def test_known_macros():
    """A few names and values as firmware and the manual spell them."""
    assert {"PMPCFG_A_SHIFT": 3, "EVENT_EXIT_ECALL": 7, "CSR_HPLE": 0x6C0, "MEDELEG_XDOPPEL": 3 << 24,
            "CSR_HGATP": 0x680, "HSTATUS_SPV": 0x80, "MSTATUS_MPP": 0x1800, "MSTATUS_MPP_SHIFT": 11,
            "EXC_VIRTUAL_INSTRUCTION": 22, "IRQ_VSTI": 6, "MATCH_HLV_D": 0x6C004073, "MASK_HLV_D": 0xFFF0707F,
            "PTE_PPN_SHIFT": 10, "SATP_MODE_SV39": 8 << 60, "CLINT_BASE": 0x2000000, "RAM_BASE": 0x80000000,
            "UART_BASE": 0x10000000, "TIMEBASE_HZ": 10_000_000, "PRV_VS": 5}.items() <= macros().items()


def test_one_value_for_a_name(monkeypatch):
    monkeypatch.setattr(csrs, "CSRS", (*csrs.CSRS, csrs.BY_NAME["hgatp"]))
    with pytest.raises(ValueError, match="two facts claim the macro name 'CSR_HGATP'"):
        emit.header()


def test_command_line(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(emit, "ROOT", tmp_path)
    for folder in ("vmm_firmware", "docs"):
        (tmp_path / folder).mkdir()
    assert emit.main(["header"]) == 0
    assert [p.name for p in tmp_path.rglob("*.*")] == ["isa.h"]
    assert emit.main(["all"]) == 0
    assert (tmp_path / "docs/isa.md").exists()
    assert emit.main(["latex"]) == 2
    assert "not 'latex'" in capsys.readouterr().err
