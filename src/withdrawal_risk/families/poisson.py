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


@partial(compiled, nogil=True)
def _quantiles(z: Any, u: Any, rate: Any, where: Any, result: Any) -> None:
    for i in range(len(z)):
        result[i] = _quantile(z[i], u[i], rate[i]) if where[i] else math.nan


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
