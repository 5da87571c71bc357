"""The commands `doppelhart vmm NAME`: one function per scenario."""

from enum import StrEnum
from typing import Annotated

import typer

from sim.cli_options import ConfigName, Json, Timeout, finish
from sim.terminal import Terminal

vmm = typer.Typer(no_args_is_help=True, help="Run a scenario of the hypervisor firmware.")


class VmmOn(StrEnum):
    """What runs a scenario of the hypervisor."""

    model = "model"
    rtl = "rtl"


@vmm.command()
def demo(config: ConfigName = "default", timeout: Timeout = 600.0, as_json: Json = False) -> None:
    """The main job: the hypervisor and two guests on the core, in lockstep with the golden model."""
    from sim.vmm.demo import run_demo, show
    with Terminal(as_json=as_json) as terminal:
        outcome = run_demo(config, timeout, terminal)
    show(terminal, outcome)
    finish(terminal, outcome)


ScenarioOn = Annotated[VmmOn, typer.Option("--on", help="What runs it; the RTL is in lockstep with the model.")]


@vmm.command()
def prices(on: ScenarioOn = VmmOn.rtl, config: ConfigName = "default", timeout: Timeout = 600.0, as_json: Json = False) -> None:
    """What each kind of exit costs: hypercalls, device accesses, faults, interrupts, switches."""
    from sim.vmm.prices import measure, show
    from sim.vmm.scenario import Setting
    with Terminal(as_json=as_json) as terminal:
        setting = Setting(on.value, config, timeout, terminal)
        done, rows = measure(setting)
    show(terminal, setting, rows)
    done.outcome.figures["prices"] = rows
    finish(terminal, done.outcome)


@vmm.command()
def hypercall(on: ScenarioOn = VmmOn.model, config: ConfigName = "default", timeout: Timeout = 600.0,
              as_json: Json = False) -> None:
    """Batches of calls in one exit: the price by length, early ends, arguments that change meanwhile."""
    from sim.vmm.hypercall import measure, show
    from sim.vmm.scenario import Setting
    with Terminal(as_json=as_json) as terminal:
        outcome = measure(Setting(on.value, config, timeout, terminal))
    show(terminal, outcome)
    finish(terminal, outcome)


@vmm.command()
def spinlock(on: ScenarioOn = VmmOn.model, config: ConfigName = "default", timeout: Timeout = 600.0,
             as_json: Json = False) -> None:
    """A lock whose holder does not run: what waiting wastes, without and with pause-loop exit."""
    from sim.vmm.scenario import Setting
    from sim.vmm.spinlock import measure, show
    with Terminal(as_json=as_json) as terminal:
        outcome = measure(Setting(on.value, config, timeout, terminal))
    show(terminal, outcome)
    finish(terminal, outcome)


@vmm.command()
def twostage(on: ScenarioOn = VmmOn.rtl, config: ConfigName = "default", timeout: Timeout = 600.0,
             as_json: Json = False) -> None:
    """Shadow page tables against two-stage translation: the same work, exits, page-table reads, cycles."""
    from sim.vmm.scenario import Setting
    from sim.vmm.twostage import measure, show
    with Terminal(as_json=as_json) as terminal:
        outcome = measure(Setting(on.value, config, timeout, terminal))
    show(terminal, outcome)
    finish(terminal, outcome)


@vmm.command()
def devices(on: ScenarioOn = VmmOn.model, config: ConfigName = "default", timeout: Timeout = 600.0,
            as_json: Json = False) -> None:
    """Disks, a network and I/O ports: two guests that talk, and one that tries what it must not."""
    from sim.vmm.devices import measure, show
    from sim.vmm.scenario import Setting
    with Terminal(as_json=as_json) as terminal:
        outcome = measure(Setting(on.value, config, timeout, terminal))
    show(terminal, outcome)
    finish(terminal, outcome)


@vmm.command()
def density(guests: Annotated[int | None, typer.Option("--guests", metavar="N", help="Default: 1000, on the RTL 64.")] = None,
            on: ScenarioOn = VmmOn.model, config: ConfigName = "default", timeout: Timeout = 600.0,
            as_json: Json = False) -> None:
    """Very many machines on one hart: memory of each, price of a switch, VMIDs that roll over."""
    from sim.vmm.density import GUESTS, measure, show
    from sim.vmm.scenario import Setting
    with Terminal(as_json=as_json) as terminal:
        outcome = measure(Setting(on.value, config, timeout, terminal), GUESTS[on.value] if guests is None else guests)
    show(terminal, outcome)
    finish(terminal, outcome)


@vmm.command()
def identity(hosts: Annotated[str, typer.Option("--hosts", metavar="NAME,...",
                                                help="Profiles of the pool's hosts.")] = "full,spike",
             on: ScenarioOn = VmmOn.model, timeout: Timeout = 3600.0,
             states: Annotated[int | None, typer.Option(
                 "--states", min=1, metavar="N", help="Random states of each class; default: 1000, on the RTL 4.")] = None,
             flaw: Annotated[str, typer.Option("--flaw", metavar="NAME", help="A hypervisor that is wrong in this way.")] = "",
             as_json: Json = False) -> None:
    """One virtual CPU on every host of a pool: what a guest sees of it, and hosts that refuse it."""
    from sim.vmm.identity import STATES, hosts_of, scenario, show
    from sim.vmm.scenario import Setting
    with Terminal(as_json=as_json) as terminal:
        pool = hosts_of(hosts)
        outcome = scenario(Setting(on.value, pool[0].name, timeout, terminal), pool,
                           STATES[on.value] if states is None else states, flaw)
    show(terminal, outcome)
    finish(terminal, outcome)


@vmm.command()
def hostile(config: ConfigName = "default",
            seeds: Annotated[int, typer.Option("--seeds", min=1, metavar="N", help="Runs, each with another seed.")] = 10,
            rounds: Annotated[int, typer.Option("--rounds", min=1, metavar="N",
                                                help="Pieces of random code in each guest.")] = 1000,
            as_json: Json = False) -> None:
    """Guests that do at random whatever could hurt, between others that must not notice; on the model."""
    from sim.vmm.hostile import scenario
    from sim.vmm.scenario import Setting
    with Terminal(as_json=as_json) as terminal:
        outcome = scenario(Setting("model", config, 0.0, terminal), range(1, seeds + 1), rounds)
    terminal.note(f"the hypervisor has used {outcome.figures['stack']} bytes of its stack; the guests have rung "
                  f"{outcome.figures['bells']:,} doorbells of virtio devices")
    finish(terminal, outcome)


@vmm.command()
def forgery(on: ScenarioOn = VmmOn.model, config: ConfigName = "full", timeout: Timeout = 3600.0,
            states: Annotated[int, typer.Option("--states", min=1, metavar="N",
                                                help="Random states of each class.")] = 10_000,
            only: Annotated[str, typer.Option("--class", metavar="NAME", help="Only this class of instructions.")] = "",
            flaw: Annotated[str, typer.Option("--flaw", metavar="NAME", help="A hypervisor that is wrong in this way.")] = "",
            shadow: Annotated[bool, typer.Option("--shadow", help="Shadow page tables instead of two stages.")] = False,
            as_json: Json = False) -> None:
    """Instructions that leave a guest, in random states: what it sees with the hypervisor and on a hart of its own."""
    from sim.vmm.forgery import scenario, show
    from sim.vmm.scenario import Setting
    with Terminal(as_json=as_json) as terminal:
        outcome = scenario(Setting(on.value, config, timeout, terminal), states, only, flaw, shadow)
    show(terminal, outcome)
    finish(terminal, outcome)
