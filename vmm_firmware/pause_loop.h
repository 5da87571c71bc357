/* Guests that wait for a lock whose holder does not run (pause_loop.c). */
#ifndef PAUSE_LOOP_H
#define PAUSE_LOOP_H

#include "exit.h"

/* Has the hart watch for loops of pauses, if the build and the hart have that. */
void pause_loop_init(void);

/* Handler of pause-loop exits. */
exit_handler pause_loop;

#endif
