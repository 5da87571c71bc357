"""`doppelhart vmm identity`: a virtual CPU that is the same on every host of a pool.

The pool's policy is what all its hosts have. The guest is that of the forgery: it executes all instructions and accesses all
CSRs on each host, and must see what it sees alone on a hart that is what the policy says. Then each host is asked for policies
with what it lacks, and must refuse before a guest starts.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from isa.profile import PROFILES, Profile
from sim.firmware import Edit
from sim.outcome import BadInput, Outcome, Verdict
from sim.run import named
from sim.terminal import Terminal
from sim.vmm.forgery import explain, forge, passed
from sim.vmm.policy import MASKS, Policy, pool
from sim.vmm.scenario import Image, Setting, run

EXIT_REFUSED = 3        # of vmm_firmware/power.h
REFUSED = re.compile(r"^\[hypervisor\] refused: .*$", re.MULTILINE)
# Hypervisors that are wrong on purpose.
FLAWS = {
    "unmasked": Edit("policy.c", "csr_write_checked(CSR_HISADIS, hidden & MASKABLE, UINT64_MAX)", "csr_write(CSR_HISADIS, 0)"),
    "stateen-left": Edit("policy.c", "csr_write_checked(CSR_HSTATEEN0, MSTATEEN0_ENVCFG, MSTATEEN0_SE0 | MSTATEEN0_ENVCFG)",
                         "csr_set(CSR_HSTATEEN0, MSTATEEN0_ENVCFG)"),
    "never-refuses": Edit("policy.c", "if (wanted & ~host)", "if (wanted & ~host & 0)"),
}


def hosts_of(names: str) -> list[Profile]:
    """Profiles by their names, separated by commas. Raises BadInput."""
    return [named(name, PROFILES) for name in names.split(",")]


def refusal(policy: Policy, setting: Setting, edits: Sequence[Edit] = ()) -> str:
    """What the hypervisor says on a host that cannot be what the policy says; "" if it starts the guest all the same.

    Raises BadInput.
    """
    done = run(Image(("bad_report",), policy.defines(), statistics="", edits=tuple(edits), shown=False), setting)
    found = REFUSED.search(done.text)
    return found[0] if found and done.outcome.code == EXIT_REFUSED and "guests:" not in done.text else ""


def scenario(setting: Setting, hosts: Sequence[Profile], states: int, flaw: str = "") -> Outcome:
    """On every host of the pool, which on the RTL are one: a verdict with the figures. Raises BadInput."""
    if flaw and flaw not in FLAWS:
        raise BadInput(f"no flaw is called {flaw!r}; there are {', '.join(FLAWS)}")
    edits = [FLAWS[flaw]] if flaw else []
    try:
        policy = pool(hosts)
    except ValueError as error:
        raise BadInput(str(error)) from error
    total = Outcome(Verdict.PASS, setting.on, 0, 0.0, 0, "", {"policy": sorted(policy.extensions), "hosts": []})
    for host in hosts:
        there = replace(setting, config=host.name)
        done, classes = forge(there, states, policy.defines(), edits, policy.hart)
        wrong = "" if passed(done, classes) else explain(there, classes, policy.defines(), edits, policy.hart)
        refused = _refuses_what_it_lacks(there, host, policy, edits)
        total.instructions += done.outcome.instructions
        total.seconds += done.outcome.seconds
        total.figures["hosts"].append({
            "host": host.name, "hidden": sorted(host.extensions & MASKS.keys() - policy.extensions), "states": states,
            "differences": sum(len(c.wrong) for c in classes), "refused": refused})
        if not passed(done, classes) or not all(refused.values()):
            total.verdict, total.code = Verdict.FAIL, 1
            total.detail = total.detail or f"{host.name}: {wrong or done.outcome.detail or 'a policy was not refused'}"
    return total


def _refuses_what_it_lacks(setting: Setting, host: Profile, policy: Policy, edits: Sequence[Edit]) -> dict[str, bool]:
    """For each extension that a policy can have and this host has not: is the policy with it refused?"""
    return {name: bool(refusal(replace(policy, extensions=policy.extensions | {name}), setting, edits))
            for name in (*MASKS, "Smstateen", "Svinval") if not host.has(name)}


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The policy, and the table of hosts."""
    terminal.note(f"policy: {' '.join(outcome.figures['policy'])}")
    terminal.table("The same virtual CPU on every host", ("host", "hidden", "states of each class", "differences", "refused"),
                   [(row["host"], " ".join(row["hidden"]) or "-", row["states"], row["differences"],
                     " ".join(name for name, done in row["refused"].items() if done) or "-")
                    for row in outcome.figures["hosts"]])
