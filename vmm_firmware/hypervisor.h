/* Entry of the hypervisor in HS-mode. */
#ifndef HYPERVISOR_H
#define HYPERVISOR_H

/* Sets up the hart, makes the guests, runs them to their end. */
_Noreturn void hypervisor_main(void);

#endif
