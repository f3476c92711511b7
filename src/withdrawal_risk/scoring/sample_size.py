"""How many outcomes it takes until one forecaster can be told from another."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["FALSE_ALARM", "POWER", "outcomes_if_right", "outcomes_in_all"]

FALSE_ALARM: Final = 0.10
"""Of a two-sided test of "neither is better"."""

POWER: Final = 0.80

_LEAST: Final = 3
"""Outcomes from which a spread is worked out."""

_DISTANCE: Final = NormalDist().inv_cdf(1 - FALSE_ALARM / 2) + NormalDist().inv_cdf(POWER)


def outcomes_in_all(differences: NDArray[np.float64]) -> float:
    """Return how many outcomes a difference of scores needs, if it and its spread stay as they are.

    With that many a two-sided z test at 10 % finds it four times in five: the sample size of a
    paired comparison, ``(z * sd / mean)**2`` with z the sum of both quantiles. Outcomes count as
    independent.

    Parameters
    ----------
    differences : ndarray, shape (outcome,)
        Of two forecasters' scores.

    Returns
    -------
    float
        nan with fewer than three outcomes, infinite where there is no difference.
    """
    if len(differences) < _LEAST:
        return math.nan
    mean, sd = float(differences.mean()), float(differences.std(ddof=1))
    if mean == 0:
        return math.inf
    return max(float(math.ceil((_DISTANCE * sd / mean) ** 2)), float(_LEAST))


def outcomes_if_right(probability: float, other: float) -> float:
    """Return how many like outcomes tell a probability from another by Brier, if it is right.

    The difference of both scores has mean ``(other - p)**2`` and variance
    ``4 p (1 - p) (other - p)**2``, so it takes ``z**2 * 4 p (1 - p) / (other - p)**2``.

    Parameters
    ----------
    probability, other : float

    Returns
    -------
    float
        Infinite where both are the same; at least 1.
    """
    gap = other - probability
    if gap == 0:
        return math.inf
    needed = _DISTANCE**2 * 4 * probability * (1 - probability) / gap**2
    return max(float(math.ceil(needed)), 1.0)
