"""A positive number with proportional error."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Positive, Ratio
from withdrawal_risk.families.base import (
    Array,
    Compiled,
    Distribution,
    Located,
    log_quantiles,
    normal_log_density,
    ratio_prior,
)

__all__ = ["Lognormal", "LognormalIndicator"]


class LognormalIndicator(IndicatorBase):
    """A positive number with proportional error."""

    family: Literal["lognormal"]
    """A positive number."""

    at_reference: Positive
    """Median at level 0."""

    ratio_per_level: Ratio
    """Factor by which it changes per +1 level."""

    error: Positive
    """Standard deviation of its logarithm."""


class Lognormal(Located[LognormalIndicator]):
    """A positive number; ``error`` is the standard deviation of its logarithm."""

    name = "lognormal"
    indicator = LognormalIndicator
    can_total = True
    axis = "log"
    mask_value = 1.0
    support = (0.0, math.inf)

    def reference_prior(self, item: LognormalIndicator) -> tuple[float, float]:
        """Return the logarithm of the elicited value as a normal distribution."""
        return log_quantiles(item.at_reference)

    def loading_prior(self, item: LognormalIndicator) -> tuple[float, float]:
        """Return the logarithm of the elicited ratio as a lognormal distribution."""
        return ratio_prior(item.ratio_per_level)

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the exponential of the predictor."""
        return xp.exp(eta)

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log density of a lognormal distribution with median ``mean``."""
        return normal_log_density(xp.log(value), xp.log(law.mean), law.error, xp) - xp.log(value)

    def compiled(self) -> Compiled:
        """Return link and density with their derivatives, for machine code."""
        from withdrawal_risk.families.special import exponential, normal_density

        def density(
            value: float, mean: float, error: float, low: float, high: float
        ) -> tuple[float, float, float, float, float]:
            score = (math.log(value) - math.log(mean)) / error
            log_density, d_error = normal_density(score, error)
            return log_density - math.log(value), score / (error * mean), d_error, 0.0, 0.0

        return Compiled(exponential, density)

    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return the mean times the exponential of so many errors."""
        return np.asarray(law.mean * np.exp(law.error * noise[0]))

    def middle(self, low: float, high: float) -> float:
        """Return the geometric mean, or the arithmetic mean of a range that begins at 0."""
        # The middle on the logarithmic scale, on which the error is symmetric.
        return math.sqrt(low * high) if low > 0 else (low + high) / 2

    def stated_error(self, value: float, se: float) -> float:
        """Return the error of the logarithm."""
        return se / value

    def link_scale(self, value: Any) -> Any:
        """Return logarithms."""
        return np.log(value)

    def value_fault(self, value: float, threshold: bool) -> str | None:
        """Say why a finite number cannot be shown."""
        return f"{value:.10g} is not above 0, as a lognormal value must be" if value <= 0 else None
