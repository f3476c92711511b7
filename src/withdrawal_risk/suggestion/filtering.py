"""The likelihood of a history: a Kalman filter, with moments matched where errors are of counts.

The state is the level and its hidden parent; draws of the parameters are the last axis.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple, Protocol

import numpy as np

from withdrawal_risk.dynamics.drift import split
from withdrawal_risk.suggestion.history import History
from withdrawal_risk.suggestion.scales import Array

__all__ = ["HALF_LOG_2PI", "Parameters", "log_likelihood"]

HALF_LOG_2PI: Final = 0.5 * math.log(2 * math.pi)

_NODES: Final = np.polynomial.hermite_e.hermegauss(7)[0][:, None]
_LOG_WEIGHTS: Final = np.log(np.polynomial.hermite_e.hermegauss(7)[1])[:, None] + 0.5 * _NODES**2
"""Gauss-Hermite quadrature of a density around its mode, for counts."""

_MOST_LOG_ODDS: Final = 700.0
"""Beyond which an exponential would overflow."""

_LARGE: Final = 1e3
"""Size above which two terms of Stirling's series are exact to ten digits."""

Update = tuple[Array, Array, Array]
"""Log evidence of a value, and mean and variance of the predictor given it."""


class Parameters(NamedTuple):
    """Parameters of the model, one entry a draw.

    Parameters
    ----------
    half_life : ndarray
        Of the level, in months; of two speeds that of the fast one.
    loading : ndarray
        Change of the predictor per level.
    error : ndarray
        Of a single month, in the sense of the family.
    share : ndarray
        Of the level's variance that is slow; 0 where there is one speed.
    slow_half_life : ndarray
    reference : ndarray
        The predictor at level 0.
    reference_step : ndarray
        How far one step of its coordinate moves the reference.
    """

    half_life: Array
    loading: Array
    error: Array
    share: Array
    slow_half_life: Array
    reference: Array
    reference_step: Array


class _Error(Protocol):
    def update(self, mean: Array, variance: Array, value: float) -> Update: ...


class _NormalError:
    """Likelihood of a value on the scale with a normal error."""

    def __init__(self, error: Array) -> None:
        self.variance = error**2

    def update(self, mean: Array, variance: Array, value: float) -> Update:
        """Return what a value says of its predictor."""
        total, apart = variance + self.variance, value - mean
        evidence = -0.5 * (apart**2 / total + np.log(total)) - HALF_LOG_2PI
        return evidence, mean + variance / total * apart, variance * self.variance / total


class _CountError:
    """Likelihood of a count, negative binomial around the exponential of its predictor."""

    def __init__(self, error: Array) -> None:
        self.variance, self.size = error**2, 1 / error**2
        self.log_size = np.log(self.size)

    def update(self, mean: Array, variance: Array, value: float) -> Update:
        """Return what a count says of its predictor, by the moments of its density."""
        mode, sd = self._mode(mean, variance, value)
        points = mode + sd * _NODES
        log_joint = self._log_density(points, value) - 0.5 * (points - mean) ** 2 / variance
        log_terms = log_joint + _LOG_WEIGHTS
        top = log_terms.max(axis=0)
        terms = np.exp(log_terms - top)
        total = terms.sum(axis=0)
        after = (terms * points).sum(axis=0) / total
        spread = (terms * (points - after) ** 2).sum(axis=0) / total
        scale = np.log(total * sd) - 0.5 * np.log(variance) - HALF_LOG_2PI
        return top + scale, after, spread

    def _mode(self, mean: Array, variance: Array, value: float) -> tuple[Array, Array]:
        """Return the mode of a predictor given a count, and its sd by the curvature there."""
        noise = 1 / (value + 0.5) + self.variance
        mode = mean + (math.log(value + 0.5) - mean) * variance / (variance + noise)
        curvature = 1 / variance
        # The log density is concave, and the start is near its top: four steps of Newton do.
        for _ in range(4):
            part = 1 / (1 + np.exp(np.minimum(self.log_size - mode, _MOST_LOG_ODDS)))
            pull = (value + self.size) * part
            curvature = 1 / variance + pull * (1 - part)
            mode = mode - np.clip(((mode - mean) / variance - value + pull) / curvature, -2, 2)
        return mode, 1 / np.sqrt(curvature)

    def _log_density(self, predictor: Array, value: float) -> Array:
        # Far above every count the density is nothing, however far.
        odds = np.minimum(predictor - self.log_size, _MOST_LOG_ODDS)
        rising = _log_rising(self.size, value) - math.lgamma(value + 1)
        spread = (value + self.size) * np.log1p(np.exp(odds))
        return np.asarray(rising + value * (odds + self.log_size) - spread)


