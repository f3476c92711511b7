"""Forecasts that know nothing but an indicator's own past months."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import numpy_ops
from withdrawal_risk.scoring import local_level
from withdrawal_risk.scoring.predictive import Predictive, empirical
from withdrawal_risk.suggestion.scales import Scale

__all__ = ["BASELINES", "History"]

Array = NDArray[np.float64]

MEMBERS: Final = 2000

_LAST_YEAR: Final = 12
_CHANGES: Final = 24
_LEAST: Final = 3
"""Observations that a baseline with a spread of its own needs."""

_LARGE: Final = 1e4
"""Counts from which one more is so little that their probability is a density."""

_LEAST_SD: Final = 1e-9
"""Where months are all alike; their forecast is as good as certain."""


class History(NamedTuple):
    """Values of single months that were known at an origin.

    Parameters
    ----------
    months : ndarray of int, shape (observation,)
        Counted along the calendar, ascending.
    values : ndarray, shape (observation,)
    scale : Scale, optional
        On which a level adds; None for yes or no and categories.
    whole : bool
        Whether values are whole numbers.
    """

    months: NDArray[np.int64]
    values: Array
    scale: Scale | None
    whole: bool

    @property
    def enough(self) -> bool:
        """Whether a baseline can work out a spread."""
        return self.scale is not None and len(self.values) >= _LEAST

    def linked(self) -> Array:
        """Return the values on the scale; what has none is moved just inside it."""
        assert self.scale is not None
        low, high = self.scale.low, self.scale.high
        values = self.values
        if self.scale.zeros and (values > 0).any():
            # A flow that stopped has no logarithm; half of the least that flowed stands for it.
            low = float(values[values > 0].min()) / 2
        return np.asarray(self.scale.link(np.clip(values, low, high)))

    def natural(self, eta: Array) -> Array:
        """Return values at numbers on the scale."""
        assert self.scale is not None
        if self.whole:
            return np.maximum(np.round(np.exp(np.minimum(eta, 30.0)) - 0.5), 0.0)
        bounded = np.clip(eta, -700.0, 700.0) if self.scale.name != "own" else eta
        return np.asarray(self.scale.family.inverse_link(bounded, numpy_ops))

    def log_density_of_normals(self, mean: Array, sd: Array, value: float) -> float:
        """Return the log of the mean density of a value under normals on the scale."""
        from scipy.special import log_ndtr, logsumexp
        from scipy.stats import norm

        assert self.scale is not None
        if self.whole and value < _LARGE:
            # A count is what rounds to it. Both ends are mirrored into the lower tail, where far
            # ones can be told apart.
            high = (math.log(value + 1.0) - mean) / sd
            low = ((math.log(value) if value > 0 else -math.inf) - mean) / sd
            turn = low > 0
            above = log_ndtr(np.where(turn, -low, high))
            below = log_ndtr(np.where(turn, -high, low))
            shares = above + np.log1p(-np.exp(below - above))
            return float(logsumexp(shares) - math.log(len(shares)))
        if not self.scale.low <= value <= self.scale.high:
            return -math.inf
        eta = float(self.scale.link(np.array(value)))
        # How fast the scale moves with the value: a density is of values.
        slope = 0.0
        if self.scale.name == "log":
            slope = -math.log(value + 0.5 if self.whole else value)
        elif self.scale.name == "log-odds":
            slope = -math.log(value) - math.log1p(-value)
        densities = norm.logpdf(eta, mean, sd)
        return float(logsumexp(densities) - math.log(len(densities))) + slope


Forecaster = Callable[[int, np.random.Generator], Predictive | None]
"""From the months since the last one known, and random numbers; None where it says nothing."""

Baseline = Callable[[History], Forecaster | None]
"""Read once for all months ahead; None where it does not apply."""


def _climatology(history: History) -> Forecaster:
    """Take all months that were known, each as likely as any other."""
    return lambda ahead, rng: empirical(history.values, whole=history.whole)


def _last_value(history: History) -> Forecaster:
    """Take the last month that was known, as if it were certain."""
    return lambda ahead, rng: empirical(history.values[-1:], whole=history.whole)


def _conflictology(history: History) -> Forecaster:
    """Take the last twelve months that were known, each as likely as any other.

    After Hegre et al., Journal of Peace Research 62, 2025.
    """
    return lambda ahead, rng: empirical(history.values[-_LAST_YEAR:], whole=history.whole)


def _conflictology_smooth(history: History) -> Forecaster | None:
    """Take a negative binomial with the moments of these twelve; for other values a normal."""
    if not history.enough:
        return None
    if not history.whole:
        eta = history.linked()[-_LAST_YEAR:]
        sd = max(float(eta.std(ddof=1)), _LEAST_SD)
        return lambda ahead, rng: _normals(history, eta.mean(keepdims=True), np.array([sd]), rng)
    from scipy.stats import nbinom, poisson

    last = history.values[-_LAST_YEAR:]
    # A year of noughts says that the rate is low, not that it is nought.
    mean, variance = max(float(last.mean()), 0.5 / len(last)), float(last.var(ddof=1))
    # A negative binomial varies more than a Poisson, however little.
    size = mean**2 / (variance - mean) if variance > mean * (1 + 1e-9) else math.inf
    law = poisson(mean) if size == math.inf else nbinom(size, size / (size + mean))
    return lambda ahead, rng: Predictive(
        law.rvs(MEMBERS, random_state=rng).astype(float), lambda value: float(law.logpmf(value))
    )


def _random_walk(history: History) -> Forecaster | None:
    """Move the last month on by normal steps with the sd of the last 24 changes, in logs."""
    if not history.enough:
        return None
    eta = history.linked()
    changes = (np.diff(eta) / np.sqrt(np.diff(history.months)))[-_CHANGES:]
    # About 0: a trend that two years happen to show would be carried on.
    step = max(float(np.sqrt(np.mean(changes**2))), _LEAST_SD)
    return lambda ahead, rng: _normals(history, eta[-1:], np.array([step * ahead**0.5]), rng)


def _local_level(history: History) -> Forecaster | None:
    """Follow a level that walks and is seen through noise; settings by their likelihood."""
    if not history.enough:
        return None
    if history.whole:
        filtered = local_level.counts(history.months, history.values)
        return lambda ahead, rng: _counts(*filtered.draw(MEMBERS, ahead, rng), rng)
    filtered = local_level.numbers(history.months, history.linked())
    return lambda ahead, rng: _normals(history, *filtered.draw(MEMBERS, ahead, rng), rng)


def _smoothed_level(history: History) -> Forecaster | None:
    """Add to an exponentially smoothed level its own past errors so many months ahead."""
    if not history.enough:
        return None
    eta, months = history.linked(), history.months
    smoothing = np.linspace(0.05, 1.0, 20)
    levels, error = [np.full(len(smoothing), eta[0])], np.zeros(len(smoothing))
    for value in eta[1:]:
        error += (value - levels[-1]) ** 2
        levels.append(levels[-1] + smoothing * (value - levels[-1]))
    # The smoothing that foretold its own past best, one observation ahead.
    path = np.array(levels)[:, int(error.argmin())]
    gap = months[None, :] - months[:, None]

    def forecast(ahead: int, rng: np.random.Generator) -> Predictive | None:
        # From every month that was known to every one so far ahead.
        start, end = np.nonzero(gap == ahead)
        if len(start) < _LEAST:
            return None
        errors = eta[end] - path[start]
        # A kernel about every error, as wide as Silverman's rule says, is dense everywhere.
        width = max(0.9 * float(errors.std()) * len(errors) ** -0.2, 1e-2 * float(eta.std()))
        sd = np.full(len(errors), max(width, _LEAST_SD))
        return _normals(history, path[-1] + errors, sd, rng)

    return forecast


def _normals(history: History, mean: Array, sd: Array, rng: np.random.Generator) -> Predictive:
    """Return an even mixture of normals on the scale, shape (normal,)."""
    chosen = np.arange(MEMBERS) % len(mean)
    eta = mean[chosen] + sd[chosen] * rng.standard_normal(MEMBERS)
    return Predictive(
        history.natural(eta), lambda value: history.log_density_of_normals(mean, sd, value)
    )


def _counts(level: Array, noise: Array, rng: np.random.Generator) -> Predictive:
    """Return an even mixture of negative binomials about the exponentials of levels."""
    from scipy.special import logsumexp

    mean, size = np.exp(np.minimum(level, 25.0)), 1.0 / noise**2
    samples = rng.poisson(mean * rng.standard_gamma(size) / size).astype(float)

    def log_density(value: float) -> float:
        logs = local_level.log_probability(value, mean, size)
        return float(logsumexp(logs) - math.log(len(logs)))

    return Predictive(samples, log_density)


BASELINES: Final[Mapping[str, Baseline]] = {
    "climatology": _climatology,
    "last_value": _last_value,
    "conflictology": _conflictology,
    "conflictology_smooth": _conflictology_smooth,
    "random_walk": _random_walk,
    "local_level": _local_level,
    "smoothed_level": _smoothed_level,
}
"""By name; all see the same rows as the model."""
