"""From the core to an FPGA: synthesis, place and route, bitstream, and what they cost."""
