"""A monthly count, negative binomial."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import FAR, Array, Family, scores_between

__all__ = ["Count"]

_STIRLING: Final = 100.0
"""Size above which Stirling's series is exact to the last digits, and below which none are lost without it."""

_MOST: Final = 1e15
"""Rate beyond which a count is no longer a number that a computer counts with."""


def _log_rising(size: Any, count: Any, xp: Any) -> Any:
    """Log of Gamma(size + count) / (Gamma(size) size ** count), without the digits that a large size costs.

    For large sizes by Stirling's series (NIST Handbook of Mathematical Functions, 5.11.1), whose leading terms are taken
    together before they can cancel.
    """
    large, small = xp.maximum(size, _STIRLING), xp.minimum(size, _STIRLING)
    series = (large + count - 0.5) * xp.log1p(count / large) - count
    for power, term in ((-1, 1 / 12), (-3, -1 / 360), (-5, 1 / 1260)):
        series = series + term * ((large + count) ** power - large**power)
    direct = xp.gammaln(small + count) - xp.gammaln(small) - count * xp.log(small)
    return xp.where(size > _STIRLING, series, direct)


class Count(Family):
    """A count; ``error`` is the relative standard deviation of its rate beyond Poisson noise."""

    name = "count"
    whole = True
    totals = True
    harmless = 1.0

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the exponential of the predictor."""
        return xp.exp(eta)

    def log_density(self, value: Any, mean: Any, error: Any, xp: Any, bounds: Any = None) -> Any:
        """Return the log density of a negative binomial."""
        size = 1.0 / error**2
        return (
            _log_rising(size, value, xp)
            - xp.gammaln(value + 1.0)
            - (size + value) * xp.log1p(mean / size)
            + value * xp.log(mean)
        )

    def noise(self, error: Array, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[Array, ...]:
        """Draw scores; beside them their probabilities and the unit-mean gamma factors of the rate."""
        from scipy.special import ndtr

        score, size = rng.standard_normal(shape), 1.0 / error**2
        return score, ndtr(score), rng.standard_gamma(np.broadcast_to(size, shape)) / size

    def noise_given(
        self,
        value: float,
        mean: Array,
        error: Array,
        shape: tuple[int, ...],
        rng: np.random.Generator,
        cuts: Array | None = None,
    ) -> tuple[Array, ...]:
        """Draw the rate given the count, then the score between the ends that give the count."""
        from scipy.special import ndtr, ndtri, pdtr, pdtrc

        size = 1.0 / error**2
        # Gamma is the conjugate prior of a Poisson rate.
        factor = rng.standard_gamma(np.broadcast_to(size + value, shape)) / (size + mean)
        rate = np.minimum(mean * factor, _MOST)

        def end(count: float) -> Array:
            below = pdtr(count, rate)
            return np.where(below < 0.5, ndtri(below), -ndtri(pdtrc(count, rate)))

        low = end(value - 1) if value > 0 else np.full(shape, -math.inf)
        score = np.clip(scores_between(low, end(value), shape, rng), -FAR, FAR)
        return score, ndtr(score), factor

    def realise(
        self,
        mean: Array,
        error: Array,
        chance: tuple[Array, ...],
        cuts: Array | None = None,
        where: NDArray[np.bool_] | None = None,
    ) -> Array:
        """Return the quantiles of a Poisson law at the scores."""
        from withdrawal_risk.families.poisson import poisson_quantile

        score, probability, factor = chance
        return np.asarray(poisson_quantile(score, probability, np.minimum(mean * factor, _MOST), where))

    def draw(self, mean: Array, error: Array, rng: np.random.Generator, cuts: Array | None = None) -> Array:
        """Draw counts; NumPy's own are faster where no world is to share them."""
        shape, size = np.broadcast_shapes(mean.shape, error.shape), 1.0 / error**2
        factor = rng.standard_gamma(np.broadcast_to(size, shape)) / size
        return rng.poisson(np.minimum(mean * factor, _MOST)).astype(float)

    def relative_error(self, value: float, se: float) -> float:
        """Return the error as a part of the count."""
        return se / max(value, 1.0)

    def link_scale(self, value: Any) -> Any:
        """Return logarithms, of nothing too."""
        return np.log(value + 0.5)

    def _fault(self, value: float, threshold: bool) -> str | None:
        if value < 0:
            return f"{value:.10g} is negative; a count is 0 or more"
        if not threshold and value != int(value):
            return f"{value:.10g} is not a whole number; a count is the total over its span"
        return None
