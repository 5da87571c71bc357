/* What a guest sees of its CPU: one record, so that a guest can move between hosts of a pool (policy.c).

   Extensions are named as in hisadis (Xdoppel), with three more above. A build gives the record by macros; sim/vmm/policy.py
   makes them. */
#ifndef POLICY_H
#define POLICY_H

#include "isa.h"

#define POLICY_SMSTATEEN        (1u << 16)
#define POLICY_SVINVAL          (1u << 17)
#define POLICY_ZICBOP           (1u << 18)      /* in the device tree alone: the hints work everywhere */

#ifndef POLICY_EXTENSIONS
#define POLICY_EXTENSIONS       POLICY_AS_HOST
#endif
#define POLICY_AS_HOST          UINT32_MAX      /* whatever the host has; then ASIDs are not looked at */
#ifndef POLICY_ASID_BITS
#define POLICY_ASID_BITS        0
#endif
#ifndef POLICY_CACHE_BLOCK
#define POLICY_CACHE_BLOCK      64              /* bytes */
#endif

/* What the SBI says about the machine and about itself. 0 is always legal for the first three. */
#ifndef POLICY_MVENDORID
#define POLICY_MVENDORID        0
#endif
#ifndef POLICY_MARCHID
#define POLICY_MARCHID          0
#endif
#ifndef POLICY_MIMPID
#define POLICY_MIMPID           0
#endif
#ifndef POLICY_SBI_SPEC
#define POLICY_SBI_SPEC         (2 << 24 | 0)   /* 2.0 */
#endif
#ifndef POLICY_SBI_IMPL
#define POLICY_SBI_IMPL         0x446f7070      /* not registered; "Dopp" */
#endif
#ifndef POLICY_SBI_IMPL_VERSION
#define POLICY_SBI_IMPL_VERSION 1
#endif

/* The vendor range of the SBI ends with the lower bits of mvendorid. */
#ifndef SBI_EID_DOPPELHART
#define SBI_EID_DOPPELHART      (0x09000000 + (POLICY_MVENDORID & 0xffffff))
#endif

#ifndef __ASSEMBLER__
/* Takes from all guests what the policy has not. Ends the machine if this host cannot be what the policy says. */
void policy_init(void);
#endif

#endif
