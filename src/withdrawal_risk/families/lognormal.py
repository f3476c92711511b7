"""A positive number with proportional error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import Array, Located, normal_log_density

__all__ = ["Lognormal"]


class Lognormal(Located):
    """A positive number; ``error`` is the standard deviation of its logarithm."""

    name = "lognormal"
    harmless = 1.0

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the exponential of the predictor."""
        return xp.exp(eta)

    def log_density(self, value: Any, mean: Any, error: Any, xp: Any, bounds: Any = None) -> Any:
        """Return the log density of a log-normal with median ``mean``."""
        return normal_log_density(xp.log(value), xp.log(mean), error, xp) - xp.log(value)

    def realise(
        self,
        mean: Array,
        error: Array,
        chance: tuple[Array, ...],
        cuts: Array | None = None,
        where: NDArray[np.bool_] | None = None,
    ) -> Array:
        """Return the mean times the exponential of so many errors."""
        return np.asarray(mean * np.exp(error * chance[0]))

    def relative_error(self, value: float, se: float) -> float:
        """Return the error of the logarithm."""
        return se / value

    def link_scale(self, value: Any) -> Any:
        """Return logarithms."""
        return np.log(value)

    def _located(self, value: Any) -> Any:
        return np.log(value)

    def _fault(self, value: float, threshold: bool) -> str | None:
        return f"{value:.10g} is not above 0, as a lognormal value must be" if value <= 0 else None
