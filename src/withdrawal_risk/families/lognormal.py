"""A positive number with proportional error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from withdrawal_risk.elements.base import refuse
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Positive, Ratio, Share
from withdrawal_risk.families.base import (
    Array,
    Compiled,
    Distribution,
    Located,
    additive_log_density,
    log_quantiles,
    ratio_prior,
)

__all__ = ["Lognormal", "LognormalIndicator"]

_NOUGHT: Final = 1e-9
"""Stands for nought where a logarithm is asked for."""


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

    error_over_span: Literal["independent", "shared"] = "shared"
    """Whether the months of a row over several have errors of their own, so that its error falls
    with their number, or all the same one. A stated ``se`` is the row's own and never divided."""

    tail: Literal["normal", "student_t"] = "normal"
    """``student_t`` for a series that jumps by itself (4 degrees of freedom, the stated sd)."""

    can_be_zero: Share | None = None
    """Probability of nought in a month at level 0, of a flow that can stop. ``at_reference`` and
    ``error`` are those of the months in which it flows. Default: it never stops."""

    zero_odds_ratio_per_level: Ratio | None = None
    """Factor by which the odds of nought fall per level by which it rises; with ``can_be_zero``."""

    @model_validator(mode="after")
    def _stops(self) -> Self:
        if (self.can_be_zero is None) != (self.zero_odds_ratio_per_level is None):
            raise refuse("can_be_zero and zero_odds_ratio_per_level go together; write both")
        return self


class Lognormal(Located[LognormalIndicator]):
    """A positive number; ``error`` is the standard deviation of its logarithm."""

    name = "lognormal"
    elicited: ClassVar[Mapping[str, str]] = {
        "reference": "at_reference",
        "loading": "ratio_per_level",
        "error": "error",
        "nought": "can_be_zero",
        "nought_loading": "zero_odds_ratio_per_level",
    }
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

    def nought_priors(
        self, item: LognormalIndicator
    ) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Return the log-odds of nought as a normal, their ratio as a lognormal distribution."""
        if item.can_be_zero is None or item.zero_odds_ratio_per_level is None:
            return None
        return item.can_be_zero.log_odds, ratio_prior(item.zero_odds_ratio_per_level)

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the exponential of the predictor."""
        return xp.exp(eta)

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log density of a lognormal distribution with median ``mean``."""
        return additive_log_density(xp.log(value), xp.log(law.mean), law, xp) - xp.log(value)

    def compiled(self) -> Compiled:
        """Return link and density with their derivatives, for machine code."""
        from withdrawal_risk.families.special import additive_density, exponential

        def density(
            value: float, mean: float, error: float, low: float, high: float
        ) -> tuple[float, float, float, float, float]:
            score = (math.log(value) - math.log(mean)) / error
            log_density, rate, d_error = additive_density(score, error, high)
            return log_density - math.log(value), rate / (error * mean), d_error, 0.0, 0.0

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
        """Return the error of the logarithm; a nought has none."""
        return se / value if value else 0.0

    def link_scale(self, value: Any) -> Any:
        """Return logarithms; noughts lie far below."""
        return np.log(np.maximum(value, _NOUGHT))

    def item_fault(
        self, item: LognormalIndicator, value: float, *, threshold: bool = False
    ) -> str | None:
        """Say why an indicator cannot show a number: nought only where its flow can stop."""
        if value == 0 and item.can_be_zero is not None:
            return None
        fault = self.fault(value, threshold=threshold)
        return f"{fault}; a flow that can stop has can_be_zero" if value == 0 and fault else fault

    def value_fault(self, value: float, threshold: bool) -> str | None:
        """Say why a finite number cannot be shown."""
        return f"{value:.10g} is not above 0, as a lognormal value must be" if value <= 0 else None
