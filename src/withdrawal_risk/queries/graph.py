"""Questions the causal network answers by its shape alone, and the table a reader of Bayesian networks expects.

A factor stands for its whole path: two factors are separated where all their months are. Feedback runs through time, so
the network is unrolled into months, where it is acyclic. Policies are given paths; they are known, whatever else is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from typing import Final

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import name_of, names_of, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.inference.parameters import innovations
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.model.elicitation import LEVEL_NAMES, level_value
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.validation import structure_at_prior_means
from withdrawal_risk.random import generator

__all__ = ["ancestors", "backdoor_sets", "d_separated", "implied_table", "independencies"]

_MOST_PARENTS: Final = 4
_DRAWS: Final = 500
_SIMULATED: Final = 40_000
"""Levels that stand for the law of a factor that jumps: each probability is known to a quarter of a percent."""

Array = NDArray[np.float64]


def _network(source: Model | Posterior, *names: str) -> nx.DiGraph:
    """Return the network of a model, in which there must be the names."""
    network = model_of(source, "this question").network
    for name in names:
        if name_of(name, "name") not in network:
            raise QueryError(f"{quoted(name)} is not a factor or policy; {did_you_mean(name, network)}")
    return network


def ancestors(source: Model | Posterior, name: str) -> list[str]:
    """Return every factor and policy that acts on one, directly or through others, in alphabetical order.

    Raises
    ------
    QueryError
        For an unknown name.
    """
    return sorted(nx.ancestors(_network(source, name), name))


def _unrolled(network: nx.DiGraph, cut_off: str | None = None) -> nx.DiGraph:
    """Return the network over months, long enough for every path between two factors to find room.

    With ``cut_off``, without the effects of that factor on others.
    """
    longest = max((lag for _, _, lag in network.edges(data="lag")), default=0)
    months = range(2 + max(longest, 1) * len(network))
    graph = nx.DiGraph()
    graph.add_nodes_from((name, t) for name in network for t in months)
    for a, b, lag in network.edges(data="lag"):
        if a != cut_off:
            graph.add_edges_from(((a, t - lag), (b, t)) for t in months if t >= lag)
    for name, role in network.nodes(data="role"):
        if role != "policy":
            graph.add_edges_from(((name, t - 1), (name, t)) for t in months[1:])
    return graph


def _months(graph: nx.DiGraph, names: Collection[str]) -> set[tuple[str, int]]:
    return {node for node in graph if node[0] in names}


def _separated(graph: nx.DiGraph, network: nx.DiGraph, x: str, y: str, given: Collection[str]) -> bool:
    policies = {name for name, role in network.nodes(data="role") if role == "policy"}
    known = ({*given} | policies) - {x, y}
    return bool(nx.is_d_separator(graph, _months(graph, [x]), _months(graph, [y]), _months(graph, known)))


def d_separated(source: Model | Posterior, x: str, y: str, given: Collection[str] = ()) -> bool:
    """Say whether the paths of two factors are independent in every model of this shape, once others are known.

    Parameters
    ----------
    source : Model or Posterior
    x, y : str
    given : collection of str
        Factors whose whole paths are known.

    Raises
    ------
    QueryError
        For an unknown name, or one that is named twice.
    """
    given = names_of(given, "given")
    network = _network(source, x, y, *given)
    if x == y or {x, y} & {*given}:
        raise QueryError(f"{x!r}, {y!r} and given overlap; name each factor once")
    return _separated(_unrolled(network), network, x, y, given)


def backdoor_sets(source: Model | Posterior, cause: str, effect: str, *, largest: int = 3) -> list[frozenset[str]]:
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
        Minimal sets, the smallest first; an empty set means that seeing is doing; an empty list, that no set
        of that size closes them.

    Raises
    ------
    QueryError
        For an unknown name.

    References
    ----------
    Pearl, Causality, 2009, definition 3.3.1.
    """
    network = _network(source, cause, effect)
    largest = whole_number(largest, "largest", least=0, most=10)
    if cause == effect:
        raise QueryError(f"cause and effect are both {cause!r}; name two factors")
    graph = _unrolled(network, cut_off=cause)
    relevant = nx.ancestors(network, cause) | nx.ancestors(network, effect)
    policies = {name for name, role in network.nodes(data="role") if role == "policy"}
    candidates = sorted(relevant - nx.descendants(network, cause) - policies - {cause, effect})
    found: list[frozenset[str]] = []
    for size in range(largest + 1):
        for chosen in map(frozenset, itertools.combinations(candidates, size)):
            if not any(smaller <= chosen for smaller in found) and _separated(graph, network, cause, effect, chosen):
                found.append(chosen)
    return found


