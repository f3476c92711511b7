"""All scores of forecasts, as one table has them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.scoring import scores

__all__ = ["MEASURES", "QUANTILES", "SCORES", "evaluated"]

Array = NDArray[np.float64]

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)

SCORES: Final = (
    "crps",
    "log_crps",
    "log_score",
    "ignorance",
    "interval_score",
    "brier",
    "ranked_probability",
    "tail_crps",
    "log_error",
)
"""The lower the better."""

MEASURES: Final = (*SCORES, "covered_50", "covered_90", "pit")


def evaluated(
    samples: Array,
    observed: Array,
    *,
    log_density: Array,
    event: Array,
    threshold: Array,
    categories: int | None,
    amounts: bool,
    uniform: Array,
) -> dict[str, Array]:
    """Return quantiles and every score of some forecasts.

    Parameters
    ----------
    samples : ndarray, shape (case, member)
    observed : ndarray, shape (case,)
    log_density : ndarray, shape (case,)
        Of the observation; nan where it is not known.
    event : ndarray, shape (case,)
        The event of the Brier score is a value above this; nan for none.
    threshold : ndarray, shape (case,)
        Beginning of the upper tail; nan for none.
    categories : int, optional
        How many ordered categories there are, if values are their positions.
    amounts : bool
        Whether values are amounts, and not categories or yes or no, which have no logarithms.
    uniform : ndarray, shape (case,)
        Random numbers of the PIT.

    Returns
    -------
    dict of str to ndarray, shape (case,)
        ``mean``, ``q05`` to ``q95``, ``probability`` and ``event`` (of the event, and whether it
        happened), and `MEASURES`. A score that is not defined is nan: those in logarithms of
        what is negative or no amount, coverage of what is none, ignorance of what is no whole
        number, ranked probability of what has no categories.
    """
    low, lower, median, upper, high = scores.quantile(samples, QUANTILES).T
    nothing = np.full(len(observed), np.nan)
    positive = (samples.min(axis=1) >= 0) & (observed >= 0) & amounts
    # What is negative is scored as 0 where the row is nan in the end.
    members, value = np.maximum(samples, 0.0), np.maximum(observed, 0.0)
    whole = positive & (members == np.floor(members)).all(axis=1) & (value == np.floor(value))
    probability = np.where(np.isnan(event), np.nan, (samples > event[:, None]).mean(axis=1))
    happened = np.where(np.isnan(event), np.nan, observed > event)
    ordered = categories is not None
    measures = {
        "crps": scores.crps(samples, observed),
        "log_crps": np.where(positive, scores.crps(np.log1p(members), np.log1p(value)), np.nan),
        "log_score": -log_density,
        "ignorance": np.where(whole, scores.ignorance(members, value), np.nan),
        "interval_score": scores.interval_score(low, high, observed, ci_prob=0.9),
        "brier": scores.brier(probability, happened),
        "ranked_probability": scores.ranked_probability(samples, observed, categories or 1)
        if ordered
        else nothing,
        "tail_crps": scores.tail_crps(samples, observed, threshold),
        "log_error": np.where(positive, scores.log_error(median, value), np.nan),
        # Intervals of what has two or three values hold more than they say.
        "covered_50": np.where(amounts, scores.covered(lower, upper, observed), np.nan),
        "covered_90": np.where(amounts, scores.covered(low, high, observed), np.nan),
        "pit": scores.pit(samples, observed, uniform),
    }
    return {
        "mean": samples.mean(axis=1),
        "q05": low,
        "q25": lower,
        "q50": median,
        "q75": upper,
        "q95": high,
        "probability": probability,
        "event": happened,
        **measures,
    }
