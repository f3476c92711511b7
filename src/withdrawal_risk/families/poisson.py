"""Poisson counts that rise with their rate while the noise stays the same."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

import numpy as np

from withdrawal_risk.cores import share_out
from withdrawal_risk.machine_code import compiled

__all__ = ["poisson_quantile"]

_EXPANDED: Final = 4.0
"""Rate from which an expansion is tried first."""

_SEARCHED: Final = 100.0
"""Rate up to which the distribution function is summed where the expansion leaves a doubt; above
it, it is trusted."""

_TAIL: Final = 9.0
"""Square of the score from which it is not tried: the bound of its error does not hold there."""

_NOTHING: Final = 1e-17

_SUMMED: Final = 500
"""Count beyond which terms no longer change the sum."""

_INVERSE = 1.0 / np.maximum(np.arange(_SUMMED + 1), 1)
"""Multiplying by them takes a fraction of the time of dividing."""


_CHUNK: Final = 256
"""Quantiles that are looked for together."""

_TOGETHER: Final = 8
"""Steps of the sum that are made for all of them."""

_NEAR_ONE: Final = 1.0 - 1e-9


@compiled
def _quantile(z: float, u: float, rate: float) -> float:
    if rate > _EXPANDED:
        # The expansion and its error are those of Giles, ACM Transactions on Mathematical Software
        # 42, 2016, section 2.
        root, square = math.sqrt(rate), z * z
        expanded = rate + root * z + 1 / 3 + square / 6 - z * (2 + square) / (72 * root)
        count = math.floor(expanded)
        doubt = (1 / 40 + square / 80 + square * square / 160) / rate
        if rate > _SEARCHED or (square < _TAIL and doubt < expanded - count < 1 - doubt):
            return max(count, 0.0)
    term = math.exp(-rate)
    total, steps = term, 0
    # Beyond the rate, terms too small to change the sum end the search for a probability that has
    # rounded to 1.
    while total < u and (steps < rate or term > _NOTHING) and steps < _SUMMED:
        steps += 1
        term *= rate * _INVERSE[steps]
        total += term
    return float(steps)


@compiled
def _expand(z: Any, u: Any, rate: Any, where: Any, begin: int, result: Any, open_: Any) -> None:
    """Fill in what the expansion decides, as `_quantile` does, and say what it leaves open.

    Without a branch, so that several are worked on at once.
    """
    for i in range(len(open_)):
        k = begin + i
        root, square = math.sqrt(rate[k]), z[k] * z[k]
        expanded = rate[k] + root * z[k] + 1 / 3 + square / 6 - z[k] * (2 + square) / (72 * root)
        count = np.floor(expanded)
        doubt = (1 / 40 + square / 80 + square * square / 160) / rate[k]
        over = expanded - count
        sure = (rate[k] > _EXPANDED) & (square < _TAIL) & (doubt < over) & (over < 1 - doubt)
        sure |= rate[k] > _SEARCHED
        result[k] = max(count, 0.0) if where[k] else math.nan
        open_[i] = where[k] & ~sure


@compiled
def _sum_up(z: Any, u: Any, rate: Any, places: Any, room: Any, result: Any) -> None:
    """Fill in the quantiles at some places by summing the distribution function.

    The first steps are made for all of them together.
    """
    asked, mean, term, total, steps = room
    for n in range(len(places)):
        asked[n], mean[n] = u[places[n]], rate[places[n]]
        term[n] = math.exp(-mean[n])
        total[n], steps[n] = term[n], 0.0
    for step in range(1, _TOGETHER + 1):
        inverse = _INVERSE[step]
        for n in range(len(places)):
            steps[n] += 1.0 if total[n] < asked[n] else 0.0
            term[n] *= mean[n] * inverse
            total[n] += term[n]
    for n in range(len(places)):
        k = places[n]
        # Near 1, where small terms end the search, and beyond these steps it is one by one.
        near = total[n] >= asked[n] and asked[n] < _NEAR_ONE
        result[k] = steps[n] if near else _quantile(z[k], u[k], rate[k])


@partial(compiled, nogil=True)
def _quantiles(z: Any, u: Any, rate: Any, where: Any, result: Any) -> None:
    flags, places, room = (
        np.empty(_CHUNK, np.bool_),
        np.empty(_CHUNK, np.int64),
        np.empty((5, _CHUNK)),
    )
    rows = room[0], room[1], room[2], room[3], room[4]
    for begin in range(0, len(z), _CHUNK):
        open_ = flags[: min(_CHUNK, len(z) - begin)]
        _expand(z, u, rate, where, begin, result, open_)
        count = 0
        for i in range(len(open_)):
            places[count] = begin + i
            count += open_[i]
        _sum_up(z, u, rate, places[:count], rows, result)


def poisson_quantile(z: Any, u: Any, rate: Any, where: Any = None) -> Any:
    """Return the Poisson quantiles at probabilities.

    Parameters
    ----------
    z, u, rate : array_like
        Standard normal scores, their probabilities, which serve again and again, and the rates;
        broadcast against each other. Up to a rate of 100 the quantile is exact, above it within 1.
    where : array_like of bool, optional
        Broadcasts to their shape; elsewhere there is no number.
    """
    z, u, rate = np.broadcast_arrays(z, u, rate)
    wanted, result = np.empty(z.shape, dtype=bool), np.empty(z.shape)
    wanted[...] = True if where is None else where
    flat = [np.ascontiguousarray(array).ravel() for array in (z, u, rate)] + [
        wanted.ravel(),
        result.ravel(),
    ]
    share_out(result.size, lambda begin, end: _quantiles(*(array[begin:end] for array in flat)))
    return result
