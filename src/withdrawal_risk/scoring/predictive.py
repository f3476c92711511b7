"""A forecast of one value: an ensemble, and how dense it is at what was observed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Predictive", "empirical"]

Array = NDArray[np.float64]


class Predictive(NamedTuple):
    """A forecast of one indicator in one month.

    Parameters
    ----------
    samples : ndarray, shape (member,)
    log_density : callable
        Log density of a value, of whole numbers its log probability; nan where there is none.
    """

    samples: Array
    log_density: Callable[[float], float]


def empirical(values: Array, *, whole: bool) -> Predictive:
    """Return some values themselves as a forecast.

    A value that is none of them has density 0. One of them has the probability of its share if
    values are whole numbers, and otherwise no density.
    """

    def log_density(value: float) -> float:
        share = float((values == value).mean())
        if share == 0:
            return -math.inf
        return math.log(share) if whole else math.nan

    return Predictive(values, log_density)