def independencies(source: Model | Posterior) -> list[tuple[str, str, frozenset[str]]]:
    """Return what the network claims about evidence: pairs of factors that are independent given a minimal set.

    Returns
    -------
    list of (str, str, frozenset of str)
        One for each pair of factors that no edge joins and that some of their parents separate.
    """
    network = _network(source)
    graph = _unrolled(network)
    factors = [name for name, role in network.nodes(data="role") if role != "policy"]
    claims = []
    for x, y in itertools.combinations(factors, 2):
        if network.has_edge(x, y) or network.has_edge(y, x):
            continue
        given = ({*network.predecessors(x)} | {*network.predecessors(y)}).intersection(factors) - {x, y}
        if not _separated(graph, network, x, y, given):
            continue
        for name in sorted(given):
            if _separated(graph, network, x, y, given - {name}):
                given = given - {name}
        claims.append((x, y, frozenset(given)))
    return claims


def _resting_law(keep: Array) -> Callable[[Array], Array]:
    """Return the distribution function of what jumps add up to in the long run, by simulation; one row a persistence."""
    many = max(_SIMULATED // len(keep), 1)
    rng = generator(1, "resting law")
    months = int(np.ceil(np.log(1e-3) / np.log(keep.max()))) + 1
    value = np.zeros((len(keep), many))
    for _ in range(months):
        value = keep[:, None] * value + np.sqrt(1 - keep[:, None] ** 2) * innovations(rng, value.shape, jump=True)
    return lambda z: (value[:, :, None] <= z[:, None, :]).mean(axis=1)


def implied_table(source: Model | Posterior, factor: str, *, parents: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the probability of each level of a factor given the levels its parents are held at.

    The levels are those the factor comes to rest at, its own variation included; a parent's level stands for
    the middle of its bin.

    Parameters
    ----------
    source : Model or Posterior
        Of a model the prior means are used; a posterior is averaged over its draws.
    factor : str
    parents : sequence of str, optional
        At most four; the others are held at level 0. All of them where absent.

    Returns
    -------
    pandas.DataFrame
        Rows are the levels of the parents, columns the five levels; every row sums to 1.

    Raises
    ------
    QueryError
        For an unknown factor or parent, or more parents than a table can hold.
    """
    from scipy.special import ndtr

    from withdrawal_risk.dynamics.scale import own_scale

    model = model_of(source, "this question")
    spec = model.spec
    if name_of(factor, "factor") not in spec.factors:
        raise QueryError(f"{quoted(factor)} is not a factor; {did_you_mean(factor, spec.factors)}")
    every = list(model.network.predecessors(factor))
    chosen = every if parents is None else list(names_of(parents, "parents"))
    for name in chosen:
        if name not in every:
            raise QueryError(f"parents: {quoted(name)} does not act on {quoted(factor)}; {did_you_mean(name, every)}")
    if len(set(chosen)) < len(chosen):
        raise QueryError(f"parents are {chosen}; name each once")
    if len(chosen) > _MOST_PARENTS:
        raise QueryError(
            f"{factor!r} has {len(chosen)} parents, {len(LEVEL_NAMES) ** len(chosen)} rows; choose at most "
            f"{_MOST_PARENTS} with parents, the others are held at level 0"
        )
    structure, phi, mean_weight = structure_at_prior_means(spec)
    if isinstance(source, Model):
        weight = mean_weight[None]
        scale = own_scale(structure, phi, mean_weight, clamped=tuple(spec.policies)).value
        sd, keep = scale[[structure.factors.index(factor)]], phi[[structure.factors.index(factor)]]
        elicited = spec.factors[factor].baseline
        rest = np.array([elicited.normal[0] if elicited is not None else 0.0])
    else:
        frame, draws = source.frame, source.draws()
        some = np.linspace(0, len(draws["half_life"]) - 1, _DRAWS).astype(int)
        weight = frame.sign * draws["weight_size"][some] if "weight_size" in draws else np.zeros((_DRAWS, 0))
        sd = draws["own_scale"][some, frame.latent.index(factor)]
        keep = 2.0 ** (-1.0 / draws["half_life"][some, frame.latent.index(factor)])
        with_baseline = frame.coords["baseline_latent"]
        rest = np.zeros(_DRAWS)
        if factor in with_baseline:
            rest = draws["baseline"][some, with_baseline.index(factor)]
    place = {(parent, child): e for e, (parent, child, _) in enumerate(structure.edges)}
    cuts = np.array([-np.inf, *spec.factors[factor].levels, np.inf])
    rows = list(itertools.product(LEVEL_NAMES, repeat=len(chosen)))
    table = []
    below = _resting_law(keep) if spec.factors[factor].innovations == "student_t" else ndtr
    for levels in rows:
        mean = rest.copy()
        for parent, level in zip(chosen, levels, strict=True):
            mean = mean + weight[:, place[parent, factor]] * level_value(level, tuple(spec.node(parent).levels))
        table.append(np.diff(below((cuts - mean[:, None]) / sd[:, None]), axis=1).mean(axis=0))
    index = pd.MultiIndex.from_tuples(rows, names=chosen) if chosen else pd.Index([factor])
    return pd.DataFrame(table, index=index, columns=list(LEVEL_NAMES))
