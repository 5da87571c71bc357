"""Paging constants (privileged manual, "Sv39", "Hypervisor: Two-Stage Address Translation")."""

# Page-table entry: name, msb, lsb. Bits 63:54 belong to absent extensions and must be zero.
PTE = (("v", 0, 0), ("r", 1, 1), ("w", 2, 2), ("x", 3, 3), ("u", 4, 4), ("g", 5, 5), ("a", 6, 6), ("d", 7, 7),
       ("rsw", 9, 8), ("ppn", 53, 10), ("reserved", 63, 54))

PAGE_SHIFT = 12
PTE_SIZE = 8
LEVELS = 3
VPN_BITS = 9
X4_BITS = 2             # the root table of Sv39x4 is four times as large: 2 more bits of VPN[2]
VA_BITS = 39            # bits 63:39 equal bit 38
GPA_BITS = 41           # bits 63:41 are zero

MODE_BARE = 0
MODE_SV39 = 8           # satp, vsatp
MODE_SV39X4 = 8         # hgatp

# satp, vsatp and hgatp: name, msb, lsb.
ATP = (("mode", 63, 60), ("asid", 59, 44), ("ppn", 43, 0))
HGATP = (("mode", 63, 60), ("vmid", 57, 44), ("ppn", 43, 0))
