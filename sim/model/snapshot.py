"""The whole machine as bytes: a line of JSON (hart, devices, host interface), then RAM, compressed.

Boot ROM, profile and attached devices are part of the machine's construction; a snapshot only fits a machine
built alike.
"""

import json
import zlib
from typing import TYPE_CHECKING, Any

from sim.model.hart import KEEP, KEEP_ARRAYS

if TYPE_CHECKING:
    from sim.model.machine import Machine

FORMAT = "doppelhart machine 1"


def save(m: "Machine") -> bytes:
    """Everything that the future of the machine depends on."""
    state = {
        "format": FORMAT, "kind": _kind(m),
        "harts": [{**{name: getattr(h, name) for name in KEEP}, **{name: list(getattr(h, name)) for name in KEEP_ARRAYS},
                   "pmpcfg": list(h.pmp.cfg), "pmpaddr": list(h.pmp.address)} for h in m.harts],
        "devices": [device.save() for _, device in m.memory.devices],
        "htif": {"tohost": m.htif.tohost, "fromhost": m.htif.fromhost, "code": m.htif.code,
                 "asked": m.htif.asked, "input": m.htif.input},
        "host_touched": m.memory.host_touched, "symbols": m.symbols,
    }
    return json.dumps(state).encode() + b"\n" + zlib.compress(m.memory.ram.peek(0, m.memory.size), level=1)


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
    head, _, body = data.partition(b"\n")
    try:
        state = json.loads(head)
        ram = zlib.decompress(body)
    except (ValueError, zlib.error) as error:
        raise ValueError(f"the snapshot is damaged: {error}") from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"the data begin with {head[:40]!r}, not with the format {FORMAT!r}")
    return state, ram


def _kind(m: "Machine") -> str:
    regions = ", ".join(region.name for region, _ in m.memory.devices)
    return f"profile {m.profile.name}, {m.memory.size} bytes of RAM at 0x{m.memory.base:x}, devices {regions}"
