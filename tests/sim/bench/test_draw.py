"""sim/bench/draw.py."""

from sim.bench import draw
from sim.bench.draw import candidates, changes, drawn
from sim.bench.mutate import mutated

SOURCE = """\
class Unit:
    def elaborate(self, platform):
        width = 3 + 4
        m.d.comb += [x.eq(a & ~b),
                     y.eq(f(c | d) + n[1 + 2])]
        with m.If(c == 3):
            m.d.sync += z.eq(Mux(s, p, q))
        with m.Elif(v.any()):
            m.d.sync += z.eq(Cat(s ^ p, q))
"""


def test_each_operator_of_a_signal_is_changed_and_nothing_else():
    assert sorted(mutation.name.split(": ", 1)[1] for mutation in changes("unit.py", SOURCE)) == sorted([
        "a & ~b is a | ~b", "~b is b", "f(c | d) + n[1 + 2] is f(c | d) - n[1 + 2]", "c == 3 is c != 3", "v.any() is v.all()",
        "Mux(s, p, q) is Mux(s, q, p)", "s ^ p is s | p"])


def test_a_change_is_the_expression_or_its_replacement():
    mutation = next(m for m in changes("unit.py", SOURCE) if "~b is b" in m.name)
    assert "x.eq(a & Mux(fault_(7), b, ~b))," in mutated(SOURCE, [(7, mutation)])


def test_lines_that_occur_twice_are_told_apart():
    source = "first\nx.eq(a | b)\nsecond\nx.eq(a | b)\n"
    one, other = changes("unit.py", source)
    assert (one.old, other.old) == ("first\nx.eq(a | b)\n", "second\nx.eq(a | b)\n")
    assert mutated(source, [(1, one), (2, other)]).count("fault_") == 2


def test_every_change_of_the_core_fits():
    assert len(candidates()) > 500
    assert not {mutation.file for mutation in candidates()} & {"rtl/plic.py", "rtl/board.py"}
    for mutation in candidates()[::25]:
        mutated((draw.ROOT / mutation.file).read_text(), [(1, mutation)])


def test_a_seed_draws_what_becomes_hardware():
    first, again, other = (drawn(seed, 5, "tiny") for seed in (1, 1, 2))
    assert first == again != other and len(set(first)) == 5
    assert not set(first) & set(drawn(1, 5, "tiny", first))
    assert not any(mutation.file in ("rtl/predict.py", "rtl/dcache.py") for mutation in drawn(3, 40, "tiny"))  # not there
