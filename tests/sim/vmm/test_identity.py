"""A virtual CPU is what its policy says, on hosts that have more, and nowhere where they have less."""

from dataclasses import replace

import pytest

from isa.profile import PROFILES
from sim.firmware import build_firmware, machine
from sim.model import Machine
from sim.outcome import BadInput, Verdict
from sim.terminal import Terminal
from sim.vmm.forgery import explain, forge, passed
from sim.vmm.identity import FLAWS, GUEST, MACHINE, differences, hosts_of, look, refusal, scenario, show
from sim.vmm.policy import MASKS, Policy, pool
from sim.vmm.scenario import Setting
from sim.vmm.view import view

FULL = PROFILES["full"]
MODEL = Setting("model", "full", 120.0, Terminal())
STATES = 60
# All that can be hidden and that the guest's own code does not need.
SMALL = Policy(pool([FULL]).extensions - {"A", "Zba", "Zbb", "Zbs", "Zicond", "Zicbom", "Zicboz", "Zihpm", "Smstateen"},
               FULL.asid_bits)
# What two of the hosts have, with numbers of its own.
POOL = replace(pool([FULL, PROFILES["spike"]]), mvendorid=0x123, marchid=1 << 63, mimpid=77, sbi_impl_version=3)
FORGERY = ("unmasked", "stateen-left", "never-refuses")     # flaws that instructions show, or that no guest sees


def test_pool(capsys):
    """The same guest on two hosts; the one that has less refuses what it has not."""
    outcome = scenario(MODEL, hosts_of("full,spike"), STATES)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert [row["hidden"] for row in outcome.figures["hosts"]] == [["Zihpm"], []]
    assert {row["facts"] for row in outcome.figures["hosts"]} == {len(view(POOL, machine(MACHINE)))}
    assert outcome.figures["hosts"][1]["refused"] == {"Zihpm": True}
    show(Terminal(), outcome)
    assert "Zicntr" in capsys.readouterr().err


def test_all_that_can_be_hidden():
    """Instructions, CSRs, and fields of CSRs."""
    done, classes = forge(MODEL, STATES, SMALL.defines(), seen=SMALL.hart)
    assert passed(done, classes), explain(MODEL, classes, SMALL.defines(), seen=SMALL.hart)


def test_on_the_rtl():
    """In lockstep; the model stands in for the host that the RTL cannot be."""
    outcome = scenario(replace(MODEL, on="rtl"), hosts_of("linux,spike"), 1)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert [(row["on"], row["differences"]) for row in outcome.figures["hosts"]] == [("rtl", 0), ("model", 0)]


@pytest.mark.parametrize("policy", [POOL, replace(SMALL, extensions=SMALL.extensions - {"Zicntr"})], ids=["pool", "small"])
def test_view(policy):
    """All that a machine says of itself, and all that it is."""
    done, unlike = look(policy, MODEL)
    assert done.outcome.verdict is Verdict.PASS and unlike == []


def test_hosts_with_other_numbers():
    """Whoever made the host: byte for byte the same output."""
    elf, seen = build_firmware((GUEST,), {**POOL.defines(), **MACHINE}), []
    for name, numbers in (("full", (0, 0, 1)), ("spike", (0x489, 1 << 62 | 7, 0x42))):
        host, console = Machine(profile=PROFILES[name]), bytearray()
        for csr, number in zip(("mvendorid", "marchid", "mimpid"), numbers, strict=True):
            host.hart.csrs[csr].fixed = number
            assert host.read_csr(csr) == number
        host.load_elf(elf)
        host.on_console = console.extend
        assert host.run(10_000_000) == "exit" and host.exit_code == 0
        seen.append([line for line in console.splitlines() if line.startswith(b"[guest 0]")])
    assert seen[0] == seen[1] and len(seen[0]) == len(view(POOL, machine(MACHINE)))


@pytest.mark.parametrize("name, complaint", [
    ("ids-of-host", "the guest sees 'base 0x6 0x1'"),
    ("probes-all", "the guest sees 'probe 0x504d55 0x1'"),
    ("tree-says-more", "the guest does not see 'd00dfeed"),
    ("tree-says-less", "the guest does not see 'd00dfeed"),
    ("tree-blocks", "the guest sees '"),
    ("no-device", "the guest does not see 'region 0x10003000 0x200'"),
    ("another-interrupt", "the guest sees 'interrupt 0x10002000 0x3'"),
])
def test_what_is_not_as_the_policy_says_is_seen(name, complaint):
    _, unlike = look(POOL, MODEL, FLAWS[name])
    assert any(line.startswith(complaint) for line in unlike), unlike


def test_every_flaw_is_looked_for():
    assert {"ids-of-host", "probes-all", "tree-says-more", "tree-says-less", "tree-blocks", "no-device",
            "another-interrupt"} == FLAWS.keys() - set(FORGERY)


def test_differences():
    """In number, too."""
    assert differences(["a", "a", "b"], ["b", "a", "c"]) == ["the guest does not see 'a'", "the guest sees 'c'"]


@pytest.mark.parametrize("name", ["unmasked", "stateen-left"])
def test_what_is_not_hidden_is_seen(name):
    done, classes = forge(MODEL, STATES * 3, SMALL.defines(), FLAWS[name], SMALL.hart)
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
    assert "has cache blocks other than the policy's 128 bytes" in refusal(replace(POOL, cache_block=128), MODEL)
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
