"""The interface of a device: registers, an interrupt wire, and a state that can be saved."""

State = dict[str, int | list[int]]
NEVER = (1 << 63) - 1                   # a time that does not come


class Device:
    """A device with no registers. Offsets in bytes; values unsigned; accesses aligned, of 1 to 8 bytes."""

    def read(self, offset: int, size: int) -> int:
        """Value of a load; may have side effects."""
        return 0

    def write(self, offset: int, size: int, value: int) -> None:
        """Effect of a store."""

    def tick(self, time: int) -> None:
        """Platform time is `time` now: called at the time that `due` has named, and whenever else something happens."""

    def due(self) -> int:
        """The time at which the device wants its next tick, to the tick exactly."""
        return NEVER

    def wire(self) -> bool:
        """Level of the interrupt wire to the PLIC."""
        return False

    def save(self) -> State:
        """The whole state: integers and lists of integers."""
        return {}

    def restore(self, state: State) -> None:
        """Take over what `save` returned."""


class PlainState(Device):
    """A device whose state is exactly its integer and integer-list attributes named in `KEEP`."""

    KEEP: tuple[str, ...] = ()

    def save(self) -> State:
        state: State = {}
        for name in self.KEEP:
            value = getattr(self, name)
            state[name] = list(value) if isinstance(value, list) else int(value)
        return state

    def restore(self, state: State) -> None:
        for name in self.KEEP:
            value = state[name]
            setattr(self, name, list(value) if isinstance(value, list) else value)
