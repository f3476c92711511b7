"""Indicator families: how a level becomes a value, written once for NumPy and for PyTensor.

Every function takes ``xp``: `numpy_ops` or PyTensor's tensor module with the same names. ``eta`` is the
linear predictor, ``reference + polarity * loading * level``; ``mean`` is the expected value in natural
units over a row's span; ``error`` is the row's own error, its grade and stated standard error included.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FAMILIES",
    "FAR",
    "FREE_OF_ERROR",
    "WHOLE",
    "draw",
    "inverse_link",
    "log_density",
    "noise",
    "noise_given",
    "numpy_ops",
    "out_of_range",
    "realise",
]

FAMILIES: Final = ("normal", "lognormal", "count", "share", "ordinal", "binary")
"""Every family, in the order of the evidence blocks."""

FREE_OF_ERROR: Final = frozenset({"ordinal", "binary"})
"""Families whose noise is fixed by the link."""

WHOLE: Final = frozenset({"count", "ordinal", "binary"})
"""Families whose values are whole numbers: totals, positions of grades, no and yes."""

FAR: Final = 40.0
"""Stands for infinity as a bound of the lowest and the highest grade, in standard deviations."""

_STIRLING: Final = 100.0
"""Size above which Stirling's series is exact to the last digits, and below which none are lost without it."""

_HALF_LOG_2PI: Final = 0.5 * math.log(2 * math.pi)


class _NumpyOps:
    """The few functions the families need, under the names PyTensor gives them."""

    def __getattr__(self, name: str) -> Any:
        if name in ("gammaln", "log_ndtr"):
            import scipy.special

            value = getattr(scipy.special, name)
        else:
            value = getattr(np, name)
        setattr(self, name, value)
        return value


numpy_ops = _NumpyOps()


def out_of_range(family: str, value: float, *, threshold: bool = False) -> str | None:
    """Say why no indicator of a family can show a number; None where one can.

    Parameters
    ----------
    family : str
        Any but ``ordinal``, whose values are words.
    value : float
    threshold : bool
        Whether it is a bound on values or on their mean, which need be neither whole nor 0 or 1.
    """
    shown = f"{value:.10g}"
    if not math.isfinite(value):
        return f"{shown} is not a finite number"
    if family == "count" and value < 0:
        return f"{shown} is negative; a count is 0 or more"
    if family == "count" and not threshold and value != int(value):
        return f"{shown} is not a whole number; a count is the total over its span"
    if family == "lognormal" and value <= 0:
        return f"{shown} is not above 0, as a lognormal value must be"
    if family == "share" and not 0 < value < 1:
        return f"{shown} is outside (0, 1); write a share, not a percentage"
    if family == "binary" and threshold and not 0 <= value <= 1:
        return f"{shown} is outside 0 (no) to 1 (yes)"
    if family == "binary" and not threshold and value not in (0.0, 1.0):
        return f"{shown} is neither 0 (no) nor 1 (yes)"
    return None


def inverse_link(family: str, eta: Any, xp: Any) -> Any:
    """Return the expected monthly value in natural units; the predictor itself for a grade."""
    if family in ("lognormal", "count"):
        return xp.exp(eta)
    if family in ("share", "binary"):
        return 1.0 / (1.0 + xp.exp(-eta))
    return eta


def _log_odds(share: Any, xp: Any) -> Any:
    """Log-odds of an expected share, which may have rounded to 0 or 1."""
    inside = xp.minimum(xp.maximum(share, 1e-300), 1.0 - 2.0**-53)
    return xp.log(inside) - xp.log1p(-inside)


def _normal(value: Any, mean: Any, sd: Any, xp: Any) -> Any:
    return -0.5 * ((value - mean) / sd) ** 2 - xp.log(sd) - _HALF_LOG_2PI


