/* Memory accesses of the hypervisor that may trap, and fences for guest translations (guarded.S). */
#ifndef GUARDED_H
#define GUARDED_H

#include <stdint.h>

/* Reads 16 bits of guest code at a guest-virtual address, with the guest's execute permission and privilege (HLVX).
   Returns 0, or the cause of the exception that the access raised. */
uint64_t guarded_fetch(uint64_t address, uint16_t *parcel);

/* Stores 32 bits from HS-mode; returns 0, or the cause of the exception that the store raised. Leaves stvec changed. */
uint64_t guarded_store(uint64_t address, uint32_t value);

/* hdcap, or 0 on a hart without Xdoppel. */
uint64_t guarded_hdcap(void);

/* Does the hart execute the instruction for an extension, by its bit in policy.h? `block` is a cache block that may change. */
uint64_t guarded_probe(unsigned extension, void *block);

/* HFENCE.GVMA for all addresses and all VMIDs. */
void fence_gstage(void);

/* HFENCE.VVMA for the VMID in hgatp: all addresses and address spaces; one address; one address space; both. */
void fence_guest(void);
void fence_guest_address(uint64_t address);
void fence_guest_asid(uint64_t asid);
void fence_guest_address_asid(uint64_t address, uint64_t asid);

#endif
