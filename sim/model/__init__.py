"""The golden model: the executable specification of the machine. Start at `machine.py`; docs/model.md is the
guide. FORM says whether it runs "compiled" or "plain" (form.py).
"""

from sim.model import form

FORM = form.choose(__path__)

from sim.model.machine import Machine  # noqa: E402 - only now is it known where the modules are

__all__ = ["FORM", "Machine"]
