"""What a divergence report says, and that a terminal and a file get the same words."""

import io

from rich.console import Console

from isa import causes, csrs, retire
from sim.bench import report
from sim.bench.job import Divergence

M, VS = causes.M, causes.VS
ADDI = {"valid": 1, "mode": VS, "next_mode": VS, "insn": 0x0010_8093, "pc": 0x8000_0000, "next_pc": 0x8000_0004, "rd": 1,
        "rd_value": 0x11, "clock": 100}
HISTORY = (
    {**ADDI, "clock": 90},
    {**ADDI, "insn": 0x852E, "compressed": 1, "rd": 10, "rd_value": 7, "clock": 91},
    {**ADDI, "insn": 0x00B5_3023, "rd": 0, "mem_write": 1, "mem_size": 3, "mem_paddr": 0x8000_1000, "mem_wdata": 0xAB,
     "clock": 92},
    {**ADDI, "insn": 0x0005_4503, "rd": 10, "rd_value": 5, "mem_read": 1, "mem_paddr": 0x8000_1001, "clock": 93},
    {**ADDI, "insn": 0x6802_9073, "rd": 0, "csr_write": 1, "csr_addr": csrs.BY_NAME["hgatp"].number, "csr_value": 8,
     "clock": 94},
    {**ADDI, "insn": 0x0000_0073, "rd": 0, "trap": 1, "cause": 21, "next_mode": M, "tval": 0x4000, "tval2": 0x1000,
     "clock": 95},
    {**ADDI, "insn": 0, "rd": 0, "trap": 1, "interrupt": 1, "cause": 7, "next_mode": M, "clock": 96},
)


def divergence(**differences):
    model = {**ADDI, **differences}
    return Divergence(rtl=retire.pack(ADDI), model=retire.pack(model), reason="rd_value: model 0x12, RTL 0x11",
                      history=[retire.pack(r) for r in HISTORY], elf="prog.elf", replay="python -m sim.bench prog.json",
                      walks=["VA 0x1000: level 2 at 0x80002000"])


def line_with(text, word):
    return next(line for line in text.splitlines() if word in line)


def test_the_differing_field_is_marked_and_only_that():
    text = report.text(divergence(rd_value=0x12))
    assert line_with(text, "rd_value  ").split()[:4] == ["rd_value", "0x11", "0x12", "◄"]
    fields = text[text.index("The records that differ"):]
    assert fields.count("◄") == 2       # in the heading and in the row


def test_sampled_fields_are_never_marked():
    rtl = retire.unpack(retire.pack(ADDI))
    assert report.differing(rtl, {**rtl, "clock": 1, "time": 5, "irq": 8, "sc_spurious": 1}) == []
    assert report.differing(rtl, {**rtl, "mode": M, "tinst": 3}) == ["mode", "tinst"]


def test_history_tells_what_each_record_did():
    text = report.text(divergence(rd_value=0x12))
    assert "VS" in line_with(text, "addi ra, ra, 1")
    assert line_with(text, "c.mv (add a0, zero, a1)").endswith("a0 = 0x7")
    assert line_with(text, "c.mv (add a0, zero, a1)").split()[3] == "852e"
    assert "[0x80001000] = 00000000000000ab" in line_with(text, "sd a1, 0(a0)")
    assert "a0 = 0x5, from [0x80001001]" in line_with(text, "lbu a0, 0(a0)")
    assert line_with(text, "csrrw zero, hgatp, t0").endswith("hgatp = 0x8")
    assert "trap to M: load guest-page fault, tval 0x4000, guest physical address 0x4000" in line_with(text, "ecall")
    assert line_with(text, "machine timer interrupt").endswith("trap to M: machine timer interrupt")


def test_the_rest_of_the_report():
    text = report.text(divergence(rd_value=0x12))
    assert text.startswith("RTL and model differ: rd_value: model 0x12, RTL 0x11\nprog.elf, cycle 100, VS-mode, pc 0x80000000")
    assert "The 7 records before it:" in text
    assert "level 2 at 0x80002000" in text
    assert text.rstrip().endswith("python -m sim.bench prog.json")
    assert "\x1b" not in text


def test_a_terminal_gets_the_same_words_in_colour():
    out = io.StringIO()
    Console(file=out, force_terminal=True, width=132, color_system="standard", highlight=False).print(
        report.render(divergence(mode=M)))
    assert "\x1b[1;31m" in out.getvalue()
    assert "VS" in out.getvalue() and "◄" in out.getvalue()


def test_the_window_covers_history_and_difference():
    assert report.window(divergence(rd=2)) == (70, 120)
    alone = Divergence(rtl=retire.pack({**ADDI, "clock": 5}), model=[0] * retire.WORDS, reason="", history=[])
    assert report.window(alone) == (0, 25)
