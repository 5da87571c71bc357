/* The interrupt controller of a guest: the machine's own PLIC once more. */
#ifndef VPLIC_H
#define VPLIC_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

struct device;
struct vcpu;
struct vm;

struct vplic {
    uint32_t lines, pending, serving;       /* bit n: source n */
    uint8_t priority[PLIC_SOURCES + 1];
    struct {
        uint32_t enable;
        uint8_t threshold;
    } contexts[HARTS];
};

extern const struct device vplic;

/* The wire of a source is high or low; the harts of the machine are interrupted, while `current` is the one in the hart. */
void vplic_line(struct vm *vm, struct vcpu *current, unsigned source, bool high);

#endif
