"""In which futures conditions hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import name_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.conditions import AllOf, AnyOf, Clause, Tree, clauses
from withdrawal_risk.elements.elicitation import LEVEL_NAMES
from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.families import family_of
from withdrawal_risk.model.spec import ModelSpec

if TYPE_CHECKING:
    from withdrawal_risk.inference.posterior import Posterior
    from withdrawal_risk.simulation.futures import Futures

__all__ = [
    "ALL_CONDITIONS",
    "OF_SPANS",
    "Evaluator",
    "checked_condition",
    "clause_holds",
    "clause_months",
    "holds",
    "node_of",
    "origin",
    "subjects",
    "tree_of",
]

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]
type Node = int | tuple[Literal["all", "any", "not"], tuple[Node, ...]]
"""A tree whose clauses are positions in a list."""

ALL_CONDITIONS: Final = "all_conditions"

_ROUNDING: Final = 1e-12
"""Relative difference of a statistic and its bound that 4,000 roundings can make."""

_HUGE: Final = 1e300
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


def subjects(posterior: Posterior, trees: Iterable[Tree]) -> set[int]:
    """Return the positions of the factors that trees read, themselves or through an indicator."""
    frame = posterior.frame
    factors = set()
    for leaf in (leaf for tree in trees for leaf in clauses(tree)):
        if leaf.indicator is not None:
            factors.add(frame.measured_by(leaf.indicator))
        else:
            factors.add(frame.structure.factors.index(leaf.factor or ""))
    return factors


def checked_condition(condition: object, conditions: Collection[str]) -> str:
    """Return the name of one of some conditions, or of all of them together.

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    name = name_of(condition, "condition")
    if name != ALL_CONDITIONS and name not in conditions:
        valid = did_you_mean(name, [*conditions, ALL_CONDITIONS])
        raise ArgumentError(f"{quoted(name)} is not a condition; {valid}")
    return name


def tree_of(posterior: Posterior, condition: str) -> AllOf | AnyOf:
    """Return the tree of a condition, or of all of them together.

    Raises
    ------
    ArgumentError
        If the model has no such condition.
    """
    conditions = posterior.model.spec.conditions
    if checked_condition(condition, conditions) == ALL_CONDITIONS:
        return AllOf(all=tuple(item.tree for item in conditions.values()))
    return conditions[condition].tree


