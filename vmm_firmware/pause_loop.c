/* Pause-loop exits (Xdoppel, docs/xdoppel.md): a virtual hart that waits for a lock gives its time to one that may hold it. */
#include "pause_loop.h"

#include <stddef.h>

#include "csr.h"
#include "flaw.h"
#include "guarded.h"
#include "panic.h"
#include "sched.h"

#ifndef PLE_WINDOW
#define PLE_WINDOW 0            /* core cycles that a guest may spin; 0: as long as it likes */
#endif
#ifndef PLE_GAP
#define PLE_GAP 128             /* core cycles between two pauses of one loop */
#endif

void pause_loop_init(void)
{
    if (PLE_WINDOW == 0)
        return;
    if (!(guarded_hdcap() & HDCAP_HPLE))
        panic("this hart has no pause-loop exit\n");
    csr_write_checked(CSR_HPLE, HPLE_ENABLE | HPLE_VS | (uint64_t)PLE_GAP << HPLE_GAP_SHIFT | PLE_WINDOW, UINT64_MAX);
}

/* A hart of the same machine that could run. One that spins itself is the last resort: it may have got the lock since. */
static struct vcpu *lock_holder(const struct vcpu *waiter)
{
    struct vcpu *spinner = NULL;

    for (unsigned i = 1; i < HARTS; i++) {
        struct vcpu *vcpu = &waiter->vm->vcpus[(waiter->hart + i) % HARTS];

        if (vcpu->state != VCPU_READY)
            continue;
        if (!vcpu->spins)
            return vcpu;
        if (!spinner)
            spinner = vcpu;
    }
    return spinner;
}

enum outcome pause_loop(struct vcpu *vcpu)
{
    if (FLAW == FLAW_SPINNER_STAYS)
        return RESUME;
    vcpu->spins = true;
    if (FLAW != FLAW_YIELDS_TO_ANYONE)
        sched_prefer(lock_holder(vcpu));
    return YIELD;
}
