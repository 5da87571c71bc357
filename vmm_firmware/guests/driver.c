/* A device driver's view of the machine: takes every path on which the hypervisor carries out an instruction for the guest,
   and checks each result itself. */
#include "driver.h"

volatile struct trap trap;
static unsigned failures;

void check(const char *what, uint64_t got, uint64_t wanted)
{
    if (got == wanted)
        return;
    failures++;
    print("FAIL ");
    print(what);
    print(": got ");
    print_hex(got);
    print(", wanted ");
    print_hex(wanted);
    print("\n");
}

static const struct {
    const char *name;
    void (*run)(void);
} groups[] = {
    { "loads", driver_loads },
    { "stores", driver_stores },
    { "compressed", driver_compressed },
    { "loopback", driver_loopback },
    { "faults", driver_faults },
    { "paging", driver_paging },
    { "user", driver_user },
    { "csrs", driver_csrs },
    { "calls", driver_calls },
    { "wfi", driver_wfi },
    { "state", driver_state },
    { "rounds", driver_rounds },
};

bool guest_main(void)
{
    unsigned total = 0;

    csr_write(CSR_STVEC, (uint64_t)trap_vector);
    for (unsigned i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        failures = 0;
        groups[i].run();
        print(failures ? "FAIL " : "PASS ");
        print(groups[i].name);
        print("\n");
        total += failures;
    }
    return total == 0;
}
