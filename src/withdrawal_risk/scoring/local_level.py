"""A level that moves as a random walk, seen through noise: the usual model of a short history."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mixture", "counts", "log_probability", "numbers"]

Array = NDArray[np.float64]

_STEPS: Final = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7])
"""Monthly sd of the level, in logarithms of a count; of numbers, in sds of the changes."""

_NOISE: Final = np.array([0.05, 0.15, 0.3, 0.45, 0.65, 1.0])
"""Sd of the noise of a month: of a count, of the gamma factor of its mean."""

_POINTS: Final = 241
"""Levels of a count at which its filter works."""


class Mixture(NamedTuple):
    """What is known of the level after the last observation, setting by setting.

    Parameters
    ----------
    weight : ndarray, shape (setting,)
        Likelihood of a setting, in all 1.
    step, noise : ndarray, shape (setting,)
        Monthly sd of the level and noise of an observation.
    level, probability : ndarray, shape (setting, point)
        Levels and their probability now; one point with its sd in `spread` for numbers.
    spread : ndarray, shape (setting,)
        Sd of the level about its point.
    """

    weight: Array
    step: Array
    noise: Array
    level: Array
    probability: Array
    spread: Array

    def draw(self, count: int, ahead: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw levels so many months ahead, and the noise of an observation there."""
        setting = rng.choice(len(self.weight), count, p=self.weight)
        # The point at which the cumulative probability passes a uniform number.
        cumulative = np.cumsum(self.probability, axis=1)[setting]
        uniform = rng.random(count)[:, None] * cumulative[:, -1:]
        level = self.level[setting, (cumulative < uniform).sum(axis=1)]
        sd = np.sqrt(self.spread[setting] ** 2 + ahead * self.step[setting] ** 2)
        return level + sd * rng.standard_normal(count), self.noise[setting]


def counts(months: NDArray[np.int64], values: Array) -> Mixture:
    """Filter counts, negative binomial about the exponential of a level.

    Parameters
    ----------
    months : ndarray of int, shape (observation,)
        Ascending.
    values : ndarray, shape (observation,)
    """
    logs = np.log(values + 0.5)
    wide = 1.0 + 3.0 * max(float(logs.std()), 0.3)
    grid = np.linspace(logs.min() - wide, logs.max() + wide, _POINTS)
    # A row for every sd of the noise; one over its square is the size of the negative binomial.
    size = 1.0 / _NOISE[:, None] ** 2
    mean = np.exp(grid)[None, :]

    seen = [log_probability(value, mean, size) for value in values]
    logs_of_weight, states = [], []
    for step in _STEPS:
        state = np.full((len(_NOISE), _POINTS), 1.0 / _POINTS)
        total = np.zeros(len(_NOISE))
        move = _moved(grid, step)
        for number, density in enumerate(seen):
            for _ in range(months[number] - months[number - 1] if number else 0):
                state = state @ move
            top = density.max(axis=1, keepdims=True)
            # A count beyond all that the level could reach leaves a little of every level.
            joint = np.maximum(state, 1e-200) * np.exp(density - top)
            sum_ = joint.sum(axis=1, keepdims=True)
            total += (np.log(sum_) + top)[:, 0]
            state = joint / sum_
        logs_of_weight.append(total)
        states.append(state)
    return _mixture(
        np.concatenate(logs_of_weight),
        np.repeat(_STEPS, len(_NOISE)),
        np.tile(_NOISE, len(_STEPS)),
        np.tile(grid, (len(_STEPS) * len(_NOISE), 1)),
        np.concatenate(states),
        # Within half a cell of its point.
        np.full(len(_STEPS) * len(_NOISE), (grid[1] - grid[0]) / np.sqrt(12)),
    )


def log_probability(value: float, mean: Array, size: Array) -> Array:
    """Return the log probability of a count under negative binomials."""
    from scipy.special import gammaln

    return np.asarray(
        gammaln(value + size)
        - gammaln(size)
        - gammaln(value + 1)
        + size * np.log(size / (size + mean))
        + value * np.log(mean / (size + mean))
    )


def _moved(grid: Array, step: float) -> Array:
    """Return the probabilities of moving between the points of a grid in a month."""
    from scipy.special import ndtr

    half = (grid[1] - grid[0]) / 2
    gap = grid[None, :] - grid[:, None]
    move = ndtr((gap + half) / step) - ndtr((gap - half) / step)
    return np.asarray(move / move.sum(axis=1, keepdims=True))


def numbers(months: NDArray[np.int64], values: Array) -> Mixture:
    """Filter numbers, normal about a level, on their own scale.

    Parameters
    ----------
    months : ndarray of int, shape (observation,)
        Ascending.
    values : ndarray, shape (observation,)
        At least two.
    """
    # Settings are shares of the spread of the changes, which a level or noise alone would explain.
    unit = max(float(np.sqrt(np.mean(np.diff(values) ** 2 / np.diff(months)))), 1e-9)
    step, noise = (part.ravel() * unit for part in np.meshgrid(_STEPS * 1.4, _NOISE, indexing="ij"))
    level = np.full(len(step), values[0])
    spread, total = noise**2, np.zeros(len(step))
    for gap, value in zip(np.diff(months), values[1:], strict=True):
        spread = spread + gap * step**2
        around = spread + noise**2
        total += -0.5 * ((value - level) ** 2 / around + np.log(2 * np.pi * around))
        gain = spread / around
        level, spread = level + gain * (value - level), spread * (1 - gain)
    return _mixture(total, step, noise, level[:, None], np.ones((len(step), 1)), np.sqrt(spread))


def _mixture(logs: Array, *parts: Array) -> Mixture:
    weight = np.exp(logs - logs.max())
    return Mixture(weight / weight.sum(), *parts)
