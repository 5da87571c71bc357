"""What the commands share: options with the same meaning everywhere, and the end of a run."""

from typing import Annotated

import typer

from isa.profile import PROFILES
from sim.outcome import Outcome
from sim.terminal import Terminal

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
ConfigName = Annotated[str, typer.Option("--config", metavar="NAME", help=f"One of: {', '.join(PROFILES)}.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0, metavar="SECONDS", help="Stop after this much wall-clock time.")]


def finish(terminal: Terminal, outcome: Outcome) -> None:
    """Say how a run ended, print its JSON, and exit with its status."""
    words = {"pass": "passed", "fail": f"failed with code {outcome.code}", "limit": "did not end", "diverged": "diverged"}
    rate = outcome.instructions / outcome.seconds if outcome.seconds else 0
    terminal.note(f"{words[outcome.verdict.value]}: {outcome.instructions:,} instructions and traps on {outcome.on} "
                  f"in {outcome.seconds:.1f} s ({rate:,.0f}/s)")
    if outcome.detail:
        terminal.note(outcome.detail)
    terminal.result(outcome.as_dict())
    raise typer.Exit(outcome.status)
