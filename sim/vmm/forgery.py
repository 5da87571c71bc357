"""`doppelhart vmm forgery`: what a guest sees of an instruction that the hypervisor carries out, and what it sees without one.

The guest tries instructions in random states and prints numbers that depend on all it has seen. It runs twice: under the
hypervisor, and on a model of the machine that the hypervisor pretends to be: the same hart without the hypervisor extension.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from isa.profile import PROFILES, Profile
from sim.firmware import Edit, build_native
from sim.model import Machine
from sim.outcome import BadInput, Outcome, Verdict
from sim.run import named
from sim.terminal import Terminal
from sim.toolchain import ToolchainError
from sim.vmm.flaws import FLAWS
from sim.vmm.probe import REGION, Probe
from sim.vmm.scenario import Image, Run, Setting, run

GUEST = "forgery"
RAM = 0x20_0000                     # what the guest has
CLASSES = ("csr", "any_csr", "privileged", "system", "hypervisor", "load", "store", "compressed", "atomic", "cache_block",
           "jump", "computing")
# What is seen of a state, in the order of forgery.c.
SEEN = ("instruction", *(f"x{n}" for n in range(1, 32)), "sepc", "sstatus", "scause", "stval", "satp", "sie", "sip", "stimecmp",
        "scounteren", "senvcfg", "history of the device", "memory", "counter between its neighbours")
LINE = re.compile(r"^(?:\[guest 0\] )?(states|word) (\w+) (\d+) (0x[0-9a-f]+)\r?$", re.MULTILINE)
# All that can leave a guest does: counters and the clock, SRET, satp and the fences of translations.
BUILD: dict[str, str | int] = {"VPROBE": 1, "SLICE_TICKS": 1 << 32, "HCOUNTEREN": 0, "VTVM": "HSTATUS_VTVM",
                               "VTSR": "HSTATUS_VTSR"}


@dataclass
class Class:
    """Instructions of one class: states tried, and after which numbers of them the guest had seen something else."""

    name: str
    states: int = 0
    wrong: list[int] = field(default_factory=list)


def policy(config: str) -> Profile:
    """The hart that the guest is meant to see. Raises BadInput."""
    profile = named(config, PROFILES)
    return profile.without(*({"H", "Xdoppel"} & profile.extensions))


def forge(setting: Setting, states: int, defines: Mapping[str, str | int] | None = None, edits: Sequence[Edit] = (),
          seen: Profile | None = None) -> tuple[Run, list[Class]]:
    """Both runs, `states` of each class or as `defines` say, and the classes compared. `seen`: the hart that the guest is
    meant to see, by default the one that it runs on. Raises BadInput."""
    macros: dict[str, str | int] = {"FORGERY_STATES": states, **(defines or {})}
    done, expected, found = _both(setting, macros, edits, seen)
    return done, compare(expected, found)


def compare(expected: list[tuple[str, str, str, str]], found: list[tuple[str, str, str, str]]) -> list[Class]:
    """Class by class: a line that the guest alone has printed must be there again."""
    classes: dict[str, Class] = {}
    there = set(found)
    for line in expected:
        _, name, number, _ = line
        entry = classes.setdefault(name, Class(name))
        entry.states = int(number)
        if line not in there:
            entry.wrong.append(entry.states)
    return list(classes.values())


def explain(setting: Setting, classes: list[Class], defines: Mapping[str, str | int] | None = None, edits: Sequence[Edit] = (),
            seen: Profile | None = None) -> str:
    """The first difference, to the word; "" if there is none. Runs the states in question again. Raises BadInput."""
    name, number = next(((c.name, c.wrong[0]) for c in classes if c.wrong), ("", 0))
    if not name:
        return ""
    macros = {**(defines or {}), "FORGERY_CLASS": CLASSES.index(name), "FORGERY_STATES": number}
    _, expected, found = _both(setting, {**macros, "FORGERY_LINE": 1}, edits, seen)
    state = next((c.wrong[0] for c in compare(expected, found) if c.wrong), number)
    macros.update(FORGERY_STATES=state, FORGERY_WORDS=state)
    return _first_difference(name, *_both(setting, macros, edits, seen)[1:])


def _first_difference(name: str, expected: list[tuple[str, str, str, str]], found: list[tuple[str, str, str, str]]) -> str:
    there = {number: value for kind, _, number, value in found if kind == "word"}
    instruction = ""
    for kind, _, number, value in expected:
        if kind != "word":
            continue
        state, word = divmod(int(number), len(SEEN))
        if word == 0:
            instruction = value
        if number not in there:
            return f"{name}, state {state + 1}, instruction {instruction}: the guest went no further"
        if there[number] != value:
            return f"{name}, state {state + 1}, instruction {instruction}: {SEEN[word]} is {there[number]}, alone it is {value}"
    return f"{name}: the difference has not come again"


def passed(done: Run, classes: list[Class]) -> bool:
    """No difference anywhere, and the guest has come to its end."""
    return done.outcome.verdict is Verdict.PASS and bool(classes) and not any(c.wrong for c in classes)


def scenario(setting: Setting, states: int, only: str = "", flaw: str = "", shadow: bool = False) -> Outcome:
    """The whole scenario, or one class of it: an outcome with the figures, which fails on any difference. `shadow`: the guest
    translates by shadow page tables. Raises BadInput."""
    if only and only not in CLASSES:
        raise BadInput(f"no class of instructions is called {only!r}; there are {', '.join(CLASSES)}")
    if flaw and flaw not in FLAWS:
        raise BadInput(f"no flaw is called {flaw!r}; there are {', '.join(FLAWS)}")
    edits = FLAWS[flaw].edits if flaw else ()
    defines: dict[str, str | int] = {"SHADOW": 1} if shadow else {}
    done, classes = forge(setting, states, {**defines, "FORGERY_CLASS": CLASSES.index(only)} if only else defines, edits)
    outcome = done.outcome
    outcome.figures["forgery"] = [{"class": c.name, "states": c.states, "differences": len(c.wrong)} for c in classes]
    if outcome.verdict is not Verdict.DIVERGED and not passed(done, classes):
        why = (explain(setting, classes, defines, edits), outcome.detail if outcome.verdict is Verdict.LIMIT else "")
        outcome.verdict, outcome.detail = Verdict.FAIL, "; ".join(filter(None, why)) or outcome.detail
    return outcome


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The table of classes."""
    terminal.table("What a guest sees, with the hypervisor and alone", ("class", "states", "hundreds that differ"),
                   [(row["class"], row["states"], row["differences"]) for row in outcome.figures["forgery"]])


