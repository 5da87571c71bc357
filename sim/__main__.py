"""`python -m sim` is `doppelhart`."""

from sim.cli import main

main()
