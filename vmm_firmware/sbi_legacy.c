/* SBI legacy extensions: the extension number is the function, and only a0 returns something. */
#include "csr.h"
#include "sbi.h"

enum { SET_TIMER, PUTCHAR, GETCHAR, SHUTDOWN = 8 };

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    struct vm *vm = vcpu->vm;

    result->legacy = true;
    switch (SBI_EID(vcpu)) {
    case SET_TIMER:
        csr_write(CSR_VSTIMECMP, SBI_ARG(vcpu, 0));
        return STEP;
    case PUTCHAR:
        console_guest_char(&vm->line, vm->index, (char)SBI_ARG(vcpu, 0));
        return STEP;
    case GETCHAR:
        return sbi_error(result, SBI_ERR_FAILED);
    default:
        vm->passed = true;
        return end(vcpu, "shut down");
    }
}

SBI_EXTENSION(legacy_console, SET_TIMER, GETCHAR, handle);
SBI_EXTENSION(legacy_shutdown, SHUTDOWN, SHUTDOWN, handle);
