"""Framing: checksums, acknowledgements, escapes, Ctrl-C, and a peer that goes away."""

import socket
from collections.abc import Iterator

import pytest

from sim.gdb.packets import LONGEST, Closed, Link


@pytest.fixture
def ends() -> Iterator[tuple[Link, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.settimeout(10)
    theirs.settimeout(10)
    with ours, theirs:
        yield Link(ours), theirs


def test_a_packet_is_acknowledged(ends) -> None:
    link, peer = ends
    peer.sendall(b"$qC#b4")
    assert link.receive() == b"qC" and peer.recv(10) == b"+"


def test_a_broken_packet_is_asked_for_again(ends) -> None:
    link, peer = ends
    peer.sendall(b"$qC#b5" + b"$qC#B4")
    assert link.receive() == b"qC" and peer.recv(10) == b"-+"


def test_noise_between_packets_is_passed_over(ends) -> None:
    link, peer = ends
    peer.sendall(b"+-\x03xy$g#67")
    assert link.receive() == b"g"


def test_escapes_both_ways(ends) -> None:
    link, peer = ends
    link.acknowledging = False
    peer.sendall(b"$X}\x03}\x5d#b2")
    assert link.receive() == b"X#}"
    link.send(b"a$#}*b")
    payload = b"a}\x04}\x03}\x5d}\x0ab"
    assert peer.recv(100) == b"$" + payload + b"#%02x" % (sum(payload) & 0xFF)


def test_an_answer_is_sent_again_until_it_is_taken(ends) -> None:
    link, peer = ends
    peer.sendall(b"--+")
    link.send(b"OK")
    assert peer.recv(100) == b"$OK#9a" * 3


def test_without_acknowledgements(ends) -> None:
    link, peer = ends
    link.acknowledging = False
    link.send(b"OK")
    peer.sendall(b"$g#67")
    assert link.receive() == b"g" and peer.recv(100) == b"$OK#9a"


def test_ctrl_c_while_the_target_runs(ends) -> None:
    link, peer = ends
    assert not link.interrupted()
    peer.sendall(b"+")
    assert not link.interrupted()
    peer.sendall(b"\x03$g#67")
    assert link.interrupted() and not link.interrupted()
    assert link.receive() == b"g"


def test_a_payload_without_end_is_not_collected(ends) -> None:
    link, peer = ends
    peer.sendall(b"$" + b"a" * (LONGEST + 10) + b"$g#67")
    assert link.receive() == b"g"


def test_a_peer_that_is_gone(ends) -> None:
    link, peer = ends
    peer.sendall(b"$g#6")
    peer.close()
    with pytest.raises(Closed):
        link.receive()
    assert link.interrupted()
    with pytest.raises(Closed):
        link.send(b"OK")
