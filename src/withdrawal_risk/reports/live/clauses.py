"""Conditions as the page evaluates them, with what the past has settled of their clauses.

No question about future months changes the past, so what a clause needs of it is computed here by
the library: a sum, an extreme or a number of months for each draw and future, or the answer itself.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.conditions import Clause
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.clauses import (
    OF_SPANS,
    Node,
    bound_of,
    clause_holds,
    clause_months,
    months_that_meet,
)
from withdrawal_risk.reports.live.columns import packed, packed_bits
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator
from withdrawal_risk.simulation.futures import Futures
from withdrawal_risk.simulation.published_rows import as_rows_say, within_rows

__all__ = ["LiveConditions", "past_state"]

Array = NDArray[np.float64]

_WHOLE: Final = (("u1", 2**8), ("<u2", 2**16))
"""Kinds of whole number, the smallest first, with what they do not reach."""


class LiveConditions:
    """The conditions of a model that the page can evaluate, and why it cannot evaluate others.

    Parameters
    ----------
    posterior : Posterior
    with_form : collection of str
        Indicators whose families have a form for the page.

    Attributes
    ----------
    names : list of str
        All conditions, and their conjunction last.
    blocked : dict of str to list of str
        By condition: the indicators it reads that have no form.
    """

    def __init__(self, posterior: Posterior, with_form: Collection[str]) -> None:
        self.posterior, self.evaluator = posterior, Evaluator(posterior)
        self.clauses = self.evaluator.clauses
        self.names = [*self.evaluator.trees, ALL_CONDITIONS]
        self.blocked = {
            name: self._blocking(tree, with_form) for name, tree in self.evaluator.trees.items()
        }
        every = [name for names in self.blocked.values() for name in names]
        self.blocked[ALL_CONDITIONS] = list(dict.fromkeys(every))

    def _blocking(self, tree: Node, with_form: Collection[str]) -> list[str]:
        read = (self.clauses[place].indicator for place in _places(tree))
        return [name for name in dict.fromkeys(read) if name is not None and name not in with_form]

    @property
    def live(self) -> list[str]:
        """The conditions that can be evaluated; their conjunction only where all of them can."""
        return [name for name in self.names if not self.blocked[name]]

    @property
    def read(self) -> list[int]:
        """Positions of the clauses that a live condition reads."""
        trees = [tree for name, tree in self.evaluator.trees.items() if not self.blocked[name]]
        return sorted({place for tree in trees for place in _places(tree)})

    def to_dict(
        self, futures: Futures, nodes: Collection[int], indicators: Collection[int]
    ) -> dict[str, Any]:
        """Return clauses and trees as JSON-ready data.

        Parameters
        ----------
        futures : Futures
            The baseline of the exported draws.
        nodes, indicators : collection of int
            The positions that are exported, in their order.
        """
        places = {clause: number for number, clause in enumerate(self.read)}
        places_of_nodes = {j: number for number, j in enumerate(nodes)}
        places_of_indicators = {k: number for number, k in enumerate(indicators)}
        frame, exported = self.posterior.frame, []
        for clause in self.read:
            leaf = self.clauses[clause]
            if leaf.indicator is not None:
                position = frame.coords["indicator"].index(leaf.indicator)
                subject = {"indicator": places_of_indicators[position]}
            else:
                position = frame.structure.factors.index(leaf.factor or "")
                subject = {"node": places_of_nodes[position]}
            exported.append(subject | _of_clause(self.posterior, leaf, futures, position))
        trees = {
            name: _renumbered(tree, places)
            for name, tree in self.evaluator.trees.items()
            if not self.blocked[name]
        }
        return {
            "clauses": exported,
            "conditions": [{"name": name, "tree": trees.get(name)} for name in self.live],
        }


def _places(tree: Node) -> list[int]:
    if isinstance(tree, int):
        return [tree]
    return [place for part in tree[1] for place in _places(part)]


def _renumbered(tree: Node, places: dict[int, int]) -> Any:
    if isinstance(tree, int):
        return places[tree]
    return [tree[0], [_renumbered(part, places) for part in tree[1]]]


def _of_clause(
    posterior: Posterior, leaf: Clause, futures: Futures, position: int
) -> dict[str, Any]:
    """Return a clause as JSON-ready data."""
    first, last = clause_months(leaf, futures.window)
    now, count = futures.past.shape[1], leaf.month_count
    data: dict[str, Any] = {
        # Counted from the first future month.
        "first": max(first - now, 0),
        "last": last - now,
        "months": last - first + 1,
        "statistic": leaf.statistic if count is None else "count",
        "bound": _finite(bound_of(posterior.model.spec, leaf)),
        "lower": leaf.is_lower,
    }
    if count is not None:
        data |= {
            "failures": leaf.counts_failures,
            "least": count.at_least,
            "most": count.at_most,
        }
    if first >= now:
        return data
    values = _past_values(leaf, futures, position, first, min(last, now - 1))
    spec = posterior.model.spec
    if last < now:
        return data | {"settled": _packed_truth(clause_holds(spec, leaf, values), futures.shape)}
    data["size"] = float(np.abs(values).max())
    if count is not None:
        return data | {"past": _packed(months_that_meet(spec, leaf, values), futures.shape)}
    reduced = {"total": "sum", "mean": "sum", "min": "min", "max": "max"}.get(leaf.statistic)
    if reduced is not None:
        data["past"] = _packed(getattr(values, reduced)(axis=1), futures.shape)
    return data


def _finite(bound: float) -> float:
    """Return a bound as JSON knows numbers; every level lies on one side of the ends."""
    return float(np.clip(bound, -1e300, 1e300))


def _past_values(leaf: Clause, futures: Futures, position: int, first: int, last: int) -> Array:
    """Return what a clause looks at in months that have passed, (draw, month, future)."""
    if leaf.indicator is None:
        return futures.level(position, first, last)
    values = futures.value(position, first, last)
    rows = leaf.month_count is None and leaf.statistic in OF_SPANS
    return (as_rows_say if rows else within_rows)(futures, position, first, values)


def past_state(futures: Futures, indicator: int) -> str | bool:
    """Return where a state that lasts is a yes in the last month that has passed."""
    now = futures.past.shape[1] - 1
    return _packed_truth(futures.value(indicator, now, now)[:, 0] > 0.5, futures.shape)


def _packed_truth(truth: NDArray[np.bool_], shape: tuple[int, int]) -> str | bool:
    if (truth == truth.flat[0]).all():
        return bool(truth.flat[0])
    return packed_bits(np.broadcast_to(truth, shape))


def _packed(values: NDArray[Any], shape: tuple[int, int]) -> float | dict[str, Any]:
    """Return numbers by draw, or by draw and future, in as few bytes as hold them."""
    if (values == values.flat[0]).all():
        return float(values.flat[0])
    alike = bool((values == values[:, :1]).all())
    chosen = values[:, 0] if alike else np.broadcast_to(values, shape)
    kind = "<f4"
    if (chosen == np.round(chosen)).all() and chosen.min() >= 0:
        kind = next((name for name, most in _WHOLE if chosen.max() < most), kind)
    return {"kind": kind.lstrip("<"), "alike": alike, "values": packed(chosen, kind)}
