"""Distributions of experts, and what they become when they are put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from withdrawal_risk.arguments import chosen, number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.experts.numbers import (
    array_of,
    is_rising,
    probabilities_of,
    shares_of,
    weights_of,
)

__all__ = [
    "SCALES",
    "LinearPool",
    "Piecewise",
    "intrinsic_range",
    "linear_pool",
    "log_pool",
    "piecewise",
    "piecewise_pool",
]

Array = NDArray[np.float64]

SCALES: Final = ("linear", "log")
"""On which a law is uniform between two quantiles."""

_ROUNDING: Final = 1e-12
"""By which sums of weighted probabilities may be off."""

_TOLERANCE: Final = 1e-12
"""Of the search for a quantile, relative to the distance between those of the parts."""


def intrinsic_range(
    values: ArrayLike, *, scale: str = "linear", overshoot: float = 0.1
) -> tuple[float, float]:
    """Return the range within which a question has its answer, as the classical model takes it.

    It reaches from the smallest to the largest value that anybody named, and beyond both ends by a
    share of its width (Cooke, Experts in Uncertainty, 1991; Cooke and Goossens, Reliability
    Engineering & System Safety 93, 2008).

    Parameters
    ----------
    values : array_like
        Quantiles of all experts, and the true value where it is known; nan where there is none.
    scale : str
        ``"linear"``, or ``"log"``, on which the width is one of logarithms.
    overshoot : float
        The share of the width, above 0.

    Returns
    -------
    tuple of float
        In the unit of the values.

    Raises
    ------
    ArgumentError
        If there are no two different values, or the range cannot be told from them in floats.

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import intrinsic_range
    >>> intrinsic_range([[350, 400, 525], [625, 700, 800]])
    (305.0, 845.0)
    """
    named = array_of(values, "values", missing=True)
    named = named[~np.isnan(named)]
    places = _on_scale(named, scale)
    share = number(overshoot, "overshoot", above=0)
    if len(np.unique(places)) < 2:
        raise ArgumentError(
            "fewer than two different values were named; without them there is no range"
        )
    low, high = float(places.min()), float(places.max())
    beyond = share * (high - low)
    with np.errstate(over="ignore", under="ignore"):
        ends = _off_scale(np.array([low - beyond, high + beyond]), scale)
    bounds = float(ends[0]), float(ends[1])
    least = -math.inf if scale == SCALES[0] else 0.0
    if not (least < bounds[0] < named.min() and named.max() < bounds[1] < math.inf):
        raise ArgumentError(
            f"{share:g} times the range of the values, {named.min():g} to {named.max():g}, cannot "
            "be added to it in floating-point numbers; choose another unit"
        )
    return bounds


def _on_scale(values: Array, scale: str) -> Array:
    """Return values as they are, or their logarithms."""
    if chosen(scale, "scale", SCALES) == SCALES[0]:
        return values
    if (values <= 0).any():
        raise ArgumentError(
            f"{values.min():g} has no logarithm; values on a log scale must be above 0"
        )
    return np.log(values)


def _off_scale(places: Array, scale: str) -> Array:
    return places if scale == SCALES[0] else np.asarray(np.exp(places))


@dataclass(frozen=True, eq=False)
class Piecewise:
    """A distribution whose cdf is a line between knots: uniform, or log-uniform, between them.

    Parameters
    ----------
    knots : ndarray, shape (knot,)
        Rising.
    probabilities : ndarray, shape (knot,)
        The cdf at the knots, from 0 to 1.
    scale : str
        ``"linear"`` or ``"log"``.

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import piecewise
    >>> law = piecewise((0.25, 0.5), (1.0, 3.0), (0.0, 7.0))
    >>> float(law.cdf(2.0)), float(law.quantile(0.75))
    (0.375, 5.0)
    """

    knots: Array
    probabilities: Array
    scale: str

    @property
    def _places(self) -> Array:
        """The knots on the scale."""
        return _on_scale(self.knots, self.scale)

    def cdf(self, values: ArrayLike) -> Array:
        """Return the probability of at most a value, in the shape of the values."""
        given = np.asarray(values, dtype=np.float64)
        # Beyond the ends the cdf stays, and on a log scale there would be no logarithm.
        inside = np.clip(given, self.knots[0], self.knots[-1])
        return np.asarray(
            np.interp(_on_scale(inside, self.scale), self._places, self.probabilities)
        )

    def quantile(self, probabilities: ArrayLike) -> Array:
        """Return the values with given probabilities of at most that, in the shape of these.

        Raises
        ------
        ArgumentError
            If a probability lies outside 0 to 1.
        """
        given = shares_of(probabilities)
        values = _off_scale(np.interp(given, self.probabilities, self._places), self.scale)
        # A knot is returned to the last digit: a true value may equal a stated quantile, and then
        # belongs to the bin below.
        knot = np.searchsorted(self.probabilities, given - _ROUNDING)
        exact = np.abs(self.probabilities[knot] - given) <= _ROUNDING
        return np.where(exact, self.knots[knot], values)

    @property
    def information(self) -> float:
        """Relative entropy to the uniform, or log-uniform, law on the same range, in nats."""
        places = self._places
        share, width = np.diff(self.probabilities), np.diff(places) / (places[-1] - places[0])
        held = share > 0
        return float(share[held] @ np.log(share[held] / width[held]))


def piecewise(
    probabilities: ArrayLike,
    values: ArrayLike,
    bounds: tuple[float, float],
    scale: str = "linear",
) -> Piecewise:
    """Return the distribution that an expert's quantiles stand for in the classical model.

    Of all distributions with these quantiles within the bounds it is the one nearest to the
    uniform, or log-uniform, one (Cooke, Experts in Uncertainty, 1991).

    Parameters
    ----------
    probabilities : array_like, shape (quantile,)
        Rising, between 0 and 1.
    values : array_like, shape (quantile,)
        The quantiles, rising.
    bounds : tuple of float
        Below and above all quantiles, as from `intrinsic_range`.
    scale : str
        ``"linear"`` or ``"log"``.

    Raises
    ------
    ArgumentError
        If the quantiles do not rise within the bounds.

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import piecewise
    >>> piecewise((0.1, 0.5, 0.9), (1, 10, 100), (0.1, 1000), "log").quantile(0.7).round(3)
    np.float64(31.623)
    """
    stated = probabilities_of(probabilities)
    quantiles = array_of(values, "values", 1)
    ends = array_of(bounds, "bounds", 1)
    if len(quantiles) != len(stated):
        raise ArgumentError(
            f"values has {len(quantiles)} quantiles for {len(stated)} probabilities; write one for "
            "each"
        )
    if len(ends) != 2:
        raise ArgumentError(f"bounds is {quoted(bounds)}; write two numbers, such as (0, 100)")
    knots = np.array([ends[0], *quantiles, ends[1]])
    if not is_rising(_on_scale(knots, scale)):
        raise ArgumentError(
            f"quantiles {quoted(quantiles.tolist())} do not rise between the bounds {ends[0]:g} "
            f"and {ends[1]:g}; each must lie above the one before"
        )
    return Piecewise(knots, np.array([0.0, *stated, 1.0]), scale)


def piecewise_pool(laws: Sequence[Piecewise], weights: ArrayLike | None = None) -> Piecewise:
    """Return the mixture of several such distributions, which is one again.

    Parameters
    ----------
    laws : sequence of Piecewise
        On one scale, between the same bounds.
    weights : array_like, shape (law,), optional
        Normalised to 1; all alike if not given.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import piecewise, piecewise_pool
    >>> one, other = (piecewise((0.5,), (m,), (0.0, 10.0)) for m in (2.0, 8.0))
    >>> pool = piecewise_pool([one, other])
    >>> float(pool.cdf(2.0)), float(pool.quantile(0.5))
    (0.3125, 5.0)
    """
    if not laws:
        raise ArgumentError("laws is empty; there is nothing to pool")
    share = weights_of(weights, len(laws))
    if len({(law.scale, law.knots[0], law.knots[-1]) for law in laws}) > 1:
        raise ArgumentError(
            "laws have different bounds or scales; give all of a question the same ones"
        )
    parts = [(w, law) for w, law in zip(share, laws, strict=True) if w > 0]
    knots = np.unique(np.concatenate([law.knots for _, law in parts]))
    cumulative = np.sum([w * law.cdf(knots) for w, law in parts], axis=0)
    # Rounding could leave sums a little out of order, and the last a little off.
    cumulative = np.append(np.maximum.accumulate(np.minimum(cumulative[:-1], 1.0)), 1.0)
    return Piecewise(knots, cumulative, laws[0].scale)


@dataclass(frozen=True, eq=False)
class LinearPool:
    """A mixture of normals.

    Parameters
    ----------
    means, sds, weights : ndarray, shape (law,)
        The weights sum to 1.

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import linear_pool
    >>> pool = linear_pool([-1.0, 1.0], [1.0, 1.0])
    >>> pool.mean, pool.variance, float(pool.cdf(0.0)), float(pool.quantile(0.9).round(3))
    (0.0, 2.0, 0.5, 1.849)
    """

    means: Array
    sds: Array
    weights: Array

    def _standardised(self, values: ArrayLike) -> Array:
        return np.asarray((np.asarray(values, dtype=np.float64)[..., None] - self.means) / self.sds)

    def density(self, values: ArrayLike) -> Array:
        """Return the density at values, in their shape."""
        z = self._standardised(values)
        height = self.weights / (self.sds * math.sqrt(2 * math.pi))
        with np.errstate(under="ignore", over="ignore"):
            return np.asarray(np.exp(-0.5 * z**2) @ height)

    def cdf(self, values: ArrayLike) -> Array:
        """Return the probability of at most a value, in the shape of the values."""
        from scipy.special import ndtr

        return np.asarray(ndtr(self._standardised(values)) @ self.weights)

    def quantile(self, probabilities: ArrayLike) -> Array:
        """Return quantiles by root finding, in the shape of the probabilities.

        Raises
        ------
        ArgumentError
            If a probability lies outside 0 to 1.
        """
        given = shares_of(probabilities)
        found = [self._quantile(float(p)) for p in given.ravel()]
        return np.array(found, dtype=np.float64).reshape(given.shape)

    def _quantile(self, probability: float) -> float:
        from scipy.optimize import brentq
        from scipy.special import ndtr, ndtri

        held = self.weights > 0
        # The pool's quantile lies between the smallest and the largest of its parts'.
        each = self.means[held] + self.sds[held] * ndtri(probability)
        low, high = float(each.min()), float(each.max())
        if not math.isfinite(low) or low == high:
            return low
        # The nearer tail, in which small probabilities keep their digits.
        side = 1.0 if probability <= 0.5 else -1.0
        tail = probability if side > 0 else 1 - probability

        def excess(value: float) -> float:
            return float(side * (self.weights @ ndtr(side * self._standardised(value)) - tail))

        if excess(low) >= 0:
            return low
        if excess(high) <= 0:
            return high
        return float(brentq(excess, low, high, xtol=_TOLERANCE * (high - low), rtol=_TOLERANCE))

    @property
    def mean(self) -> float:
        """The weighted mean of the means."""
        return float(self.weights @ self.means)

    @property
    def variance(self) -> float:
        """The mean of the variances, and the variance of the means."""
        return float(self.weights @ (self.sds**2 + (self.means - self.mean) ** 2))


def _normals(
    means: ArrayLike, sds: ArrayLike, weights: ArrayLike | None
) -> tuple[Array, Array, Array]:
    """Return means, sds and weights of several normals.

    Raises
    ------
    ArgumentError
    """
    centre, spread = array_of(means, "means", 1), array_of(sds, "sds", 1)
    if len(centre) != len(spread):
        raise ArgumentError(f"means has {len(centre)} values, sds {len(spread)}; write as many")
    if (spread <= 0).any():
        raise ArgumentError(f"sds are {quoted(spread.tolist())}; each must be above 0")
    return centre, spread, weights_of(weights, len(centre))


def linear_pool(means: ArrayLike, sds: ArrayLike, weights: ArrayLike | None = None) -> LinearPool:
    """Return the linear pool of normals, which keeps their disagreement: a mixture.

    Parameters
    ----------
    means, sds : array_like, shape (law,)
        On a scale without bounds.
    weights : array_like, shape (law,), optional
        Normalised to 1; all alike if not given.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import linear_pool
    >>> linear_pool([0.0, 4.0], [1.0, 1.0], [3, 1]).mean
    1.0
    """
    return LinearPool(*_normals(means, sds, weights))


def log_pool(
    means: ArrayLike, sds: ArrayLike, weights: ArrayLike | None = None
) -> tuple[float, float]:
    """Return the logarithmic pool of normals: the normalised product of powers of their densities.

    It is normal, with precision ``sum(w / sd**2)`` and the mean weighted by precision (Genest and
    Zidek, Statistical Science 1, 1986). With weights that sum to 1, experts who agree are not
    counted as independent sources: the pool of equal laws is that law.

    Parameters
    ----------
    means, sds : array_like, shape (law,)
    weights : array_like, shape (law,), optional
        Normalised to 1; all alike if not given.

    Returns
    -------
    tuple of float
        Mean and sd.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import log_pool
    >>> log_pool([0.0, 4.0], [1.0, 1.0])
    (2.0, 1.0)
    """
    centre, spread, share = _normals(means, sds, weights)
    held = share > 0
    # Relative to the smallest sd, so that no precision overflows.
    unit = float(spread[held].min())
    with np.errstate(under="ignore"):
        precision = share[held] * (unit / spread[held]) ** 2
    total = float(precision.sum())
    return float(precision @ centre[held]) / total, unit / math.sqrt(total)
