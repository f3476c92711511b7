"""A causal network as arrays: who acts on whom, after how long, in an order fit for a sweep."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["EdgeArrays", "Structure", "hidden_parent"]


def hidden_parent(factor: str) -> str:
    """Return the name of the hidden parent of a factor; no id of a file looks like it."""
    return f"{factor}:drift"


class EdgeArrays(NamedTuple):
    """Edges grouped by child; see `PathInputs`."""

    edge_start: NDArray[np.int64]
    edge_parent: NDArray[np.int64]
    edge_lag: NDArray[np.int64]
    edge_scale: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Structure:
    """Edges grouped by child, factors with every lag-0 parent before its child.

    Parameters
    ----------
    factors : tuple of str
        Names, in sweep order.
    edges : tuple of (str, str, int)
        Parent, child and lag in months, in the order of the weight vector.
    edge_start : ndarray of int64, shape (factor + 1,)
    edge_parent, edge_lag : ndarray of int64, shape (edge,)
    hidden, drifting : ndarray of int64, shape (drift,)
        Positions of the hidden parents, and of the factors with drift whose own they are.
    """

    factors: tuple[str, ...]
    edges: tuple[tuple[str, str, int], ...]
    edge_start: NDArray[np.int64]
    edge_parent: NDArray[np.int64]
    edge_lag: NDArray[np.int64]
    hidden: NDArray[np.int64]
    drifting: NDArray[np.int64]

    @classmethod
    def build(
        cls,
        factors: Sequence[str],
        edges: Iterable[tuple[str, str, int]],
        *,
        drifting: Collection[str] = (),
    ) -> Structure:
        """Group edges by child, and give every factor with drift its hidden parent.

        Parameters
        ----------
        factors : sequence of str
            In sweep order.
        edges : iterable of (str, str, int)
            Parent, child, lag; in any order.
        drifting : collection of str
            Factors with drift.
        """
        children = [name for name in factors if name in drifting]
        # A hidden parent acts within the month, so it stands before its child.
        factors = [
            node
            for name in factors
            for node in ([hidden_parent(name), name] if name in drifting else [name])
        ]
        edges = [*edges, *((hidden_parent(name), name, 0) for name in children)]
        place = {name: j for j, name in enumerate(factors)}
        # By child, then parent: the order of the weight vector.
        ordered = sorted(edges, key=lambda edge: (place[edge[1]], edge[0], edge[2]))
        ends = np.array([place[child] for _, child, _ in ordered], dtype=np.int64)
        return cls(
            tuple(factors),
            tuple(ordered),
            # Where each child's edges begin.
            np.searchsorted(ends, np.arange(len(factors) + 1)).astype(np.int64),
            np.array([place[parent] for parent, _, _ in ordered], dtype=np.int64),
            np.array([lag for _, _, lag in ordered], dtype=np.int64),
            np.array([place[hidden_parent(name)] for name in children], dtype=np.int64),
            np.array([place[name] for name in children], dtype=np.int64),
        )

    @cached_property
    def named(self) -> NDArray[np.int64]:
        """Positions of the nodes that are no hidden parents."""
        return np.setdiff1d(np.arange(len(self.factors)), self.hidden)

    @cached_property
    def hidden_edge(self) -> NDArray[np.int64]:
        """Position among all edges of the one from each hidden parent."""
        return np.array(
            [int(np.flatnonzero(self.edge_parent == j)[0]) for j in self.hidden], dtype=np.int64
        )

    @cached_property
    def named_edge(self) -> NDArray[np.int64]:
        """Positions of the other edges."""
        return np.setdiff1d(np.arange(len(self.edges)), self.hidden_edge)

    @cached_property
    def edge_places(self) -> dict[str, int]:
        """Position of each edge that is not from a hidden parent, by its id."""
        return {f"{self.edges[e][0]}->{self.edges[e][1]}": int(e) for e in self.named_edge}

    def with_hidden(self, factors: Iterable[int]) -> list[int]:
        """Return some factors together with their hidden parents."""
        chosen = list(factors)
        return [*chosen, *self.hidden[np.isin(self.drifting, chosen)].tolist()]

    def acting_on(self, factors: Iterable[int]) -> NDArray[np.bool_]:
        """Say which factors some depend on, themselves included, shape (factor,)."""
        acting, left = np.zeros(len(self.factors), bool), list(factors)
        while left:
            j = left.pop()
            if not acting[j]:
                acting[j] = True
                left += self.edge_parent[self.edge_start[j] : self.edge_start[j + 1]].tolist()
        return acting

    @property
    def arrays(self) -> EdgeArrays:
        """The edges as the last fields of `PathInputs`, none of them scaled."""
        unscaled = np.empty((0, len(self.edges)))
        return EdgeArrays(self.edge_start, self.edge_parent, self.edge_lag, unscaled)

    @property
    def longest_lag(self) -> int:
        """Largest lag in months, 0 without edges."""
        return int(self.edge_lag.max(initial=0))

    @cached_property
    def causal_rank(self) -> NDArray[np.int64]:
        """Place of each factor in an order with causes before effects, lagged ones too.

        Factors that act on each other stand together, in the order of the sweep, as do those that
        do not act on each other.
        """
        import networkx as nx

        graph: nx.DiGraph = nx.DiGraph()
        graph.add_nodes_from(range(len(self.factors)))
        graph.add_edges_from(zip(self.edge_parent.tolist(), self.children.tolist(), strict=True))
        # Factors that act on each other form one node of an acyclic graph.
        groups = nx.condensation(graph)
        first = {group: min(members) for group, members in groups.nodes(data="members")}
        order = [
            j
            for group in nx.lexicographical_topological_sort(groups, key=first.__getitem__)
            for j in sorted(groups.nodes[group]["members"])
        ]
        return np.argsort(order)

    @property
    def children(self) -> NDArray[np.int64]:
        """Child of each edge, shape (edge,)."""
        return np.repeat(np.arange(len(self.factors)), np.diff(self.edge_start))
