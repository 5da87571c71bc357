"""Where a random program lies in memory. All addresses are physical; code is also mapped there by every address space.

The low 21 bits of a pc tell what runs: below HANDLERS_END it is a handler or the way out of a block, whichever alias of
the region the pc is in.
"""

from isa import platform

REGION = 1 << 21                                # each region can be one megapage
S_CODE = platform.RAM_BASE                      # supervisor pages: handlers, set-up, bodies of M, HS and VS
U_CODE = S_CODE + REGION                        # user pages: bodies of U and VU
DATA_REGION = U_CODE + REGION
DATA = DATA_REGION + 0x8000                     # what loads and stores may touch; a pc there is no handler's
TABLES = DATA_REGION + REGION                          # page tables; read-only for the program
WILD_TABLES = TABLES + REGION // 2              # tables that the G-stage may hide from the VS-stage walk
RAM_SIZE = 4 * REGION
TOHOST = S_CODE + RAM_SIZE - 0x1000
FROMHOST = TOHOST + 8

HANDLERS_END = 0x4000                           # offset in S_CODE and U_CODE; bodies follow
DATA_PAGES = 8
CODE_PAGES = 32                                 # at most this many pages of code in each region
USED_PAGES = {S_CODE: CODE_PAGES, U_CODE: CODE_PAGES, DATA_REGION: (DATA - DATA_REGION >> 12) + DATA_PAGES,
               TABLES: REGION >> 12}
STUB_SIZE = 16                                  # each data page opens with a routine that may be called and patched
CROSSING = 0xFFE                                # and ends with half an instruction, which the next page completes
LAST_WRITE = 0xFF8
BLOCK = 64                                      # bytes that cbo.zero clears
HOLES = tuple(base + 0x10_0000 for base in (0x7000_0000, 0x4000_0000, S_CODE + RAM_SIZE, 1 << 32, 1 << 40, 1 << 55))

# Registers. Bodies write only BODY; handlers keep what they need in the others.
LINK, BASE = 1, 2                               # return address of calls; base of compressed stack accesses
BODY = tuple(range(3, 23))
UPWARD = 23                                     # where an environment call goes on in the handler's mode, or 0
NEXT = 24                                       # set-up of the next block
BUDGET = 25                                     # traps that the block may still take
VS_TEMP, HS_TEMP, M_TEMP = (26, 27), (28, 29), (30, 31)