def _log_interval(low: Any, high: Any, xp: Any) -> Any:
    """Log of Phi(high) - Phi(low), computed in the tail where it is accurate."""
    flip = low + high > 0
    a, b = xp.where(flip, -high, low), xp.where(flip, -low, high)
    upper, lower = xp.log_ndtr(b), xp.log_ndtr(a)
    return upper + xp.log1p(-xp.exp(xp.minimum(lower - upper, -1e-15)))


def _log_rising(size: Any, count: Any, xp: Any) -> Any:
    """Log of Gamma(size + count) / (Gamma(size) size ** count), without the digits that a large size costs.

    For large sizes by Stirling's series (NIST Handbook of Mathematical Functions, 5.11.1), whose leading terms are taken
    together before they can cancel.
    """
    large, small = xp.maximum(size, _STIRLING), xp.minimum(size, _STIRLING)
    series = (large + count - 0.5) * xp.log1p(count / large) - count
    for power, term in ((-1, 1 / 12), (-3, -1 / 360), (-5, 1 / 1260)):
        series = series + term * ((large + count) ** power - large**power)
    direct = xp.gammaln(small + count) - xp.gammaln(small) - count * xp.log(small)
    return xp.where(size > _STIRLING, series, direct)


def log_density(family: str, value: Any, mean: Any, error: Any, xp: Any, bounds: Any = None) -> Any:
    """Return the log density of observed values.

    Parameters
    ----------
    value : array_like
        Observed.
    mean : array_like
        Expected over the row's span (`inverse_link` averaged or summed).
    error : array_like
        ``normal``: sd; ``lognormal``: sd of the log; ``count``: relative sd beyond Poisson noise;
        ``share``: sd of the log-odds; ``ordinal``: scale of the probit noise; ``binary``: divisor of
        the log-odds.
    bounds : pair of array_like, optional
        For ``ordinal``, cut points below and above the observed grade.
    """
    if family == "normal":
        return _normal(value, mean, error, xp)
    if family == "lognormal":
        return _normal(xp.log(value), xp.log(mean), error, xp) - xp.log(value)
    if family == "share":
        return _normal(xp.log(value / (1 - value)), _log_odds(mean, xp), error, xp) - xp.log(value * (1 - value))
    if family == "count":
        size = 1.0 / error**2
        return (
            _log_rising(size, value, xp)
            - xp.gammaln(value + 1.0)
            - (size + value) * xp.log1p(mean / size)
            + value * xp.log(mean)
        )
    if family == "binary":
        odds = _log_odds(mean, xp) / error
        return -xp.log1p(xp.exp(xp.where(value > 0.5, -odds, odds)))
    low, high = bounds
    return _log_interval((low - mean) / error, (high - mean) / error, xp)


