"""rtl/tree.py."""

import pytest
from amaranth.hdl import Const, Value

from rtl.tree import any_of


def depth(value):
    return 1 + max(map(depth, value.operands)) if hasattr(value, "operands") else 0


@pytest.mark.parametrize("count", (1, 2, 3, 7, 8, 60))
def test_every_value_takes_part_at_logarithmic_depth(count):
    leaves = [Const(1 << i, 64) for i in range(count)]
    tree = Value.cast(any_of(leaves))
    seen, stack = [], [tree]
    while stack:
        node = stack.pop()
        if hasattr(node, "operands"):
            stack += node.operands
        else:
            seen.append(node.value)
    assert sorted(seen) == [leaf.value for leaf in leaves]
    assert depth(tree) == (count - 1).bit_length()