class Evaluator:
    """Says in which futures some trees hold; made once for a question, used for every part.

    Parameters
    ----------
    posterior : Posterior
    trees : mapping of str to tree
        Default: those of all conditions, and their conjunction.
    """

    def __init__(self, posterior: Posterior, trees: Mapping[str, Tree] | None = None) -> None:
        self.spec, self.frame = posterior.model.spec, posterior.frame
        self.conjunction = trees is None
        if trees is None:
            trees = {name: item.tree for name, item in self.spec.conditions.items()}
        places: dict[Clause, int] = {}
        self.trees = {name: node_of(tree, places) for name, tree in trees.items()}
        self.clauses = list(places)
        self.about: dict[str, list[int]] = {}
        for place, leaf in enumerate(self.clauses):
            if leaf.indicator is not None:
                self.about.setdefault(leaf.indicator, []).append(place)

    @classmethod
    def of_tree(cls, posterior: Posterior, tree: Tree) -> Callable[[Futures], Truth]:
        """Return what says in which futures one tree holds, shape (draw, future)."""
        evaluator = cls(posterior, {"tree": tree})
        return lambda futures: evaluator(futures)["tree"]

    @cached_property
    def judged(self) -> list[int]:
        """Positions of the clauses that nobody publishes an answer to."""
        return [
            place for place, leaf in enumerate(self.clauses) if origin(self.spec, leaf) == "judged"
        ]

    def settled(self, futures: Futures) -> dict[str, tuple[Truth, Truth]]:
        """Say in which futures published and given clauses alone make each tree true, or false.

        Each of shape (draw, future); where neither, it is left to judgement.
        """
        results, shape = self._results(futures, self.judged), futures.shape
        # What a judged clause may yet say counts against the tree, and then for it.
        truth = {
            name: (holds(tree, results, False, shape), ~holds(tree, results, True, shape))
            for name, tree in self.trees.items()
        }
        if self.conjunction:
            true, false = (list(side) for side in zip(*truth.values(), strict=True))
            truth[ALL_CONDITIONS] = np.logical_and.reduce(true), np.logical_or.reduce(false)
        return truth

    def __call__(self, futures: Futures) -> dict[str, Truth]:
        """Say in which futures each tree holds, shape (draw, future).

        Clauses about the same indicator see the same values of it. Indicators cost most, so they
        are simulated only in futures in which the levels, and the indicators before them, leave
        a tree undecided.
        """
        results = self._results(futures)
        # A clause without a result, or with one outside its undecided futures, cannot change any
        # tree, so it may count as false.
        outcomes = {
            name: holds(tree, results, False, futures.shape) for name, tree in self.trees.items()
        }
        if self.conjunction:
            outcomes[ALL_CONDITIONS] = np.logical_and.reduce(list(outcomes.values()))
        return outcomes

    def _results(self, futures: Futures, unknown: Collection[int] = ()) -> list[Truth | None]:
        """Return where each clause holds, as far as a tree depends on it.

        Parameters
        ----------
        unknown : collection of int
            Positions of clauses that are not to be looked at.
        """
        # Levels are simulated already, so clauses about them are settled first.
        results: list[Truth | None] = [
            None
            if leaf.indicator is not None or place in unknown
            else self._of_level(leaf, futures)
            for place, leaf in enumerate(self.clauses)
        ]
        for name, about in self.about.items():
            places = [place for place in about if place not in unknown]
            # `results` fills up in this loop, so what earlier indicators decide is left out.
            undecided = self._undecided(places, results, futures.shape)
            if undecided.any():
                self._of_indicator(name, places, futures, undecided, results)
        return results

    def _of_level(self, leaf: Clause, futures: Futures) -> Truth:
        factor = self.frame.structure.factors.index(leaf.factor or "")
        values = futures.level(factor, *clause_months(leaf, futures.window))
        return clause_holds(self.spec, leaf, values)

    def _undecided(
        self, places: Sequence[int], results: Sequence[Truth | None], shape: tuple[int, int]
    ) -> Truth:
        """Say in which futures some clauses may still decide a tree."""
        undecided = np.zeros(shape, dtype=bool)
        for tree in self.trees.values():
            if not _reads(tree, places):
                continue
            # A tree is open where it may hold and need not.
            undecided |= holds(tree, results, True, shape) & ~holds(tree, results, False, shape)
        return undecided

    def _of_indicator(
        self,
        name: str,
        places: Sequence[int],
        futures: Futures,
        undecided: Truth,
        results: list[Truth | None],
    ) -> None:
        """Fill in the results of the clauses about one indicator."""
        # One stretch holds the months of all clauses. Each clause then reads its own part of it.
        spans = [clause_months(self.clauses[place], futures.window) for place in places]
        start, end = min(first for first, _ in spans), max(last for _, last in spans)
        indicator = self.frame.coords["indicator"].index(name)
        values = futures.value(indicator, start, end, undecided)
        for place, (first, last) in zip(places, spans, strict=True):
            leaf, of_months = self.clauses[place], values[:, first - start : last - start + 1]
            if leaf.month_count is None and leaf.statistic in OF_SPANS:
                of_months = futures.with_published_spans(indicator, first, of_months)
            else:
                of_months = futures.within_published_spans(indicator, first, of_months)
            results[place] = clause_holds(self.spec, leaf, of_months)


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


def _reads(tree: Node, places: Sequence[int]) -> bool:
    """Say whether a tree has one of some clauses."""
    if isinstance(tree, int):
        return tree in places
    return any(_reads(part, places) for part in tree[1])


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
    return np.asarray(combine.reduce([holds(part, results, unknown, shape) for part in branches]))


def _bound(spec: ModelSpec, clause: Clause) -> float:
    """Return a clause's bound on the scale of its values."""
    if clause.indicator is not None:
        item = spec.indicators[clause.indicator]
        return family_of(item).parse_bound(item, clause.bound)
    if not isinstance(clause.bound, str):
        return clause.bound
    # Level k lies between cuts[k] and cuts[k + 1]; "at least" begins at its lower end.
    cuts = (-np.inf, *spec.node(clause.factor or "").cuts, np.inf)
    place = LEVEL_NAMES.index(clause.bound)
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
    bound, count = _bound(spec, clause), clause.month_count
    if count is None:
        # The months set the tolerance, not their statistic: large values that cancel to a small
        # mean leave the rounding errors of large values.
        size = np.abs(values).max(axis=1)
        return _meets(_STATISTICS[clause.statistic](values), bound, clause.is_lower, size)
    met = _meets(values, bound, clause.is_lower, np.abs(values))
    months = (~met if clause.counts_failures else met).sum(axis=1)
    if count.at_least is not None:
        return np.asarray(months >= count.at_least)
    return np.asarray(months <= (count.at_most or 0))


def _meets(value: Array, bound: float, is_lower: bool, size: Array) -> Truth:
    """Say where values meet a bound, those that they are made of being of some size."""
    # "At most" is "at least" with the sides exchanged, so both have the same tolerance.
    return _at_least(value, bound, size) if is_lower else _at_least(bound, value, size)


def _at_least(larger: Array | float, smaller: Array | float, size: Array) -> Truth:
    """Say where one number is at least another, both made of numbers of some size.

    A difference in the last bits is none: a mean of 0.7, 0.7 and 0.7 is 0.7 but for rounding, and
    meets a bound of 0.7 from either side.
    """
    size = np.minimum(size, _HUGE)
    return np.asarray(larger + _ROUNDING * (size + np.abs(smaller)) >= smaller)
