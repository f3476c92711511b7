"""In which futures the conditions hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import name_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.model.elicitation import LEVEL_NAMES
from withdrawal_risk.model.spec import All, Any_, Clause, ModelSpec, clauses
from withdrawal_risk.model.timeline import Window

if TYPE_CHECKING:
    from withdrawal_risk.inference.posterior import Posterior
    from withdrawal_risk.simulation.futures import Futures

__all__ = [
    "ALL_CONDITIONS",
    "OF_SPANS",
    "checked_condition",
    "clause_holds",
    "judge",
    "judge_tree",
    "judge_trees",
    "months_of",
    "subjects",
    "tree_holds",
    "tree_of",
]

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]

ALL_CONDITIONS: Final = "all_conditions"

_ROUNDING: Final = 1e-12
"""Relative difference of a statistic and its bound that arithmetic alone can make; 4,000 roundings, more than any sum has."""

_HUGE: Final = 1e300
"""Keeps the tolerance finite where a value is not."""

OF_SPANS: Final = frozenset({"mean", "total"})
"""Statistics that a row over several months settles, whatever its months were one by one."""

_STATISTICS: Final[dict[str, Callable[[Array], Array]]] = {
    "mean": lambda x: x.mean(axis=1),
    "min": lambda x: x.min(axis=1),
    "max": lambda x: x.max(axis=1),
    "total": lambda x: x.sum(axis=1),
    "last": lambda x: x[:, -1],
}


def months_of(clause: Clause, window: Window) -> tuple[int, int]:
    """Return the first and last month of a clause as positions in a window."""
    if clause.from_ is not None and clause.to is not None:
        return window.index(clause.from_), window.index(clause.to)
    return len(window) - (clause.last or 1), len(window) - 1


def _bound(spec: ModelSpec, clause: Clause) -> float:
    if not isinstance(clause.bound, str):
        return clause.bound
    if clause.indicator is not None:
        return float(spec.indicators[clause.indicator].grades.index(clause.bound))  # type: ignore[union-attr]
    node = spec.node(clause.factor or "")
    cuts = (-np.inf, *node.levels, np.inf)
    place = LEVEL_NAMES.index(clause.bound)
    return cuts[place] if clause.at_least is not None else cuts[place + 1]


def subjects(posterior: Posterior, trees: Iterable[All | Any_ | Clause]) -> set[int]:
    """Return the positions of the factors that some trees look at, themselves or through an indicator."""
    frame = posterior.frame
    found = set()
    for leaf in (leaf for tree in trees for leaf in clauses(tree)):
        if leaf.indicator is not None:
            found.add(frame.measured_by(leaf.indicator))
        else:
            found.add(frame.structure.factors.index(leaf.factor or ""))
    return found


def checked_condition(condition: object, conditions: Collection[str]) -> str:
    """Return the name of one of some conditions, or of all of them together.

    Raises
    ------
    QueryError
        If it is neither.
    """
    name = name_of(condition, "condition")
    if name != ALL_CONDITIONS and name not in conditions:
        raise QueryError(f"{quoted(name)} is not a condition; {did_you_mean(name, [*conditions, ALL_CONDITIONS])}")
    return name


def tree_of(posterior: Posterior, condition: str) -> All | Any_:
    """Return the tree of a condition, or of all of them together.

    Raises
    ------
    QueryError
        If the model has no such condition.
    """
    conditions = posterior.model.spec.conditions
    if checked_condition(condition, conditions) == ALL_CONDITIONS:
        return All(all=tuple(item.tree for item in conditions.values()))
    return conditions[condition].tree


def judge(posterior: Posterior, futures: Futures) -> dict[str, Truth]:
    """Say in which futures each condition holds, and all of them; each of shape (draw, future)."""
    conditions = posterior.model.spec.conditions
    outcomes = judge_trees(posterior, futures, {name: condition.tree for name, condition in conditions.items()})
    outcomes[ALL_CONDITIONS] = np.logical_and.reduce(list(outcomes.values()))
    return outcomes


def judge_tree(posterior: Posterior, futures: Futures, tree: All | Any_ | Clause) -> Truth:
    """Say in which futures one tree holds, shape (draw, future)."""
    return judge_trees(posterior, futures, {"it": tree})["it"]


def judge_trees(posterior: Posterior, futures: Futures, trees: Mapping[str, All | Any_ | Clause]) -> dict[str, Truth]:
    """Say in which futures each tree holds, shape (draw, future).

    Clauses that speak of the same indicator see the same values of it. What costs most, its counts, is worked out only for
    futures in which the levels, and the indicators before it, leave a tree undecided.
    """
    window, frame, spec = futures.window, posterior.frame, posterior.model.spec

    # By identity: a clause's own hash looks at everything it says, and takes as long as judging it.
    truths: dict[int, Truth] = {}
    shown: dict[str, list[Clause]] = {}
    for leaf in (leaf for tree in trees.values() for leaf in clauses(tree)):
        if leaf.indicator is not None:
            shown.setdefault(leaf.indicator, []).append(leaf)
        elif id(leaf) not in truths:
            factor = frame.structure.factors.index(leaf.factor or "")
            truths[id(leaf)] = clause_holds(spec, leaf, futures.level(factor, *months_of(leaf, window)))

    for name, leaves in shown.items():
        where = np.zeros(futures.shape, dtype=bool)
        for tree in trees.values():
            if any(leaf.indicator == name for leaf in clauses(tree)):
                # Trees know no "not": what holds with nothing but truth ahead and fails with none is still open.
                where |= tree_holds(tree, truths, True, futures.shape) & ~tree_holds(tree, truths, False, futures.shape)
        if not where.any():
            continue
        spans = [months_of(leaf, window) for leaf in leaves]
        start, end = min(first for first, _ in spans), max(last for _, last in spans)
        indicator = frame.coords["indicator"].index(name)
        values = futures.value(frame, indicator, start, end, where)
        for leaf, (first, last) in zip(leaves, spans, strict=True):
            of_months = values[:, first - start : last - start + 1]
            if leaf.statistic in OF_SPANS:
                of_months = futures.with_published_spans(frame, indicator, first, of_months)
            truths[id(leaf)] = clause_holds(spec, leaf, of_months)
    return {name: tree_holds(tree, truths, False, futures.shape) for name, tree in trees.items()}


def clause_holds(spec: ModelSpec, clause: Clause, values: Array) -> Truth:
    """Say where a clause holds.

    Parameters
    ----------
    spec : ModelSpec
    clause : Clause
    values : ndarray, shape (draw, month, future)
        Of what it is about, in its months.

    Returns
    -------
    ndarray of bool, shape (draw, future)
    """
    statistic, bound = _STATISTICS[clause.statistic](values), _bound(spec, clause)
    return _at_least(statistic, bound, values) if clause.at_least is not None else _at_least(bound, statistic, values)


def _at_least(larger: Array | float, smaller: Array | float, values: Array) -> Truth:
    """Say where one number is at least another, both made of some values; a difference in the last bits is none.

    A mean of 0.7, 0.7 and 0.7 is 0.7 but for rounding, and meets a bound of 0.7 from either side. The months of
    `values` are axis 1.
    """
    size = np.minimum(np.abs(values).max(axis=1), _HUGE)
    return np.asarray(larger + _ROUNDING * (size + np.abs(smaller)) >= smaller)


def tree_holds(tree: All | Any_ | Clause, truths: Mapping[int, Truth], unknown: bool, shape: tuple[int, int]) -> Truth:
    """Say where a tree holds, clauses of which nothing is known counting as ``unknown``."""
    if isinstance(tree, Clause):
        return truths[id(tree)] if id(tree) in truths else np.full(shape, unknown)
    parts = tree.all if isinstance(tree, All) else tree.any
    combine = np.logical_and if isinstance(tree, All) else np.logical_or
    return np.asarray(combine.reduce([tree_holds(part, truths, unknown, shape) for part in parts]))
