/* Instructions that leave a guest, each in many random states. What it sees of each state afterwards goes into a number; the
   same guest on a machine of its own, without a hypervisor, must find the same numbers. */
#include "forgery.h"

/* States of each class, and the class if it is one alone. */
#ifndef FORGERY_STATES
#define FORGERY_STATES  10000
#endif
#ifndef FORGERY_CLASS
#define FORGERY_CLASS   (-1)
#endif
/* States that share a number, and the first one of which everything that is seen is printed. */
#ifndef FORGERY_LINE
#define FORGERY_LINE    100
#endif
#ifndef FORGERY_WORDS
#define FORGERY_WORDS   UINT64_MAX
#endif

static const struct {
    const char *name;
    maker *make;
} classes[] = {
    { "csr", forge_csr },
    { "any_csr", forge_any_csr },
    { "privileged", forge_privileged },
    { "system", forge_system },
    { "hypervisor", forge_hypervisor },
    { "load", forge_load },
    { "store", forge_store },
    { "compressed", forge_compressed },
    { "atomic", forge_atomic },
    { "cache_block", forge_cache_block },
    { "jump", forge_jump },
    { "computing", forge_computing },
};

/* What a guest sees of a state; sim/vmm/forgery.py has the names. */
enum { SEEN_CSRS = 32, SEEN = SEEN_CSRS + 13 };

/* So far into RAM that at the same offset of the lowest gigabyte there is nothing, the boot ROM included. */
uint64_t scratch[8] __attribute__((aligned(0x20000)));

