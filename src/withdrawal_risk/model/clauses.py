"""Clauses and trees held against values: where they hold, and who answers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.conditions import Clause, Tree
from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.families import family_of
from withdrawal_risk.model.spec import ModelSpec

__all__ = [
    "HUGE",
    "OF_SPANS",
    "ROUNDING",
    "Node",
    "Truth",
    "bound_of",
    "clause_holds",
    "clause_months",
    "holds",
    "months_that_meet",
    "node_of",
    "origin",
]

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]
type Node = int | tuple[Literal["all", "any", "not"], tuple[Node, ...]]
"""A tree whose clauses are positions in a list."""

ROUNDING: Final = 1e-12
"""Relative difference of a statistic and its bound that 4,000 roundings can make."""

HUGE: Final = 1e300
"""Keeps the tolerance finite where a value is not."""

OF_SPANS: Final = frozenset({"mean", "total"})
"""Statistics that a row over several months settles, whatever its single months were."""

_STATISTICS: Final[dict[str, Callable[[Array], Array]]] = {
    "mean": lambda x: x.mean(axis=1),
    "min": lambda x: x.min(axis=1),
    "max": lambda x: x.max(axis=1),
    "total": lambda x: x.sum(axis=1),
    "last": lambda x: x[:, -1],
}


def clause_months(clause: Clause, window: Window) -> tuple[int, int]:
    """Return the first and last month of a clause as positions in a window."""
    if clause.from_ is not None and clause.to is not None:
        return window.index(clause.from_), window.index(clause.to)
    return len(window) - (clause.last or 1), len(window) - 1


def origin(spec: ModelSpec, clause: Clause) -> Literal["published", "given", "judged"]:
    """Say who answers a clause: who publishes an indicator, a policy's own path, or judgement."""
    if clause.indicator is None:
        return "given" if clause.factor in spec.policies else "judged"
    resolution = clause.resolution or spec.indicators[clause.indicator].resolution
    return "judged" if resolution is None else "published"


def node_of(tree: Tree, places: dict[Clause, int]) -> Node:
    """Return a tree of positions; clauses that have no position yet get the next one."""
    # Clauses are frozen and so hashable: one that stands in several trees is evaluated once.
    if isinstance(tree, Clause):
        return places.setdefault(tree, len(places))
    return tree.kind, tuple(node_of(part, places) for part in tree.parts)


def holds(
    tree: Node, results: Sequence[Truth | None], unknown: bool, shape: tuple[int, int]
) -> Truth:
    """Say where a tree holds; what is unknown counts for it, or against it.

    Where a tree holds both ways it is true, where neither way false, and else unknown (Kleene).

    Parameters
    ----------
    results : sequence
        Of the clauses; None where unknown.
    unknown : bool
        Whether unknown clauses speak for the tree.
    """
    if isinstance(tree, int):
        result = results[tree]
        return np.full(shape, unknown) if result is None else result
    kind, branches = tree
    if kind == "not":
        # What speaks against a part speaks for its opposite.
        return ~holds(branches[0], results, not unknown, shape)
    combine = np.logical_and if kind == "all" else np.logical_or
    # Two at a time: to reduce a list of arrays, NumPy would copy all of them into one first.
    return reduce(combine, (holds(part, results, unknown, shape) for part in branches))


def bound_of(spec: ModelSpec, clause: Clause) -> float:
    """Return a clause's bound on the scale of its values."""
    if clause.indicator is not None:
        item = spec.indicators[clause.indicator]
        return family_of(item).parse_bound(item, clause.bound)
    if not isinstance(clause.bound, str):
        return clause.bound
    # Level k lies between cuts[k] and cuts[k + 1]; "at least" begins at its lower end.
    cuts = (-np.inf, *spec.node(clause.factor or "").cuts, np.inf)
    place = spec.node(clause.factor or "").level_place(clause.bound)
    assert place is not None
    return cuts[place] if clause.is_lower else cuts[place + 1]


def clause_holds(spec: ModelSpec, clause: Clause, values: Array) -> Truth:
    """Say where a clause holds.

    Parameters
    ----------
    spec : ModelSpec
    clause : Clause
    values : ndarray, shape (draw, month, future)
        Of its subject, in its months.

    Returns
    -------
    ndarray of bool, shape (draw, future)
    """
    bound, count = bound_of(spec, clause), clause.month_count
    # Months of one future are added by NumPy in another order.
    if count is None and values.shape[2] > 1:
        from withdrawal_risk.model.many_futures import statistic_meets

        return statistic_meets(values, clause.statistic, bound, clause.is_lower)
    if count is None:
        # The months set the tolerance, not their statistic: large values that cancel to a small
        # mean leave the rounding errors of large values.
        size = np.abs(values).max(axis=1)
        return _meets(_STATISTICS[clause.statistic](values), bound, clause.is_lower, size)
    months = months_that_meet(spec, clause, values)
    if count.at_least is not None:
        return np.asarray(months >= count.at_least)
    return np.asarray(months <= (count.at_most or 0))


def months_that_meet(spec: ModelSpec, clause: Clause, values: Array) -> NDArray[np.int64]:
    """Count the months that a clause which counts months looks for, shape (draw, future)."""
    met = _meets(values, bound_of(spec, clause), clause.is_lower, np.abs(values))
    return np.asarray((~met if clause.counts_failures else met).sum(axis=1))


def _meets(value: Array, bound: float, is_lower: bool, size: Array) -> Truth:
    """Say where values meet a bound, those that they are made of being of some size."""
    # "At most" is "at least" with the sides exchanged, so both have the same tolerance.
    return _at_least(value, bound, size) if is_lower else _at_least(bound, value, size)


def _at_least(larger: Array | float, smaller: Array | float, size: Array) -> Truth:
    """Say where one number is at least another, both made of numbers of some size.

    A difference in the last bits is none: a mean of 0.7, 0.7 and 0.7 is 0.7 but for rounding, and
    meets a bound of 0.7 from either side.
    """
    size = np.minimum(size, HUGE)
    return np.asarray(larger + ROUNDING * (size + np.abs(smaller)) >= smaller)
