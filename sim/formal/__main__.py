"""python -m sim.formal [NAME ...]: proves the claims, shows a trace to the situation of each, and finds its planted bugs."""

import sys
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sim.formal import bus, csr_access, delegation, looked_up, order, tlb_hits, walk_grant, walk_step, worlds
from sim.formal.claim import Claim
from sim.formal.engine import FormalError, Result, cover, prove, replay

CLAIMS = {claim.name: claim for claim in (worlds.CLAIM, delegation.CLAIM, csr_access.CLAIM, looked_up.CLAIM, walk_step.CLAIM,
                                          walk_grant.CLAIM, *tlb_hits.CLAIMS, *bus.CLAIMS, *order.CLAIMS)}


def check(claim: Claim, console: Console) -> bool:
    """Everything about one claim; True if all is as it should be."""
    console.print(f"[bold]({claim.letter}) {claim.name}[/bold]: {claim.says}")
    console.print("  assumes: " + "; ".join(claim.assumes))
    start = time.monotonic()
    proof = prove(claim)
    bound = "unbounded" if claim.depth is None else f"to {claim.depth} cycles from reset"
    console.print(f"  {proof.result.value}, {bound}, {time.monotonic() - start:.1f} s")
    good = proof.result is Result.PROVED
    if proof.result is Result.TRACE:
        _show(claim, proof.trace, 0, console)
    reached = cover(claim)
    if reached.result is Result.TRACE:
        console.print(f"  its situation, {len(reached.trace)} cycles from reset:")
        _show(claim, reached.trace, 0, console)
    else:
        console.print(f"  its situation: {reached.result.value} that nothing reaches it")
        good = False
    for number, bug in enumerate(claim.bugs, 1):
        found = prove(claim, number)
        console.print(f"  planted: {bug.name}: " + (f"found, {len(found.trace)} cycles from reset"
                                                   if found.result is Result.TRACE else f"NOT FOUND ({found.result.value})"))
        good &= found.result is Result.TRACE
    return good


def _show(claim: Claim, trace: object, bug: int, console: Console) -> None:
    assert isinstance(trace, tuple)
    table = Table("cycle", *claim.shows)
    for cycle, row in enumerate(replay(claim, trace, bug)):
        table.add_row(str(cycle), *(f"{row[name]:x}" for name in claim.shows))
    console.print(table)


def main(names: Annotated[list[str] | None, typer.Argument(help="claims; without a name all")] = None) -> None:
    """Prove properties of the RTL."""
    console = Console(highlight=False)
    unknown = [name for name in names or [] if name not in CLAIMS]
    if unknown:
        typer.echo(f"There is no claim {unknown[0]!r}; there are {', '.join(CLAIMS)}.", err=True)
        raise typer.Exit(2)
    good = True
    try:
        for name in names or CLAIMS:
            good &= check(CLAIMS[name], console)
    except FormalError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    raise typer.Exit(0 if good else 1)


if __name__ == "__main__":
    typer.run(main)
