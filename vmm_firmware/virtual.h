/* Instructions that the hart refuses to a guest and leaves to the hypervisor. */
#ifndef VIRTUAL_H
#define VIRTUAL_H

#include "exit.h"

/* Handler of virtual-instruction exceptions. */
exit_handler virtual_instruction;

/* csr_emulation.c: a CSR instruction of the guest. */
enum outcome csr_emulate(struct vcpu *vcpu, uint32_t insn);

#endif
