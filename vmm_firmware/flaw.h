/* Hypervisors that are wrong on purpose: a check that does not find them proves nothing. A build chooses one by its name. */
#ifndef FLAW_H
#define FLAW_H

#ifndef FLAW
#define FLAW FLAW_NONE
#endif

enum flaw {
    FLAW_NONE,
    FLAW_READS_TWICE,           /* a call of a batch is judged by one read of its arguments and made with another */
    FLAW_FORGETS_REST,          /* a batch that the end of a slice cuts short is reported as done */
    FLAW_SPINNER_STAYS,         /* a pause-loop exit changes nothing */
    FLAW_YIELDS_TO_ANYONE,      /* a pause-loop exit gives the hart to whoever is next */
    FLAW_STALE_SHADOW,          /* a fence for one address leaves the shadow page tables as they are */
    FLAW_STALE_VMID,            /* VMIDs are given away again without a fence */
    FLAW_SHARES_RAM,            /* all guests have the RAM of the first */
    FLAW_UNCHECKED_RING,        /* virtio devices follow descriptors to wherever they point */
    FLAW_UNCHECKED_SECTOR,      /* a disk has no end */
    FLAW_SWITCH_FLOODS,         /* every frame goes to every port */
    FLAW_SWITCH_BELIEVES,       /* a port may send in another's name */
    FLAW_SHARED_PORTS,          /* all machines have the bitmap of the first */
};

#endif
