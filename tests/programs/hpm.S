/* Event counters: each that counts takes what the first takes, each that does not reads zero. */
#include "test.h"

.macro SAME event, counter
    li      t5, 5
    csrw    \event, t5
    li      t5, 0x1234
    csrw    \counter, t5
    csrr    a2, \event
    csrr    a3, \counter
    beqz    a2, 1f
    bne     a2, a0, fail
1:  csrw    \event, x0
    csrr    t5, \event
    bnez    t5, fail
    bnez    a3, 2f
    bnez    a2, fail
2:  csrw    \counter, x0
.endm

PROGRAM
    li      t5, 5
    csrw    mhpmevent3, t5
    csrr    a0, mhpmevent3
    csrw    mhpmevent3, x0
    CHECK   1
    SAME    mhpmevent4, mhpmcounter4
    CHECK   2
    SAME    mhpmevent5, mhpmcounter5
    CHECK   3
    SAME    mhpmevent6, mhpmcounter6
    CHECK   4
    SAME    mhpmevent7, mhpmcounter7
    CHECK   5
    SAME    mhpmevent31, mhpmcounter31
    j       pass
