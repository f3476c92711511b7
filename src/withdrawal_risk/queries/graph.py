"""Questions that the causal network answers by its shape alone.

A factor stands for its whole path: two factors are separated where all their months are. Feedback
runs through time, so the network is unrolled into months, where it is acyclic. Policies are given
paths; they are known, whatever else is.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection

import networkx as nx

from withdrawal_risk.arguments import name_of, names_of, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.model.library import Model

__all__ = ["ancestors", "backdoor_sets", "d_separated", "independencies"]


def network_of(source: Model | Posterior, *names: str) -> nx.DiGraph:
    """Return the network of a model, in which there must be the names."""
    network = model_of(source, "this question").network
    for name in names:
        if name_of(name, "name") not in network:
            raise ArgumentError(
                f"{quoted(name)} is not a factor or policy; {did_you_mean(name, network)}"
            )
    return network


def ancestors(source: Model | Posterior, name: str) -> list[str]:
    """Return every factor and policy that acts on one, directly or through others.

    Parameters
    ----------
    source : Model or Posterior
    name : str
        A factor or a policy.

    Returns
    -------
    list of str
        In alphabetical order.

    Raises
    ------
    ArgumentError
        For an unknown name.

    Examples
    --------
    >>> wr.ancestors(posterior, "gaps")
    ['presence', 'tension']
    """
    return sorted(nx.ancestors(network_of(source, name), name))


def _unrolled(network: nx.DiGraph, cut_off: str | None = None) -> nx.DiGraph:
    """Return the network over months, long enough for every path between two factors to find room.

    With ``cut_off``, without the effects of that factor on others.
    """
    # A step spans at most the longest lag, or one month along a factor's own path. There is room
    # for a step of that length at every node.
    longest = max((lag for _, _, lag in network.edges(data="lag")), default=0)
    months = range(2 + max(longest, 1) * len(network))
    graph = nx.DiGraph()
    graph.add_nodes_from((name, t) for name in network for t in months)
    for a, b, lag in network.edges(data="lag"):
        if a != cut_off:
            # Effects of months before the first one have no node to come from and are left out.
            graph.add_edges_from(((a, t - lag), (b, t)) for t in months if t >= lag)
    for name, role in network.nodes(data="role"):
        # A factor's months depend on each other, also those of the one that is cut off. The months
        # of a policy are given, and none causes the next.
        if role != "policy":
            graph.add_edges_from(((name, t - 1), (name, t)) for t in months[1:])
    return graph


def _months(graph: nx.DiGraph, names: Collection[str]) -> set[tuple[str, int]]:
    return {node for node in graph if node[0] in names}


def _separated(
    graph: nx.DiGraph, network: nx.DiGraph, x: str, y: str, given: Collection[str]
) -> bool:
    policies = {name for name, role in network.nodes(data="role") if role == "policy"}
    conditioned = ({*given} | policies) - {x, y}
    return bool(
        nx.is_d_separator(
            graph, _months(graph, [x]), _months(graph, [y]), _months(graph, conditioned)
        )
    )


def d_separated(source: Model | Posterior, x: str, y: str, given: Collection[str] = ()) -> bool:
    """Say whether the network makes the paths of two factors independent given others.

    Parameters
    ----------
    source : Model or Posterior
    x, y : str
    given : collection of str
        Factors whose whole paths are known.

    Raises
    ------
    ArgumentError
        For an unknown name, or one that is named twice.

    Examples
    --------
    >>> wr.d_separated(posterior, "tension", "gaps")
    False
    """
    given = names_of(given, "given")
    network = network_of(source, x, y, *given)
    if x == y or {x, y} & {*given}:
        raise ArgumentError(f"{x!r}, {y!r} and given overlap; name each factor once")
    return _separated(_unrolled(network), network, x, y, given)


def backdoor_sets(
    source: Model | Posterior, cause: str, effect: str, *, largest: int = 3
) -> list[frozenset[str]]:
    """Return the smallest sets of factors that close every back door between a cause and an effect.

    Parameters
    ----------
    source : Model or Posterior
    cause, effect : str
    largest : int
        Size up to which sets are looked for.

    Returns
    -------
    list of frozenset of str
        Minimal sets, the smallest first; an empty set means that seeing is doing; an empty list,
        that no set of that size closes them.

    Raises
    ------
    ArgumentError
        For an unknown name.

    References
    ----------
    Pearl, Causality, 2009, definition 3.3.1.

    Examples
    --------
    >>> wr.backdoor_sets(posterior, "tension", "gaps")
    [frozenset()]
    """
    network = network_of(source, cause, effect)
    largest = whole_number(largest, "largest", least=0, most=10)
    if cause == effect:
        raise ArgumentError(f"cause and effect are both {cause!r}; name two factors")
    # Back doors are the paths into the cause. Without its effects on others they are the only ones
    # left, so a set closes them where it separates the two in this graph.
    graph = _unrolled(network, cut_off=cause)
    # Minimal separating sets lie among the ancestors of what they separate. Descendants of the
    # cause are excluded by the criterion; that includes whatever shares a loop with it.
    relevant = nx.ancestors(network, cause) | nx.ancestors(network, effect)
    policies = {name for name, role in network.nodes(data="role") if role == "policy"}
    candidates = sorted(relevant - nx.descendants(network, cause) - policies - {cause, effect})
    sets: list[frozenset[str]] = []
    for size in range(largest + 1):
        for chosen in map(frozenset, itertools.combinations(candidates, size)):
            if not any(smaller <= chosen for smaller in sets) and _separated(
                graph, network, cause, effect, chosen
            ):
                sets.append(chosen)
    return sets


def independencies(source: Model | Posterior) -> list[tuple[str, str, frozenset[str]]]:
    """Return the pairs of factors that the network claims to be independent given a minimal set.

    Parameters
    ----------
    source : Model or Posterior

    Returns
    -------
    list of (str, str, frozenset of str)
        One for each pair of factors that no edge joins and that some of their parents separate.

    Examples
    --------
    >>> wr.independencies(posterior)
    []
    """
    network = network_of(source)
    graph = _unrolled(network)
    factors = [name for name, role in network.nodes(data="role") if role != "policy"]
    claims = []
    for x, y in itertools.combinations(factors, 2):
        if network.has_edge(x, y) or network.has_edge(y, x):
            continue
        # Without loops the parents of both separate any two factors that no edge joins. With loops
        # they may not, and then nothing is claimed.
        given = ({*network.predecessors(x)} | {*network.predecessors(y)}).intersection(factors) - {
            x,
            y,
        }
        if not _separated(graph, network, x, y, given):
            continue
        for name in sorted(given):
            if _separated(graph, network, x, y, given - {name}):
                given = given - {name}
        claims.append((x, y, frozenset(given)))
    return claims
