/* SBI debug console extension. Nothing can be read from it. */
#include "sbi.h"

enum { WRITE, READ, WRITE_BYTE };

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    struct vm *vm = vcpu->vm;
    uint64_t size = SBI_ARG(vcpu, 0);
    const char *text = vm_memory(vm, SBI_ARG(vcpu, 1), size);

    switch (SBI_FID(vcpu)) {
    case WRITE:
    case READ:
        /* a2 holds the address bits above XLEN. */
        if (!text || SBI_ARG(vcpu, 2) != 0)
            return sbi_error(result, SBI_ERR_INVALID_PARAM);
        if (SBI_FID(vcpu) == READ)
            return STEP;
        /* A partial write is legal, and keeps the time in the hypervisor short whatever size a guest asks for. */
        if (size > GUEST_LINE_MAX)
            size = GUEST_LINE_MAX;
        for (uint64_t i = 0; i < size; i++)
            console_guest_char(&vm->line, vm->index, text[i]);
        result->value = size;
        return STEP;
    case WRITE_BYTE:
        console_guest_char(&vm->line, vm->index, (char)SBI_ARG(vcpu, 0));
        return STEP;
    default:
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    }
}

SBI_EXTENSION(debug_console, 0x4442434e, 0x4442434e, handle);
