"""Damaged, hostile and unlucky input, seeded: ``python -m tests.fuzz``."""
