"""Draws weighed as if their prior were another: probabilities, and how far they may be trusted."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.simulation.observation import is_trusted, pareto_k

__all__ = ["Reweighted", "tilted"]

Array = NDArray[np.float64]

_BLOCK: Final = 2_000_000
"""Weights that are worked on at once."""


class Reweighted:
    """Draws with the weights of another prior.

    Parameters
    ----------
    log_ratio : ndarray, shape (draw,)
        Log density of the other prior over that of the draws, but for a constant.
    """

    def __init__(self, log_ratio: Array) -> None:
        self.log_ratio = log_ratio
        relative = np.exp(log_ratio - log_ratio.max())
        self.weight: Array = relative / relative.sum()

    @property
    def ess(self) -> float:
        """Effective number of draws."""
        return float(1.0 / (self.weight**2).sum())

    @cached_property
    def khat(self) -> float:
        """Pareto shape of the largest weights."""
        return pareto_k(self.log_ratio)

    @cached_property
    def trusted(self) -> bool:
        """Whether the weights may be trusted."""
        return is_trusted(self.khat, self.ess)

    def mean(self, value: Array) -> float:
        """Return the mean of a value by draw under the other prior."""
        return float(self.weight @ value)


def tilted(p: Array, slope: Array, shift: Array) -> Array:
    """Return the mean of a value as each of several priors is moved by a size of its own.

    A normal prior moved by so many sd multiplies its density by the exponential of score times
    shift, but for a constant.

    Parameters
    ----------
    p : ndarray, shape (draw,)
        The value, such as a probability.
    slope : ndarray, shape (draw, judgement)
        Derivative of the log prior density by each shift.
    shift : ndarray, shape (judgement,)

    Returns
    -------
    ndarray, shape (judgement,)
    """
    result, step = np.empty(len(shift)), max(_BLOCK // max(len(p), 1), 1)
    for begin in range(0, len(shift), step):
        some = slice(begin, begin + step)
        exponent = slope[:, some] * shift[some]
        weight = np.exp(exponent - exponent.max(axis=0))
        result[some] = (p @ weight) / weight.sum(axis=0)
    return result
