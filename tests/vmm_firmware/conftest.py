"""A short way to build and run firmware; equal runs happen once."""

import functools

import pytest

from sim.firmware import DEMO, build_firmware
from tests.vmm_firmware.machines import MACHINES, Run


@functools.cache
def _run(machine: str, guests: tuple[str, ...], defines: tuple[tuple[str, str | int], ...]) -> Run:
    return MACHINES[machine](build_firmware(guests, dict(defines)))


@pytest.fixture(scope="session")
def run():
    """run(machine, *guests, **defines): the firmware with these guests, by default the demo's, on that machine."""

    def once(machine: str, *guests: str, **defines: str | int) -> Run:
        return _run(machine, guests or DEMO, tuple(sorted(defines.items())))

    return once
