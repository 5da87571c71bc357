"""sim/fuzz/elf.py, read back by pyelftools and by the model's own loader."""

import io
from pathlib import Path

from elftools.elf.elffile import ELFFile

from sim.fuzz.elf import write_elf
from sim.model.elf import read_elf

SEGMENTS = {0x8000_0000: b"code", 0x8040_0000: bytes(range(100))}
SYMBOLS = {"tohost": 0x8000_1000, "begin_signature": 0x8040_0000}


def test_pyelftools_reads_what_was_written() -> None:
    elf = ELFFile(io.BytesIO(write_elf(0x8000_0002, SEGMENTS, SYMBOLS)))
    assert (elf.elfclass, elf.get_machine_arch(), elf["e_type"], elf["e_entry"]) == (64, "RISC-V", "ET_EXEC", 0x8000_0002)
    loaded = {s["p_paddr"]: s.data() for s in elf.iter_segments() if s["p_type"] == "PT_LOAD"}
    assert loaded == SEGMENTS
    table = elf.get_section_by_name(".symtab")
    assert {s.name: s["st_value"] for s in table.iter_symbols() if s.name} == SYMBOLS


def test_the_model_loads_it(tmp_path: Path) -> None:
    path = tmp_path / "x.elf"
    path.write_bytes(write_elf(0x8000_0002, SEGMENTS, SYMBOLS))
    image = read_elf(path)
    assert (image.entry, dict(image.segments), image.symbols) == (0x8000_0002, SEGMENTS, SYMBOLS)
