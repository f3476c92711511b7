"""A real number with additive error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Positive, Quantiles
from withdrawal_risk.families.base import (
    Array,
    Compiled,
    Distribution,
    Located,
    additive_log_density,
)

__all__ = ["Normal", "NormalIndicator"]


class NormalIndicator(IndicatorBase):
    """A real number with additive error."""

    family: Literal["normal"]
    """A real number."""

    at_reference: Quantiles
    """Expected value at level 0."""

    change_per_level: Positive
    """Size of the change per +1 level."""

    error: Positive
    """Standard deviation of one observation."""

    error_over_span: Literal["independent", "shared"] = "shared"
    """Whether the months of a row over several have errors of their own, so that its error falls
    with their number, or all the same one. A stated ``se`` is the row's own and never divided."""

    tail: Literal["normal", "student_t"] = "normal"
    """``student_t`` for a series that jumps by itself (4 degrees of freedom, the stated sd)."""


class Normal(Located[NormalIndicator]):
    """A real number; ``error`` is its standard deviation."""

    name = "normal"
    indicator = NormalIndicator
    error_scale = "unit"
    can_total = True
    elicited: ClassVar[Mapping[str, str]] = {
        "reference": "at_reference",
        "loading": "change_per_level",
        "error": "error",
    }

    def reference_prior(self, item: NormalIndicator) -> tuple[float, float]:
        """Return the elicited value as a normal distribution."""
        return item.at_reference.normal

    def loading_prior(self, item: NormalIndicator) -> tuple[float, float]:
        """Return the elicited change as a lognormal distribution."""
        return item.change_per_level.lognormal

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the predictor."""
        return eta

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log density of a normal distribution."""
        return additive_log_density(value, law.mean, law, xp)

    def compiled(self) -> Compiled:
        """Return link and density with their derivatives, for machine code."""
        from withdrawal_risk.families.special import additive_density, identity

        def density(
            value: float, mean: float, error: float, low: float, high: float
        ) -> tuple[float, float, float, float, float]:
            score = (value - mean) / error
            log_density, rate, d_error = additive_density(score, error, high)
            return log_density, rate / error, d_error, 0.0, 0.0

        return Compiled(identity, density)

    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return the mean moved by so many errors."""
        return np.asarray(law.mean + law.error * noise[0])
