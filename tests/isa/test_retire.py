"""The retirement record: fields do not overlap, and packing loses nothing."""

from isa import retire


def test_fields_are_disjoint_and_inside_their_word():
    used = [0] * retire.WORDS
    for f in retire.FIELDS.values():
        mask = (1 << f.width) - 1 << f.lsb
        assert mask >> 64 == 0 and used[f.word] & mask == 0, f.name
        used[f.word] |= mask


def test_pack_and_unpack():
    ones = {name: (1 << f.width) - 1 for name, f in retire.FIELDS.items()}
    assert retire.unpack(retire.pack(ones)) == ones
    for name, f in retire.FIELDS.items():
        value = 1 << f.width - 1
        words = retire.pack({name: value})
        assert words == [value << f.lsb if n == f.word else 0 for n in range(retire.WORDS)]
        assert retire.unpack(words) == {**dict.fromkeys(retire.FIELDS, 0), name: value}


def test_sampled_inputs_are_the_closed_list():
    """What the model takes from the RTL; a longer list would weaken lockstep."""
    assert {name for name, f in retire.FIELDS.items() if f.sampled} == {
        "bus_error", "sc_spurious", "irq", "time", "cycle", "error_paddr", "clock"}
