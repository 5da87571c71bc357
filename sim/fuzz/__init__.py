"""Random programs for the hypervisor extension: generate, run against a judge, measure coverage, shrink failures."""
