"""The compiled log density of evidence rows, which adds to the gradients of what they read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final, NamedTuple, cast

import numpy as np

from withdrawal_risk.families import FAR
from withdrawal_risk.families.base import Compiled
from withdrawal_risk.families.registry import COMPILED_FAMILIES
from withdrawal_risk.inference.problem import Indicators, Rows
from withdrawal_risk.machine_code import compiled

__all__ = ["Scratch", "chosen_by_number", "density_of_rows"]

# Only the whole density is stored: Numba would not notice that a function of another file changed.
_inner = partial(compiled, stored=False)


class Scratch(NamedTuple):
    """What rows read of a point, and the gradients they add to.

    Shapes are (month, factor) of levels and (indicator,) of references and slopes; errors, gaps and
    what belongs to noughts are stretches of the vector, and the last two have room for the months
    of a row.
    """

    level: Any
    level_bar: Any
    reference: Any
    reference_bar: Any
    slope: Any
    slope_bar: Any
    error: Any
    error_bar: Any
    gap: Any
    gap_bar: Any
    nought: Any
    nought_bar: Any
    nought_loading: Any
    nought_loading_bar: Any
    expected: Any
    rate: Any


def chosen_by_number(functions: Iterable[Any]) -> Any:
    """Return a function that calls the one whose number it is given."""
    joined = None
    for number, function in reversed(list(enumerate(functions))):
        joined = _either(number, _inner(function), joined)
    return joined


def _either(number: int, function: Any, others: Any) -> Any:
    # Numba has no table of functions that it could inline; a chain of ifs it can.
    if others is None:
        return _inner(lambda wanted, *arguments: function(*arguments))

    def either(wanted, *arguments):
        if wanted == number:
            return function(*arguments)
        return others(wanted, *arguments)

    return _inner(either)


_forms = [family.compiled() for family in COMPILED_FAMILIES.values()]
_link = chosen_by_number(cast(Compiled, forms).link for forms in _forms)
_density = chosen_by_number(cast(Compiled, forms).density for forms in _forms)

# What rows of a family are, by its number: constants to the compiler.
_TOTALS: Final = np.array([family.totals for family in COMPILED_FAMILIES.values()])
_HAS_ERROR: Final = np.array([family.has_error for family in COMPILED_FAMILIES.values()])
_HAS_CATEGORIES: Final = np.array([family.has_categories for family in COMPILED_FAMILIES.values()])


@_inner
def _bounds(category: int, gaps: Any, begin: int, end: int) -> tuple[float, float, int, int]:
    """Return the cut points around a category, and how many gaps add up to each.

    The lowest cut point is 0; beyond the lowest and the highest category lies none.
    """
    low, high, below, above = 0.0, 0.0, category - 1, category
    if category == 0:
        low, below = -FAR, 0
    for g in range(below):
        low += gaps[begin + g]
    if category > end - begin:
        high, above = FAR, 0
    for g in range(above):
        high += gaps[begin + g]
    return low, high, below, above


@_inner
def _add_to_gaps(gap_bar: Any, begin: int, count: int, rate: float) -> None:
    """Add the gradient of a cut point to the gaps that add up to it."""
    for g in range(count):
        gap_bar[begin + g] += rate


@_inner
def _stops(r: int, indicators: Indicators, rows: Rows, s: Scratch) -> tuple[float, bool]:
    """Return the log probability that a row is nought, or that it is none, and whether it is.

    A row is nought where all of its months are.
    """
    k, first, last = rows.indicator[r], rows.cell_start[r], rows.cell_start[r + 1]
    j, place, polarity = indicators.measured[k], indicators.nought_place[k], indicators.polarity[k]
    level, level_bar, nought, loading = s.level, s.level_bar, s.nought, s.nought_loading
    at_0, slope = nought[place], -polarity * loading[place]
    odds, together = np.log(at_0 / (1.0 - at_0)), 1.0
    for c in range(first, last):
        together /= 1.0 + np.exp(-odds - slope * level[rows.cell_month[c], j])
    inside = min(max(together, 1e-300), 1.0 - 2.0**-53)
    stopped = rows.value[r] <= 0.0
    # Derivative by the log of the probability that all months are nought.
    rate = 1.0 if stopped else -inside / (1.0 - inside)
    for c in range(first, last):
        t = rows.cell_month[c]
        odds_bar = rate / (1.0 + np.exp(odds + slope * level[t, j]))
        s.nought_bar[place] += odds_bar / (at_0 * (1.0 - at_0))
        s.nought_loading_bar[place] -= odds_bar * polarity * level[t, j]
        level_bar[t, j] += odds_bar * slope
    return (np.log(inside) if stopped else np.log1p(-inside)), stopped


@_inner
def density_of_rows(indicators: Indicators, rows: Rows, s: Scratch) -> float:
    """Return the log density of all rows, adding to the gradients of what they read."""
    # Taken out of their tuples before the loop: inside, each access would count references. For the
    # same reason a row has no function of its own.
    family, indicator, cell_start, cell_month, observed, se, grade, cell_share = rows
    measured, error_place, gap_start, tailed, shrinking, nought_place = indicators[:6]
    level, level_bar, reference, reference_bar, slope, slope_bar = s[:6]
    errors, error_bar, gaps, gap_bar = s[6:10]
    expected, rate = s[14:]
    total = 0.0
    for r in range(len(observed)):
        stopped = False
        if nought_place[indicator[r]] >= 0:
            chance, stopped = _stops(r, indicators, rows, s)
            total += chance
        if stopped:
            continue
        f, k, first, last = family[r], indicator[r], cell_start[r], cell_start[r + 1]
        j, place = measured[k], error_place[k]
        mean, square = 0.0, 0.0
        for c in range(first, last):
            eta = reference[k] + slope[k] * level[cell_month[c], j]
            expected[c - first], rate[c - first] = _link(f, eta)
            mean += cell_share[c] * expected[c - first]
            square += cell_share[c] * expected[c - first] ** 2
        # The error of the row: its indicator's, its grade's, and the one it states.
        own, error, ratio = 0.0, grade[r], 1.0
        if _HAS_ERROR[f]:
            own = errors[place] * grade[r]
            if _TOTALS[f] and shrinking[k]:
                ratio = np.sqrt(square) / mean
            error = np.sqrt((own * ratio) ** 2 + se[r] ** 2)
        # The cut points around a category, and how many gaps lie below each.
        low, high, below, above, begin = 0.0, float(tailed[k]), 0, 0, gap_start[k]
        if _HAS_CATEGORIES[f]:
            low, high, below, above = _bounds(int(observed[r]), gaps, begin, gap_start[k + 1])
        log_density, d_mean, d_error, d_low, d_high = _density(
            f, observed[r], mean, error, low, high
        )
        total += log_density
        # From here on backwards.
        d_square = 0.0
        if _HAS_ERROR[f]:
            d_own = d_error * own * ratio / error
            error_bar[place] += d_own * ratio * grade[r]
            if _TOTALS[f] and shrinking[k]:
                d_square = d_own * own * ratio / (2.0 * square)
                d_mean -= d_own * own * ratio / mean
        if _HAS_CATEGORIES[f]:
            _add_to_gaps(gap_bar, begin, below, d_low)
            _add_to_gaps(gap_bar, begin, above, d_high)
        for c in range(first, last):
            value_bar = cell_share[c] * (d_mean + 2.0 * d_square * expected[c - first])
            eta_bar, t = value_bar * rate[c - first], cell_month[c]
            reference_bar[k] += eta_bar
            slope_bar[k] += eta_bar * level[t, j]
            level_bar[t, j] += eta_bar * slope[k]
    return total
