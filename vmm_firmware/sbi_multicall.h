/* Many calls in one exit (sbi_multicall.c). */
#ifndef SBI_MULTICALL_H
#define SBI_MULTICALL_H

#include "sbi.h"

#define SBI_FID_MULTICALL 1

sbi_handler sbi_multicall;

#endif
