/* Facts of virtio devices over MMIO (Virtual I/O Device specification 1.2, "Virtio Over MMIO", "Split Virtqueues"), for the devices
   and for the drivers of our guests. Registers have 32 bits; offsets are from the base of the device. */
#ifndef VIRTIO_REGISTERS_H
#define VIRTIO_REGISTERS_H

#include <stdint.h>

enum virtio_register {
    VIRTIO_MAGIC_VALUE = 0x000,
    VIRTIO_VERSION = 0x004,
    VIRTIO_DEVICE_ID = 0x008,
    VIRTIO_VENDOR_ID = 0x00c,
    VIRTIO_DEVICE_FEATURES = 0x010,
    VIRTIO_DEVICE_FEATURES_SEL = 0x014,
    VIRTIO_DRIVER_FEATURES = 0x020,
    VIRTIO_DRIVER_FEATURES_SEL = 0x024,
    VIRTIO_QUEUE_SEL = 0x030,
    VIRTIO_QUEUE_NUM_MAX = 0x034,
    VIRTIO_QUEUE_NUM = 0x038,
    VIRTIO_QUEUE_READY = 0x044,
    VIRTIO_QUEUE_NOTIFY = 0x050,
    VIRTIO_INTERRUPT_STATUS = 0x060,
    VIRTIO_INTERRUPT_ACK = 0x064,
    VIRTIO_STATUS = 0x070,
    VIRTIO_QUEUE_DESC = 0x080,          /* low half; the high half follows each */
    VIRTIO_QUEUE_DRIVER = 0x090,
    VIRTIO_QUEUE_DEVICE = 0x0a0,
    VIRTIO_CONFIG_GENERATION = 0x0fc,
    VIRTIO_CONFIG = 0x100,
};

#define VIRTIO_MAGIC            0x74726976
#define VIRTIO_ID_NETWORK       1
#define VIRTIO_ID_BLOCK         2

#define VIRTIO_ACKNOWLEDGE      1
#define VIRTIO_DRIVER           2
#define VIRTIO_DRIVER_OK        4
#define VIRTIO_FEATURES_OK      8
#define VIRTIO_NEEDS_RESET      64
#define VIRTIO_FAILED           128

#define VIRTIO_F_VERSION_1      (1ull << 32)
#define VIRTIO_NET_F_MAC        (1ull << 5)

#define VIRTIO_INTERRUPT_USED   1
#define VIRTIO_INTERRUPT_CONFIG 2

struct virtq_descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

#define VIRTQ_NEXT              1
#define VIRTQ_WRITE             2
#define VIRTQ_INDIRECT          4
#define VIRTQ_NO_INTERRUPT      1       /* in the flags of the driver area */

/* Driver and device area: flags, index, ring. An element of the ring is 2 bytes here and 8 there. */
struct virtq_driver {
    uint16_t flags, index, ring[];
};

struct virtq_used {
    uint32_t id, length;
};

struct virtq_device {
    uint16_t flags, index;
    struct virtq_used ring[];
};

/* Block device. */
#define SECTOR_SIZE             512

struct virtio_block_request {
    uint32_t type, reserved;
    uint64_t sector;
};

enum { VIRTIO_BLOCK_IN = 0, VIRTIO_BLOCK_OUT = 1, VIRTIO_BLOCK_FLUSH = 4, VIRTIO_BLOCK_GET_ID = 8 };
enum { VIRTIO_BLOCK_OK, VIRTIO_BLOCK_IO_ERROR, VIRTIO_BLOCK_UNSUPPORTED };

#define VIRTIO_BLOCK_ID_SIZE    20

/* Network device: this stands before each frame; 0 in all fields but the last, which is 1 in what is received. */
struct virtio_net_header {
    uint8_t flags, gso_type;
    uint16_t header_length, gso_size, checksum_start, checksum_offset, buffers;
};

enum { VIRTIO_NET_RECEIVE, VIRTIO_NET_TRANSMIT };       /* its queues */

#define ETHERNET_ADDRESS        6
#define ETHERNET_HEADER         14
#define ETHERNET_MOST           1514

#endif
