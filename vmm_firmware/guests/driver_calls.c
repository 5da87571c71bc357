/* Calls to the SBI, good and bad. */
#include "driver.h"
#include "layout.h"

enum { NOT_SUPPORTED = -2, INVALID_PARAM = -3 };

static void call(const char *what, struct sbi_result result, int64_t error, uint64_t value)
{
    check(what, (uint64_t)result.error, (uint64_t)error);
    check(what, result.value, value);
}

void driver_calls(void)
{
    static const uint64_t present[] = { SBI_BASE, SBI_TIME, SBI_DEBUG_CONSOLE, SBI_SYSTEM_RESET, SBI_DOPPELHART,
                                        SBI_SET_TIMER, SBI_PUTCHAR, SBI_GETCHAR };

    call("spec version", sbi_call(SBI_BASE, 0, 0, 0, 0), 0, 0x02000000);
    call("mvendorid", sbi_call(SBI_BASE, 4, 1, 1, 1), 0, 0);
    call("base, unknown function", sbi_call(SBI_BASE, 7, 0, 0, 0), NOT_SUPPORTED, 0);
    for (unsigned i = 0; i < sizeof present / sizeof present[0]; i++)
        call("probe", sbi_call(SBI_BASE, 3, present[i], 0, 0), 0, 1);
    call("probe, unknown extension", sbi_call(SBI_BASE, 3, 0x0a000000, 0, 0), 0, 0);
    call("unknown extension", sbi_call(0x0a000000, 0, 1, 2, 3), NOT_SUPPORTED, 0);
    call("extension -1", sbi_call(UINT64_MAX, 0, 0, 0, 0), NOT_SUPPORTED, 0);
    call("null call", sbi_call(SBI_DOPPELHART, 0, 7, 7, 7), 0, 0);
    call("own extension, unknown function", sbi_call(SBI_DOPPELHART, 3, 7, 7, 7), NOT_SUPPORTED, 0);
    call("time, unknown function", sbi_call(SBI_TIME, 1, 0, 0, 0), NOT_SUPPORTED, 0);

    /* Text that is not in the guest's own memory: behind its end, before its start, around the whole address space. */
    call("console, behind the RAM", sbi_call(SBI_DEBUG_CONSOLE, 0, 2, GUEST_RAM_BASE + GUEST_RAM_SIZE - 1, 0), INVALID_PARAM, 0);
    call("console, before the RAM", sbi_call(SBI_DEBUG_CONSOLE, 0, 1, 0x7fffffff, 0), INVALID_PARAM, 0);
    call("console, huge", sbi_call(SBI_DEBUG_CONSOLE, 0, UINT64_MAX, 0x80000000, 0), INVALID_PARAM, 0);
    call("console, high address", sbi_call(SBI_DEBUG_CONSOLE, 0, 1, 0x80000000, 1), INVALID_PARAM, 0);
    call("console, nothing", sbi_call(SBI_DEBUG_CONSOLE, 0, 0, GUEST_RAM_BASE + GUEST_RAM_SIZE, 0), 0, 0);
    call("console, read", sbi_call(SBI_DEBUG_CONSOLE, 1, 1, 0x80000000, 0), 0, 0);
    call("console, unknown function", sbi_call(SBI_DEBUG_CONSOLE, 3, 0, 0, 0), NOT_SUPPORTED, 0);
    print("driver: hello through the debug console");
    call("console, byte", sbi_call(SBI_DEBUG_CONSOLE, 2, '\n', 0, 0), 0, 0);

    call("reset, unknown type", sbi_call(SBI_SYSTEM_RESET, 0, 3, 0, 0), INVALID_PARAM, 0);
    call("reset, unknown reason", sbi_call(SBI_SYSTEM_RESET, 0, 0, 2, 0), INVALID_PARAM, 0);
    call("reboot", sbi_call(SBI_SYSTEM_RESET, 0, 1, 0, 0), NOT_SUPPORTED, 0);
    call("reboot, bits above the type's 32", sbi_call(SBI_SYSTEM_RESET, 0, 1ull << 32 | 1, 0, 0), NOT_SUPPORTED, 0);
    call("reset, unknown function", sbi_call(SBI_SYSTEM_RESET, 1, 0, 0, 0), NOT_SUPPORTED, 0);

    /* A legacy call returns in a0 alone. */
    call("getchar", sbi_call(SBI_GETCHAR, 0, 0, 0x1234, 0), -1, 0x1234);
}
