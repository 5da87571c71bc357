/* The way out of a guest and back into it. While a guest runs sscratch holds its struct vcpu; in the hypervisor it is 0. */
#include "isa.h"
#include "layout.h"
#include "offsets.h"

#define REG(n) (VCPU_REGS + 8 * (n))

    .text

/* Trap vector of HS-mode. */
    .globl vm_exit
    .balign 4
vm_exit:
    csrrw   a0, sscratch, a0
    beqz    a0, in_hypervisor
    sd      t0, REG(5)(a0)
    sd      t1, REG(6)(a0)

    /* The null hypercall is answered here: what it costs is the bare round trip. */
    csrr    t0, scause
    li      t1, EXC_ECALL_VS
    bne     t0, t1, save
    li      t1, SBI_EID_DOPPELHART
    bne     a7, t1, save
    bnez    a6, save
    csrr    t0, sepc
    ld      t1, VCPU_NULL_CALLS(a0)
    addi    t0, t0, 4
    csrw    sepc, t0
    addi    t1, t1, 1
    sd      t1, VCPU_NULL_CALLS(a0)
    ld      t0, REG(5)(a0)
    ld      t1, REG(6)(a0)
    csrw    sscratch, a0
    li      a0, 0
    li      a1, 0
    sret

save:
    csrrw   t0, sscratch, zero
    csrr    t1, sepc
    sd      t0, REG(10)(a0)
    sd      t1, VCPU_PC(a0)
    sd      x1, REG(1)(a0)
    sd      x2, REG(2)(a0)
    sd      x3, REG(3)(a0)
    sd      x4, REG(4)(a0)
    sd      x7, REG(7)(a0)
    sd      x8, REG(8)(a0)
    sd      x9, REG(9)(a0)
    sd      x11, REG(11)(a0)
    sd      x12, REG(12)(a0)
    sd      x13, REG(13)(a0)
    sd      x14, REG(14)(a0)
    sd      x15, REG(15)(a0)
    sd      x16, REG(16)(a0)
    sd      x17, REG(17)(a0)
    sd      x18, REG(18)(a0)
    sd      x19, REG(19)(a0)
    sd      x20, REG(20)(a0)
    sd      x21, REG(21)(a0)
    sd      x22, REG(22)(a0)
    sd      x23, REG(23)(a0)
    sd      x24, REG(24)(a0)
    sd      x25, REG(25)(a0)
    sd      x26, REG(26)(a0)
    sd      x27, REG(27)(a0)
    sd      x28, REG(28)(a0)
    sd      x29, REG(29)(a0)
    sd      x30, REG(30)(a0)
    sd      x31, REG(31)(a0)
    la      sp, stack_top
    call    handle_exit

/* _Noreturn void vm_enter(struct vcpu *vcpu)
   Registers that C code preserves are still the guest's, unless the guest is another one or one of them was written. */
    .globl vm_enter
vm_enter:
    ld      t0, VCPU_PC(a0)
    ld      t1, VCPU_RELOAD(a0)
    csrw    sscratch, a0
    csrw    sepc, t0
    bnez    t1, reload
enter:
    ld      x1, REG(1)(a0)
    ld      x2, REG(2)(a0)
    ld      x5, REG(5)(a0)
    ld      x6, REG(6)(a0)
    ld      x7, REG(7)(a0)
    ld      x11, REG(11)(a0)
    ld      x12, REG(12)(a0)
    ld      x13, REG(13)(a0)
    ld      x14, REG(14)(a0)
    ld      x15, REG(15)(a0)
    ld      x16, REG(16)(a0)
    ld      x17, REG(17)(a0)
    ld      x28, REG(28)(a0)
    ld      x29, REG(29)(a0)
    ld      x30, REG(30)(a0)
    ld      x31, REG(31)(a0)
    ld      x10, REG(10)(a0)
    sret

reload:
    sd      zero, VCPU_RELOAD(a0)
    ld      x3, REG(3)(a0)
    ld      x4, REG(4)(a0)
    ld      x8, REG(8)(a0)
    ld      x9, REG(9)(a0)
    ld      x18, REG(18)(a0)
    ld      x19, REG(19)(a0)
    ld      x20, REG(20)(a0)
    ld      x21, REG(21)(a0)
    ld      x22, REG(22)(a0)
    ld      x23, REG(23)(a0)
    ld      x24, REG(24)(a0)
    ld      x25, REG(25)(a0)
    ld      x26, REG(26)(a0)
    ld      x27, REG(27)(a0)
    j       enter

in_hypervisor:
    la      sp, stack_top
    call    hypervisor_trap
