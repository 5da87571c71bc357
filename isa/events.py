"""What an hpm counter can count: the values of mhpmevent (privileged manual, "Hardware Performance Monitor"). A value that
is not listed reads back as 0."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One event. `architectural`: it follows from the instructions alone, so that every implementation counts the same."""

    code: int
    name: str
    title: str
    architectural: bool


EVENTS = (
    Event(0,  "NONE",               "nothing",                                                         True),
    Event(1,  "TLB_MISS",           "translation not in the TLB of loads, stores or fetches",          False),
    Event(2,  "TLB_MISS_G",         "G-stage translation not in the walker's cache",                   False),
    Event(3,  "WALK_REFERENCE",     "memory read of a page-table entry, either stage",                 False),
    Event(4,  "EXIT_INTERRUPT",     "trap from V=1 to HS or M: interrupt",                             True),
    Event(5,  "EXIT_GUEST_PAGE",    "trap from V=1 to HS or M: guest-page fault",                      True),
    Event(6,  "EXIT_VIRTUAL",       "trap from V=1 to HS or M: virtual instruction",                   True),
    Event(7,  "EXIT_ECALL",         "trap from V=1 to HS or M: environment call",                      True),
    Event(8,  "EXIT_OTHER",         "trap from V=1 to HS or M: any other exception",                   True),
    Event(9,  "FETCH_MISS",         "instruction cache miss",                                          False),
    Event(10, "DATA_MISS",          "data cache miss",                                                 False),
    Event(11, "BRANCH_MISS",        "branch or jump whose target was predicted wrong",                 False),
)
BY_NAME = {event.name: event.code for event in EVENTS}