static uint64_t seed;
static uint8_t code[2 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

/* Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (2014). */
uint64_t random_bits(void)
{
    uint64_t z = seed += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void random_state(struct state *state)
{
    uint64_t kinds = random_bits();

    for (unsigned i = 0; i < 32; i++, kinds >>= 2) {
        uint64_t value = random_bits();

        state->regs[i] = kinds & 3 ? value : value & 1 ? 0 : value & 2 ? UINT64_MAX : value & 0xff;
    }
    state->status = random_bits() & (SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR);
    state->cause = random_bits() & 0x3f;
    state->tval = random_bits();
    state->satp = random_bits() & 1 ? paging_satp() : 0;
    for (unsigned i = 0; i < 8; i++)
        scratch[i] = random_bits();
    csr_write(CSR_SCOUNTEREN, random_bits());
    csr_write(CSR_SENVCFG, random_bits() & (SENVCFG_CBIE | SENVCFG_CBCFE | SENVCFG_CBZE | SENVCFG_FIOM));
    *(volatile uint64_t *)(PROBE_BASE + (random_bits() & 0x38)) = random_bits();
    *(volatile uint64_t *)(PROBE_BASE + VPROBE_HISTORY) = 0;
}

/* No interrupt is ever taken: those that are enabled while one is pending are masked, and only let WFI go on. */
static void reset_csrs(void)
{
    csr_write(CSR_SATP, 0);
    csr_write(CSR_SIE, 0);
    csr_clear(CSR_SIP, SIP_SSIP);
    csr_write(CSR_STIMECMP, UINT64_MAX);
}

static void look(const struct state *state, bool counter_right, uint64_t seen[SEEN])
{
    uint64_t *at = seen + SEEN_CSRS;

    for (unsigned i = 1; i < 32; i++)
        seen[i] = state->regs[i];
    *at++ = state->pc;
    *at++ = state->status;
    *at++ = state->cause;
    *at++ = state->tval;
    *at++ = csr_read(CSR_SATP);
    *at++ = csr_read(CSR_SIE);
    *at++ = csr_read(CSR_SIP);
    *at++ = csr_read(CSR_STIMECMP);
    *at++ = csr_read(CSR_SCOUNTEREN);
    *at++ = csr_read(CSR_SENVCFG);
    *at++ = *(volatile uint64_t *)(PROBE_BASE + VPROBE_HISTORY);
    *at = 0;
    for (unsigned i = 0; i < 8; i++)
        *at = (*at ^ scratch[i]) * 0x100000001b3;
    *++at = counter_right;
}

/* Puts the instruction where the state's pc is, in a page or across the border of two, and EBREAK where it ends. */
static void place(struct state *state, uint32_t insn)
{
    static uint8_t *last = code;
    static const uint16_t places[] = { 0, 2, 0x7fc, PAGE_SIZE - 4, PAGE_SIZE - 2 };
    uint8_t *at = code + places[random_bits() % (sizeof places / sizeof places[0])];
    unsigned length = (insn & 3) == 3 ? 4 : 2;
    uint32_t after = MATCH_EBREAK;

    __builtin_memset(last, 0, 8);
    last = at;
    __builtin_memcpy(at, &insn, length);
    __builtin_memcpy(at + length, &after, sizeof after);
    __asm__ volatile("fence.i" : : : "memory");
    state->pc = (uint64_t)at;
    if (state->satp && !(state->status & SSTATUS_SPP))
        state->pc = paging_user(state->pc);
}

static uint64_t read_counter(unsigned csr)
{
    return csr == CSR_CYCLE ? csr_read(CSR_CYCLE) : csr == CSR_TIME ? csr_read(CSR_TIME) : csr_read(CSR_INSTRET);
}

/* Runs one instruction of a class; the word 0 of what is seen is the instruction. */
static void try(maker *make, uint64_t index, uint64_t seen[SEEN])
{
    static struct state state;
    uint64_t before = 0;
    bool counter_right = true;

    random_state(&state);
    uint32_t insn = make(&state, index);
    unsigned counter = forge_counter(insn), rd = insn >> 7 & 31;

    place(&state, insn);
    csr_write(CSR_SATP, state.satp);
    if (counter)
        before = read_counter(counter);
    trial_run(&state);

    /* No two runs have a counter's value in common, but each has one that lies between what was read around it. */
    if (counter && rd != 0 && state.cause == EXC_BREAKPOINT) {
        counter_right = before <= state.regs[rd] && state.regs[rd] <= read_counter(counter);
        state.regs[rd] = 0;
    }
    seen[0] = insn;
    look(&state, counter_right, seen);
    reset_csrs();
    if (state.satp)
        __asm__ volatile("sfence.vma" : : : "memory");
}

static void print_line(const char *kind, unsigned class, uint64_t number, uint64_t value)
{
    print(kind);
    print(classes[class].name);
    print(" ");
    print_decimal(number);
    print(" ");
    print_hex(value);
    print("\n");
}

static void try_class(unsigned class)
{
    static uint64_t seen[SEEN];
    uint64_t sum = 0;

    for (unsigned i = 0; i < VPROBE_SIZE; i += 8)
        *(volatile uint64_t *)(uint64_t)(PROBE_BASE + i) = 0;
    for (uint64_t i = 1; i <= FORGERY_STATES; i++) {
        seed = (uint64_t)(class + 1) << 40 | i;
        seed = random_bits();
        try(classes[class].make, i - 1, seen);
        for (unsigned word = 0; word < SEEN; word++) {
            sum = (sum ^ seen[word]) * 0x100000001b3;
            sum ^= sum >> 29;
            if (i >= FORGERY_WORDS)
                print_line("word ", class, (i - 1) * SEEN + word, seen[word]);
        }
        if (i % FORGERY_LINE == 0 || i == FORGERY_STATES) {
            print_line("states ", class, i, sum);
            sum = 0;
        }
    }
}

bool guest_main(void)
{
    reset_csrs();
    /* Before this time a small stimecmp would or would not be over. */
    while (csr_read(CSR_TIME) < 256)
        ;
    for (unsigned class = 0; class < sizeof classes / sizeof classes[0]; class++)
        if (FORGERY_CLASS < 0 || FORGERY_CLASS == (int)class)
            try_class(class);
    return true;
}
