"""A guest sees of its instructions what it would see without a hypervisor, and notices each hypervisor that is wrong."""

import re

import pytest

from sim.firmware import GUESTS, Edit, build_firmware
from sim.outcome import BadInput, Verdict
from sim.terminal import Terminal
from sim.vmm.flaws import FLAWS
from sim.vmm.forgery import CLASSES, Class, compare, explain, forge, passed, policy, scenario, show
from sim.vmm.scenario import Setting

STATES = 200            # of 10,000: what `make test` tries of each class on the model
STATES_ON_RTL = 8
FLAWED_STATES = 200, 4_000      # most flaws show in the first few, one does not


def setting(config: str, on: str = "model") -> Setting:
    return Setting(on, config, 120.0, Terminal())


@pytest.mark.parametrize("config", ["default", "full", "spike"])
def test_no_difference(config, capsys):
    """With transformed instructions in htinst, with cache-block operations, and with the guest's code fetched."""
    outcome = scenario(setting(config), STATES)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert outcome.figures["forgery"] == [{"class": name, "states": STATES, "differences": 0} for name in CLASSES]
    show(Terminal(), outcome)
    assert "cache_block" in capsys.readouterr().err


@pytest.mark.parametrize("config", ["full", "spike"])
def test_no_difference_on_shadow_page_tables(config):
    outcome = scenario(setting(config), STATES, shadow=True)
    assert outcome.verdict is Verdict.PASS, outcome.detail


def test_shadow_flaw():
    """A cache-block operation that only a page's readers may make, taken for a store."""
    edits = [Edit("shadow.c", "if (found.fault == EXC_STORE_PAGE_FAULT && mmio_manages_block(&unread)) {",
                  "if (found.fault == EXC_STORE_PAGE_FAULT && mmio_manages_block(&unread) && unread) {")]
    done, classes = forge(setting("full"), STATES, {"SHADOW": 1, "FORGERY_CLASS": CLASSES.index("cache_block")}, edits)
    assert not passed(done, classes)


def test_rtl():
    """In lockstep."""
    outcome = scenario(setting("default", "rtl"), STATES_ON_RTL)
    assert outcome.verdict is Verdict.PASS, outcome.detail


@pytest.mark.parametrize("name", FLAWS)
def test_flaw(name):
    """Found in the class that it is said to be shown by."""
    flaw = FLAWS[name]
    shown_by = {"FORGERY_CLASS": CLASSES.index(flaw.shown_by)}
    assert not all(passed(*forge(setting(flaw.config), states, shown_by, flaw.edits)) for states in FLAWED_STATES)


def test_difference_is_named_to_the_word():
    flaw = FLAWS["zero-extends"]
    done, classes = forge(setting("full"), 100, {"FORGERY_CLASS": CLASSES.index("load")}, flaw.edits)
    assert not passed(done, classes)
    found = re.fullmatch(r"load, state \d+, instruction 0x[0-9a-f]+: x\d+ is (0x[0-9a-f]+), alone it is (0x[0-9a-f]+)",
                         explain(setting("full"), classes, edits=flaw.edits))
    assert found and int(found[2], 16) >> 63 and not int(found[1], 16) >> 63


def test_classes_are_those_of_the_guest():
    assert tuple(re.findall(r'\{ "(\w+)", forge_', (GUESTS / "forgery.c").read_text())) == CLASSES


def test_every_class_that_leaves_a_guest_has_a_flaw():
    """The others: CSRs that are in `csr` as well, and what never comes to the hypervisor."""
    assert {flaw.shown_by for flaw in FLAWS.values()} == set(CLASSES) - {"any_csr", "system", "computing"}


def test_policy():
    """The same hart, without what the guest must not know of."""
    hart = policy("full")
    assert not hart.has("H") and not hart.has("Xdoppel") and hart.has("Zicbom")


def test_compare():
    """A number that is missing is as wrong as one that is different."""
    alone = [("states", "load", "100", "0x1"), ("states", "load", "200", "0x2"), ("states", "jump", "100", "0x3")]
    guest = [("states", "load", "100", "0x7"), ("states", "load", "200", "0x2")]
    assert compare(alone, guest) == [Class("load", 200, [100]), Class("jump", 100, [100])]
    assert compare(alone, alone) == [Class("load", 200), Class("jump", 100)]


@pytest.mark.parametrize("arguments", [{"only": "stroe"}, {"flaw": "length-of"}])
def test_unknown_names(arguments):
    with pytest.raises(BadInput, match=f"is called '{next(iter(arguments.values()))}'; there are"):
        scenario(setting("full"), 1, **arguments)


def test_edit_that_does_not_fit():
    with pytest.raises(ValueError, match=r"mmio\.h has 0 times, not once: 'no such line'"):
        build_firmware(("forgery",), edits=[Edit("mmio.h", "no such line", "")])
