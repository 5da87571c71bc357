/* The guest `devices`: its parts. */
#ifndef DEVICES_H
#define DEVICES_H

#include "peers.h"
#include "uart16550.h"

/* How often a source has interrupted; waits until it has done so. */
unsigned interrupts_of(unsigned source);
void wait_for(unsigned source, unsigned count);

/* The disk: set up; filled with what is this machine's; still so? */
bool disk_begin(void);
bool disk_fill(unsigned number);
bool disk_check(unsigned number);

/* The network: set up; frames to and from the other one, checked; the last frame. */
bool network_begin(unsigned number);
bool network_talk(unsigned number);
void network_bye(unsigned number);

/* Ports that the machine has and ports that it has not. */
bool ports_check(unsigned number);

#endif