def _both(setting: Setting, macros: Mapping[str, Any], edits: Sequence[Edit], seen: Profile | None = None
          ) -> tuple[Run, list[tuple[str, str, str, str]], list[tuple[str, str, str, str]]]:
    """The run in the guest; the lines of the guest alone, and of the guest."""
    expected = _native(seen or policy(setting.config), macros, setting)
    done = run(Image((GUEST,), {**BUILD, **macros}, statistics="", max_instructions=_limit(macros), edits=tuple(edits),
                     shown=False), setting)
    return done, LINE.findall(expected), LINE.findall(done.text)


def _limit(macros: Mapping[str, Any]) -> int:
    """Instructions after which a run will never end."""
    return 1_000_000 + (100_000 if "FORGERY_CLASS" in macros else 30_000 * len(CLASSES)) * int(macros["FORGERY_STATES"])


def _native(profile: Profile, macros: Mapping[str, Any], setting: Setting) -> str:
    try:
        elf = build_native(GUEST, macros)
    except ToolchainError as error:
        raise BadInput(str(error)) from error
    machine = Machine(profile=profile, ram_size=RAM)
    machine.attach(REGION, Probe())
    machine.load_elf(elf)
    console = bytearray()
    machine.on_console = console.extend
    while machine.exit_code is None and machine.instructions < _limit(macros):
        machine.run(1_000_000)
        setting.terminal.progress("the guest alone", machine.instructions, None)
    return console.decode()
