"""The core and the SoC, in Amaranth. Imports `isa`, never `sim`."""
