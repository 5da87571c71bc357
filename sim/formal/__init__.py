"""Proofs of properties of the RTL; see docs/formal.md."""