def _log_rising(size: Array, count: float) -> Array:
    """Return the log of Gamma(size + count) / (Gamma(size) size ** count)."""
    large, small = np.maximum(size, _LARGE), np.minimum(size, _LARGE)
    # Of a large size the leading terms of Stirling's series are taken together before they cancel.
    series = (large + count - 0.5) * np.log1p(count / large) - count
    series += (1 / (large + count) - 1 / large) / 12
    direct = _log_gamma(small + count) - _log_gamma(small) - count * np.log(small)
    return np.where(size > _LARGE, series, direct)


def _log_gamma(x: Array) -> Array:
    """Return the log of the gamma function of positive numbers, by Stirling's series."""
    # The series is exact to ten digits from 8 on, where x is moved first.
    product = x.copy()
    for step in range(1, 8):
        product *= x + step
    y = x + 8.0
    series = (1 / 12 - (1 / 360 - 1 / 1260 / y**2) / y**2) / y
    return np.asarray((y - 0.5) * np.log(y) - y + HALF_LOG_2PI + series - np.log(product))


class _Dynamics(NamedTuple):
    """How level and hidden parent move in a month, as the structural equation has it.

    Parameters
    ----------
    fast, slow : ndarray
        Monthly persistence.
    inflow : ndarray
        Of the hidden parent of the same month into the level.
    noise : ndarray
        Covariance of what enters level and hidden parent.
    resting : ndarray
        Their long-run covariance.
    """

    fast: Array
    slow: Array
    inflow: Array
    noise: Array
    resting: Array

    def move(self, state: Array) -> Array:
        """Move the first axis of means or covariances by a month."""
        later = self.slow * state[1]
        return np.stack([self.fast * state[0] + self.inflow * later, later])


def _dynamics(half_life: Array, share: Array, slow_half_life: Array) -> _Dynamics:
    fast, slow = 2 ** (-1 / half_life), 2 ** (-1 / slow_half_life)
    # The long-run variance of the level is 1, which both parts share.
    own_scale, weight = split(1.0, share, fast, slow)
    inflow = (1 - fast) * weight
    shock, own = 1 - slow**2, own_scale**2 * (1 - fast**2)
    noise = np.array([[own + inflow**2 * shock, inflow * shock], [inflow * shock, shock]])
    between, unit = inflow / (1 - fast * slow), np.ones_like(fast)
    resting = np.array([[unit, between], [between, unit]])
    return _Dynamics(fast, slow, inflow, noise, resting)


def log_likelihood(history: History, parameters: Parameters) -> Array:
    """Return the log likelihood of a history for each draw of the parameters."""
    loading = parameters.loading
    dynamics = _dynamics(parameters.half_life, parameters.share, parameters.slow_half_life)
    shown = _CountError if history.scale.family.whole else _NormalError
    error: _Error = shown(parameters.error)
    mean, covariance, total = np.zeros((2, len(loading))), dynamics.resting, np.zeros(len(loading))
    for value, seen in zip(history.values, history.seen, strict=True):
        if seen:
            reach = loading * covariance[0]
            before, variance = parameters.reference + loading * mean[0], loading * reach[0]
            evidence, after, left = error.update(before, variance, float(value))
            total += evidence
            # The state moves with the predictor, as far as the two go together.
            mean = mean + reach * ((after - before) / variance)
            covariance = covariance - reach[:, None] * reach * ((1 - left / variance) / variance)
        mean = dynamics.move(mean)
        covariance = dynamics.move(dynamics.move(covariance).swapaxes(0, 1)) + dynamics.noise
    return total
