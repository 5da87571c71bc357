"""The golden model: the executable specification of the machine. Start at `machine.py`; docs/model.md is the
guide."""

from sim.model.machine import Machine

__all__ = ["Machine"]
