"""Poisson counts that rise with their rate while chance stays the same."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numba import njit

from withdrawal_risk.cores import share_out

__all__ = ["poisson_quantile"]

_SEARCHED: Final = 100.0
"""Rate up to which the distribution function is summed; above it a Cornish-Fisher expansion serves."""


_SUMMED: Final = 500
"""Count beyond which terms no longer change the sum."""

_INVERSE = 1.0 / np.maximum(np.arange(_SUMMED + 1), 1)
"""Multiplying by them takes a fraction of the time of dividing."""


@njit(cache=True, error_model="numpy")
def _quantile(z: float, u: float, rate: float) -> float:
    if rate > _SEARCHED:
        root = math.sqrt(rate)
        # Fisher and Cornish, Technometrics 2, 1960; the half is the continuity correction.
        expanded = rate + root * z + (z * z - 1) / 6 - (z * z * z + 2 * z) / (72 * root)
        return max(math.floor(expanded + 0.5), 0.0)
    term = math.exp(-rate)
    total, count = term, 0
    while total < u and count < _SUMMED:
        count += 1
        term *= rate * _INVERSE[count]
        total += term
    return float(count)


@njit(cache=True, error_model="numpy", nogil=True)
def _quantiles(z: Any, u: Any, rate: Any, result: Any) -> None:
    for i in range(len(z)):
        result[i] = _quantile(z[i], u[i], rate[i])


def poisson_quantile(z: Any, u: Any, rate: Any) -> Any:
    """Return the Poisson quantiles at probabilities.

    Parameters
    ----------
    z, u, rate : array_like
        Standard normal scores, their probabilities, which serve again and again, and the rates; broadcast against each
        other. Up to a rate of 100 the quantile is exact, above it within 1.
    """
    z, u, rate = np.broadcast_arrays(z, u, rate)
    result = np.empty(z.shape)
    flat = [np.ascontiguousarray(array).ravel() for array in (z, u, rate)] + [result.ravel()]
    share_out(result.size, lambda begin, end: _quantiles(*(array[begin:end] for array in flat)))
    return result
