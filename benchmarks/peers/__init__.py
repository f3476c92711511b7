"""The same model written for other engines; each module has a ``prepare`` that returns a `Contender`."""
