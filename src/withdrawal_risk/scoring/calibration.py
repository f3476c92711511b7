"""Whether probabilities and intervals hold what they promise, with bands from resampled origins.

Forecasts that overlap err together, so formulas for independent ones make bands too narrow. Here
whole blocks of origins are drawn again (see `resampling`), and the spread of what they give about
the table itself is the spread that a calibrated forecast would have about its promise.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.scoring.resampling import Resampling, resampling_of

__all__ = ["BINS", "coverage", "pit_ecdf", "pit_histogram", "reliability"]

Array = NDArray[np.float64]

BINS: Final = 10
"""Of the histogram of the PIT."""

_POINTS: Final = np.linspace(0.05, 0.95, 19)

_CURVES: Final = 500
"""Replicates of what has to be fitted anew for each."""


def _resampled(
    rows: pd.DataFrame, ci_prob: float, name: str
) -> tuple[Resampling, NDArray[np.int64], int]:
    """Return origins drawn again, the place of each row's origin, and how many places there are."""
    origin = rows["origin_number"].to_numpy(dtype=np.int64)
    place = origin - origin.min()
    places = int(place.max()) + 1
    block = max(int(rows["lead"].max()), 1)
    drawn = resampling_of(
        places,
        block,
        months=rows["month"].nunique(),
        ci_prob=ci_prob,
        random_seed=1,
        name=name,
    )
    return drawn, place, places


def _shares(
    rows: pd.DataFrame, hits: Array, ci_prob: float, name: str
) -> tuple[Array, Array, Array]:
    """Return the mean of each column of hits over all rows, and the ends of its interval.

    Parameters
    ----------
    hits : ndarray, shape (row, column)
    """
    drawn, place, places = _resampled(rows, ci_prob, name)
    total = np.zeros((places, hits.shape[1]))
    np.add.at(total, place, hits)
    count = np.bincount(place, minlength=places).astype(float)
    share = hits.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        again = total[drawn.chosen].sum(axis=1) / count[drawn.chosen].sum(axis=1)[:, None]
    low, high = drawn.interval(share, np.where(np.isnan(again), share, again))
    return share, np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def coverage(rows: pd.DataFrame, *, by: str, ci_prob: float = 0.9) -> pd.DataFrame:
    """Return how often the intervals of 50 and 90 % held what was observed.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one method: ``origin_number``, ``month``, ``lead``, ``covered_50``, ``covered_90``.
    by : str
        Column of the slices.
    ci_prob : float
        Of the intervals about both.

    Returns
    -------
    pandas.DataFrame
        Indexed by slice: ``pairs``, then for both ``covered``, ``lower`` and ``upper`` with the
        probability at the end; nan ends where there are too few blocks of origins.
    """
    lines = {}
    for value, part in rows.groupby(by, sort=True, observed=True):
        hits = part[["covered_50", "covered_90"]].to_numpy(dtype=float)
        share, low, high = _shares(part, hits, ci_prob, f"coverage:{by}:{value}")
        lines[value] = {"pairs": len(part)} | {
            f"{name}_{p}": float(numbers[k])
            for k, p in enumerate((50, 90))
            for name, numbers in (("covered", share), ("lower", low), ("upper", high))
        }
    table = pd.DataFrame.from_dict(lines, orient="index")
    table["pairs"] = table["pairs"].astype(int)
    table.index.name = by
    return table


def pit_histogram(rows: pd.DataFrame, *, ci_prob: float = 0.9) -> pd.DataFrame:
    """Return the share of the PIT in ten bins, and the band that calibrated forecasts would keep.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one method: ``origin_number``, ``month``, ``lead``, ``pit``.
    ci_prob : float

    Returns
    -------
    pandas.DataFrame
        Indexed by the lower end of the bin: ``share``, ``lower``, ``upper``.
    """
    bins = np.minimum((rows["pit"].to_numpy() * BINS).astype(int), BINS - 1)
    hits = (bins[:, None] == np.arange(BINS)).astype(float)
    share, low, high = _shares(rows, hits, ci_prob, "pit")
    return _band(share, low, high, np.full(BINS, 1 / BINS), np.arange(BINS) / BINS, "share")


def pit_ecdf(rows: pd.DataFrame, *, ci_prob: float = 0.9) -> pd.DataFrame:
    """Return the cumulative shares of the PIT, and the band about the diagonal.

    Parameters
    ----------
    rows : pandas.DataFrame
        As in `pit_histogram`.
    ci_prob : float

    Returns
    -------
    pandas.DataFrame
        Indexed by the PIT: ``share``, ``lower``, ``upper``.
    """
    hits = (rows["pit"].to_numpy()[:, None] <= _POINTS).astype(float)
    share, low, high = _shares(rows, hits, ci_prob, "ecdf")
    return _band(share, low, high, _POINTS, _POINTS, "share")


def _band(
    share: Array, low: Array, high: Array, promised: Array, index: Array, name: str
) -> pd.DataFrame:
    """Return a statistic beside the band about its promise, as wide as its own interval."""
    # The interval about the table is turned round the promise: what a calibrated forecast would
    # show lies below its promise as far as the promise would lie above what it shows.
    return pd.DataFrame(
        {
            name: share,
            "lower": np.clip(promised - (high - share), 0.0, 1.0),
            "upper": np.clip(promised + (share - low), 0.0, 1.0),
        },
        index=pd.Index(index, name="at"),
    )


def reliability(rows: pd.DataFrame, *, ci_prob: float = 0.9) -> pd.DataFrame:
    """Return how often events happened that were given each probability.

    The curve is the isotonic regression of what happened on the probabilities (CORP: Dimitriadis,
    Gneiting and Jordan, PNAS 118, 2021), so no bins have to be chosen.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one method: ``origin_number``, ``month``, ``lead``, ``probability``, ``event``; rows
        without either are left out.
    ci_prob : float

    Returns
    -------
    pandas.DataFrame
        Indexed by the probability, within the range that was given: ``frequency``, the band about
        the diagonal from ``lower`` to ``upper``, and ``pairs`` within 0.025 of it.

    """
    rows = rows[rows["probability"].notna() & rows["event"].notna()]
    if rows.empty:
        index = pd.Index([], name="at", dtype=float)
        return pd.DataFrame(columns=["frequency", "lower", "upper", "pairs"], index=index)
    probability, event = (rows[name].to_numpy(dtype=float) for name in ("probability", "event"))
    points = np.linspace(0, 1, 41)
    inside = (points >= probability.min() - 0.0125) & (points <= probability.max() + 0.0125)
    points = points[inside] if inside.any() else np.array([probability.mean()])
    drawn, place, places = _resampled(rows, ci_prob, "reliability")
    members = [np.flatnonzero(place == number) for number in range(places)]
    curve = _isotonic(probability, event, points)
    again = [
        _isotonic(probability[chosen], event[chosen], points)
        for origins in drawn.chosen[:_CURVES]
        if (chosen := np.concatenate([members[number] for number in origins])).size
    ]
    low, high = drawn.interval(curve, np.array(again))
    table = _band(curve, low, high, points, points, "frequency")
    near = np.abs(probability[:, None] - points) <= 0.025
    return table.assign(pairs=near.sum(axis=0))


def _isotonic(probability: Array, event: Array, points: Array) -> Array:
    """Return the isotonic regression of events on probabilities, at some points."""
    from scipy.optimize import isotonic_regression

    given, inverse = np.unique(probability, return_inverse=True)
    count = np.bincount(inverse).astype(float)
    mean = np.bincount(inverse, event) / count
    fitted = isotonic_regression(mean, weights=count).x
    return np.asarray(np.interp(points, given, fitted))
