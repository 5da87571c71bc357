"""A remote stub for gdb: the golden model as a target that can also be run backwards. docs/gdb.md is the guide."""
