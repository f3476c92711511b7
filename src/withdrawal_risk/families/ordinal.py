"""An ordered grade, ordered probit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import Array, Family, scores_between

__all__ = ["Ordinal"]


def _log_interval(low: Any, high: Any, xp: Any) -> Any:
    """Log of Phi(high) - Phi(low), computed in the tail where it is accurate."""
    flip = low + high > 0
    a, b = xp.where(flip, -high, low), xp.where(flip, -low, high)
    upper, lower = xp.log_ndtr(b), xp.log_ndtr(a)
    return upper + xp.log1p(-xp.exp(xp.minimum(lower - upper, -1e-15)))


class Ordinal(Family):
    """One of several grades in order, by position; ``error`` is the scale of the probit noise."""

    name = "ordinal"
    free_of_error = True
    whole = True
    has_cuts = True

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the predictor, which the cut points lie on."""
        return eta

    def log_density(self, value: Any, mean: Any, error: Any, xp: Any, bounds: Any = None) -> Any:
        """Return the log probability between the cut points about the grade."""
        low, high = bounds
        return _log_interval((low - mean) / error, (high - mean) / error, xp)

    def noise_given(
        self,
        value: float,
        mean: Array,
        error: Array,
        shape: tuple[int, ...],
        rng: np.random.Generator,
        cuts: Array | None = None,
    ) -> tuple[Array, ...]:
        """Draw scores that end between the cut points about the grade."""
        assert cuts is not None
        edges = [-math.inf, *((cuts[..., c] - mean) / error for c in range(cuts.shape[-1])), math.inf]
        return (scores_between(edges[int(value)], edges[int(value) + 1], shape, rng),)

    def realise(
        self,
        mean: Array,
        error: Array,
        chance: tuple[Array, ...],
        cuts: Array | None = None,
        where: NDArray[np.bool_] | None = None,
    ) -> Array:
        """Return how many cut points are passed."""
        assert cuts is not None
        return np.asarray(((mean + error * chance[0])[..., None] > cuts).sum(axis=-1), dtype=float)
