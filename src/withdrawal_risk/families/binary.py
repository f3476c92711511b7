"""A yes or no, Bernoulli with a logit link."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import Array, Family, log_odds, scores_between

__all__ = ["Binary"]


class Binary(Family):
    """No (0) or yes (1); ``error`` divides the log-odds."""

    name = "binary"
    free_of_error = True
    whole = True

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the probability of yes."""
        return 1.0 / (1.0 + xp.exp(-eta))

    def log_density(self, value: Any, mean: Any, error: Any, xp: Any, bounds: Any = None) -> Any:
        """Return the log probability of what was seen."""
        odds = log_odds(mean, xp) / error
        return -xp.log1p(xp.exp(xp.where(value > 0.5, -odds, odds)))

    def noise_given(
        self,
        value: float,
        mean: Array,
        error: Array,
        shape: tuple[int, ...],
        rng: np.random.Generator,
        cuts: Array | None = None,
    ) -> tuple[Array, ...]:
        """Draw scores on the side of what was seen."""
        from scipy.special import ndtri

        threshold = -ndtri(1 / (1 + np.exp(-log_odds(mean, np) / error)))
        low, high = (threshold, math.inf) if value > 0.5 else (-math.inf, threshold)
        return (scores_between(low, high, shape, rng),)

    def realise(
        self,
        mean: Array,
        error: Array,
        chance: tuple[Array, ...],
        cuts: Array | None = None,
        where: NDArray[np.bool_] | None = None,
    ) -> Array:
        """Return yes where the score is high enough for its probability."""
        from scipy.special import ndtr

        odds = log_odds(mean, np) / error
        return (ndtr(-chance[0]) < 1 / (1 + np.exp(-odds))).astype(float)

    def _fault(self, value: float, threshold: bool) -> str | None:
        if threshold and not 0 <= value <= 1:
            return f"{value:.10g} is outside 0 (no) to 1 (yes)"
        if not threshold and value not in (0.0, 1.0):
            return f"{value:.10g} is neither 0 (no) nor 1 (yes)"
        return None
