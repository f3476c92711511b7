"""The thresholds of clauses, and the same clauses with a threshold elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from itertools import pairwise
from typing import Final

import numpy as np

from withdrawal_risk.elements.conditions import AllOf, AnyOf, Clause, NotOf, Tree
from withdrawal_risk.families import family_of
from withdrawal_risk.families.base import numpy_ops
from withdrawal_risk.model.clauses import bound_of
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["easier_when_lower", "moved_clause", "moved_tree"]

_FARTHEST: Final = 60.0
"""Linear predictors between which the one behind a bound is looked for."""

_HALVINGS: Final = 80


def moved_clause(spec: ModelSpec, clause: Clause, levels: float) -> Clause | None:
    """Return a clause with its threshold moved by so many named levels; None where none is next.

    On a factor the threshold moves between the cuts of its five levels, and beyond the outermost by
    as much as the last two lie apart. On an indicator it moves by what the indicator shows for one
    level more of its factor, at the centres of the file's ranges. A yes or no, a category, and a
    bound that no level stands for, such as a count of 0, have no next one.

    Parameters
    ----------
    spec : ModelSpec
    clause : Clause
    levels : float
        Upwards where it is positive.
    """
    bound = bound_of(spec, clause)
    new = (
        _of_indicator(spec, clause, bound, levels)
        if clause.indicator is not None
        else _of_factor(spec, clause, bound, levels)
    )
    if new is None or not math.isfinite(new):
        return None
    side = "at_least" if clause.is_lower else "at_most"
    return clause.model_copy(update={side: float(new)})


def _of_factor(spec: ModelSpec, clause: Clause, bound: float, levels: float) -> float | None:
    """Return a threshold between cuts, so many cuts further."""
    node = spec.node(clause.factor or "")
    if not math.isfinite(bound):
        # "At least very low" holds always: there is no threshold to move.
        return None
    place = np.arange(len(node.cuts), dtype=float)
    where = _piecewise(bound, node.cuts, tuple(place)) + levels
    return _piecewise(where, tuple(place), node.cuts)


def _piecewise(x: float, xs: tuple[float, ...], ys: tuple[float, ...]) -> float:
    """Return the value of a line through points, its ends going on as they are."""
    pieces = list(pairwise(zip(xs, ys, strict=True)))
    inside = next((piece for piece in pieces if x <= piece[1][0]), pieces[-1])
    (x0, y0), (x1, y1) = inside
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0)


def _of_indicator(spec: ModelSpec, clause: Clause, bound: float, levels: float) -> float | None:
    """Return the bound that one level more makes of a bound."""
    item = spec.indicators[clause.indicator or ""]
    family = family_of(item)
    if family.has_categories or family.axis == "probability":
        return None
    # A total is of several months; the link is that of one.
    months = _months(clause) if clause.statistic == "total" and clause.month_count is None else 1

    def value(eta: float) -> float:
        with np.errstate(over="ignore"):
            return float(family.inverse_link(np.float64(eta), numpy_ops))

    eta = _predictor(value, bound / months)
    if eta is None:
        return None
    mu, _ = family.loading_prior(item)
    # A level more or less, whichever raises the value: polarity plays no part.
    return months * value(eta + levels * math.exp(mu))


def _predictor(value: Callable[[float], float], bound: float) -> float | None:
    """Return the linear predictor that gives a value, by halving; None where none does."""
    low, high = -_FARTHEST, _FARTHEST
    # A normal has its own unit, which may be far larger.
    while value(high) < bound and high < 1e12:
        low, high = high, 2 * high
    while value(low) > bound and low > -1e12:
        low, high = 2 * low if low < 0 else -_FARTHEST, low
    if not value(low) < bound < value(high):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle) < bound else (low, middle)
    return (low + high) / 2


def _months(clause: Clause) -> int:
    if clause.from_ is not None and clause.to is not None:
        return clause.to - clause.from_ + 1
    return clause.last or 1


def easier_when_lower(clause: Clause, upside_down: bool) -> bool:
    """Say whether a tree is met more often with the threshold of one of its clauses lower.

    Under a ``not`` sides are exchanged, as they are between ``at_least`` and ``at_most``, and where
    months in which a bound is met are counted from above.

    Parameters
    ----------
    clause : Clause
    upside_down : bool
        Whether it stands under an odd number of ``not``.
    """
    count = clause.month_count
    few = count is not None and count.at_least is None and not clause.counts_failures
    return clause.is_lower != (upside_down != few)


def moved_tree(spec: ModelSpec, tree: Tree, levels: float, which: Collection[Clause]) -> Tree:
    """Return a tree in which some clauses are so many named levels kinder.

    Parameters
    ----------
    spec : ModelSpec
    tree : Tree
    levels : float
        Kinder, so that the tree is met more often; harsher where it is negative.
    which : collection of Clause
        The clauses that move; one without a next threshold stays.
    """

    # A clause may stand under a ``not`` and beside it; each moves to its own side.
    def moved(part: Tree, upside_down: bool) -> Tree:
        if isinstance(part, Clause):
            if part not in which:
                return part
            upwards = -levels if easier_when_lower(part, upside_down) else levels
            return moved_clause(spec, part, upwards) or part
        if isinstance(part, NotOf):
            return NotOf(not_=moved(part.not_, not upside_down))
        parts = tuple(moved(inner, upside_down) for inner in part.parts)
        return AllOf(all=parts) if isinstance(part, AllOf) else AnyOf(any=parts)

    return moved(tree, False)
