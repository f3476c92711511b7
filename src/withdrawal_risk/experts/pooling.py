"""Distributions of experts, and what they become when they are put together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from withdrawal_risk.arguments import chosen, number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError

__all__ = [
    "FAMILIES",
    "SCALES",
    "Fitted",
    "LinearPool",
    "Piecewise",
    "array_of",
    "fitted",
    "intrinsic_range",
    "linear_pool",
    "log_pool",
    "piecewise",
    "piecewise_pool",
    "probabilities_of",
    "weights_of",
]

Array = NDArray[np.float64]

SCALES: Final = ("linear", "log")
"""On which a law is uniform between two quantiles."""

Bounds = tuple[float, float] | None

_ROUNDING: Final = 1e-12
"""By which sums of weighted probabilities may be off."""

_TOLERANCE: Final = 1e-12
"""Of the search for a quantile, relative to the distance between those of the parts."""


def array_of(
    value: ArrayLike, what: str, dimensions: int | None = None, *, missing: bool = False
) -> Array:
    """Return numbers that a user gave.

    Parameters
    ----------
    value : array_like
    what : str
        The argument, for the message.
    dimensions : int, optional
        Any number of them if not given.
    missing : bool
        Whether some may be nan.

    Raises
    ------
    ArgumentError
        If they are none, are infinite, or have another shape.

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import array_of
    >>> array_of([1, 2], "values", 1).tolist()
    [1.0, 2.0]
    """
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(
            f"{what} is {quoted(value)}; write numbers, as many in each row"
        ) from None
    if dimensions not in (None, array.ndim) or array.size == 0:
        wanted = "" if dimensions is None else f"{dimensions} dimensions, and "
        raise ArgumentError(
            f"{what} has the shape {array.shape}; it must have {wanted}at least one value"
        )
    if np.isinf(array).any() or (not missing and np.isnan(array).any()):
        allowed = " or nan" if missing else ""
        raise ArgumentError(f"{what} holds a value that is not finite; write numbers{allowed}")
    return array


def _rises(values: Array) -> bool:
    return bool((values[1:] > values[:-1]).all())


def probabilities_of(value: ArrayLike) -> Array:
    """Return the probabilities at which quantiles were stated.

    Raises
    ------
    ArgumentError
        If they do not rise, or do not lie between 0 and 1.

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import probabilities_of
    >>> probabilities_of((0.05, 0.5, 0.95)).tolist()
    [0.05, 0.5, 0.95]
    """
    array = array_of(value, "probabilities", 1)
    if array[0] <= 0 or array[-1] >= 1 or not _rises(array):
        raise ArgumentError(
            f"probabilities are {quoted(array.tolist())}; they must rise and lie between 0 and 1, "
            "such as (0.05, 0.5, 0.95)"
        )
    return array


def weights_of(value: ArrayLike | None, count: int) -> Array:
    """Return the weights of several laws, which sum to 1.

    Parameters
    ----------
    value : array_like, shape (law,), optional
        At least 0, not all of them 0; all alike if not given.
    count : int
        Number of laws.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import weights_of
    >>> weights_of([1, 3], 2).tolist()
    [0.25, 0.75]
    """
    if value is None:
        return np.full(count, 1 / count)
    array = array_of(value, "weights", 1)
    if len(array) != count:
        raise ArgumentError(f"weights has {len(array)} values for {count} laws; write one for each")
    if (array < 0).any() or not array.any():
        raise ArgumentError(
            f"weights are {quoted(array.tolist())}; none may be below 0, and one must be above"
        )
    # Divided by the largest first: their sum could be too large for a float.
    array = array / array.max()
    return np.asarray(array / array.sum())


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
        given = _shares(probabilities)
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


def _shares(value: ArrayLike) -> Array:
    """Return probabilities of which quantiles are asked."""
    given = array_of(value, "probabilities")
    if not ((given >= 0) & (given <= 1)).all():
        raise ArgumentError(f"probabilities are {quoted(value)}; they must lie between 0 and 1")
    return given


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
    if not _rises(_on_scale(knots, scale)):
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
        given = _shares(probabilities)
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


@dataclass(frozen=True)
class Fitted:
    """A law through stated quantiles.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    parameters : tuple of float
        Mean and sd of the value (normal), of its logarithm (lognormal) or of its log odds between
        the bounds (logitnormal); both shapes of a beta.
    bounds : tuple of float, optional
        Of a logitnormal or beta law.
    misfit : float
        The largest distance between the cdf at a stated value and its stated probability.

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import fitted
    >>> law = fitted((0.25, 0.75), (-1.0, 1.0), "normal")
    >>> [round(x, 4) for x in law.parameters], law.misfit < 1e-12, float(law.quantile(0.5))
    ([0.0, 1.4826], True, 0.0)
    """

    family: str
    parameters: tuple[float, float]
    bounds: Bounds
    misfit: float

    def cdf(self, values: ArrayLike) -> Array:
        """Return the probability of at most a value, in the shape of the values."""
        law = _LAWS[self.family]
        return law.cdf(
            law.inward(np.asarray(values, dtype=np.float64), self.bounds), *self.parameters
        )

    def quantile(self, probabilities: ArrayLike) -> Array:
        """Return the values with given probabilities of at most that, in the shape of these.

        Raises
        ------
        ArgumentError
            If a probability lies outside 0 to 1.
        """
        law = _LAWS[self.family]
        return law.outward(law.quantile(_shares(probabilities), *self.parameters), self.bounds)


# Scales on which laws have their parameters, and the laws on them.


def _as_it_is(values: Array, bounds: Bounds) -> Array:
    return values


def _logarithm(values: Array, bounds: Bounds) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(values, 0.0))


def _exponential(inner: Array, bounds: Bounds) -> Array:
    return np.exp(inner)


def _share(values: Array, bounds: Bounds) -> Array:
    """Return where between its bounds a value lies, from 0 to 1."""
    low, high = bounds or (0.0, 1.0)
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def _of_share(inner: Array, bounds: Bounds) -> Array:
    low, high = bounds or (0.0, 1.0)
    return np.asarray(low + (high - low) * inner)


def _log_odds(values: Array, bounds: Bounds) -> Array:
    from scipy.special import logit

    return np.asarray(logit(_share(values, bounds)))


def _of_log_odds(inner: Array, bounds: Bounds) -> Array:
    from scipy.special import expit

    return _of_share(expit(inner), bounds)


def _normal_cdf(values: Array, mean: float, sd: float) -> Array:
    from scipy.special import ndtr

    return np.asarray(ndtr((values - mean) / sd))


def _normal_quantile(probabilities: Array, mean: float, sd: float) -> Array:
    from scipy.special import ndtri

    return np.asarray(mean + sd * ndtri(probabilities))


def _beta_cdf(values: Array, a: float, b: float) -> Array:
    from scipy.special import betainc

    return np.asarray(betainc(a, b, values))


def _beta_quantile(probabilities: Array, a: float, b: float) -> Array:
    from scipy.special import betaincinv

    return np.asarray(betaincinv(a, b, probabilities))


def _through(stated: Array, places: Array) -> list[tuple[float, float]]:
    """Return mean and sd of normals through neighbouring and through the outermost quantiles."""
    from scipy.special import ndtri

    z = ndtri(stated)
    pairs = sorted({(k, k + 1) for k in range(len(z) - 1)} | {(0, len(z) - 1)})
    sds = [float((places[k] - places[j]) / (z[k] - z[j])) for j, k in pairs]
    return [(float(places[j] - sd * z[j]), sd) for (j, _), sd in zip(pairs, sds, strict=True)]


def _least_squares(residual: Callable[[Array], Array], starts: Iterable[Array]) -> Array:
    """Return the least of several minima, each found from one start."""
    from scipy.optimize import least_squares

    with np.errstate(all="ignore"):
        found = [
            least_squares(residual, start, "3-point", xtol=1e-14, ftol=1e-14, gtol=1e-14)
            for start in starts
        ]
    return np.asarray(min(found, key=lambda one: float(one.cost)).x)


def _normal(stated: Array, places: Array) -> tuple[float, float]:
    """Return mean and sd of the normal through quantiles."""
    starts = _through(stated, places)
    if len(stated) == 2:
        return starts[0]
    # In units of the quantiles' own spread, so that steps are of one size in both directions.
    middle, unit = float(np.median(places)), float(np.ptp(places))
    scaled = (places - middle) / unit
    best = _least_squares(
        lambda x: _normal_cdf(scaled, float(x[0]), float(np.exp(x[1]))) - stated,
        [np.array([(mean - middle) / unit, math.log(sd / unit)]) for mean, sd in starts],
    )
    return middle + unit * float(best[0]), unit * math.exp(float(best[1]))


def _beta(stated: Array, places: Array) -> tuple[float, float]:
    """Return both shapes of the beta law through quantiles between 0 and 1."""
    from scipy.special import expit, logit

    def shapes(x: Array) -> tuple[float, float]:
        # Mean and size, which the quantiles tell apart better than they do the shapes.
        size = np.exp(x[1])
        return float(expit(x[0]) * size), float(expit(-x[0]) * size)

    # Laws that are nearly all at their bounds are far from the normal ones, so those of several
    # sizes are tried too.
    first, last = float(places[0]), float(places[-1])
    tried = [(mean, size) for mean in (first, float(np.median(places)), last) for size in _SIZES]
    for middle, sd in _through(stated, places):
        mean = min(max(middle, first), last)
        # From the variance of a beta law.
        tried.append((mean, max(mean * (1 - mean) / sd**2 - 1, _SIZES[0])))
    starts = [np.array([logit(mean), math.log(size)]) for mean, size in tried]
    return shapes(_least_squares(lambda x: _beta_cdf(places, *shapes(x)) - stated, starts))


_SIZES: Final = (0.1, 1.0, 10.0, 100.0)
"""Of beta laws from which the search begins."""


@dataclass(frozen=True)
class _Law:
    """A family of laws with two parameters.

    `inward` and `outward` lead to the scale on which it has them, and back; `least` and `most` are
    bounds that values cannot reach, where these are not given.
    """

    inward: Callable[[Array, Bounds], Array]
    outward: Callable[[Array, Bounds], Array]
    cdf: Callable[[Array, float, float], Array]
    quantile: Callable[[Array, float, float], Array]
    fit: Callable[[Array, Array], tuple[float, float]]
    bounded: bool = False
    least: float = -math.inf


_ON_NORMAL: Final = (_normal_cdf, _normal_quantile, _normal)

_LAWS: Final = {
    "normal": _Law(_as_it_is, _as_it_is, *_ON_NORMAL),
    "lognormal": _Law(_logarithm, _exponential, *_ON_NORMAL, least=0.0),
    "logitnormal": _Law(_log_odds, _of_log_odds, *_ON_NORMAL, bounded=True),
    "beta": _Law(_share, _of_share, _beta_cdf, _beta_quantile, _beta, bounded=True),
}

FAMILIES: Final = tuple(_LAWS)
"""Of laws that are fitted to quantiles."""


def fitted(
    probabilities: ArrayLike,
    values: ArrayLike,
    family: str,
    bounds: Bounds = None,
) -> Fitted:
    """Return a law through stated quantiles.

    Two quantiles determine it; of more the sum of squared distances between the cdf at the stated
    values and the stated probabilities is made smallest, as in SHELF (O'Hagan et al., Uncertain
    Judgements, 2006; ``fitdist`` of the R package SHELF).

    Parameters
    ----------
    probabilities : array_like, shape (quantile,)
        Two or more, rising, between 0 and 1.
    values : array_like, shape (quantile,)
        The quantiles, rising.
    family : str
        ``"normal"``, ``"lognormal"``, ``"logitnormal"`` or ``"beta"``.
    bounds : tuple of float, optional
        Smallest and largest value, of the last two families alone, which need them.

    Raises
    ------
    ArgumentError
        If the quantiles do not rise, are fewer than two or lie outside what the family can take.

    Examples
    --------
    >>> from withdrawal_risk.experts.pooling import fitted
    >>> law = fitted((0.25, 0.5, 0.75), (25, 30, 40), "beta", (0, 100))
    >>> float(law.quantile(0.05).round(1)), float(law.cdf(25).round(3))
    (15.2, 0.283)
    """
    stated, quantiles = probabilities_of(probabilities), array_of(values, "values", 1)
    law = _LAWS[chosen(family, "family", FAMILIES)]
    if len(stated) < 2 or len(quantiles) != len(stated):
        raise ArgumentError(
            f"{len(quantiles)} quantiles were stated at {len(stated)} probabilities; a law takes "
            "two or more, one for each probability"
        )
    ends = _ends(family, bounds)
    low, high = ends or (law.least, math.inf)
    if not (low < quantiles[0] and quantiles[-1] < high and _rises(quantiles)):
        raise ArgumentError(
            f"values are {quoted(quantiles.tolist())}; they must rise, above {low:g} and below "
            f"{high:g}"
        )
    places = law.inward(quantiles, ends)
    if not _rises(places) or not np.isfinite(places).all():
        raise ArgumentError(
            f"values are {quoted(quantiles.tolist())}, too close together or to a bound to be told "
            "apart in floating-point numbers"
        )
    parameters = law.fit(stated, places)
    misfit = float(np.abs(law.cdf(places, *parameters) - stated).max())
    return Fitted(family, parameters, ends, misfit)


def _ends(family: str, bounds: Any) -> Bounds:
    """Return the bounds of a family that has some.

    Raises
    ------
    ArgumentError
    """
    if not _LAWS[family].bounded:
        if bounds is not None:
            raise ArgumentError(f"a {family} law has no bounds; leave bounds out")
        return None
    if bounds is None:
        raise ArgumentError(f"a {family} law needs bounds; write two numbers, such as (0, 100)")
    ends = array_of(bounds, "bounds", 1)
    if len(ends) != 2 or not 0 < float(ends[1]) - float(ends[0]) < math.inf:
        raise ArgumentError(
            f"bounds are {quoted(bounds)}; write two numbers, the smaller first, such as (0, 100)"
        )
    return float(ends[0]), float(ends[1])
