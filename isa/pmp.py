"""Physical memory protection (privileged manual, "Physical Memory Protection CSRs"): one entry's byte in pmpcfg."""

# Name, msb, lsb; bits 6:5 are zero.
PMPCFG = (("r", 0, 0), ("w", 1, 1), ("x", 2, 2), ("a", 4, 3), ("l", 7, 7))

# Values of A: how the entry's pmpaddr describes a region.
OFF, TOR, NA4, NAPOT = range(4)

ADDRESS_SHIFT = 2       # pmpaddr holds bits 55:2 of a physical address
