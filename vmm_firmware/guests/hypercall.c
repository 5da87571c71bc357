/* Batches of calls: what they cost by their length, what becomes of those that end early, and errors in them. */
#include "batch.h"
#include "layout.h"

#ifndef HYPERCALL_ROUNDS
#define HYPERCALL_ROUNDS    16      /* of each length; 0: no lengths */
#endif
#ifndef HYPERCALL_LINES
#define HYPERCALL_LINES     8       /* printed by batches of one call for each character */
#endif
#ifndef HYPERCALL_RACE
#define HYPERCALL_RACE      0       /* 1: one line alone, while somebody else writes to its calls */
#endif

#define LONGEST     32
#define SINGLE      0x100           /* label of calls that are made alone; a batch has its length */
#define LINE        27              /* the letters and their end */
#define UNTOUCHED   0x5a5a

/* Where an observer of memory finds it, and the last calls that lie in RAM. */
static struct call *const batch = (struct call *)(GUEST_RAM_BASE + 0x100000);
static struct call *const last = (struct call *)(GUEST_RAM_BASE + GUEST_RAM_SIZE) - 2;

enum { NOT_SUPPORTED = -2, INVALID_PARAM = -3, INVALID_ADDRESS = -5 };

static bool right = true;
static uint64_t cut_short;

/* Says what is wrong first. */
static void check(const char *what, bool holds)
{
    if (!holds && right) {
        print("wrong: ");
        print(what);
        print("\n");
    }
    right &= holds;
}

static void set(struct call *call, uint64_t eid, uint64_t fid, uint64_t a0, uint64_t a1)
{
    call->args[0] = a0;
    call->args[1] = a1;
    call->fid = fid;
    call->eid = eid;
    call->error = UNTOUCHED;
    call->value = UNTOUCHED;
}

static bool is_untouched(const struct call *call)
{
    return call->error == UNTOUCHED && call->value == UNTOUCHED;
}

/* Makes the calls, of which the first `present` lie in RAM; again for those that are left when the slice was over. Returns how
   many are done, and the last error. */
static struct sbi_result call_all(struct call *calls, uint64_t count, uint64_t present)
{
    uint64_t done = 0;

    for (;;) {
        struct sbi_result result = batch_call(calls + done, count - done);

        check("no more done than asked for", result.value <= count - done);
        for (uint64_t i = 0; i < result.value; i++)
            check("a call that is done has its result", !is_untouched(&calls[done + i]));
        for (uint64_t i = done + result.value; i < present; i++)
            check("a call that is not done has none", is_untouched(&calls[i]));
        done += result.value;
        if (done == count || result.error)
            return (struct sbi_result) { result.error, done };
        check("at least one done", result.value > 0);
        if (result.value == 0)
            return (struct sbi_result) { result.error, done };
        cut_short++;
    }
}

/* The price of a batch is taken from the records of the hart; sscratch says which. */
static void lengths(void)
{
    for (unsigned length = 1; length <= LONGEST; length *= 2) {
        for (unsigned i = 0; i < length; i++)
            set(&batch[i], SBI_BASE, 0, 0, 0);
        csr_write(CSR_SSCRATCH, length);
        for (unsigned i = 0; i < HYPERCALL_ROUNDS; i++)
            batch_call(batch, length);
        csr_write(CSR_SSCRATCH, 0);
        for (unsigned i = 0; i < length; i++)
            check("result of a call", batch[i].error == 0 && batch[i].value == 0x02000000);
    }
    csr_write(CSR_SSCRATCH, SINGLE);
    for (unsigned i = 0; i < HYPERCALL_ROUNDS; i++)
        sbi_call(SBI_BASE, 0, 0, 0, 0);
    csr_write(CSR_SSCRATCH, 0);
}

static void letters(struct call *calls, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        set(&calls[i], SBI_DEBUG_CONSOLE, 2, i % LINE == LINE - 1 ? '\n' : 'a' + i % LINE, 0);
}

/* Every character is printed once, however often the end of a slice comes between. */
static void early_ends(void)
{
    struct sbi_result result;

    letters(batch, HYPERCALL_LINES * LINE);
    result = call_all(batch, HYPERCALL_LINES * LINE, HYPERCALL_LINES * LINE);
    check("all are done", result.error == 0 && result.value == HYPERCALL_LINES * LINE);
    for (unsigned i = 0; i < HYPERCALL_LINES * LINE; i++)
        check("each is done right", batch[i].error == 0 && batch[i].value == 0);
}

