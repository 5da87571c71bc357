"""Register of lost write-backs (docs/bus_error.md). The model has no cache: nothing is ever lost."""

from sim.model.devices.device import Device


class BusError(Device):
    """Reads 0, ignores stores, never interrupts."""
