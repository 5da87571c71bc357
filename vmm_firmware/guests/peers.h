/* What the guests of the scenario `devices` agree on (sim/vmm/devices.py): data, addresses, frames. */
#ifndef PEERS_H
#define PEERS_H

#include "layout.h"
#include "virtio_driver.h"

#define SECTORS         (DISK_SIZE / SECTOR_SIZE)   /* of each disk */
#define ROUNDS          8                       /* frames from each of the two that talk */
#define PAYLOAD         200                     /* bytes */
#define GUEST_RAM       GUEST_RAM_SIZE
#define SECRET          SECTOR_SIZE             /* bytes, at the start of the last page of RAM */
#define SECRET_PAGE     (RAM_BASE + GUEST_RAM - PAGE_SIZE)
#define EVERYBODY       0xff
#define BYE             0xee                    /* round of the last frame of each, to everybody */

struct frame {
    struct virtio_net_header header;
    uint8_t to[ETHERNET_ADDRESS], from[ETHERNET_ADDRESS], type[2], round, payload[PAYLOAD];
};

/* Byte i of what machine `number` puts into place `place`: a disk's sector, a frame, its secret page. */
static inline uint8_t pattern(uint64_t number, uint64_t place, uint64_t i)
{
    return (uint8_t)((number + 3) * 0x35 + place * 0x1d + i * (2 * number + 3));
}

static inline void set_address(uint8_t *address, unsigned number)
{
    for (unsigned i = 0; i < ETHERNET_ADDRESS; i++)
        address[i] = number == EVERYBODY ? 0xff : i == 0 ? 2 : i == 5 ? (uint8_t)number : 0;
}

/* The machine that an address belongs to, or EVERYBODY. */
static inline unsigned number_of(const uint8_t *address)
{
    return address[0] == 2 ? address[5] : EVERYBODY;
}

#endif
