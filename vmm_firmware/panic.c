/* The end of the machine because the hypervisor itself is wrong. */
#include "panic.h"

#include <stdarg.h>

#include "console.h"
#include "csr.h"
#include "power.h"

void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    console_print("[hypervisor] panic: ");
    console_vprint(format, args);
    va_end(args);
    power_off(EXIT_PANIC);
}

void hypervisor_trap(void)
{
    panic("trap in the hypervisor, cause %x, pc %x, value %x\n",
          csr_read(CSR_SCAUSE), csr_read(CSR_SEPC), csr_read(CSR_STVAL));
}
