"""A virtual CPU is what its policy says, on hosts that have more, and nowhere where they have less."""

from dataclasses import replace

import pytest

from isa.profile import PROFILES
from sim.outcome import BadInput, Verdict
from sim.terminal import Terminal
from sim.vmm.forgery import explain, forge, passed
from sim.vmm.identity import FLAWS, hosts_of, refusal, scenario, show
from sim.vmm.policy import MASKS, Policy, pool
from sim.vmm.scenario import Setting

FULL = PROFILES["full"]
MODEL = Setting("model", "full", 120.0, Terminal())
STATES = 60
# All that can be hidden and that the guest's own code does not need.
SMALL = Policy(pool([FULL]).extensions - {"A", "Zba", "Zbb", "Zbs", "Zicond", "Zicbom", "Zicboz", "Zihpm", "Smstateen"},
               FULL.asid_bits)


def test_pool(capsys):
    """The same guest on two hosts; the one that has less refuses what it has not."""
    outcome = scenario(MODEL, hosts_of("full,spike"), STATES)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert [row["hidden"] for row in outcome.figures["hosts"]] == [["Zihpm"], []]
    assert outcome.figures["hosts"][1]["refused"] == {"Zihpm": True}
    show(Terminal(), outcome)
    assert "Zicntr" in capsys.readouterr().err


def test_all_that_can_be_hidden():
    """Instructions, CSRs, and fields of CSRs."""
    done, classes = forge(MODEL, STATES, SMALL.defines(), seen=SMALL.hart)
    assert passed(done, classes), explain(MODEL, classes, SMALL.defines(), seen=SMALL.hart)


@pytest.mark.parametrize("name", ["unmasked", "stateen-left"])
def test_what_is_not_hidden_is_seen(name):
    done, classes = forge(MODEL, STATES * 3, SMALL.defines(), [FLAWS[name]], SMALL.hart)
    assert not passed(done, classes)


def test_guest_started_all_the_same():
    assert scenario(MODEL, hosts_of("full,spike"), 1, "never-refuses").verdict is Verdict.FAIL


def test_reasons():
    """In the hypervisor's words."""
    on_tiny = replace(MODEL, config="tiny")
    tiny = pool([PROFILES["tiny"]])
    assert "has extensions 0x20000, which this host lacks" in refusal(
        replace(tiny, extensions=tiny.extensions | {"Svinval"}), on_tiny)
    assert "has ASIDs of 4 bits, the policy others" in refusal(replace(tiny, asid_bits=9), on_tiny)
    assert "cannot hide its extensions 0x1" in refusal(replace(tiny, extensions=tiny.extensions - {"M"}), on_tiny)
    assert refusal(tiny, on_tiny) == ""


def test_common():
    """The intersection; without what never reaches a guest."""
    policy = pool([FULL, FULL.without("Zba")])
    assert not policy.extensions & {"Zba", "H", "Xdoppel"} and "Zbb" in policy.extensions
    assert policy.hart.hpm_counters == 4 and policy.hart.asid_bits == FULL.asid_bits


@pytest.mark.parametrize("hosts, reason", [
    ((FULL, FULL.without("Svinval")), "host 'full' cannot hide Svinval, which another host of the pool lacks"),
    ((PROFILES["spike"], FULL.without("Zba")), "host 'spike' cannot hide Zba without Xdoppel, and another host lacks it"),
    ((FULL, replace(FULL, name="b", asid_bits=9)), "hosts 'full' and 'b' differ in the width of ASIDs: 16 and 9 bits"),
])
def test_no_pool(hosts, reason):
    with pytest.raises(ValueError, match=reason):
        pool(hosts)


def test_unknown_names():
    with pytest.raises(BadInput, match="'fool'"):
        hosts_of("full,fool")
    with pytest.raises(BadInput, match="no flaw is called 'x'"):
        scenario(MODEL, [FULL], 1, "x")


def test_masks_have_the_bits_of_the_firmware():
    """Those of its own stand above hisadis."""
    assert max(MASKS.values()) == 1 << 9
