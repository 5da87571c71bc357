/* The Supervisor Binary Interface that guests see: a registry, one file per extension. */
#ifndef SBI_H
#define SBI_H

#include "exit.h"

enum {
    SBI_SUCCESS = 0,
    SBI_ERR_FAILED = -1,
    SBI_ERR_NOT_SUPPORTED = -2,
    SBI_ERR_INVALID_PARAM = -3,
    SBI_ERR_INVALID_ADDRESS = -5,
    SBI_ERR_ALREADY_AVAILABLE = -6,
};

/* Registers of a call: a0-a5 arguments, a6 function, a7 extension; results in a0 and a1. */
#define SBI_ARG(vcpu, n)    ((vcpu)->regs[10 + (n)])
#define SBI_FID(vcpu)       ((vcpu)->regs[16])
#define SBI_EID(vcpu)       ((vcpu)->regs[17])

struct sbi_result {
    int64_t error;
    uint64_t value;
    bool legacy;            /* the call has no value: a1 keeps what it held */
};

/* `result` starts as success with value 0. STEP, or END for a call that does not return. */
typedef enum outcome sbi_handler(struct vcpu *vcpu, struct sbi_result *result);

struct sbi_extension {
    uint64_t first, last;   /* extension numbers */
    sbi_handler *handle;
};

/* Adds an extension: the registry is an array of pointers that the linker collects. */
#define SBI_EXTENSION(name, first, last, handle)                                        \
    static const struct sbi_extension name = { first, last, handle };                   \
    __attribute__((used, section(".sbi_extensions")))                                   \
    static const struct sbi_extension *const name##_entry = &name

/* Panics if two extensions claim one number. */
void sbi_init(void);

/* The extension with this number, or NULL. */
const struct sbi_extension *sbi_find(uint64_t eid);

/* One call, described by a0-a7 of `vcpu`; what it returns goes to `result` and nowhere else. */
enum outcome sbi_dispatch(struct vcpu *vcpu, struct sbi_result *result);

/* The harts that a mask and its base mean ("Hart list parameter"), as bits by number in the machine; false if it has not all
   of them. */
bool sbi_harts(uint64_t mask, uint64_t base, uint64_t *harts);

/* Handler of environment calls from VS-mode. */
exit_handler sbi_call;

static inline enum outcome sbi_error(struct sbi_result *result, int64_t error)
{
    result->error = error;
    return STEP;
}

#endif
