"""The causal network of a model file: as a graph, and as arrays in the order of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from withdrawal_risk.dynamics.structure import Structure
from withdrawal_risk.model.spec import ModelSpec

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "build_graph",
    "feedback_groups",
    "lag_zero_cycle",
    "structure_at_prior_means",
    "sweep_order",
]


def sweep_order(names: Iterable[str], edges: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Order names with every parent before its child, alphabetically where there is a choice.

    Parameters
    ----------
    names : iterable of str
    edges : iterable of (str, str)
        Parent and child. Names on a cycle, and what hangs on them, are left out.
    """
    children: dict[str, list[str]] = {name: [] for name in names}
    waiting = dict.fromkeys(children, 0)
    for parent, child in edges:
        children[parent].append(child)
        waiting[child] += 1
    # A heap gives the alphabetically first name that is ready, whatever the order of the edges.
    ready = [name for name, count in waiting.items() if count == 0]
    heapify(ready)
    order: list[str] = []
    while ready:
        order.append(heappop(ready))
        for child in children[order[-1]]:
            waiting[child] -= 1
            if waiting[child] == 0:
                heappush(ready, child)
    return tuple(order)


def lag_zero_cycle(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the factors of a cycle among lag-0 edges, the first again at the end, or nothing."""
    stuck = set(names) - set(sweep_order(names, edges))
    if not stuck:
        return ()
    parents: Mapping[str, list[str]] = {
        name: sorted(p for p, c in edges if c == name and p in stuck) for name in stuck
    }
    # Whatever is stuck has a stuck parent, so a walk from child to parent must come back to a place
    # that it has passed. The loop begins there, and is turned round to follow the edges.
    walk = [min(stuck)]
    while walk.count(walk[-1]) == 1:
        walk.append(parents[walk[-1]][0])
    loop = walk[walk.index(walk[-1]) :]
    return tuple(reversed(loop))


def feedback_groups(edges: Iterable[tuple[str, str, int]]) -> list[set[str]]:
    """Return the groups of factors that act on each other through feedback loops."""
    import networkx as nx

    graph = nx.DiGraph([(parent, child) for parent, child, _ in edges])
    return [group for group in nx.strongly_connected_components(graph) if len(group) > 1]


def build_graph(spec: ModelSpec) -> nx.DiGraph:
    """Return the network as a directed graph.

    Nodes carry ``role`` and ``label``, edges ``weight`` (prior mean), ``sign`` and ``lag``. Nodes
    and the parents of each node stand in alphabetical order.
    """
    import networkx as nx

    graph: nx.DiGraph = nx.DiGraph(id=spec.id)
    for name in sorted({*spec.factors, *spec.policies}):
        role = spec.factors[name].role if name in spec.factors else "policy"
        graph.add_node(name, role=role, label=spec.label(name, "en"))
    for edge in sorted(spec.edges, key=lambda e: (e.to, e.from_)):
        graph.add_edge(
            edge.from_, edge.to, weight=edge.weight.mean, sign=edge.weight.sign, lag=edge.lag
        )
    return graph


def structure_at_prior_means(
    spec: ModelSpec,
) -> tuple[Structure, np.ndarray, np.ndarray]:
    """Return the network's arrays, and its persistences and weights at their prior means.

    The persistence of policies is never used, because they are clamped.
    """
    edges = [(edge.from_, edge.to, edge.lag) for edge in spec.edges]
    order = sweep_order(
        sorted([*spec.factors, *spec.policies]), [(a, b) for a, b, lag in edges if lag == 0]
    )
    structure = Structure.build(order, edges)
    weights = {(edge.from_, edge.to): edge.weight.mean for edge in spec.edges}
    phi = np.array(
        [
            2 ** (-1 / spec.factors[name].half_life.mean) if name in spec.factors else 0.5
            for name in order
        ]
    )
    return structure, phi, np.array([weights[a, b] for a, b, _ in structure.edges])
