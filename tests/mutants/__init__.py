"""Deliberate faults, each built, run and killed by a test; ``python -m tests.mutants`` prints which test kills which."""
