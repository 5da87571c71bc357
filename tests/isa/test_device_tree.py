"""Trees as another reader of the format sees them: dtc."""

import subprocess

from isa.device_tree import address, flatten, harts, isa_names, memory, nodes


def source(root):
    """The tree in the language of sources, without its blank lines."""
    done = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts"], input=flatten(root), capture_output=True, check=True)
    return [line.strip() for line in done.stdout.decode().splitlines() if line.strip()]


def test_properties():
    """Cells, strings, nothing; nodes in nodes."""
    assert source({"a": 1, "b": [2, 0xFFFF_FFFF], "c": "x", "d": ["x", "yz"], "e": None, "n": {"m@1": {"f": 3}}}) == [
        "/dts-v1/;", "/ {", "a = <0x01>;", "b = <0x02 0xffffffff>;", 'c = "x";', r'd = "x\0yz";', "e;",
        "n {", "m@1 {", "f = <0x03>;", "};", "};", "};"]


def test_no_byte_too_many():
    """Trees are copied, and are in ROMs."""
    tree = flatten({"a": 1})
    assert len(tree) == int.from_bytes(tree[4:8], "big") < 128


def test_order_of_an_isa_string():
    assert isa_names({"C", "I", "S", "U", "M", "Sstc", "Zihpm", "Zba", "Xdoppel"}) == (["i", "m", "c"],
                                                                                      ["zba", "zihpm", "sstc", "xdoppel"])


def test_harts():
    """A size of cache blocks for each extension that has them."""
    cpus = harts({"I", "Zicbom", "Zicboz"}, [5, 6], "a,b", block=32)["cpus"]
    assert [cpus[f"cpu@{n}"]["interrupt-controller"]["phandle"] for n in (0, 1)] == [5, 6]
    assert cpus["cpu@1"]["reg"] == 1 and cpus["cpu@1"]["compatible"] == ["a,b", "riscv"]
    assert {name: value for name, value in cpus["cpu@0"].items() if "block" in name} == {
        "riscv,cbom-block-size": 32, "riscv,cboz-block-size": 32}


def test_addresses_have_two_cells():
    assert address(0x1_2345_6789) == [1, 0x2345_6789]
    assert memory(1 << 32, 3)["memory@100000000"]["reg"] == [1, 0, 0, 3]


def test_reading():
    """What was flattened, by path."""
    assert nodes(flatten({"a": 1, "n": {"b": None, "m": {"c": "x"}}, "o": {}})) == {
        "/": {"a": b"\0\0\0\1"}, "/n": {"b": b""}, "/n/m": {"c": b"x\0"}, "/o": {}}
