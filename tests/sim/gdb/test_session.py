"""The protocol without gdb: packets to a machine that runs the guest of guest.S."""

import threading

import pytest

from isa.platform import RAM_BASE
from sim.gdb.session import Ended

PRIV, VIRT, MCAUSE = f"{4161:x}", f"{4162:x}", f"{65 + 0x342:x}"


@pytest.fixture
def at(served):
    """Addresses of the program as in packets."""
    return {name: f"{value:x}" for name, value in served.machine.symbols.items()}


def number(text: str) -> int:
    return int.from_bytes(bytes.fromhex(text), "little")


def test_what_is_supported(client) -> None:
    features = client.ask("qSupported:multiprocess+;swbreak+").split(";")
    assert {"ReverseStep+", "ReverseContinue+", "qXfer:features:read+", "QStartNoAckMode+"} <= set(features)
    assert client.ask("vCont?") == "vCont;c;C;s;S" and client.ask("vMustReplyEmpty") == "" and client.ask("X0,0:") == ""


def test_the_description_comes_in_pieces(client) -> None:
    text = ""
    while True:
        part = client.ask(f"qXfer:features:read:target.xml:{len(text):x},400")
        text += part[1:]
        if part[0] == "l":
            break
        assert len(part) == 0x401
    assert text.startswith("<?xml") and text.endswith("</target>\n") and 'name="vsatp"' in text


def test_one_thread_with_its_mode(client) -> None:
    assert (client.ask("qfThreadInfo"), client.ask("qsThreadInfo"), client.ask("qC")) == ("m1", "l", "QC1")
    assert bytes.fromhex(client.ask("qThreadExtraInfo,1")) == b"M-mode"
    assert (client.ask("Hg0"), client.ask("T1"), client.ask("qAttached")) == ("OK", "OK", "1")
    assert client.ask("?") == "T05thread:1;"


def test_registers_and_memory(client, at, served) -> None:
    assert number(client.ask("g")[-16:]) == RAM_BASE
    assert client.ask("P0a=efcdab8967452301") == "OK" and number(client.ask("pa")) == 0x0123_4567_89AB_CDEF
    general = bytearray.fromhex(client.ask("g"))
    general[88:96] = (99).to_bytes(8, "little")
    assert client.ask("G" + general.hex()) == "OK" and served.machine["a1"] == 99
    assert client.ask(f"M{at['counter']},4:01020304") == "OK"
    assert client.ask(f"m{at['counter']},6") == "010203040000"
    assert client.ask("m10000000,1") == client.ask("p1fff") == client.ask("P20=0100000000000000") == client.ask("mzz") == "E01"
    assert client.ask("M0,1:00") == "E01"


def test_break_step_over_a_trap_and_back(client, at) -> None:
    assert client.ask(f"Z0,{at['call']},2") == "OK"
    assert client.ask("vCont;c") == "T05thread:1;"
    assert (number(client.ask("p20")), number(client.ask("p" + PRIV)), number(client.ask("p" + VIRT))) == (
        int(at["call"], 16), 1, 1)
    assert client.ask("vCont;s:1") == "T05thread:1;"
    assert (number(client.ask("p20")), number(client.ask("p" + VIRT)), number(client.ask("p" + MCAUSE))) == (
        int(at["handler"], 16), 0, 10)
    assert client.ask("bs") == "T05thread:1;"
    assert (number(client.ask("p20")), number(client.ask("p" + VIRT)), number(client.ask("p" + MCAUSE))) == (
        int(at["call"], 16), 1, 0)
    assert client.ask("bc") == "T05thread:1;replaylog:begin;"
    assert number(client.ask("p20")) == RAM_BASE and client.ask("bs") == "T05thread:1;replaylog:begin;"
    assert client.ask(f"z0,{at['call']},2") == "OK"
    assert client.ask("bx") == ""


@pytest.mark.parametrize(("kind", "word"), [(2, "watch"), (4, "awatch")])
def test_a_watched_store_forwards_and_backwards(client, at, kind: int, word: str) -> None:
    address = int(at["counter"], 16) + 0x4000_0000          # where the guest sees it
    place = f"{kind},{address:x},8"
    assert client.ask(f"Z{place}") == "OK"
    for value in (1, 2, 3):                                 # before the store, which gdb then steps over
        assert client.ask("c") == f"T05thread:1;{word}:{address:x};"
        assert number(client.ask("pa")) == value and number(client.ask(f"m{address:x},8")) == value - 1
        assert client.ask("s") == f"T05thread:1;{word}:{address:x};" and number(client.ask(f"m{address:x},8")) == value - 1
        assert [client.ask(packet) for packet in (f"z{place}", "s", f"Z{place}")] == ["OK", "T05thread:1;", "OK"]
        assert number(client.ask(f"m{address:x},8")) == value
    for value in (3, 2, 1):                                 # after the store, which gdb then undoes
        assert client.ask("bc") == f"T05thread:1;{word}:{address:x};"
        assert number(client.ask(f"m{address:x},8")) == value
        assert client.ask("bs") == "T05thread:1;" and number(client.ask(f"m{address:x},8")) == value - 1
    assert client.ask(f"z{place}") == "OK"
    assert client.ask("Z3,0,8") == "OK" and client.ask("Z5,0,8") == ""


def test_breakpoints_in_some_modes_alone(client, at) -> None:
    guest, handler = int(at["guest"], 16), int(at["handler"], 16)
    for address in (guest, handler):
        client.ask(f"Z1,{address:x},4")
    assert client.monitor("break M") == "breakpoints stop in M\n"
    client.ask("c")
    assert number(client.ask("p20")) == handler
    client.monitor("break VS")
    client.ask("bc")
    assert number(client.ask("p20")) == guest


def test_the_end_can_be_left_backwards_or_by_going_on(client, served) -> None:
    client.put("c")
    assert b"ended with code 0" in bytes.fromhex(client.answer()[1:])
    assert client.answer() == "T05thread:1;"
    assert client.ask("bs") == "T05thread:1;" and served.machine.exit_code is None
    client.put("s")
    assert client.answer().startswith("O") and client.answer() == "T05thread:1;"
    assert client.ask("c") == "W00" and served.ended() is Ended.EXIT


@pytest.mark.parametrize(("packet", "how"), [("D", Ended.DETACHED), ("vKill;1", Ended.KILLED)])
def test_leaving(client, served, packet: str, how: Ended) -> None:
    client.ask("Z0,80000000,4")
    assert client.ask(packet) == "OK" and served.ended() is how
    assert not served.machine.observer.active()


def test_a_peer_that_goes_away(client, served) -> None:
    client.close()
    assert served.ended() is Ended.KILLED


def test_ctrl_c(client, served) -> None:
    spin = served.machine.symbols["spin"]
    assert client.ask("P20=" + spin.to_bytes(8, "little").hex()) == "OK"
    client.put("c")
    threading.Timer(0.2, lambda: client.socket.sendall(b"\x03")).start()
    assert client.answer() == "T02thread:1;"
    assert number(client.ask("p20")) == spin


def test_silence_is_agreed_on(client) -> None:
    assert client.ask("QStartNoAckMode") == "OK"
    client.socket.sendall(b"$qC#b4")
    assert client.stream.read(7) == b"$QC1#c5"
