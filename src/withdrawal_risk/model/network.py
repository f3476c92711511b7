"""The causal network of a model file: as a graph, and as arrays in the order of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from withdrawal_risk.dynamics.drift import split
from withdrawal_risk.dynamics.scale import (
    OwnScale,
    autocorrelation,
    long_run_covariance,
    own_scale,
)
from withdrawal_risk.dynamics.structure import Structure, hidden_parent
from withdrawal_risk.elements.quantiles import prior_mean
from withdrawal_risk.model.spec import ModelSpec

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "PriorMeans",
    "acyclic",
    "build_graph",
    "feedback_groups",
    "lag_zero_cycle",
    "layered",
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


def acyclic(graph: nx.DiGraph) -> nx.DiGraph:
    """Return a network without the lagged edges that would close a cycle.

    Edges without a lag form none, which is checked when a model is loaded. Edges with a lag join
    them, the shortest lag first, unless they close one.
    """
    import networkx as nx

    plain: nx.DiGraph = nx.DiGraph()
    plain.add_nodes_from(graph)
    plain.add_edges_from((a, b) for a, b, lag in graph.edges(data="lag") if lag == 0)
    for a, b, lag in sorted(graph.edges(data="lag"), key=lambda edge: (edge[2], edge[0], edge[1])):
        if lag > 0 and not nx.has_path(plain, b, a):
            plain.add_edge(a, b)
    return plain


def layered(graph: nx.DiGraph) -> list[list[str]]:
    """Return the nodes in layers by depth, each layer ordered so that few edges cross."""
    import networkx as nx

    # The layer of a node is the length of the longest chain of causes above it.
    layers = [sorted(nodes) for nodes in nx.topological_generations(acyclic(graph))]
    # Barycentre heuristic: nodes of a layer are sorted by the mean place of their neighbours, on a
    # scale from 0 to 1 in each layer. Every move changes the means of others, hence the rounds.
    # Names break ties.
    for _ in range(8):
        place = {
            node: k / max(len(layer) - 1, 1) for layer in layers for k, node in enumerate(layer)
        }
        for layer in layers:
            centre = {
                node: np.mean(
                    [place[m] for m in {*graph.predecessors(node), *graph.successors(node)}]
                    or [0.5]
                )
                for node in layer
            }
            layer.sort(key=lambda node: (centre[node], node))
    return layers


class PriorMeans(NamedTuple):
    """A network with what its dynamics depend on, at the prior means.

    Parameters
    ----------
    structure : Structure
    phi : ndarray, shape (factor,)
        Persistence; that of policies is never used, because they are clamped.
    weight : ndarray, shape (edge,)
        0 for the edges of hidden parents, which follow from `own`.
    share : ndarray, shape (drift,)
        Share of own variance that is slow.
    clamped : tuple of str
        The policies.
    """

    structure: Structure
    phi: np.ndarray
    weight: np.ndarray
    share: np.ndarray
    clamped: tuple[str, ...]

    def own(self) -> OwnScale:
        """Return the scales of own variation, fast and slow together."""
        return own_scale(
            self.structure, self.phi, self.weight, clamped=self.clamped, share=self.share
        )

    def dynamics(self, own: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the scale of every node's innovations and the weight of every edge.

        Parameters
        ----------
        own : ndarray, shape (factor,), optional
            Scales of own variation. Default: those that are solved.
        """
        scale = (self.own().value if own is None else own).copy()
        structure, weight = self.structure, self.weight.copy()
        fast, slow = split(
            scale[structure.drifting],
            self.share,
            self.phi[structure.drifting],
            self.phi[structure.hidden],
        )
        scale[structure.drifting], weight[structure.hidden_edge] = fast, slow
        return scale, weight

    def covariance(self, own: np.ndarray | None = None) -> np.ndarray:
        """Return the long-run covariance of all nodes, shape (factor, factor).

        Parameters
        ----------
        own : ndarray, shape (factor,), optional
            As in `dynamics`.
        """
        scale, weight = self.dynamics(own)
        return long_run_covariance(self.structure, self.phi, weight, scale, clamped=self.clamped)

    def autocorrelation(self, months: int) -> np.ndarray:
        """Return how each node correlates with its past, shape (month, factor)."""
        scale, weight = self.dynamics()
        return autocorrelation(
            self.structure, self.phi, weight, scale, months=months, clamped=self.clamped
        )


def structure_at_prior_means(spec: ModelSpec) -> PriorMeans:
    """Return the network's arrays, and its persistences and weights at their prior means."""
    edges = [(edge.from_, edge.to, edge.lag) for edge in spec.edges]
    order = sweep_order(
        sorted([*spec.factors, *spec.policies]), [(a, b) for a, b, lag in edges if lag == 0]
    )
    drift = {name: f.drift for name, f in spec.factors.items() if f.drift is not None}
    structure = Structure.build(order, edges, drifting=drift)
    half_lives = {name: factor.half_life.mean for name, factor in spec.factors.items()}
    half_lives |= {hidden_parent(name): prior_mean(d.half_life) for name, d in drift.items()}
    weights = {(edge.from_, edge.to): edge.weight.mean for edge in spec.edges}
    names = structure.factors
    return PriorMeans(
        structure=structure,
        phi=np.array(
            [2 ** (-1 / half_lives[name]) if name in half_lives else 0.5 for name in names]
        ),
        weight=np.array([weights.get((a, b), 0.0) for a, b, _ in structure.edges]),
        share=np.array([prior_mean(drift[names[j]].share) for j in structure.drifting]),
        clamped=tuple(spec.policies),
    )
