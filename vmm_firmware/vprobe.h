/* A device that tells how it was accessed (vprobe.c). */
#ifndef VPROBE_H
#define VPROBE_H

#include <stdint.h>

#define VPROBE_HISTORY  64      /* offset of the history: 8 bytes, behind the memory, not in itself */
#define VPROBE_SIZE     72

struct device;

struct vprobe {
    uint8_t bytes[VPROBE_SIZE];
};

extern const struct device vprobe;

#endif
