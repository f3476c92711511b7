"""A monthly count, negative binomial."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from withdrawal_risk.elements.base import refuse
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Positive, Ratio
from withdrawal_risk.families.base import (
    FAR,
    Array,
    Compiled,
    Distribution,
    Family,
    log_quantiles,
    ratio_prior,
    scores_between,
)

__all__ = ["Count", "CountIndicator"]

_SMALLEST_ERROR: Final = 1e-6
"""Relative error of a rate below which the count is Poisson to all digits that matter."""

_STIRLING: Final = 100.0
"""Size above which Stirling's series is exact to the last digits, and below which none are lost
without it."""

_MOST: Final = 1e15
"""Rate beyond which a count is no longer a number that a computer counts with."""


def _log_rising(size: Any, count: Any, xp: Any) -> Any:
    """Log of Gamma(size + count) / (Gamma(size) size ** count), accurate for large sizes too.

    For large sizes by Stirling's series (NIST Handbook of Mathematical Functions, 5.11.1), whose
    leading terms are taken together before they can cancel.
    """
    # Both forms are computed everywhere, each with a size at which it is accurate.
    large, small = xp.maximum(size, _STIRLING), xp.minimum(size, _STIRLING)
    # The leading terms cancel for large sizes; together they do not.
    series = (large + count - 0.5) * xp.log1p(count / large) - count
    for power, term in ((-1, 1 / 12), (-3, -1 / 360), (-5, 1 / 1260)):
        series = series + term * ((large + count) ** power - large**power)
    direct = xp.gammaln(small + count) - xp.gammaln(small) - count * xp.log(small)
    # PyTensor and NumPy both evaluate both branches, so neither may overflow.
    return xp.where(size > _STIRLING, series, direct)


def _not_negligible(error: Positive) -> Positive:
    if error.p5 < _SMALLEST_ERROR:
        raise refuse(
            "p5 is {p5}; a relative error that small does not matter, and the count is Poisson; "
            "write at least {least}",
            p5=f"{error.p5:g}",
            least=f"{_SMALLEST_ERROR:g}",
        )
    return error


class CountIndicator(IndicatorBase):
    """A monthly count, negative binomial."""

    family: Literal["count"]
    """A whole number, 0 or more."""

    at_reference: Positive
    """Expected count in a month at level 0."""

    ratio_per_level: Ratio
    """Factor by which it changes per +1 level."""

    error: Annotated[Positive, AfterValidator(_not_negligible)]
    """Relative standard deviation of the monthly rate beyond Poisson noise."""

    error_over_span: Literal["independent", "shared"] = "independent"
    """Whether the months of a row over several have errors of their own, so that its error falls
    with their number, or all the same one. A stated ``se`` is the row's own and never divided."""


