/* Offsets of structure members for assembly: compiled to text, of which the build keeps the lines that start with an
   arrow and writes them to offsets.h as macros. */
#include <stddef.h>

#include "vm.h"

#define OFFSET(name, type, member) \
    __asm__ volatile(".ascii \"->" #name " %0\"" : : "i"(offsetof(struct type, member)))

void offsets(void);
void offsets(void)
{
    OFFSET(VCPU_REGS, vcpu, regs);
    OFFSET(VCPU_STACK, vcpu, stack);
    OFFSET(VCPU_NULL_CALLS, vcpu, null_calls);
    OFFSET(VCPU_EXITS, vcpu, exits);
}
