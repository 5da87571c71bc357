"""Test finisher (sifive,test1): a write of 32 bits or more ends the run."""

from isa.platform import FINISHER_FAIL, FINISHER_PASS, FINISHER_RESET
from sim.model.devices.device import PlainState

RUNNING = -1


class Finisher(PlainState):
    """`code` is the exit code once the run has ended, RUNNING before."""

    KEEP = ("code",)

    def __init__(self) -> None:
        self.code = RUNNING

    def write(self, offset: int, size: int, value: int) -> None:
        if offset == 0 and size >= 4 and self.code == RUNNING:
            command = value & 0xFFFF
            if command in (FINISHER_PASS, FINISHER_RESET):
                self.code = 0
            elif command == FINISHER_FAIL:
                self.code = value >> 16 & 0xFFFF or 1   # code 0 is a failure all the same