def noise(
    family: str, error: NDArray[np.float64], shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[NDArray[np.float64], ...]:
    """Draw the chance in values of a family, which does not depend on what is expected of them.

    Parameters
    ----------
    error : ndarray
        As in `log_density`; broadcasts against ``shape``.
    shape : tuple of int
        Of the values.

    Returns
    -------
    tuple of ndarray
        Arguments of `realise`: standard normal scores, and for a count their probabilities and the unit-mean gamma
        factors of its rate.
    """
    score = rng.standard_normal(shape)
    if family == "count":
        from scipy.special import ndtr

        size = 1.0 / error**2
        return score, ndtr(score), rng.standard_gamma(np.broadcast_to(size, shape)) / size
    return (score,)


def noise_given(
    family: str, value: float, mean: NDArray[np.float64], error: NDArray[np.float64], shape: tuple[int, ...],
    rng: np.random.Generator, cuts: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], ...]:  # fmt: skip
    """Draw the chance in a value that is known: `realise` makes that value of it, where ``mean`` is what it was.

    Parameters
    ----------
    value : float
        Shown.
    mean, error, cuts
        As in `realise`, of what was expected when it was shown.
    shape : tuple of int
        Of the chance; the others broadcast against it.

    Returns
    -------
    tuple of ndarray
        As from `noise`.
    """
    from scipy.special import ndtr, ndtri, pdtr, pdtrc

    def between(low: Any, high: Any) -> NDArray[np.float64]:
        """Draw standard normal scores between bounds, in the tail where they can be told apart."""
        turn = low > 0
        a, b = ndtr(np.where(turn, -high, low)), ndtr(np.where(turn, -low, high))
        score = ndtri(np.clip(a + (b - a) * rng.uniform(size=shape), 1e-300, 1 - 2.0**-53))
        return np.where(turn, -score, score)

    if family == "count":
        size = 1.0 / error**2
        # Gamma is the conjugate prior of a Poisson rate.
        factor = rng.standard_gamma(np.broadcast_to(size + value, shape)) / (size + mean)
        rate = np.minimum(mean * factor, 1e15)

        def end(count: float) -> NDArray[np.float64]:
            below = pdtr(count, rate)
            return np.where(below < 0.5, ndtri(below), -ndtri(pdtrc(count, rate)))

        score = np.clip(between(end(value - 1) if value > 0 else np.full(shape, -math.inf), end(value)), -FAR, FAR)
        return score, ndtr(score), factor
    if family == "binary":
        threshold = -ndtri(1 / (1 + np.exp(-_log_odds(mean, np) / error)))
        return (between(threshold, math.inf) if value > 0.5 else between(-math.inf, threshold),)
    if family == "ordinal":
        assert cuts is not None
        edges = [-math.inf, *((cuts[..., c] - mean) / error for c in range(cuts.shape[-1])), math.inf]
        return (between(edges[int(value)], edges[int(value) + 1]),)
    seen, due = {
        "normal": lambda: (value, mean),
        "lognormal": lambda: (math.log(value), np.log(mean)),
        "share": lambda: (_log_odds(value, np), _log_odds(mean, np)),
    }[family]()
    return (np.broadcast_to((seen - due) / error, shape),)


def realise(
    family: str, mean: NDArray[np.float64], error: NDArray[np.float64], chance: tuple[NDArray[np.float64], ...],
    cuts: NDArray[np.float64] | None = None, where: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """Return the values that the same chance gives under what is expected here.

    Parameters
    ----------
    mean, error : ndarray
        As in `log_density`; shapes broadcast.
    chance : tuple of ndarray
        From `noise`. Values rise with ``mean`` while it stays the same.
    cuts : ndarray, optional
        For ``ordinal``, with a trailing axis of cut points.
    where : ndarray of bool, optional
        Broadcasts against the values. Elsewhere they may be anything, which saves what costs most: a count.
    """
    score = chance[0]
    if family == "count":
        from withdrawal_risk.poisson import poisson_quantile

        return poisson_quantile(score, chance[1], np.minimum(mean * chance[2], 1e15), where)
    if family == "binary":
        from scipy.special import ndtr

        odds = _log_odds(mean, np) / error
        return (ndtr(-score) < 1 / (1 + np.exp(-odds))).astype(float)
    if family == "normal":
        return mean + error * score
    if family == "lognormal":
        return np.asarray(mean * np.exp(error * score))
    if family == "share":
        return np.asarray(1 / (1 + np.exp(-_log_odds(mean, np) - error * score)))
    assert cuts is not None
    return np.asarray(((mean + error * score)[..., None] > cuts).sum(axis=-1), dtype=float)


def draw(
    family: str, mean: NDArray[np.float64], error: NDArray[np.float64], rng: np.random.Generator,
    cuts: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """Draw values that no other world shares; arguments as in `realise`."""
    shape = np.broadcast_shapes(mean.shape, error.shape)
    if family == "count":
        size = 1.0 / error**2
        factor = rng.standard_gamma(np.broadcast_to(size, shape)) / size
        return rng.poisson(np.minimum(mean * factor, 1e15)).astype(float)
    return realise(family, mean, error, noise(family, error, shape, rng), cuts)
