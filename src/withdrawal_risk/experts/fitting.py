"""A law through stated quantiles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from withdrawal_risk.arguments import chosen
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.experts.numbers import array_of, is_rising, probabilities_of, shares_of

__all__ = ["FAMILIES", "Fitted", "fitted"]

Array = NDArray[np.float64]

Bounds = tuple[float, float] | None


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
    >>> from withdrawal_risk.experts.fitting import fitted
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
        return law.outward(law.quantile(shares_of(probabilities), *self.parameters), self.bounds)


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
    >>> from withdrawal_risk.experts.fitting import fitted
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
    if not (low < quantiles[0] and quantiles[-1] < high and is_rising(quantiles)):
        raise ArgumentError(
            f"values are {quoted(quantiles.tolist())}; they must rise, above {low:g} and below "
            f"{high:g}"
        )
    places = law.inward(quantiles, ends)
    if not is_rising(places) or not np.isfinite(places).all():
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
