"""From what an expert says (words, 5th and 95th percentiles) to the numbers of a prior."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

__all__ = [
    "FARTHEST",
    "FARTHEST_POLICY",
    "LEVEL_NAMES",
    "LONGEST_HALF_LIFE",
    "SHORTEST_HALF_LIFE",
    "STANDARD_CUTS",
    "WEIGHT_WORDS",
    "Z90",
    "bin_medians",
    "level_value",
    "lognormal_from_quantiles",
    "lognormal_mean",
    "normal_from_quantiles",
    "too_large_for_a_level",
]

Z90: Final = 1.6448536269514722
"""Half-width in standard deviations of a central 90 % normal interval."""

WEIGHT_WORDS: Final[Mapping[str, tuple[float, float]]] = {
    "weak": (0.05, 0.30),
    "moderate": (0.15, 0.50),
    "strong": (0.30, 0.80),
}
"""5th and 95th percentile of the long-run effect, in standard deviations of the child per
standard deviation of the parent, that each word stands for."""

LEVEL_NAMES: Final = ("very low", "low", "medium", "high", "very high")

FARTHEST: Final = 6.0
"""Long-run standard deviations beyond which no level is ever seen."""

FARTHEST_POLICY: Final = 100.0
"""Levels beyond which a policy's value is a slip of its unit and no path to be followed."""

SHORTEST_HALF_LIFE: Final = 1e-3
"""Months: less than an hour, after which nothing of a month is left in the next to any digit."""

LONGEST_HALF_LIFE: Final = 1200.0
"""Months: a century, within which every level has to settle. The long-run scale is solved by
following it that far."""

STANDARD_CUTS: Final = (
    -0.8416212335729143,
    -0.2533471031357997,
    0.2533471031357997,
    0.8416212335729143,
)
"""The normal quintiles: where the five named levels are cut unless the file says otherwise."""


def normal_from_quantiles(p5: float, p95: float) -> tuple[float, float]:
    """Return mean and sd of the normal with these 5th and 95th percentiles."""
    # The percentiles lie symmetrically around the mean, 1.645 sd away.
    return (p5 + p95) / 2, (p95 - p5) / (2 * Z90)


def lognormal_from_quantiles(p5: float, p95: float) -> tuple[float, float]:
    """Return log-mean and log-sd of the lognormal with these 5th and 95th percentiles."""
    return normal_from_quantiles(math.log(p5), math.log(p95))


def lognormal_mean(p5: float, p95: float) -> float:
    """Return the mean of the lognormal with these 5th and 95th percentiles."""
    mu, sigma = lognormal_from_quantiles(p5, p95)
    # Not the median: the mean is what a linear model adds up.
    return math.exp(mu + sigma**2 / 2)


def level_value(name: str, cuts: tuple[float, ...]) -> float:
    """Return the level a named level stands for: the median of its bin under N(0, 1).

    Parameters
    ----------
    name : str
        One of `LEVEL_NAMES`.
    cuts : tuple of float, shape (4,)
        Where the levels are cut, ascending.
    """
    return bin_medians(cuts)[LEVEL_NAMES.index(name)]


def bin_medians(cuts: Sequence[float]) -> tuple[float, ...]:
    """Return the median under N(0, 1) of every bin, of which there is one more than cuts.

    Parameters
    ----------
    cuts : sequence of float
        Where the bins are cut, ascending.
    """
    from statistics import NormalDist

    normal = NormalDist()
    # Probabilities below the edges under the long-run distribution, a standard normal.
    below = (0.0, *(normal.cdf(cut) for cut in cuts), 1.0)
    return tuple(normal.inv_cdf((a + b) / 2) for a, b in pairwise(below))


def too_large_for_a_level(value: float) -> str:
    """Say that a number lies outside the range of levels and of shifts."""
    return (
        f"{value:.10g} is too large for a level: levels are in long-run standard deviations and "
        f"must lie within ±{FARTHEST:g}"
    )
