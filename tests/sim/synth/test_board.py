"""sim/synth/board.py and rtl/board.py: facts of the boards, clock, image. A bitstream takes minutes: `doppelhart synth`."""

import re

import pytest
from amaranth.hdl import Fragment

from rtl.board import Board, Machine, Pll, pll
from rtl.config import CONFIGS
from sim.model import Machine as Model
from sim.model.elf import read_elf
from sim.synth.board import boards, image

BLOCK_RAM_KIB = {"--85k": 416}


@pytest.mark.parametrize("board", boards().values(), ids=lambda board: board.name)
def test_a_board_is_complete(board):
    assert pll(board.oscillator_mhz, board.clock_mhz)
    pins = dict(re.findall(r'^LOCATE COMP "(.+)" SITE "(\w+)";$', board.pins.read_text(), re.M))
    wanted = {"osc", "button", "uart_tx", "uart_rx", *(f"leds[{i}]" for i in range(8))}
    assert set(pins) == wanted and len(set(pins.values())) == len(wanted)
    assert set(re.findall(r'^IOBUF PORT "(.+?)"', board.pins.read_text(), re.M)) == wanted
    assert f'FREQUENCY PORT "osc" {board.oscillator_mhz:g} MHZ;' in board.pins.read_text()
    assert board.ram_kib < BLOCK_RAM_KIB[board.device[0]]
    assert len(image(board)) <= board.guest_host_base - 0x8000_0000


@pytest.mark.parametrize("board", boards().values(), ids=lambda board: board.name)
def test_the_demo_runs_in_the_memory_of_the_board(board, tmp_path):
    from sim.firmware import build_firmware
    elf = build_firmware(defines={"GUEST_HOST_BASE": hex(board.guest_host_base), "GUEST_RAM_SIZE": hex(board.guest_ram_size)})
    assert read_elf(elf).segments
    model = Model(ram_size=board.ram_kib << 10)
    model.load_elf(elf)
    model.run(10_000_000)
    assert model.exit_code == 0


def test_the_pll_multiplies_and_stays_in_range():
    assert pll(25, 50) == Pll(1, 2, 8)
    assert pll(25, 62.5) == Pll(2, 5, 7)
    assert pll(25, 30) == Pll(5, 6, 14)
    with pytest.raises(ValueError, match=r"cannot make 51\.3 MHz of 25 MHz"):
        pll(25, 51.3)


def test_time_counts_whole_cycles():
    with pytest.raises(ValueError, match=r"time counts at 10 MHz, which 37\.5 MHz is no multiple of"):
        Machine(CONFIGS["tiny"], b"\x13", ram_size=4096, frequency=37_500_000, baud=115_200)


def test_the_top_elaborates():
    machine = Machine(CONFIGS["tiny"], b"\x13", ram_size=4096, frequency=50_000_000, baud=115_200)
    assert Fragment.get(Board(machine, pll(25, 50)), None)