static void failing_calls(void)
{
    static const struct {
        uint64_t eid, fid, a0, a1;
        int64_t error;
        uint64_t value;
    } table[] = {
        { SBI_BASE, 0, 0, 0, 0, 0x02000000 },
        { 0x0a000000, 0, 0, 0, NOT_SUPPORTED, 0 },
        { UINT64_MAX, 0, 0, 0, NOT_SUPPORTED, 0 },
        { SBI_BASE, 7, 0, 0, NOT_SUPPORTED, 0 },
        { SBI_DEBUG_CONSOLE, 0, 1, 0x7fffffff, INVALID_PARAM, 0 },
        { SBI_IPI, 0, 1, HARTS, INVALID_PARAM, 0 },
        { SBI_DOPPELHART, SBI_MULTICALL, GUEST_RAM_BASE + 0x100000, 1, NOT_SUPPORTED, 0 },
        { SBI_DOPPELHART, 16, GUEST_RAM_BASE + 0x100000, 0, NOT_SUPPORTED, 0 },
        { SBI_DOPPELHART, 0, 0, 0, 0, 0 },
    };
    const unsigned count = sizeof table / sizeof table[0];

    for (unsigned i = 0; i < count; i++)
        set(&batch[i], table[i].eid, table[i].fid, table[i].a0, table[i].a1);

    struct sbi_result result = call_all(batch, count, count);

    check("failing calls are done, too", result.error == 0 && result.value == count);
    for (unsigned i = 0; i < count; i++)
        check("error of a call", batch[i].error == table[i].error && batch[i].value == table[i].value);
}

static void is_refused(const char *what, uint64_t address, uint64_t count)
{
    struct sbi_result result = batch_call((struct call *)address, count);

    check(what, result.error == INVALID_ADDRESS && result.value == 0);
}

static void bad_batches(void)
{
    static const uint64_t counts[] = { 3, 1000, UINT64_MAX };

    is_refused("misaligned", (uint64_t)batch + 4, 1);
    is_refused("before the RAM", GUEST_RAM_BASE - sizeof(struct call), 1);
    is_refused("half behind the RAM", (uint64_t)(last + 1) + 8, 1);
    is_refused("behind the RAM", (uint64_t)(last + 2), 1);
    is_refused("a device", UART_BASE, 1);
    is_refused("the end of all addresses", UINT64_MAX - 7, UINT64_MAX);

    struct sbi_result nothing = batch_call(batch, 0);

    check("no calls at all", nothing.error == 0 && nothing.value == 0);
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        set(&last[0], SBI_BASE, 3, SBI_BASE, 0);
        set(&last[1], SBI_BASE, 3, 0x0a000000, 0);

        struct sbi_result result = call_all(last, counts[i], 2);

        check("those in RAM are done", result.error == INVALID_ADDRESS && result.value == 2);
        check("and have results", last[0].error == 0 && last[0].value == 1 && last[1].error == 0 && last[1].value == 0);
    }
}

/* A call returns in a0 and a1; a batch uses the other registers for its calls, and the guest must not see that. */
static void registers(void)
{
    register uint64_t a0 __asm__("a0") = (uint64_t)batch;
    register uint64_t a1 __asm__("a1") = 1;
    register uint64_t a2 __asm__("a2") = 22;
    register uint64_t a3 __asm__("a3") = 33;
    register uint64_t a4 __asm__("a4") = 44;
    register uint64_t a5 __asm__("a5") = 55;
    register uint64_t a6 __asm__("a6") = SBI_MULTICALL;
    register uint64_t a7 __asm__("a7") = SBI_DOPPELHART;

    set(batch, SBI_BASE, 0, 0, 0);
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6), "+r"(a7) : : "memory");
    check("registers", a0 == 0 && a1 == 1 && a2 == 22 && a3 == 33 && a4 == 44 && a5 == 55 && a6 == SBI_MULTICALL &&
          a7 == SBI_DOPPELHART);
}

/* A call that does not return ends the batch: what stands behind it is not made. */
static _Noreturn void end_in_a_batch(void)
{
    set(&batch[0], SBI_SYSTEM_RESET, 0, 0, right ? 0 : 1);
    letters(&batch[1], LINE);
    batch_call(batch, 1 + LINE);
    guest_exit(false);
}

bool guest_main(void)
{
    if (HYPERCALL_ROUNDS)
        lengths();
    early_ends();
    if (!HYPERCALL_RACE) {
        failing_calls();
        bad_batches();
        registers();
    }
    print("figure cut_short ");
    print_decimal(cut_short);
    print(right ? "\nPASS hypercall\n" : "\nFAIL hypercall\n");
    if (HYPERCALL_RACE)
        return right;
    end_in_a_batch();
}
