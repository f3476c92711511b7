"""In which futures the conditions hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.elicitation import LEVEL_NAMES
from withdrawal_risk.model.spec import All, Any_, Clause, clauses
from withdrawal_risk.model.timeline import Window
from withdrawal_risk.queries.futures import Futures

__all__ = ["ALL_CONDITIONS", "judge", "judge_trees", "months_of", "subjects", "tree_of"]

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]

ALL_CONDITIONS: Final = "all_conditions"

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


def _bound(posterior: Posterior, clause: Clause) -> float:
    if not isinstance(clause.bound, str):
        return clause.bound
    spec = posterior.model.spec
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


def tree_of(posterior: Posterior, condition: str) -> All | Any_:
    """Return the tree of a condition, or of all of them together.

    Raises
    ------
    QueryError
        If the model has no such condition.
    """
    conditions = posterior.model.spec.conditions
    if condition == ALL_CONDITIONS:
        return All(all=tuple(item.tree for item in conditions.values()))
    if condition not in conditions:
        valid = [*conditions, ALL_CONDITIONS]
        raise QueryError(f"{condition!r} is not a condition; {did_you_mean(condition, valid)}")
    return conditions[condition].tree


def judge(posterior: Posterior, futures: Futures) -> dict[str, Truth]:
    """Say in which futures each condition holds, and all of them; each of shape (draw, future)."""
    conditions = posterior.model.spec.conditions
    outcomes = judge_trees(posterior, futures, {name: condition.tree for name, condition in conditions.items()})
    outcomes[ALL_CONDITIONS] = np.logical_and.reduce(list(outcomes.values()))
    return outcomes


def judge_trees(posterior: Posterior, futures: Futures, trees: Mapping[str, All | Any_ | Clause]) -> dict[str, Truth]:
    """Say in which futures each tree holds, shape (draw, future).

    Clauses that speak of the same indicator see the same values of it.
    """
    window, frame = futures.window, posterior.frame
    leaves = [leaf for tree in trees.values() for leaf in clauses(tree)]
    spans: dict[str, tuple[int, int]] = {}
    for leaf in leaves:
        if leaf.indicator is not None:
            first, last = months_of(leaf, window)
            known = spans.get(leaf.indicator, (first, last))
            spans[leaf.indicator] = min(first, known[0]), max(last, known[1])

    def truth(leaf: Clause) -> Truth:
        first, last = months_of(leaf, window)
        if leaf.indicator is not None:
            start = spans[leaf.indicator][0]
            seen = values[leaf.indicator].result()[:, first - start : last - start + 1]
        else:
            seen = futures.level(frame.structure.factors.index(leaf.factor or ""), first, last)
        statistic = _STATISTICS[leaf.statistic](seen)
        bound = _bound(posterior, leaf)
        return np.asarray(statistic >= bound if leaf.at_least is not None else statistic <= bound)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        values = {
            name: pool.submit(futures.value, frame, frame.coords["indicator"].index(name), *span)
            for name, span in spans.items()
        }
        # Indicators, begun first, take longest; meanwhile there are factors to look at.
        ordered = sorted(leaves, key=lambda leaf: leaf.indicator is not None)
        truths = dict(zip(ordered, pool.map(truth, ordered), strict=True))

    def holds(tree: All | Any_ | Clause) -> Truth:
        if isinstance(tree, Clause):
            return truths[tree]
        parts = tree.all if isinstance(tree, All) else tree.any
        combine = np.logical_and if isinstance(tree, All) else np.logical_or
        return np.asarray(combine.reduce([holds(part) for part in parts]))

    return {name: holds(tree) for name, tree in trees.items()}
