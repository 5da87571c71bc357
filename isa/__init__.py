"""Facts of the instruction set, as data: no behaviour, no imports from the rest of the project."""
