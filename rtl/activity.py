"""What the pipeline did in a cycle, for whoever measures it. No logic reads this: an FPGA build that leaves the port open
has neither the port nor what feeds only it."""

from amaranth.lib import data

WIDTH = 32      # bits of the port `activity`; a new field takes the place of an unused bit


class Activity(data.Struct):
    """State of the stages in one cycle, and what happens at its end. Bits above these are 0.

    `m_valid` without `m_held` is a record; with `m_trap` it is one of a trap. Why a stage is empty is the reader's to find
    out from the cycles before: bench/core/account.py does.
    """

    m_valid: 1      # M holds an instruction
    m_held: 1       # ... and will in the next cycle, or it is fetched again, with the A bits of its pages
    m_memory: 1     # ... which accesses memory
    m_walk: 1       # ... and waits for its translation
    m_trap: 1       # a trap is entered
    flush: 1        # M sends the front end elsewhere: a trap, a return, a fence or a CSR that changes what is fetched,
    m_branches: 1   # ... or a branch that was decided there
    x_valid: 1
    x_held: 1       # X has not finished, whatever M does
    redirect: 1     # X sends the front end elsewhere: a branch
    d_valid: 1
    d_wait: 1       # D waits for an operand
    d_wait_load: 1  # ... that a load brings
    f_walk: 1       # a fetch waits for its translation
    f_memory: 1     # ... for memory
