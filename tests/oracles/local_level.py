"""A local level by other means: quadrature for counts, one joint normal for numbers."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

__all__ = ["count_predictive", "number_predictive"]


def count_predictive(values: np.ndarray, gap: int, step: float, noise: float) -> float:
    """Log likelihood of counts about a level that starts anywhere within wide bounds.

    By nested quadrature on a fine grid: every step adds the density of a normal of the whole gap.
    """
    logs = np.log(values + 0.5)
    wide = 1.0 + 3.0 * max(logs.std(), 0.3)
    grid = np.linspace(logs.min() - wide, logs.max() + wide, 1601)
    size = 1 / noise**2
    weight = np.full(grid.size, 1 / grid.size)
    total = 0.0
    kernel = stats.norm.pdf(grid[:, None], grid[None, :], step * math.sqrt(gap))
    kernel /= kernel.sum(axis=0)
    for number, value in enumerate(values):
        if number:
            weight = kernel @ weight
        mass = stats.nbinom.pmf(value, size, size / (size + np.exp(grid)))
        joint = weight * mass
        total += math.log(joint.sum())
        weight = joint / joint.sum()
    return total


def number_predictive(
    months: np.ndarray, values: np.ndarray, step: float, noise: float
) -> tuple[float, float, float]:
    """Log likelihood of all after the first, and mean and sd of the last level, given all.

    A level that could start anywhere, written as one normal of levels and values about the first
    value.
    """
    after = (months - months[0]).astype(float)
    # The first level about its value, the walk from it, and the noise of every later value.
    walk = step**2 * np.minimum(after[:, None], after[None, :])
    levels = noise**2 + walk
    later = levels[1:, 1:] + noise**2 * np.eye(len(values) - 1)
    centred = values[1:] - values[0]
    likelihood = float(stats.multivariate_normal.logpdf(centred, np.zeros(len(centred)), later))
    shared = levels[-1, 1:]
    weights = np.linalg.solve(later, shared)
    mean = values[0] + float(weights @ centred)
    return likelihood, mean, math.sqrt(levels[-1, -1] - float(weights @ shared))
