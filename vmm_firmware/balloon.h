/* Pages that a guest gives back to the hypervisor, and takes again (balloon.c). */
#ifndef BALLOON_H
#define BALLOON_H

#include "sbi.h"

#define SBI_FID_GIVE_PAGE   16
#define SBI_FID_TAKE_PAGE   17

/* Both functions of our own SBI extension. */
sbi_handler balloon;

#endif
