"""Waits for gdb on a local port and serves it."""

import socket
from collections.abc import Callable

from sim.gdb.packets import Link
from sim.gdb.session import Ended, Session
from sim.model import Machine
from sim.outcome import BadInput


def serve(machine: Machine, port: int, announce: Callable[[int], None]) -> Ended:
    """Let one gdb have the machine, on 127.0.0.1; `announce` is told the port (a free one was chosen for 0).

    Raises BadInput for a port that cannot be had.
    """
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        raise BadInput(f"cannot listen on port {port}: {getattr(error, 'strerror', None) or error}") from error
    with listener:
        announce(listener.getsockname()[1])
        connection, _ = listener.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Session(machine, Link(connection)).serve()