class Count(Family[CountIndicator]):
    """A count; ``error`` is the relative standard deviation of its rate beyond Poisson noise."""

    name = "count"
    indicator = CountIndicator
    whole = True
    totals = True
    can_total = True
    axis = "log_from_zero"
    mask_value = 1.0
    support = (0.0, math.inf)
    elicited: ClassVar[Mapping[str, str]] = {
        "reference": "at_reference",
        "loading": "ratio_per_level",
        "error": "error",
    }

    def reference_prior(self, item: CountIndicator) -> tuple[float, float]:
        """Return the logarithm of the elicited count as a normal distribution."""
        return log_quantiles(item.at_reference)

    def loading_prior(self, item: CountIndicator) -> tuple[float, float]:
        """Return the logarithm of the elicited ratio as a lognormal distribution."""
        return ratio_prior(item.ratio_per_level)

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the exponential of the predictor."""
        return xp.exp(eta)

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log density of a negative binomial distribution."""
        # The size of a negative binomial is the inverse variance of its gamma factor.
        mean, size = law.mean, 1.0 / law.error**2
        return (
            _log_rising(size, value, xp)
            - xp.gammaln(value + 1.0)
            - (size + value) * xp.log1p(mean / size)
            + value * xp.log(mean)
        )

    def compiled(self) -> Compiled:
        """Return link and density with their derivatives, for machine code."""
        from withdrawal_risk.families.special import digamma, exponential
        from withdrawal_risk.machine_code import compiled

        stirling = _STIRLING

        def log_rising(size: float, count: float) -> tuple[float, float]:
            # The same two branches as `_log_rising`, with the derivative by the size.
            both = size + count
            if size <= stirling:
                rising = math.lgamma(both) - math.lgamma(size) - count * math.log(size)
                return rising, digamma(both) - digamma(size) - count / size
            grown = math.log1p(count / size)
            rising = (both - 0.5) * grown - count
            slope = grown - (both - 0.5) * count / (size * both)
            for power, term in ((-1, 1 / 12), (-3, -1 / 360), (-5, 1 / 1260)):
                rising += term * (both**power - size**power)
                slope += term * power * (both ** (power - 1) - size ** (power - 1))
            return rising, slope

        log_rising = compiled(log_rising)

        def density(
            value: float, mean: float, error: float, low: float, high: float
        ) -> tuple[float, float, float, float, float]:
            size = 1.0 / (error * error)
            rising, slope = log_rising(size, value)
            grown, both = math.log1p(mean / size), size + mean
            log_density = rising - math.lgamma(value + 1.0)
            log_density += value * math.log(mean) - (size + value) * grown
            d_mean = value / mean - (size + value) / both
            d_size = slope - grown + (size + value) * mean / (size * both)
            return log_density, d_mean, -2.0 * d_size * size / error, 0.0, 0.0

        return Compiled(exponential, density)

    def noise(
        self, error: Array, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw scores, their probabilities, and the unit-mean gamma factors of the rate."""
        from scipy.special import ndtr

        # The rate is gamma around its mean and the count Poisson around the rate: the marginal is
        # negative binomial.
        score, size = rng.standard_normal(shape), 1.0 / error**2
        return score, ndtr(score), rng.standard_gamma(np.broadcast_to(size, shape)) / size

    def noise_given(
        self, value: float, law: Distribution, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw the rate given the count, then the score between the ends that give the count."""
        from scipy.special import ndtr, ndtri, pdtr, pdtrc

        size = 1.0 / law.error**2
        # Gamma is the conjugate prior of a Poisson rate.
        factor = rng.standard_gamma(np.broadcast_to(size + value, shape)) / (size + law.mean)
        rate = np.minimum(law.mean * factor, _MOST)

        def end(count: float) -> Array:
            # The standard normal score at which the count changes.
            below = pdtr(count, rate)
            # Near 1 the probability above is exact where the one below has rounded.
            return np.where(below < 0.5, ndtri(below), -ndtri(pdtrc(count, rate)))

        # Every score between these two ends gives the count.
        low = end(value - 1) if value > 0 else np.full(shape, -math.inf)
        score = np.clip(scores_between(low, end(value), shape, rng), -FAR, FAR)
        return score, ndtr(score), factor

    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return the quantiles of a Poisson distribution at the scores."""
        from withdrawal_risk.families.poisson import poisson_quantile

        # With the same score and factor a larger mean never gives a smaller count.
        score, probability, factor = noise
        rate = np.minimum(law.mean * factor, _MOST)
        return np.asarray(poisson_quantile(score, probability, rate, where))

    def draw(self, law: Distribution, rng: np.random.Generator) -> Array:
        """Draw counts by NumPy, which is faster where no other world shares their noise."""
        shape, size = np.broadcast_shapes(law.mean.shape, law.error.shape), 1.0 / law.error**2
        factor = rng.standard_gamma(np.broadcast_to(size, shape)) / size
        return rng.poisson(np.minimum(law.mean * factor, _MOST)).astype(float)

    def stated_error(self, value: float, se: float) -> float:
        """Return the error as a part of the count."""
        return se / max(value, 1.0)

    def link_scale(self, value: Any) -> Any:
        """Return logarithms, moved so that 0 has one."""
        return np.log(value + 0.5)

    def feature(self, value: Array) -> Array:
        """Return logarithms of the counts and 1."""
        return np.asarray(np.log1p(value))

    def value_fault(self, value: float, threshold: bool) -> str | None:
        """Say why a finite number cannot be shown."""
        if value < 0:
            return f"{value:.10g} is negative; a count is 0 or more"
        # A bound on a mean of counts need not be whole.
        if not threshold and value != int(value):
            return f"{value:.10g} is not a whole number; a count is the total over its span"
        return None
