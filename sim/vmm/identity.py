"""`doppelhart vmm identity`: a virtual CPU that is the same on every host of a pool.

The pool's policy is what all its hosts have, under a name of its own. On each host

1. a guest prints all that the machine says of itself, the device tree included, and all that it turns out to be: sim.vmm.view
   has what must come of the policy;
2. the guest of the forgery executes all instructions and accesses all CSRs, and must see what it sees alone on a hart that is
   what the policy says;
3. policies with what the host lacks must be refused before a guest starts.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from isa.profile import PROFILES, Profile
from sim.firmware import Edit, machine
from sim.outcome import BadInput, Outcome, Verdict
from sim.run import named
from sim.terminal import Terminal
from sim.vmm.forgery import explain, forge, passed
from sim.vmm.policy import MASKS, Policy, pool
from sim.vmm.scenario import Image, Run, Setting, run
from sim.vmm.view import view

GUEST = "identity"
STATES = {"model": 1000, "rtl": 4}
# A machine with all there is.
MACHINE: dict[str, str | int] = {"DISK_SIZE": 0x1000, "NETWORK": 1, "VPROBE": 1, "PORTS": 1, "HARTS": 2}
EXIT_REFUSED = 3        # of vmm_firmware/power.h
REFUSED = re.compile(r"^\[hypervisor\] refused: .*$", re.MULTILINE)
# Hypervisors that are wrong on purpose.
FLAWS = {
    "unmasked": [Edit("policy.c", "csr_write_checked(CSR_HISADIS, hidden & MASKABLE, UINT64_MAX)",
                      "csr_write(CSR_HISADIS, 0)")],
    "stateen-left": [Edit("policy.c", "csr_write_checked(CSR_HSTATEEN0, MSTATEEN0_ENVCFG, MSTATEEN0_SE0 | MSTATEEN0_ENVCFG)",
                          "csr_set(CSR_HSTATEEN0, MSTATEEN0_ENVCFG)")],
    "never-refuses": [Edit("policy.c", "if (wanted & ~host)", "if (wanted & ~host & 0)")],
    "ids-of-host": [Edit("shim.c", "void shim_main(void)\n{\n",
                         "uint64_t mimpid;\nvoid shim_main(void)\n{\n    mimpid = csr_read(CSR_MIMPID);\n"),
                    Edit("sbi_base.c", "result->value = POLICY_MIMPID;",
                         "{ extern uint64_t mimpid; result->value = mimpid; }")],
    "probes-all": [Edit("sbi_base.c", "sbi_find(SBI_ARG(vcpu, 0)) != 0", "1")],
    "tree-says-more": [Edit("machine.c", "(EXTENSIONS, POLICY_EXTENSIONS)", "(EXTENSIONS, POLICY_EXTENSIONS | HISADIS_ZIHPM)")],
    "tree-says-less": [Edit("machine.c", "NETWORK ? VIRTIO_SIZE : 0", "0")],
    "tree-blocks": [Edit("machine.c", "POLICY_CACHE_BLOCK", "2 * POLICY_CACHE_BLOCK")],
    "no-device": [Edit("vm.c", "    if (NETWORK) {", "    if (NETWORK & 0) {")],
    "another-interrupt": [Edit("vblock.c", ".source = BLOCK_IRQ", ".source = BLOCK_IRQ + 2")],
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


def look(policy: Policy, setting: Setting, edits: Sequence[Edit] = ()) -> tuple[Run, list[str]]:
    """A guest's view of its machine, and in one sentence each what of it is not as the policy says. Raises BadInput."""
    step = {"IDENTITY_STEP": 0x100_0000} if setting.on == "rtl" else {}
    defines = {**policy.defines(), **MACHINE, **step}
    done = run(Image((GUEST,), defines, statistics="", edits=tuple(edits), shown=False), setting)
    return done, differences(view(policy, machine(MACHINE)), done.lines(0))


def differences(wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    """What of each is not in the other, or not as often."""
    missing, extra = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    return [*(f"the guest does not see {line!r}" for line in missing), *(f"the guest sees {line!r}" for line in extra)]


def scenario(setting: Setting, hosts: Sequence[Profile], states: int, flaw: str = "") -> Outcome:
    """On every host of the pool: a verdict with the figures. Hosts that the RTL cannot be are the model's. Raises BadInput."""
    if flaw and flaw not in FLAWS:
        raise BadInput(f"no flaw is called {flaw!r}; there are {', '.join(FLAWS)}")
    edits = FLAWS[flaw] if flaw else []
    try:
        # Numbers that no host has, as of a commercial implementation.
        policy = replace(pool(hosts), mvendorid=0x602, marchid=1 << 63 | 0x5EED, mimpid=0x2026_1123)
    except ValueError as error:
        raise BadInput(str(error)) from error
    total = Outcome(Verdict.PASS, setting.on, 0, 0.0, 0, "", {"policy": sorted(policy.extensions), "hosts": []})
    for host in hosts:
        there = replace(setting, config=host.name, on="model" if host.tinst_zero else setting.on)
        seen, unlike = look(policy, there, edits)
        done, classes = forge(there, states, policy.defines(), edits, policy.hart)
        wrong = "" if passed(done, classes) else explain(there, classes, policy.defines(), edits, policy.hart)
        refused = _refuses_what_it_lacks(there, host, policy, edits)
        total.instructions += seen.outcome.instructions + done.outcome.instructions
        total.seconds += seen.outcome.seconds + done.outcome.seconds
        total.figures["hosts"].append({
            "host": host.name, "on": there.on, "hidden": sorted(host.extensions & MASKS.keys() - policy.extensions),
            "facts": len(seen.lines(0)), "states": states,
            "differences": len(unlike) + sum(len(c.wrong) for c in classes), "refused": refused})
        bad = next((each.outcome for each in (seen, done) if each.outcome.verdict is not Verdict.PASS), None)
        if bad or unlike or not passed(done, classes) or not all(refused.values()):
            total.verdict = bad.verdict if bad and bad.verdict is Verdict.DIVERGED else Verdict.FAIL
            total.code = 1
            reason = bad.detail if bad and bad.detail else "; ".join(unlike[:2]) or wrong or "a policy was not refused"
            total.detail = total.detail or f"{host.name}: {reason}"
    return total


def _refuses_what_it_lacks(setting: Setting, host: Profile, policy: Policy, edits: Sequence[Edit]) -> dict[str, bool]:
    """For each extension that a policy can have and this host has not: is the policy with it refused?"""
    return {name: bool(refusal(replace(policy, extensions=policy.extensions | {name}), setting, edits))
            for name in (*MASKS, "Smstateen", "Svinval") if not host.has(name)}


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The policy, and the table of hosts."""
    terminal.note(f"policy: {' '.join(outcome.figures['policy'])}")
    terminal.table("The same virtual CPU on every host", ("host", "on", "hidden", "facts", "states", "differences", "refused"),
                   [(row["host"], row["on"], " ".join(row["hidden"]) or "-", row["facts"], row["states"], row["differences"],
                     " ".join(name for name, done in row["refused"].items() if done) or "-")
                    for row in outcome.figures["hosts"]])
