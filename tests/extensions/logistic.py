"""A number whose errors now and then are large."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Positive, Quantiles
from withdrawal_risk.families.base import Array, Compiled, Distribution, Family

__all__ = ["Logistic", "LogisticIndicator"]


class LogisticIndicator(IndicatorBase):
    """A number with logistic errors."""

    family: Literal["logistic"]
    """A number whose errors now and then are large."""

    at_reference: Quantiles
    """Expected value at level 0."""

    change_per_level: Positive
    """Change per +1 level."""

    error: Positive
    """Scale of the logistic distribution."""


class Logistic(Family[LogisticIndicator]):
    """A number; ``error`` is the scale of a logistic distribution."""

    name = "logistic"
    indicator = LogisticIndicator

    def reference_prior(self, item: LogisticIndicator) -> tuple[float, float]:
        """Return the elicited value as a normal distribution."""
        return item.at_reference.normal

    def loading_prior(self, item: LogisticIndicator) -> tuple[float, float]:
        """Return the elicited change as a lognormal distribution."""
        return item.change_per_level.lognormal

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the predictor."""
        return eta

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the logistic log density."""
        # Of the absolute value, because the density is symmetric and its exponential then is small.
        distance = (value - law.mean) / law.error
        size = xp.maximum(distance, -distance)
        return -size - 2 * xp.log1p(xp.exp(-size)) - xp.log(law.error)

    def compiled(self) -> Compiled:
        """Return link and density with their derivatives, for machine code."""

        def link(eta: float) -> tuple[float, float]:
            return eta, 1.0

        def density(
            value: float, mean: float, error: float, low: float, high: float
        ) -> tuple[float, float, float, float, float]:
            distance = (value - mean) / error
            size, slope = abs(distance), math.tanh(distance / 2)
            log_density = -size - 2 * math.log1p(math.exp(-size)) - math.log(error)
            return log_density, slope / error, (distance * slope - 1) / error, 0.0, 0.0

        return Compiled(link, density)

    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return the mean plus the logistic quantile of the score."""
        from scipy.special import log_ndtr

        # The log-odds of a score's probability, which does not round to 1.
        return np.asarray(law.mean + law.error * (log_ndtr(noise[0]) - log_ndtr(-noise[0])))

    def noise_given(
        self, value: float, law: Distribution, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Return the one score that makes the value."""
        from scipy.special import log_expit, ndtri_exp

        distance = (value - law.mean) / law.error
        lower, upper = ndtri_exp(log_expit(distance)), -ndtri_exp(log_expit(-distance))
        return (np.broadcast_to(np.where(distance < 0, lower, upper), shape),)
