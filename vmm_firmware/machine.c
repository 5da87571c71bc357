/* What the machine of a guest has, for its device tree: compiled to text, of which the build keeps the lines that start with an
   arrow. sim/vmm/guest_tree.py makes the tree of these facts. */
#include "layout.h"
#include "policy.h"
#include "ports.h"
#include "vblock.h"
#include "virtio.h"
#include "vnet.h"
#include "vprobe.h"

#define FACT(name, value) \
    __asm__ volatile(".ascii \"->" #name " %0\"" : : "i"((uint64_t)(value)))

void machine(void);
void machine(void)
{
    FACT(EXTENSIONS, POLICY_EXTENSIONS);
    FACT(CACHE_BLOCK, POLICY_CACHE_BLOCK);
    FACT(HARTS, HARTS);
    FACT(RAM_BASE, GUEST_RAM_BASE);
    FACT(RAM_SIZE, GUEST_RAM_SIZE);

    /* Of each device that a machine may have: where it is, its size or 0 if there is none, its interrupt. */
    FACT(PROBE_BASE, PROBE_BASE);
    FACT(PROBE_SIZE, VPROBE ? VPROBE_SIZE : 0);
    FACT(DISK_BASE, BLOCK_BASE);
    FACT(DISK_SIZE, DISK_SIZE ? VIRTIO_SIZE : 0);
    FACT(DISK_IRQ, BLOCK_IRQ);
    FACT(NETWORK_BASE, NETWORK_BASE);
    FACT(NETWORK_SIZE, NETWORK ? VIRTIO_SIZE : 0);
    FACT(NETWORK_IRQ, NETWORK_IRQ);
    FACT(PORTS_BASE, PORTS_BASE);
    FACT(PORTS_SIZE, PORTS ? PORTS_COUNT : 0);
}
