"""The whole machine as bytes: a line with the format, length and checksum of the rest, a line of JSON (hart, devices, host
interface), then RAM, compressed.

Boot ROM, profile and attached devices are part of the machine's construction; a snapshot only fits a machine
built alike.
"""

import json
import zlib
from typing import TYPE_CHECKING, Any

from sim.model.hart import KEEP, KEEP_ARRAYS

if TYPE_CHECKING:
    from sim.model.machine import Machine

FORMAT = b"doppelhart machine 2"


def save(m: "Machine") -> bytes:
    """Everything that the future of the machine depends on."""
    state = {
        "kind": _kind(m),
        "harts": [{**{name: getattr(h, name) for name in KEEP}, **{name: list(getattr(h, name)) for name in KEEP_ARRAYS},
                   "pmpcfg": list(h.pmp.cfg), "pmpaddr": list(h.pmp.address)} for h in m.harts],
        "devices": [device.save() for _, device in m.memory.devices],
        "htif": {"tohost": m.htif.tohost, "fromhost": m.htif.fromhost, "code": m.htif.code,
                 "asked": m.htif.asked, "input": m.htif.input},
        "host_touched": m.memory.host_touched, "symbols": m.symbols,
    }
    rest = json.dumps(state).encode() + b"\n" + zlib.compress(m.memory.ram.peek(0, m.memory.size), level=1)
    return b"%s %d %d\n%s" % (FORMAT, len(rest), zlib.crc32(rest), rest)


def restore(m: "Machine", data: bytes) -> None:
    """Raises ValueError, and changes nothing, for a snapshot that is damaged or of another machine."""
    state, ram = _parse(data)
    if state["kind"] != _kind(m):
        raise ValueError(f"the snapshot is of a machine with {state['kind']}, this one has {_kind(m)}")
    m.memory.ram.poke(0, ram)
    for h, saved in zip(m.harts, state["harts"], strict=True):
        for name in KEEP_ARRAYS:
            array = getattr(h, name)
            for number, value in enumerate(saved[name]):
                array[number] = value
        h.pmp.restore(saved["pmpcfg"], saved["pmpaddr"])
        for name in KEEP:
            setattr(h, name, saved[name])
        h.forget_code()
        h.flush()
        h.set_mode(h.mode)
    for (_, device), saved in zip(m.memory.devices, state["devices"], strict=True):
        device.restore(saved)
    host = state["htif"]
    m.htif.code, m.htif.asked, m.htif.input = host["code"], host["asked"], list(host["input"])
    m.htif.tohost = m.memory.tohost = host["tohost"]
    m.htif.fromhost = m.memory.fromhost = host["fromhost"]
    m.memory.host_touched, m.symbols = state["host_touched"], state["symbols"]


def _parse(data: bytes) -> tuple[dict[str, Any], bytes]:
    first, _, rest = data.partition(b"\n")
    fields = first.removeprefix(FORMAT).split()
    if not first.startswith(FORMAT) or len(fields) != 2 or not all(field.isdigit() for field in fields):
        raise ValueError(f"the data begin with {first[:40]!r}, not with {FORMAT.decode()!r}, a length and a checksum")
    length, checksum = (int(field) for field in fields)
    if len(rest) != length:
        raise ValueError(f"the snapshot is damaged: it has {len(rest)} of {length} bytes")
    if zlib.crc32(rest) != checksum:
        raise ValueError(f"the snapshot is damaged: its checksum is {zlib.crc32(rest)}, not {checksum}")
    state, _, ram = rest.partition(b"\n")
    return json.loads(state), zlib.decompress(ram)


def _kind(m: "Machine") -> str:
    regions = ", ".join(region.name for region, _ in m.memory.devices)
    return f"profile {m.profile.name}, {m.memory.size} bytes of RAM at 0x{m.memory.base:x}, devices {regions}"
