"""A real number with additive error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import Array, Located, normal_log_density

__all__ = ["Normal"]


class Normal(Located):
    """A real number; ``error`` is its standard deviation."""

    name = "normal"

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the predictor."""
        return eta

    def log_density(self, value: Any, mean: Any, error: Any, xp: Any, bounds: Any = None) -> Any:
        """Return the log density of a normal."""
        return normal_log_density(value, mean, error, xp)

    def realise(
        self,
        mean: Array,
        error: Array,
        chance: tuple[Array, ...],
        cuts: Array | None = None,
        where: NDArray[np.bool_] | None = None,
    ) -> Array:
        """Return the mean moved by so many errors."""
        return mean + error * chance[0]

    def _located(self, value: Any) -> Any:
        return value
