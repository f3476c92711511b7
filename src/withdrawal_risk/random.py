"""Randomness: every stream of numbers belongs to a seed and a name."""

from __future__ import annotations

import numpy as np

from withdrawal_risk.arguments import whole_number

__all__ = ["check_seed", "generator"]


def check_seed(random_seed: int) -> int:
    """Return a seed, or refuse what is none.

    Raises
    ------
    ArgumentError
    """
    return whole_number(random_seed, "random_seed", least=0, most=2**63 - 1)


def generator(random_seed: int, *names: str) -> np.random.Generator:
    """Return a random generator that belongs to a seed and a name, whatever else is drawn."""
    random_seed = check_seed(random_seed)
    # A zero byte ends each name, so that "ab", "c" and "a", "bc" give different streams.
    key = np.frombuffer(b"".join(name.encode() + b"\0" for name in names), np.uint8)
    # A seed sequence is made of words of 32 bits; a larger seed takes two. Its second word comes
    # last: names end in 0, and it is never 0, so it cannot be mistaken for a part of a name.
    high, low = divmod(random_seed, 2**32)
    # An array, because reading a list of numbers takes several times as long as all the rest.
    words = np.array([low, *key, high] if high else [low, *key], np.uint32)
    return np.random.default_rng(np.random.SeedSequence(words))
