"""In which futures conditions hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import name_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.conditions import AllOf, AnyOf, Clause, Tree, clauses
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.model.clauses import (
    OF_SPANS,
    Node,
    Truth,
    clause_holds,
    clause_months,
    holds,
    node_of,
    origin,
)
from withdrawal_risk.simulation.published_rows import as_rows_say, within_rows

if TYPE_CHECKING:
    from withdrawal_risk.inference.posterior import Posterior
    from withdrawal_risk.model.spec import ModelSpec
    from withdrawal_risk.simulation.futures import Futures

__all__ = [
    "ALL_CONDITIONS",
    "Evaluator",
    "checked_condition",
    "subjects",
    "tree_in",
    "tree_of",
]

Array = NDArray[np.float64]
ALL_CONDITIONS: Final = "all_conditions"


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
    return tree_in(posterior.model.spec, condition)


def tree_in(spec: ModelSpec, condition: str) -> AllOf | AnyOf:
    """Return what `tree_of` returns, of a model that need not be fitted."""
    if checked_condition(condition, spec.conditions) == ALL_CONDITIONS:
        return AllOf(all=tuple(item.tree for item in spec.conditions.values()))
    return spec.conditions[condition].tree


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
            self._of_indicator(name, places, futures, results)
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
        self, name: str, places: Sequence[int], futures: Futures, results: list[Truth | None]
    ) -> None:
        """Fill in the results of the clauses about one indicator, those of few months first."""
        indicator = self.frame.coords["indicator"].index(name)
        values = _Months(futures, indicator)
        spans: dict[tuple[int, int], list[int]] = {}
        for place in places:
            span = clause_months(self.clauses[place], futures.window)
            spans.setdefault(span, []).append(place)
        left = sorted(spans, key=lambda span: span[1] - span[0])
        while left:
            # What fewer months have decided is left out of more.
            open_ = [place for span in left for place in spans[span]]
            undecided = self._undecided(open_, results, futures.shape)
            if not undecided.any():
                return
            first, last = left.pop(0)
            of_months = values.between(first, last, undecided)
            for place in spans[first, last]:
                leaf = self.clauses[place]
                if leaf.month_count is None and leaf.statistic in OF_SPANS:
                    held = as_rows_say(futures, indicator, first, of_months)
                else:
                    held = within_rows(futures, indicator, first, of_months)
                results[place] = clause_holds(self.spec, leaf, held)


class _Months:
    """What an indicator shows in some futures, each month simulated once.

    Parameters
    ----------
    futures : Futures
    indicator : int
        Its position.
    """

    def __init__(self, futures: Futures, indicator: int) -> None:
        self.futures, self.indicator = futures, indicator
        self.has_memory = futures.part.measurement(indicator).family.has_memory
        self._held: dict[tuple[int, int], Array] = {}

    def between(self, first: int, last: int, where: Truth) -> Array:
        """Return the values of months ``first..last``, shape (draw, month, future).

        Other futures than those of ``where`` may show anything, and so they may the next time.
        """
        if self.has_memory:
            # A month follows from all before it.
            return self.futures.value(self.indicator, first, last, where)
        stretches, t = [], first
        while t <= last:
            known = next((span for span in self._held if span[0] <= t <= span[1]), None)
            if known is None:
                begins = [a for a, _ in self._held if t < a <= last]
                known = t, min(begins, default=last + 1) - 1
                self._held[known] = self.futures.value(self.indicator, *known, where)
            end = min(known[1], last)
            stretches.append(self._held[known][:, t - known[0] : end - known[0] + 1])
            t = end + 1
        return stretches[0] if len(stretches) == 1 else np.concatenate(stretches, axis=1)


def _reads(tree: Node, places: Sequence[int]) -> bool:
    """Say whether a tree has one of some clauses."""
    if isinstance(tree, int):
        return tree in places
    return any(_reads(part, places) for part in tree[1])
