"""Parameters given a history: broad priors, and adaptive importance sampling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from withdrawal_risk.elements.elicitation import LONGEST_HALF_LIFE, Z90
from withdrawal_risk.suggestion.filtering import HALF_LOG_2PI, Parameters, log_likelihood
from withdrawal_risk.suggestion.history import History
from withdrawal_risk.suggestion.scales import Array

__all__ = [
    "Normals",
    "Posterior",
    "parameters_of",
    "pooled",
    "prior_of_one_speed",
    "prior_of_two_speeds",
    "sampled",
    "weighted_percentiles",
]

_PERCENTILES: Final = (0.05, 0.5, 0.95)

# Priors: centre and sd of the normal distribution of each coordinate. The reference has a flat one.

_HALF_LIFE: Final = (math.log(7), 1.1)
"""Log of the half-life in months of a level with one speed: 1.1 to 43."""

_FAST_HALF_LIFE: Final = (math.log(2.5), 0.8)
"""Log of the half-life in months of the fast part of a level with two: 0.7 to 9."""

_ERROR_RATIO: Final = (math.log(0.6), 0.8)
"""Log of the error over the loading: 0.16 to 2.2."""

_FIRST_REFERENCE: Final = (0.0, 2.0)
"""Where the reference is looked for first, as steps from the mean of the months."""

_LOADING_SD: Final = 1.0
"""Sd of the log of the loading around the sd of the months: 0.2 to 5 times it."""

_SHARE: Final = (1.2, 1.0)
"""Log-odds of the share of the variance that is slow: 0.39 to 0.95."""

_SLOW_HALF_LIFE: Final = (math.log(48), math.log(2) / Z90)
"""Log of the half-life of the slow part: 24 to 96 months."""

_DRAWS: Final = 900
_LEAST_ROUNDS: Final = 4
_MOST_ROUNDS: Final = 6
"""Importance sampling draws from the prior first, then from what the rounds before found."""

_ENOUGH: Final = 400.0
"""Effective draws at which it ends."""

_EFFECTIVE: Final = 80.0
"""Effective draws that the next proposal is fitted to; weights are flattened until there are."""


class Normals(NamedTuple):
    """Independent normal distributions of the coordinates.

    Parameters
    ----------
    centre, sd : ndarray
    """

    centre: Array
    sd: Array

    def draw(self, number: int, rng: np.random.Generator) -> Array:
        """Return some points."""
        return np.asarray(self.centre + self.sd * rng.standard_normal((number, len(self.sd))))

    def log_density(self, points: Array) -> Array:
        """Return the log density at points."""
        scores = (points - self.centre) / self.sd
        return np.asarray(np.sum(-0.5 * scores**2 - np.log(self.sd) - HALF_LOG_2PI, axis=1))


class _StudentT(NamedTuple):
    """A multivariate Student-t distribution; ``root`` is the Cholesky factor of its scale."""

    centre: Array
    root: Array
    freedom: float = 6.0

    def draw(self, number: int, rng: np.random.Generator) -> Array:
        stretch = np.sqrt(rng.chisquare(self.freedom, (number, 1)) / self.freedom)
        scores = rng.standard_normal((number, len(self.centre)))
        return np.asarray(self.centre + scores @ self.root.T / stretch)

    def log_density(self, points: Array) -> Array:
        freedom, size = self.freedom, len(self.centre)
        squares = np.sum(np.linalg.solve(self.root, (points - self.centre).T) ** 2, axis=0)
        constant = math.lgamma((freedom + size) / 2) - math.lgamma(freedom / 2)
        constant -= size / 2 * math.log(freedom * math.pi)
        constant -= float(np.log(np.diag(self.root)).sum())
        return np.asarray(constant - (freedom + size) / 2 * np.log1p(squares / freedom))


class Posterior(NamedTuple):
    """Weighted draws of the parameters.

    Parameters
    ----------
    weights : ndarray
        They add up to 1.
    parameters : Parameters
    log_evidence : float
        But for a constant that both priors share; nan of pooled draws.
    """

    weights: Array
    parameters: Parameters
    log_evidence: float

    @property
    def effective_draws(self) -> float:
        """Number of equally weighted draws that would say as much."""
        return 1 / float(np.sum(self.weights**2))


def prior_of_one_speed(history: History) -> Normals:
    """Return the prior of the coordinates of a level with one speed."""
    return _prior(history, _HALF_LIFE)


def prior_of_two_speeds(history: History) -> Normals:
    """Return the prior of the coordinates of a level with a fast and a slow part."""
    return _prior(history, _FAST_HALF_LIFE, _SHARE, _SLOW_HALF_LIFE)


def _prior(history: History, half_life: tuple[float, float], *slow: tuple[float, float]) -> Normals:
    loading = math.log(history.figures["sd_of_months"]), _LOADING_SD
    return Normals(*np.array([half_life, loading, _ERROR_RATIO, _FIRST_REFERENCE, *slow]).T)


def parameters_of(points: Array, prior: Normals, history: History) -> Parameters:
    """Return parameters from coordinates; with four of them nothing is slow."""
    # Draws so far out have no weight, and must not overflow.
    inside = np.clip(points, prior.centre - 8 * prior.sd, prior.centre + 8 * prior.sd)
    half_life, loading, ratio = np.exp(inside[:, :3]).T
    share, slow = np.zeros_like(loading), np.ones_like(loading)
    if inside.shape[1] == 6:
        share, slow = 1 / (1 + np.exp(-inside[:, 4])), np.exp(inside[:, 5])
    half_life, slow = (np.minimum(months, LONGEST_HALF_LIFE) for months in (half_life, slow))
    months, mean = history.figures["months"], history.figures["mean_of_months"]
    # About the variance of the months' mean around the reference: nearly that of the level where
    # it lasts longer than the history. In such steps the reference depends little on the others.
    variance = (1 - share) * _of_a_mean(half_life, months) + share * _of_a_mean(slow, months)
    step = loading * np.sqrt(variance + ratio**2 / months)
    reference = mean + step * inside[:, 3]
    return Parameters(half_life, loading, ratio * loading, share, slow, reference, step)


def _of_a_mean(half_life: Array, months: float) -> Array:
    """Return about the variance of a mean of months that have variance 1 and a memory."""
    memory = 1 + 2 / math.log(2) * half_life
    return np.asarray(memory / (memory + months))


def sampled(history: History, prior: Normals, rng: np.random.Generator) -> Posterior:
    """Sample the parameters by adaptive importance sampling."""
    proposals: list[Normals | _StudentT] = [prior]
    points, log_joint = np.empty((0, len(prior.sd))), np.empty(0)
    while True:
        new = proposals[-1].draw(_DRAWS, rng)
        points = np.concatenate([points, new])
        log_joint = np.concatenate([log_joint, _log_joint(history, new, prior)])
        # All draws so far count, weighed against all proposals so far together.
        log_weights = log_joint - _mixture(points, proposals)
        weights = _flattened(log_weights, 0)
        enough = len(proposals) >= _LEAST_ROUNDS and 1 / np.sum(weights**2) >= _ENOUGH
        if enough or len(proposals) == _MOST_ROUNDS:
            break
        proposals.append(_fitted(points, log_weights, prior))
    top = log_weights.max()
    log_evidence = float(top + np.log(np.mean(np.exp(log_weights - top))))
    return Posterior(weights, parameters_of(points, prior, history), log_evidence)


def _log_joint(history: History, points: Array, prior: Normals) -> Array:
    """Return the log of prior times likelihood, but for a constant that both priors share."""
    parameters = parameters_of(points, prior, history)
    # The reference has a flat prior: in steps of its coordinate, the length of a step.
    reference = Normals(prior.centre[3:4], prior.sd[3:4]).log_density(points[:, 3:4])
    flat = np.log(parameters.reference_step) - reference
    return np.asarray(log_likelihood(history, parameters) + prior.log_density(points) + flat)


def _mixture(points: Array, proposals: Sequence[Normals | _StudentT]) -> Array:
    """Return the log density of all proposals together, each of which was drawn from as often."""
    logs = np.array([proposal.log_density(points) for proposal in proposals])
    return np.asarray(np.logaddexp.reduce(logs, axis=0) - math.log(len(proposals)))


def _fitted(points: Array, log_weights: Array, prior: Normals) -> _StudentT:
    """Return a proposal that follows the weighted draws."""
    weights = _flattened(log_weights, _EFFECTIVE)
    centre = weights @ points
    apart = points - centre
    # A little of the prior keeps the proposal from collapsing on a few draws.
    scale = 1.2 * (apart.T * weights) @ apart + np.diag(0.003 * prior.sd**2)
    return _StudentT(centre, np.linalg.cholesky(scale))


def _flattened(log_weights: Array, least: float) -> Array:
    """Return weights raised to the largest power at which enough draws still count."""
    power, excess = 1.0, log_weights - log_weights.max()
    while True:
        weights = np.exp(power * excess)
        weights /= weights.sum()
        if 1 / np.sum(weights**2) >= least:
            return np.asarray(weights)
        power *= 0.75


def pooled(one: Posterior, two: Posterior, probability: float) -> Posterior:
    """Return draws of both readings, given the probability of the second."""
    # Draws of no weight would still stretch what lies between the others.
    if probability in (0.0, 1.0):
        return two if probability else one
    pairs = zip(one.parameters, two.parameters, strict=True)
    return Posterior(
        weights=np.concatenate([(1 - probability) * one.weights, probability * two.weights]),
        parameters=Parameters(*(np.concatenate(pair) for pair in pairs)),
        log_evidence=math.nan,
    )


def weighted_percentiles(values: Array, weights: Array) -> tuple[float, float, float]:
    """Return the 5th, 50th and 95th percentiles of weighted values."""
    order = np.argsort(values, kind="stable")
    heights = np.cumsum(weights[order]) - 0.5 * weights[order]
    p5, p50, p95 = np.interp(_PERCENTILES, heights, values[order])
    return float(p5), float(p50), float(p95)
