/* The guest `intruder`: its parts. */
#ifndef INTRUDER_H
#define INTRUDER_H

#include "peers.h"

#define RAM_END     (RAM_BASE + GUEST_RAM)

/* Counts; a failure is printed. */
void expect(const char *what, bool right);

/* Requests that the disk and the network must refuse; the bytes of a neighbour's that came through. */
void intrude_disk(void);
void intrude_network(void);
uint64_t intrude_memory_by_disk(void);

/* The network as a good citizen, but for frames in another's name: set up; how many frames came that are for others, until both
   others have said goodbye. */
void eavesdrop_begin(unsigned number);
uint64_t eavesdrop(unsigned number);

#endif
