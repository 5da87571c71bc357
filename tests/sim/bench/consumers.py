"""Consumers of records, for tests."""

import hashlib

from isa import retire


class Digest:
    """Hash of all records, the number of blocks, and the last `order_low`."""

    def __init__(self):
        self.hash, self.blocks, self.records = hashlib.sha256(), 0, 0

    def feed(self, block, count):
        self.hash.update(block[:count * retire.WORDS].tobytes())
        self.blocks += 1
        self.records += count

    def summary(self):
        return {"hash": self.hash.hexdigest(), "blocks": self.blocks, "records": self.records}


class Aligned:
    """Are the records exactly those cycles in which M is done with an instruction, and the traps among them told?

    The clock of a trap's record is that of the cycle in which it was found, the one before it is taken.
    """

    def __init__(self):
        self.activity, self.records, self.traps = [], [], []

    def observe(self, activity):
        self.activity += activity

    def feed(self, block, count):
        clocks = block[retire.FIELDS["clock"].word:count * retire.WORDS:retire.WORDS]
        heads = block[retire.FIELDS["trap"].word:count * retire.WORDS:retire.WORDS]
        self.records += clocks
        self.traps += [clock for clock, head in zip(clocks, heads, strict=True) if head >> retire.FIELDS["trap"].lsb & 1]

    def summary(self):
        done = [(cycle - trap, trap) for cycle, word in enumerate(self.activity) if word & 3 == 1 for trap in [word >> 4 & 1]]
        # The last record is still on its way when the program ends.
        return {"same": [cycle for cycle, _ in done][:len(self.records)] == self.records,
                "same traps": [cycle for cycle, trap in done if trap] == self.traps, "traps": len(self.traps)}
