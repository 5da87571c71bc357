/* Many exits of each kind: a 99th percentile of fewer than a thousand says nothing. */
#include "driver.h"

#ifndef DRIVER_ROUNDS
#define DRIVER_ROUNDS 1000
#endif

void driver_rounds(void)
{
    volatile uint8_t *uart = (volatile uint8_t *)UART_BASE;

    for (unsigned i = 0; i < DRIVER_ROUNDS; i++) {
        uint8_t value = (uint8_t)(i * 7);

        uart[7] = value;
        check("scratch register", uart[7], value);
        csr_read(CSR_CYCLE);
        sbi_call(SBI_DOPPELHART, 0, 0, 0, 0);
    }
}
