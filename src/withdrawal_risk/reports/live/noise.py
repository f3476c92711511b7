"""Random numbers that Python and the script of the page make alike.

The generator is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random
numbers: as easy as 1, 2, 3", SC11, 2011): a keyed hash of a counter by additions, rotations and
exclusive ors of 32 bits. It passes BigCrush and has published test vectors. A number belongs to a
seed, a name and a month, which make the key, and to a draw, a future and a position, which make the
counter; it depends on nothing that was drawn before.

A word becomes a uniform number strictly between 0 and 1, and that a normal one by the inverse of
Wichura's algorithm AS 241 (Applied Statistics 37, 1988), which is exact to 16 digits. Gamma numbers
are made by rejection (Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 2000),
Student-t ones of four degrees of freedom by their closed quantile function (Shaw, Journal of
Computational Finance 9, 2006). ``web/noise.js`` is the same text in JavaScript.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Key", "Noise", "key_of", "month_key", "normal_quantile", "threefry"]

Array = NDArray[np.float64]
Words = NDArray[np.uint32]
Key = tuple[int, int]

_ROTATIONS: Final = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY: Final = 0x1BD11BDA

_ATTEMPTS: Final = 64
"""At which a gamma number is given up; each is accepted with a probability above 0.95."""

_POSITIONS: Final = 2 * _ATTEMPTS + 1
"""Positions that an array of gamma numbers takes: two an attempt, and one for small shapes."""

# Coefficients of AS 241, from the highest power down. Its third region is never reached, because no
# uniform number here is nearer to 0 or 1 than 2 ** -33.
_CENTRE: Final = (
    (
        2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
        4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
        1.3314166789178437745e2, 3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
        2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
        4.2313330701600911252e1, 1.0,
    ),
)  # fmt: skip
_TAIL: Final = (
    (
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
        1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
        4.63033784615654529590e0, 1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
        1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
        2.05319162663775882187e0, 1.0,
    ),
)  # fmt: skip


def threefry(key: Key, first: Words, second: Words) -> tuple[Words, Words]:
    """Return the two words that belong to every counter.

    Parameters
    ----------
    key : tuple of (int, int)
        Two words of 32 bits.
    first, second : ndarray of uint32
        The two words of the counters.

    Examples
    --------
    >>> import numpy as np
    >>> from withdrawal_risk.reports.live.noise import threefry
    >>> zero = np.zeros(1, np.uint32)
    >>> [hex(int(word[0])) for word in threefry((0, 0), zero, zero)]
    ['0x6b200159', '0x99ba4efe']
    """
    schedule = [np.uint32(k) for k in (*key, _PARITY ^ key[0] ^ key[1])]
    # Arrays of one word wrap around as all others do; single numbers of NumPy would warn.
    a, b = np.atleast_1d(first) + schedule[0], np.atleast_1d(second) + schedule[1]
    for group in range(5):
        for turn in _ROTATIONS[group % 2]:
            a = a + b
            b = ((b << np.uint32(turn)) | (b >> np.uint32(32 - turn))) ^ a
        a = a + schedule[(group + 1) % 3]
        b = b + np.array([(int(schedule[(group + 2) % 3]) + group + 1) & 0xFFFFFFFF], np.uint32)
    return a, b


def _ratio(coefficients: tuple[Sequence[float], Sequence[float]], x: Array) -> Array:
    """Return the ratio of two polynomials."""
    above, below = (np.full_like(x, several[0]) for several in coefficients)
    for one, other in zip(coefficients[0][1:], coefficients[1][1:], strict=True):
        above, below = above * x + one, below * x + other
    return above / below


def normal_quantile(probability: Array) -> Array:
    """Return standard normal quantiles of probabilities between 2 ** -33 and 1 - 2 ** -33."""
    q = probability - 0.5
    centre = q * _ratio(_CENTRE, 0.180625 - q * q)
    far = np.abs(q) > 0.425
    if far.any():
        low = np.where(q[far] < 0.0, probability[far], 1.0 - probability[far])
        root = np.sqrt(-np.log(low))
        centre[far] = np.sign(q[far]) * _ratio(_TAIL, root - 1.6)
    return np.asarray(centre)


def key_of(seed: int, *names: str) -> Key:
    """Return the key of a seed and names: the first 64 bits of their SHA-256."""
    digest = hashlib.sha256("\0".join((str(seed), *names)).encode()).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


def month_key(key: Key, month: int) -> Key:
    """Return the key of a month, counted from the first future one."""
    at = np.array([month], np.uint32)
    first, second = threefry(key, at, np.zeros(1, np.uint32))
    return int(first[0]), int(second[0])


class Noise:
    """A stream of random numbers, with the methods of NumPy's generators that families use.

    The first axis of every array are draws, the last their futures. Each array takes the next
    position in the counters; an axis between them takes one for each of its places.

    Parameters
    ----------
    key : tuple of (int, int)
        As from `month_key`.
    begin : int
        Number of the first draw.

    Examples
    --------
    >>> from withdrawal_risk.reports.live.noise import Noise, key_of, month_key
    >>> noise = Noise(month_key(key_of(1, "factor", "tension"), 0))
    >>> noise.random((2, 3)).shape
    (2, 3)
    """

    def __init__(self, key: Key, begin: int = 0) -> None:
        self.key, self.begin, self.position = key, begin, 0

    def random(self, shape: tuple[int, ...]) -> Array:
        """Return uniform numbers strictly between 0 and 1."""
        draws, *between, futures = shape
        places = math.prod(between)
        slices = [self._uniform(draws, futures, self.position + p) for p in range(places)]
        self.position += places
        return np.stack(slices, axis=1).reshape(shape)

    def uniform(self, low: float = 0.0, high: float = 1.0, size: tuple[int, ...] = ()) -> Array:
        """Return uniform numbers between two ends."""
        return low + (high - low) * self.random(size)

    def standard_normal(self, shape: tuple[int, ...]) -> Array:
        """Return standard normal numbers."""
        return normal_quantile(self.random(shape))

    def standard_t(self, df: float, shape: tuple[int, ...]) -> Array:
        """Return Student-t numbers of four degrees of freedom."""
        if df != 4:
            raise ValueError(f"only 4 degrees of freedom have a closed form here, not {df:g}")
        probability = self.random(shape)
        low = np.minimum(probability, 1.0 - probability)
        root = np.sqrt(4.0 * low * (1.0 - low))
        size = 2.0 * np.sqrt(np.maximum(np.cos(np.arccos(root) / 3.0) / root - 1.0, 0.0))
        return np.asarray(np.where(probability < 0.5, -size, size))

    def standard_gamma(self, shape: Array) -> Array:
        """Return gamma numbers, each of a shape parameter of its own; (draw, future)."""
        sizes = np.asarray(shape, dtype=float)
        draws, futures = (axis.ravel() for axis in np.indices(sizes.shape))
        small = sizes.ravel() < 1.0
        d = np.where(small, sizes.ravel() + 1.0, sizes.ravel()) - 1.0 / 3.0
        result, left = np.empty(d.shape), np.arange(d.size)
        for attempt in range(_ATTEMPTS):
            if not len(left):
                break
            score = normal_quantile(self._at(draws[left], futures[left], 1 + 2 * attempt))
            uniform = self._at(draws[left], futures[left], 2 + 2 * attempt)
            root = 1.0 + score / np.sqrt(9.0 * d[left])
            v = np.maximum(root, 1e-100) ** 3
            log_bound = 0.5 * score * score + d[left] * (1.0 - v + np.log(v))
            accepted = (root > 0.0) & (np.log(uniform) < log_bound)
            result[left[accepted]] = d[left[accepted]] * v[accepted]
            left = left[~accepted]
        if small.any():
            # A gamma number of a shape below 1 is one of a shape above, made smaller.
            boost = self._at(draws[small], futures[small], 0)
            result[small] *= boost ** (1.0 / sizes.ravel()[small])
        self.position += _POSITIONS
        return result.reshape(sizes.shape)

    def _uniform(self, draws: int, futures: int, position: int) -> Array:
        """Return a table of uniform numbers; one counter serves two futures."""
        draw = np.repeat(np.arange(draws), (futures + 1) // 2)
        pair = np.tile(np.arange((futures + 1) // 2), draws)
        words = np.stack(self._words(draw, pair, position), axis=1)
        return _unit(words.reshape(draws, -1)[:, :futures])

    def _at(self, draw: NDArray[np.int64], future: NDArray[np.int64], step: int) -> Array:
        """Return the uniform numbers of some draws and futures, so many positions on."""
        first, second = self._words(draw, future // 2, self.position + step)
        return _unit(np.where(future % 2 == 0, first, second))

    def _words(
        self, draw: NDArray[np.int64], pair: NDArray[np.int64], position: int
    ) -> tuple[Words, Words]:
        counter = (position << 16) | pair
        return threefry(self.key, (self.begin + draw).astype(np.uint32), counter.astype(np.uint32))


def _unit(words: Words) -> Array:
    """Return the uniform numbers of words."""
    return (words.astype(np.float64) + 0.5) * 2.0**-32
