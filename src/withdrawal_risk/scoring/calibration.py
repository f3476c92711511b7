"""Whether probabilities and intervals hold what they promise, beside a calibrated forecaster.

Forecasts that overlap err together, so formulas for independent ones make bands too narrow; and
where a table has few forecasts, what it shows says little of its own spread. Bands are therefore
simulated: of a forecaster who is calibrated about a random walk, and errs about all indicators
alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.random import generator
from withdrawal_risk.scoring.resampling import LEAST_BLOCKS, block_of, independent_blocks

__all__ = ["BINS", "coverage", "pit_ecdf", "pit_histogram", "reliability"]

Array = NDArray[np.float64]

BINS: Final = 10
"""Of the histogram of the PIT."""

_POINTS: Final = np.linspace(0.05, 0.95, 19)

_GRID: Final = np.linspace(0, 1, 41)
"""Probabilities at which reliability is drawn."""

_REPLICATES: Final = 2000
_CURVES: Final = 500
"""Of what has to be fitted anew for each."""


def _ranks(rows: pd.DataFrame, count: int) -> Array:
    """Return the ranks of what would be observed, were the forecasts calibrated, (replicate, row).

    They are those of a random walk whose steps the forecaster knows the size of: a forecast errs by
    the steps of all months that were not known at its origin, which it shares with others.
    """
    from scipy.special import ndtr

    month = np.array([Month.read(m).ordinal for m in rows["month"].astype(str)])
    lead = rows["lead"].to_numpy(dtype=np.int64)
    # The month before the origin is the last that is known.
    known = month - lead - 1
    first = int(known.min())
    steps = generator(1, "calibrated").standard_normal((count, int(month.max()) - first))
    walk = np.hstack([np.zeros((count, 1)), np.cumsum(steps, axis=1)])
    errors = walk[:, month - first] - walk[:, known - first]
    return np.asarray(ndtr(errors / np.sqrt(lead + 1.0)))


def _resolved(rows: pd.DataFrame, step: int) -> bool:
    """Say whether there are independent blocks enough to say anything."""
    places = int(np.ptp(rows["origin_number"])) + 1
    block = block_of(int(rows["lead"].max()), step)
    return independent_blocks(places, block, rows["month"].nunique()) >= LEAST_BLOCKS


def _band(simulated: Array, ci_prob: float, resolved: bool) -> tuple[Array, Array]:
    """Return between which ends a statistic lies, simulated along the first axis."""
    if not resolved:
        nothing = np.full(simulated.shape[1], np.nan)
        return nothing, nothing
    tails = [(1 - ci_prob) / 2, (1 + ci_prob) / 2]
    low, high = np.quantile(simulated, tails, axis=0, method="inverted_cdf")
    return low, high


def coverage(rows: pd.DataFrame, *, by: str, step: int = 1, ci_prob: float = 0.9) -> pd.DataFrame:
    """Return how often the intervals of 50 and 90 % held what was observed.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one method: ``origin_number``, ``month``, ``lead``, ``covered_50``, ``covered_90``.
    by : str
        Column of the slices.
    step : int
        Months between origins.
    ci_prob : float
        Of the intervals about both.

    Returns
    -------
    pandas.DataFrame
        Indexed by slice: ``pairs``, then for both ``covered``, ``lower`` and ``upper`` with the
        probability at the end; nan ends where there are too few blocks of origins. The interval is
        that of Clopper and Pearson for so many independent forecasts as vary as much.
    """
    from scipy.stats import beta

    lines = {}
    for value, part in rows.groupby(by, sort=True, observed=True):
        ranks = np.abs(_ranks(part, _REPLICATES) - 0.5)
        line: dict[str, float] = {"pairs": len(part)}
        resolved = _resolved(part, step)
        for percent in (50, 90):
            promised, share = percent / 100, float(part[f"covered_{percent}"].mean())
            spread = float((ranks < promised / 2).mean(axis=1).var())
            independent = min(promised * (1 - promised) / max(spread, 1e-12), len(part))
            hits, tail = share * independent, (1 - ci_prob) / 2
            low = beta.ppf(tail, hits, independent - hits + 1) if hits > 0 else 0.0
            high = beta.ppf(1 - tail, hits + 1, independent - hits) if share < 1 else 1.0
            ends = (float(low), float(high)) if resolved else (np.nan, np.nan)
            line |= {f"covered_{percent}": share}
            line |= {f"lower_{percent}": ends[0], f"upper_{percent}": ends[1]}
        lines[value] = line
    table = pd.DataFrame.from_dict(lines, orient="index")
    table["pairs"] = table["pairs"].astype(int)
    table.index.name = by
    return table


def pit_histogram(rows: pd.DataFrame, *, step: int = 1, ci_prob: float = 0.9) -> pd.DataFrame:
    """Return the share of the PIT in ten bins, and the band that calibrated forecasts would keep.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one method: ``origin_number``, ``month``, ``lead``, ``pit``.
    step : int
        Months between origins.
    ci_prob : float

    Returns
    -------
    pandas.DataFrame
        Indexed by the lower end of the bin: ``share``, ``lower``, ``upper``.
    """

    def shares(ranks: Array) -> Array:
        bins = np.minimum((ranks * BINS).astype(int), BINS - 1)
        return np.stack([(bins == k).mean(axis=-1) for k in range(BINS)], axis=-1)

    return _beside_calibrated(rows, shares, np.arange(BINS) / BINS, step, ci_prob)


def pit_ecdf(rows: pd.DataFrame, *, step: int = 1, ci_prob: float = 0.9) -> pd.DataFrame:
    """Return the cumulative shares of the PIT, and the band that calibrated forecasts would keep.

    Parameters
    ----------
    rows : pandas.DataFrame
        As in `pit_histogram`.
    step : int
        Months between origins.
    ci_prob : float

    Returns
    -------
    pandas.DataFrame
        Indexed by the PIT: ``share``, ``lower``, ``upper``.
    """

    def shares(ranks: Array) -> Array:
        return np.stack([(ranks <= point).mean(axis=-1) for point in _POINTS], axis=-1)

    return _beside_calibrated(rows, shares, _POINTS, step, ci_prob)


def _beside_calibrated(
    rows: pd.DataFrame,
    shares: Callable[[Array], Array],
    index: Array,
    step: int,
    ci_prob: float,
) -> pd.DataFrame:
    """Return shares of ranks beside those of a calibrated forecaster."""
    low, high = _band(shares(_ranks(rows, _REPLICATES)), ci_prob, _resolved(rows, step))
    return pd.DataFrame(
        {"share": shares(rows["pit"].to_numpy()), "lower": low, "upper": high},
        index=pd.Index(index, name="at"),
    )


def reliability(rows: pd.DataFrame, *, step: int = 1, ci_prob: float = 0.9) -> pd.DataFrame:
    """Return how often events happened that were given each probability.

    The curve is the isotonic regression of what happened on the probabilities (CORP: Dimitriadis,
    Gneiting and Jordan, PNAS 118, 2021), so no bins have to be chosen.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one method: ``origin_number``, ``month``, ``lead``, ``probability``, ``event``; rows
        without either are left out.
    step : int
        Months between origins.
    ci_prob : float

    Returns
    -------
    pandas.DataFrame
        Indexed by the probability, where some were given: ``frequency``, the band of a calibrated
        forecast from ``lower`` to ``upper``, and ``pairs``, of which this is the nearest.
    """
    rows = rows[rows["probability"].notna() & rows["event"].notna()]
    if rows.empty:
        index = pd.Index([], name="at", dtype=float)
        return pd.DataFrame(columns=["frequency", "lower", "upper", "pairs"], index=index)
    probability, event = (rows[name].to_numpy(dtype=float) for name in ("probability", "event"))
    nearest = np.abs(probability[:, None] - _GRID).argmin(axis=1)
    pairs = np.bincount(nearest, minlength=len(_GRID))
    points = _GRID[pairs > 0]
    happened = _ranks(rows, _CURVES) < probability
    curves = np.array([_isotonic(probability, one.astype(float), points) for one in happened])
    low, high = _band(curves, ci_prob, _resolved(rows, step))
    return pd.DataFrame(
        {
            "frequency": _isotonic(probability, event, points),
            "lower": low,
            "upper": high,
            "pairs": pairs[pairs > 0],
        },
        index=pd.Index(points, name="at"),
    )


def _isotonic(probability: Array, event: Array, points: Array) -> Array:
    """Return the isotonic regression of events on probabilities, at some points."""
    from scipy.optimize import isotonic_regression

    given, inverse = np.unique(probability, return_inverse=True)
    count = np.bincount(inverse).astype(float)
    mean = np.bincount(inverse, event) / count
    fitted = isotonic_regression(mean, weights=count).x
    return np.asarray(np.interp(points, given, fitted))
