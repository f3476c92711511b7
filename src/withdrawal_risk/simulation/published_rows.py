"""Published rows over several months, held against simulated values of single months.

In a world with other levels a row keeps its residual, as a published month does: its value moves as
much as what was expected of it, on the scale of values that may be anything, positive, or a share.
A row of 0 has no such residual, and its months are then drawn.

Everywhere ``indicator`` is a position, ``first`` the month of the first value, ``value`` has shape
(draw, month, future) and is left as it is; what a row says has an axis of months of length 1.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import Family, log_odds

if TYPE_CHECKING:
    from withdrawal_risk.simulation.futures import Futures

__all__ = ["as_rows_say", "within_rows"]

Array = NDArray[np.float64]

Months = tuple[int, int]
"""First and last month of a row."""


def as_rows_say(futures: Futures, indicator: int, first: int, value: Array) -> Array:
    """Let rows stand for their months, where a mean or a total is asked for.

    In each of a row's months its mean is shown, so that their total and mean are the row's. A row
    stands only where it lies within the months of ``value``.
    """
    rows = _inside(futures, indicator, first, value)
    if rows:
        value = value.copy()
    for (a, b), number in rows.items():
        said = _said(futures, indicator, (a, b), number)
        np.copyto(value[:, a - first : b - first + 1], said, where=~np.isnan(said))
    return _at_most(futures, indicator, first, value, standing=rows)


def within_rows(futures: Futures, indicator: int, first: int, value: Array) -> Array:
    """Hold single months to what rows over several say, however they are split.

    Where all months of a row are looked at, they show together what it says (but shares, whose
    months keep their own). Otherwise, of values that cannot be negative, no month is above the
    total of its row, and neither are those of its months together that are looked at: a total of 0
    settles every month.
    """
    family = futures.part.measurement(indicator).family
    splits = family.support != (0.0, 1.0)
    rows = _inside(futures, indicator, first, value) if splits else {}
    if rows:
        value = value.copy()
    for (a, b), number in rows.items():
        months = value[:, a - first : b - first + 1]
        said = _said(futures, indicator, (a, b), number)
        np.copyto(months, _split(family, months, said), where=~np.isnan(said))
    return _at_most(futures, indicator, first, value, standing=())


def _inside(futures: Futures, indicator: int, first: int, value: Array) -> dict[Months, float]:
    """Return the rows whose months all have a value, with the mean of each."""
    # What is learnt comes last, and stands in the place of what was published of the same months.
    rows = {**futures.part.spans.get(indicator, {}), **_learnt_spans(futures, indicator)}
    return {
        (a, b): number
        for (a, b), number in rows.items()
        if first <= a and b < first + value.shape[1]
    }


def _learnt_spans(futures: Futures, indicator: int) -> Mapping[Months, float]:
    """Return the spans of which something is learnt in this world, with the mean of each."""
    return {} if futures.learnt is None else futures.learnt.spans.get(indicator, {})


def _expected(futures: Futures, indicator: int, months: Months) -> tuple[Array, Array]:
    """Return what was expected of a row in its draw, and what is in this world."""
    measurement, (first, last) = futures.part.measurement(indicator), months
    before = futures.part.past[:, first : last + 1, measurement.factor, None]
    then, now = (
        measurement.expected(level).mean(axis=1, keepdims=True)
        for level in (before, futures.level(measurement.factor, first, last))
    )
    return then, now


def _said(futures: Futures, indicator: int, months: Months, number: float) -> Array:
    """Return the mean a row shows in this world; nan where its months have to be drawn."""
    measurement, (first, last) = futures.part.measurement(indicator), months
    # What is learnt is learnt in this world, whatever was expected.
    if months in _learnt_spans(futures, indicator):
        return np.full((1, 1, 1), number)
    family, same = measurement.family, futures.as_it_was(measurement.factor, first, last)[:, None]
    if same.all():
        return np.full(same.shape, number)
    if number == 0.0 and family.support[0] == 0.0:
        return np.where(same, number, np.nan)
    then, now = _expected(futures, indicator, months)
    if family.support == (0.0, 1.0):
        moved = 1.0 / (1.0 + np.exp(log_odds(then, np) - log_odds(now, np) - log_odds(number, np)))
    elif family.support[0] < 0.0:
        moved = number + now - then
    else:
        moved = number * now / np.maximum(then, 1e-300)
    if family.totals:
        count = last + 1 - first
        moved = np.round(moved * count) / count
    return np.where(same, number, moved)


def _split(family: Family[Any], months: Array, mean: Array) -> Array:
    """Return months moved so that their mean is the one that is given."""
    if family.support[0] < 0.0:
        return np.asarray(months + mean - months.mean(axis=1, keepdims=True))
    count, total = months.shape[1], months.sum(axis=1, keepdims=True)
    # Where nothing was drawn in any month, all are alike.
    share = np.where(total > 0.0, months / np.maximum(total, 1e-300), 1.0 / count)
    split = np.asarray(share * mean * count)
    if not family.whole:
        return split
    # Rounded down, and what is left goes to the months that lost most by it.
    whole = np.floor(split)
    rest = np.round(mean * count) - whole.sum(axis=1, keepdims=True)
    lost = np.argsort(np.argsort(whole - split, axis=1), axis=1)
    return np.asarray(whole + (lost < rest))


def _at_most(
    futures: Futures, indicator: int, first: int, value: Array, *, standing: Collection[Months]
) -> Array:
    """Hold months together below the totals of their rows, but of those that rows stand for."""
    last, measurement = first + value.shape[1] - 1, futures.part.measurement(indicator)
    learnt = () if futures.learnt is None else futures.learnt.limits.get(indicator, ())
    for a, b, most in (*futures.part.limits.get(indicator, ()), *learnt):
        begin, end = max(a, first), min(b, last)
        inside = first <= a and b <= last
        if begin > end or (inside and any(begin <= y and x <= end for x, y in standing)):
            continue
        bound = (
            np.full((1, 1, 1), most)
            if (a, b, most) in learnt
            else _bound(futures, indicator, (a, b), most)
        )
        held = np.minimum(value[:, begin - first : end - first + 1], bound)
        total = held.sum(axis=1, keepdims=True)
        held *= np.where(total > bound, bound / np.maximum(total, 1e-300), 1.0)
        value = value.copy()
        value[:, begin - first : end - first + 1] = (
            np.floor(held) if measurement.family.whole else held
        )
    return value


def _bound(futures: Futures, indicator: int, months: Months, most: float) -> Array:
    """Return what a row shows at most in this world; infinite where its months are drawn."""
    same = futures.as_it_was(futures.part.measurement(indicator).factor, *months)[:, None]
    if same.all():
        return np.full(same.shape, most)
    if most == 0.0:
        return np.where(same, most, np.inf)
    then, now = _expected(futures, indicator, months)
    return np.where(same, most, most * now / np.maximum(then, 1e-300))
