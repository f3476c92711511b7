"""Streams of random numbers for many names: those of `random.generator`, begun in less time.

Noise that belongs to an indicator, a month and a block of draws takes tens of thousands of streams,
each for a few numbers. To begin one NumPy mixes seed and name in interpreted code, which takes
longer than the numbers; here the same mixing is compiled.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.random import PCG64, Generator
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

from withdrawal_risk.machine_code import compiled

__all__ = ["stream_of"]

# The constants of NumPy's SeedSequence, which its policy keeps: the same seed gives the same
# numbers in every version.
_INIT_A, _MULT_A = np.uint32(0x43B0D7E5), np.uint32(0x931E8875)
_INIT_B, _MULT_B = np.uint32(0x8B51F9DD), np.uint32(0x58F38DED)
_MIX_L, _MIX_R = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
_SHIFT: Final = np.uint32(16)
_POOL: Final = 4


@compiled
def _hashed(value: Any, constant: Any) -> Any:
    value = np.uint32(value ^ constant[0])
    constant[0] = np.uint32(constant[0] * constant[1])
    value = np.uint32(value * constant[0])
    return np.uint32(value ^ (value >> _SHIFT))


@compiled
def _mixed(x: Any, y: Any) -> Any:
    both = np.uint32(np.uint32(_MIX_L * x) - np.uint32(_MIX_R * y))
    return np.uint32(both ^ (both >> _SHIFT))


@compiled
def _state(low: Any, high: Any, key: Any) -> Any:
    """Return the four words of 64 bits with which a stream begins."""
    words = np.empty(len(key) + 2, np.uint32)
    words[0] = low
    for i in range(len(key)):
        words[i + 1] = key[i]
    words[-1] = high
    # A seed of one word has no second one at the end.
    count = len(words) if high else len(words) - 1
    constant, pool = np.array([_INIT_A, _MULT_A], np.uint32), np.zeros(_POOL, np.uint32)
    for i in range(_POOL):
        pool[i] = _hashed(words[i] if i < count else np.uint32(0), constant)
    for source in range(_POOL):
        for target in range(_POOL):
            if source != target:
                pool[target] = _mixed(pool[target], _hashed(pool[source], constant))
    for source in range(_POOL, count):
        for target in range(_POOL):
            pool[target] = _mixed(pool[target], _hashed(words[source], constant))
    constant[0], constant[1] = _INIT_B, _MULT_B
    state = np.empty(4, np.uint64)
    for i in range(4):
        first = np.uint64(_hashed(pool[2 * i % _POOL], constant))
        state[i] = first | (
            np.uint64(_hashed(pool[(2 * i + 1) % _POOL], constant)) << np.uint64(32)
        )
    return state


class _Begun(ISeedSequence):
    """Hands a bit generator the words that were made for it."""

    def __init__(self, state: NDArray[np.uint64]) -> None:
        self.state = state

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[np.uint64]:
        """Return the words."""
        return self.state


def stream_of(random_seed: int, *names: str) -> Generator:
    """Return the generator that `random.generator` returns, of a seed that was checked already."""
    key = np.frombuffer(b"".join([name.encode() + b"\0" for name in names]), np.uint8)
    high, low = divmod(random_seed, 2**32)
    begun = _Begun(_state(np.uint32(low), np.uint32(high), key))
    # NumPy takes whatever hands out words, which its types do not say.
    return Generator(PCG64(begun))  # type: ignore[arg-type]
