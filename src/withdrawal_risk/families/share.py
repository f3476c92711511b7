"""A share strictly between 0 and 1, logit-normal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import Array, Located, log_odds, normal_log_density

__all__ = ["Share"]


class Share(Located):
    """A share; ``error`` is the standard deviation of its log-odds."""

    name = "share"
    harmless = 0.5

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the share whose log-odds are the predictor."""
        return 1.0 / (1.0 + xp.exp(-eta))

    def log_density(self, value: Any, mean: Any, error: Any, xp: Any, bounds: Any = None) -> Any:
        """Return the log density of a logit-normal with median ``mean``."""
        odds = xp.log(value / (1 - value))
        return normal_log_density(odds, log_odds(mean, xp), error, xp) - xp.log(value * (1 - value))

    def realise(
        self,
        mean: Array,
        error: Array,
        chance: tuple[Array, ...],
        cuts: Array | None = None,
        where: NDArray[np.bool_] | None = None,
    ) -> Array:
        """Return the share whose log-odds are moved by so many errors."""
        return np.asarray(1 / (1 + np.exp(-log_odds(mean, np) - error * chance[0])))

    def relative_error(self, value: float, se: float) -> float:
        """Return the error of the log-odds."""
        return se / (value * (1 - value))

    def link_scale(self, value: Any) -> Any:
        """Return log-odds."""
        inside = np.clip(value, 1e-12, 1 - 1e-12)
        return np.log(inside / (1 - inside))

    def _located(self, value: Any) -> Any:
        return log_odds(value, np)

    def _fault(self, value: float, threshold: bool) -> str | None:
        if 0 < value < 1:
            return None
        return f"{value:.10g} is outside (0, 1); write a share, not a percentage"
