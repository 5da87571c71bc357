"""Everything that is Python at simulation time: the golden model, the bench, and what a user runs."""
