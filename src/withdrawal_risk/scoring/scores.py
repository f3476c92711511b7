"""Scores of single forecasts; the lower the better, but for coverage and PIT.

Members of an ensemble stand on the last axis of ``samples``; ``observed`` has the axes before it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "IGNORANCE_BINS",
    "brier",
    "covered",
    "crps",
    "expected_brier",
    "ignorance",
    "interval_score",
    "log_error",
    "pit",
    "quantile",
    "ranked_probability",
    "tail_crps",
]

Array = NDArray[np.float64]

IGNORANCE_BINS: Final = (0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5)
"""Lower ends of the bins of the VIEWS prediction challenge (Hegre et al., Journal of Peace Research
62, 2025); the last has no upper end."""


def _two(samples: ArrayLike, observed: ArrayLike) -> tuple[Array, Array]:
    return np.asarray(samples, dtype=float), np.asarray(observed, dtype=float)


def crps(samples: ArrayLike, observed: ArrayLike) -> Array:
    """Return the continuous ranked probability score of an ensemble.

    It is the score of the empirical distribution itself: the mean distance of the members from what
    was observed, less half their mean distance from each other, pairs of a member with itself
    included (Gneiting and Raftery, Journal of the American Statistical Association 102, 2007). The
    "fair" form, which leaves these pairs out, estimates another quantity.

    Parameters
    ----------
    samples : array_like, shape (..., member)
    observed : array_like, shape (...)

    Returns
    -------
    ndarray, shape (...)
        In the unit of the values.

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import crps
    >>> float(crps([1.0, 3.0], 2.0))
    0.5
    """
    samples, observed = _two(samples, observed)
    ordered, count = np.sort(samples, axis=-1), samples.shape[-1]
    above = observed[..., None] < ordered
    # The score is an integral over quantiles, which for sorted members is a sum (Jordan, Krüger and
    # Lerch, Journal of Statistical Software 90, 2019).
    rank = np.arange(1, count + 1) - 0.5
    terms = (ordered - observed[..., None]) * (count * above - rank)
    return np.asarray(2.0 * terms.sum(axis=-1) / count**2)


def tail_crps(samples: ArrayLike, observed: ArrayLike, threshold: ArrayLike) -> Array:
    """Return the threshold-weighted CRPS of the upper tail.

    What lies below the threshold counts as the threshold (Allen, Ginsbourger and Ziegel, SIAM/ASA
    Journal on Uncertainty Quantification 11, 2023).

    Parameters
    ----------
    samples : array_like, shape (..., member)
    observed, threshold : array_like, shape (...)

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import tail_crps
    >>> float(tail_crps([1.0, 3.0], 2.0, threshold=2.0))
    0.25
    """
    samples, observed = _two(samples, observed)
    floor = np.asarray(threshold, dtype=float)
    return crps(np.maximum(samples, floor[..., None]), np.maximum(observed, floor))


def quantile(samples: ArrayLike, probabilities: ArrayLike) -> Array:
    """Return quantiles of the empirical distribution, which are members of the ensemble.

    Parameters
    ----------
    samples : array_like, shape (..., member)
    probabilities : array_like, shape (quantile,)

    Returns
    -------
    ndarray, shape (..., quantile)

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import quantile
    >>> quantile([1.0, 2.0, 3.0, 4.0], [0.5, 0.9]).tolist()
    [2.0, 4.0]
    """
    values = np.quantile(
        np.asarray(samples, dtype=float),
        np.atleast_1d(probabilities),
        axis=-1,
        method="inverted_cdf",
    )
    return np.moveaxis(values, 0, -1)


def covered(low: ArrayLike, high: ArrayLike, observed: ArrayLike) -> NDArray[np.bool_]:
    """Say whether an interval holds what was observed; its ends belong to it.

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import covered
    >>> bool(covered(0, 3, 0))
    True
    """
    low, high, observed = (np.asarray(x, dtype=float) for x in (low, high, observed))
    # With open ends an interval from 0 to 0 of a count would hold nothing.
    return np.asarray((low <= observed) & (observed <= high))


def interval_score(
    low: ArrayLike, high: ArrayLike, observed: ArrayLike, *, ci_prob: float = 0.9
) -> Array:
    """Return the interval score: width, and a penalty for what lies outside.

    Gneiting and Raftery (2007), equation 43.

    Parameters
    ----------
    low, high, observed : array_like
    ci_prob : float
        Probability of the interval.

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import interval_score
    >>> float(interval_score(0.0, 10.0, 11.0, ci_prob=0.9).round(6))
    30.0
    """
    low, high, observed = (np.asarray(x, dtype=float) for x in (low, high, observed))
    outside = np.maximum(low - observed, 0.0) + np.maximum(observed - high, 0.0)
    return np.asarray(high - low + 2.0 / (1.0 - ci_prob) * outside)


def brier(probability: ArrayLike, event: ArrayLike) -> Array:
    """Return the squared distance of a probability from what happened, 0 or 1.

    Brier, Monthly Weather Review 78, 1950, in its form for one event.

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import brier
    >>> float(brier(0.25, 1))
    0.5625
    """
    return np.asarray((np.asarray(probability, dtype=float) - np.asarray(event, dtype=float)) ** 2)


def expected_brier(probability: ArrayLike, judged: ArrayLike) -> Array:
    """Return what a judge who holds an event to have some probability expects of `brier`.

    ``(p - q)**2 + q * (1 - q)``: with q of 0 or 1 it is the Brier score itself, and whatever q is,
    it is least for p = q.

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import expected_brier
    >>> expected_brier(0.25, [1.0, 0.5]).tolist()
    [0.5625, 0.3125]
    """
    q = np.asarray(judged, dtype=float)
    return brier(probability, q) + q * (1 - q)


def ranked_probability(samples: ArrayLike, observed: ArrayLike, categories: int) -> Array:
    """Return the ranked probability score of ordered categories.

    The sum of the Brier scores of "at most this category" (Epstein, Journal of Applied Meteorology
    8, 1969), not divided by their number.

    Parameters
    ----------
    samples : array_like, shape (..., member)
        Positions of categories, from 0.
    observed : array_like, shape (...)
    categories : int
        How many there are.

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import ranked_probability
    >>> float(ranked_probability([0, 1], 2, categories=3))
    1.25
    """
    samples, observed = _two(samples, observed)
    bounds = np.arange(categories - 1)
    at_most = (samples[..., None, :] <= bounds[:, None]).mean(axis=-1)
    happened = observed[..., None] <= bounds
    return np.asarray(((at_most - happened) ** 2).sum(axis=-1))


def ignorance(samples: ArrayLike, observed: ArrayLike) -> Array:
    """Return minus the binary logarithm of the share of members in the bin of the observation.

    In the bins of VIEWS, `IGNORANCE_BINS`, each with one member more, so that none is empty. It
    depends on the size of the ensemble, therefore.

    Parameters
    ----------
    samples : array_like, shape (..., member)
        0 or more.
    observed : array_like, shape (...)

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import ignorance
    >>> float(ignorance([0, 0, 1, 1, 1], 1))
    2.0
    """
    samples, observed = _two(samples, observed)
    edges = np.asarray(IGNORANCE_BINS[1:])
    same = np.digitize(samples, edges) == np.digitize(observed, edges)[..., None]
    count = samples.shape[-1] + len(IGNORANCE_BINS)
    return np.asarray(-np.log2((same.sum(axis=-1) + 1.0) / count))


def pit(samples: ArrayLike, observed: ArrayLike, uniform: ArrayLike) -> Array:
    """Return the randomised probability integral transform: the rank among the members.

    It is uniform if observation and members are from one distribution, also of counts (Czado,
    Gneiting and Held, Biometrics 65, 2009), whatever the number of members.

    Parameters
    ----------
    samples : array_like, shape (..., member)
    observed : array_like, shape (...)
    uniform : array_like, shape (...)
        Random numbers between 0 and 1, which break ties.

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import pit
    >>> float(pit([1.0, 2.0, 4.0], 3.0, uniform=0.5))
    0.625
    """
    samples, observed = _two(samples, observed)
    below = (samples < observed[..., None]).sum(axis=-1)
    equal = (samples == observed[..., None]).sum(axis=-1)
    rank = below + np.asarray(uniform, dtype=float) * (equal + 1.0)
    return np.asarray(rank / (samples.shape[-1] + 1.0))


def log_error(point: ArrayLike, observed: ArrayLike) -> Array:
    """Return the distance of logarithms of a point forecast and of the value, each and 1.

    Examples
    --------
    >>> from withdrawal_risk.scoring.scores import log_error
    >>> float(log_error(0.0, 0.0))
    0.0
    """
    # A peer's mean may be negative; nothing below nought is ever observed.
    point = np.maximum(np.asarray(point, dtype=float), 0.0)
    return np.asarray(np.abs(np.log1p(point) - np.log1p(np.asarray(observed, dtype=float))))
