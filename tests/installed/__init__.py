"""The package as others install it: what is in wheel and sdist, and whether they work elsewhere."""
