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
