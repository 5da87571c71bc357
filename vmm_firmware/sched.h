/* Which virtual hart runs, and for how long. */
#ifndef SCHED_H
#define SCHED_H

#include "exit.h"

/* Enters the first guest. */
_Noreturn void sched_start(void);

/* Handler of the host's timer interrupt. */
exit_handler sched_slice_over;

/* This one has the next turn, if it can run then. NULL: the next in order. */
void sched_prefer(struct vcpu *vcpu);

/* Takes the hart from this guest and gives it to the next in turn, which may be the same. */
struct vcpu *sched_next(struct vcpu *current);

/* The guest has ended: says so, and goes on with the others. Ends the machine after the last. */
struct vcpu *sched_end(struct vcpu *vcpu);

#endif
