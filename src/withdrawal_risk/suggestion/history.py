"""A history: the series of an indicator in order, checked, and described in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import chosen
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.suggestion.scales import SCALES, Array, Scale

__all__ = [
    "MOST_MONTHS",
    "History",
    "autocorrelation",
    "check_once",
    "check_values",
    "read_history",
]

_LEAST_MONTHS: Final = 24
"""Months with a value below which nothing is proposed."""

_LEAST_ADJACENT: Final = 1 / 3
"""Share of the values that a value of the next month has to follow."""

_LEAST_RELATIVE_SPREAD: Final = 1e-9
"""Sd of the months over their mean below which they differ in no digit that counts."""

MOST_MONTHS: Final = 360
"""Months before the cut-off that are read, which bounds the time of a call."""


class History(NamedTuple):
    """A series in order, one entry a month, as the likelihood sees it.

    Parameters
    ----------
    scale : Scale
    first, last : Month
        With a value.
    values : ndarray
        Counts, or values on the scale.
    seen : ndarray of bool
        Months with a value.
    zero : ndarray of bool
        Months set aside, in which nothing flowed.
    figures : mapping of str to float
        On the scale: ``months`` with a value and ``missing`` ones between the first and the last,
        ``zeros``, ``mean_of_months``, ``sd_of_months``, ``sd_of_changes`` from one month to the
        next, and the ``autocorrelation_1`` and ``autocorrelation_12`` of months 1 and 12 apart.
    """

    scale: Scale
    first: Month
    last: Month
    values: Array
    seen: NDArray[np.bool_]
    zero: NDArray[np.bool_]
    figures: Mapping[str, float]


def read_history(values: Array, months: Sequence[Month], family: str, until: Month) -> History:
    """Read, check and order a series.

    Parameters
    ----------
    values : ndarray
        One for each month; nan where it is missing.
    months : sequence of Month
        In any order.
    family : str
        One of `SCALES`.
    until : Month
        Later months are not looked at.

    Raises
    ------
    ArgumentError
        If the series is too short, not monthly, constant, or holds what the family cannot show.
    """
    scale = SCALES[chosen(family, "family", tuple(SCALES))]
    ordinals = np.array([month.ordinal for month in months], dtype=np.int64)
    early = ordinals <= until.ordinal
    series, ordinals = values[early], ordinals[early]
    check_once(ordinals)
    given = ~np.isnan(series)
    given &= ordinals > np.max(ordinals, where=given, initial=0) - MOST_MONTHS
    series, ordinals = series[given], ordinals[given]
    check_values(series, ordinals, scale, family)
    flowing = series != 0 if scale.zeros else np.full(len(series), True)
    _check_months(
        ordinals[flowing], series[flowing], "value above 0" if scale.zeros else "value", until
    )
    _check_spread(scale.link(series[flowing]), scale)
    return _in_order(series, ordinals, scale)


def check_once(ordinals: NDArray[np.int64]) -> None:
    """Refuse a month that stands twice."""
    several, times = np.unique(ordinals, return_counts=True)
    if (times > 1).any():
        month = Month(int(several[times > 1][0]))
        raise ArgumentError(
            f"the month {month} stands {times[times > 1][0]} times; give one value for each month"
        )


def check_values(series: Array, ordinals: NDArray[np.int64], scale: Scale, family: str) -> None:
    """Refuse values that the family cannot show."""
    valid = np.isfinite(series) & (series >= scale.low) & (series <= scale.high)
    if scale.zeros:
        valid |= series == 0
    if scale.family.whole:
        valid &= series == np.round(series)
    if not valid.all():
        place = int(np.argmin(valid))
        raise ArgumentError(
            f"the value of {Month(int(ordinals[place]))} is {series[place]:.10g}; a value of "
            f"family {family} is {scale.values}; mend it, leave it empty, or choose another family"
        )


def _check_months(ordinals: NDArray[np.int64], told: Array, what: str, until: Month) -> None:
    """Refuse a history that says too little, without the months set aside."""
    if len(told) < _LEAST_MONTHS:
        raise ArgumentError(
            f"{len(told)} months up to {until} have a {what}; at least {_LEAST_MONTHS} are needed, "
            "so give a longer history"
        )
    apart = np.diff(np.sort(ordinals))
    if np.mean(apart == 1) < _LEAST_ADJACENT:
        raise ArgumentError(
            f"values are mostly {np.median(apart):g} months apart; half-lives of months and the "
            "error of a month cannot be read from them, so give a monthly series"
        )
    if len(np.unique(told)) < 3:
        raise ArgumentError(
            "there are fewer than three different values, which say nothing of how it moves; give "
            "a longer history, or ask an expert"
        )


def _check_spread(linked: Array, scale: Scale) -> None:
    """Refuse months that hardly differ, or differ more than a model can follow."""
    spread, mean = float(linked.std(ddof=1)), float(linked.mean())
    if spread < scale.least_spread or spread < _LEAST_RELATIVE_SPREAD * abs(mean):
        raise ArgumentError(
            f"the sd of the months is {spread:.3g} on the {scale.name} scale, too little beside "
            f"their mean {mean:.3g}; give the series in a unit in which it differs, such as the "
            "change from a fixed value with family normal"
        )
    if spread > scale.most_spread:
        raise ArgumentError(
            f"the sd of the months is {spread:.3g} on the {scale.name} scale, at most "
            f"{scale.most_spread:g} can be read; is the unit the same in all months?"
        )


def _in_order(series: Array, ordinals: NDArray[np.int64], scale: Scale) -> History:
    """Put values at their months, with nan between, and describe them."""
    first, last = int(ordinals.min()), int(ordinals.max())
    values = np.full(last - first + 1, np.nan)
    values[ordinals - first] = series
    zero = values == 0 if scale.zeros else np.zeros(len(values), dtype=bool)
    values[zero] = np.nan
    linked, seen = scale.link(values), ~np.isnan(values)
    figures = {
        "months": float(seen.sum()),
        "missing": float(np.sum(~seen & ~zero)),
        "zeros": float(np.sum(series == 0)),
        "mean_of_months": float(linked[seen].mean()),
        "sd_of_months": float(linked[seen].std(ddof=1)),
        "sd_of_changes": float(np.nanstd(np.diff(linked))),
        "autocorrelation_1": autocorrelation(linked, 1),
        "autocorrelation_12": autocorrelation(linked, 12),
    }
    shown = values if scale.family.whole else linked
    return History(scale, Month(first), Month(last), shown, seen, zero, figures)


def autocorrelation(values: Array, lag: int) -> float:
    """Return the correlation of values some months apart, where both are there; else 0."""
    apart = values - np.nanmean(values)
    product, variance = apart[lag:] * apart[:-lag], np.nanmean(apart**2)
    if np.isnan(product).all() or variance == 0:
        return 0.0
    return float(np.nanmean(product) / variance)
