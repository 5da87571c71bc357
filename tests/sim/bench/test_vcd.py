"""sim/bench/vcd.py, on a waveform written by hand."""

import pytest

from isa import retire
from isa.causes import EXC, VS, S
from sim.bench.vcd import Vcd, VcdError, decode

HEADER = """$timescale 1ps $end
 $scope module bench $end
  $var wire 1 # clk $end
  $var wire 1024 % retire [1023:0] $end
  $scope module soc $end
   $scope module x$277 $end
    $var wire 8 ( value [7:0] $end
    $var wire 1 ) flag $end
   $upscope $end
  $upscope $end
 $upscope $end
$enddefinitions $end

"""
CHANGES = """#0
0#
b101 (
1)
#5
1#
b110 (
#10
0#
0)
#15
1#
#20
b111 (
0#
#25
"""


def port(**fields):
    words = retire.pack({"valid": 1, **fields})
    return f"b{sum(word << 64 * i for i, word in enumerate(words)):b} %\n"


@pytest.fixture
def waveform(tmp_path):
    path = tmp_path / "w.vcd"
    path.write_text(HEADER + CHANGES)
    return path


def test_a_cycle_is_what_holds_at_its_falling_edge(waveform):
    vcd = Vcd(waveform)
    got = list(vcd.cycles(["bench.soc.x.value", "bench.soc.x.flag"]))
    assert [tuple(values.values()) for values in got] == [(0b110, 0), (0b111, 0)]


def test_an_unknown_signal_is_named(waveform):
    with pytest.raises(VcdError, match=r"has no signal bench.soc.y"):
        list(Vcd(waveform).cycles(["bench.soc.y"]))


def test_a_file_without_signals_is_refused(tmp_path):
    path = tmp_path / "x.vcd"
    path.write_text("nothing\n")
    with pytest.raises(VcdError, match="not a waveform"):
        Vcd(path)


def test_records_become_text(waveform):
    waveform.write_text(HEADER + "#0\n0#\n" + port(mode=VS, insn=0x00A58593) + "#5\n1#\n"
                        + port(mode=VS, next_mode=S, trap=1, cause=EXC["ECALL_VS"], insn=0x73) + "#10\nb0 %\n")
    before = waveform.read_text()
    decode(waveform)
    after = waveform.read_text()
    assert "$scope module decoded $end\n  $var string 1 !mode mode $end" in after
    kept = [line for line in after.splitlines() if not line.startswith("s") and "!" not in line
            and "decoded" not in line]
    assert kept == [*before.splitlines()[:11], " $upscope $end", *before.splitlines()[11:]]
    texts = [line for line in after.splitlines() if line.startswith("s")]
    assert texts == [r"sVS !mode", r"saddi\x20a1,\x20a1,\x2010 !insn", "s- !trap",
                     r"sVS !mode", "secall !insn", r"senvironment\x20call\x20from\x20VS !trap",
                     "s- !mode", "s- !insn", "s- !trap"]
