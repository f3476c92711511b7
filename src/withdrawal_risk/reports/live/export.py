"""A posterior as data that the page computes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import networkx as nx

from withdrawal_risk.elements.elicitation import LEVEL_NAMES, level_value
from withdrawal_risk.elements.network import Policy
from withdrawal_risk.families import family_of
from withdrawal_risk.families.live_form import has_live_form
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.queries.defaults import CI_PROB
from withdrawal_risk.reports.live.clauses import LiveConditions, past_state
from withdrawal_risk.reports.live.draws import LiveDraws, live_draws
from withdrawal_risk.reports.live.noise import key_of
from withdrawal_risk.reports.live.presets import presets
from withdrawal_risk.simulation.futures import Futures, futures_of_part

__all__ = ["LiveExport", "live_export"]

_MOST_BYTES: Final = 410_000
"""Of the columns as text. Indicators that no condition reads, but that may be supposed to show a
value, are exported while there is room."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LiveExport:
    """What the page computes with, and the same draws as the library sees them.

    Parameters
    ----------
    data : dict
        JSON-ready.
    draws : LiveDraws
    conditions : LiveConditions
    nodes, edges, indicators : dict of int to int
        Exported places by position.
    """

    data: dict[str, Any]
    draws: LiveDraws
    conditions: LiveConditions
    nodes: dict[int, int]
    edges: dict[int, int]
    indicators: dict[int, int]


def live_export(
    posterior: Posterior, *, draws: int = 1000, random_seed: int = 1, most_bytes: int = _MOST_BYTES
) -> LiveExport:
    """Return a posterior as data that the page computes with.

    Parameters
    ----------
    posterior : Posterior
    draws : int
        Evenly spaced; no more than there are.
    random_seed : int
        Of the futures.
    most_bytes : int
        Of the columns as text, before indicators that no condition reads are left out.
    """
    frame = posterior.frame
    names = frame.coords["indicator"]
    with_form = {name for name, item in frame.indicators if has_live_form(family_of(item))}
    conditions = LiveConditions(posterior, with_form)
    leaves = [conditions.clauses[place] for place in conditions.read]
    read = sorted({names.index(leaf.indicator) for leaf in leaves if leaf.indicator is not None})
    subjects = {int(frame.measured[k]) for k in read}
    subjects |= {
        frame.structure.factors.index(leaf.factor) for leaf in leaves if leaf.factor is not None
    }
    exported = live_draws(posterior, subjects, read, draws=draws, random_seed=random_seed)
    exported.add_indicators(_further(posterior, exported, with_form), most_bytes)
    nodes = {j: place for place, j in enumerate(exported.nodes)}
    edges = {e: place for place, e in enumerate(exported.weight)}
    indicators = {k: place for place, k in enumerate(exported.shown)}
    baseline = next(futures_of_part(posterior, exported.part, (), exported.nodes))
    data = {
        "version": 1,
        "seed": random_seed,
        "draws": len(exported.part.past),
        "futures": exported.part.innovation.shape[3],
        "chains": posterior.chains,
        "probability": CI_PROB,
        "months": [str(posterior.as_of + 1 + t) for t in range(exported.part.innovation.shape[1])],
        "nodes": [_of_node(exported, j) | _usual(baseline, j) for j in exported.nodes],
        "edges": [_of_edge(exported, e, nodes) for e in exported.weight],
        "indicators": [
            _of_indicator(exported, k, nodes, read=k in read)
            | ({"state": past_state(baseline, k)} if k in read and _lasts(posterior, k) else {})
            for k in exported.shown
        ],
        **conditions.to_dict(baseline, list(nodes), list(indicators)),
        "scenarios": presets(posterior, nodes, edges),
        "columns": exported.columns.to_dict(),
    }
    return LiveExport(
        data=data,
        draws=exported,
        conditions=conditions,
        nodes=nodes,
        edges=edges,
        indicators=indicators,
    )


def _lasts(posterior: Posterior, indicator: int) -> bool:
    return family_of(posterior.frame.indicators[indicator][1]).has_memory


def _further(posterior: Posterior, exported: LiveDraws, with_form: set[str]) -> Sequence[int]:
    """Return indicators of exported factors that no condition reads, most often published first."""
    frame = posterior.frame
    rows = [row.indicator for row in posterior.model.evidence_at(posterior.as_of)]
    further = [
        k
        for k, (name, item) in enumerate(frame.indicators)
        if k not in exported.shown
        and name in with_form
        and int(frame.measured[k]) in exported.nodes
        # Whether a state is a yes depends on all months before, which only clauses have exported.
        and not family_of(item).has_memory
    ]
    return sorted(further, key=lambda k: -rows.count(frame.indicators[k][0]))


def _of_node(exported: LiveDraws, j: int) -> dict[str, Any]:
    """Return a node as JSON-ready data."""
    posterior, inputs = exported.posterior, exported.part.inputs
    structure, frame = posterior.frame.structure, posterior.frame
    name, now = structure.factors[j], exported.part.past.shape[1]
    data: dict[str, Any] = {
        "name": name,
        "past": exported.past[j],
        "rank": int(structure.causal_rank[j]),
        "feedback": j in _in_cycles(exported),
    }
    if j in exported.phi:
        drive = exported.drive[j]
        jumping = bool(frame.jump[frame.inferred_index.tolist().index(j)])
        data |= {
            "phi": exported.phi[j],
            "ownScale": exported.own_scale[j],
            "drive": drive if len(set(drive)) > 1 else drive[:1],
            "jump": jumping,
            "key": list(key_of(exported.part.random_seed, "factor", name)),
        }
    else:
        data["given"] = inputs.given[now:, j].tolist()
    if j in structure.hidden:
        return data | {"hidden": True}
    node = posterior.model.spec.node(name)
    cuts = tuple(node.cuts)
    data |= {"cuts": list(cuts), "levels": [level_value(place, cuts) for place in LEVEL_NAMES]}
    if isinstance(node, Policy):
        data["policy"] = {"reference": node.reference, "perLevel": node.per_level}
    return data


def _usual(baseline: Futures, j: int) -> dict[str, Any]:
    """Return the mean level of a node in every future month of the baseline."""
    now, last = baseline.past.shape[1], len(baseline.window) - 1
    mean = baseline.level(j, now, last).mean(axis=(0, 2))
    return {"usual": [round(float(level), 4) for level in mean]}


def _in_cycles(exported: LiveDraws) -> set[int]:
    """Return the nodes that act on themselves through others."""
    structure = exported.posterior.frame.structure
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_edges_from(
        zip(structure.edge_parent.tolist(), structure.children.tolist(), strict=True)
    )
    groups = nx.strongly_connected_components(graph)
    return {j for group in groups if len(group) > 1 for j in group}


def _of_edge(exported: LiveDraws, e: int, nodes: Mapping[int, int]) -> dict[str, Any]:
    structure = exported.posterior.frame.structure
    data = {
        "child": nodes[int(structure.children[e])],
        "parent": nodes[int(structure.edge_parent[e])],
        "lag": int(structure.edge_lag[e]),
        "weight": exported.weight[e],
    }
    return data | ({"hidden": True} if e in structure.hidden_edge else {})


def _of_indicator(
    exported: LiveDraws, k: int, nodes: Mapping[int, int], *, read: bool
) -> dict[str, Any]:
    """Return an indicator as JSON-ready data."""
    frame, measurement = exported.posterior.frame, exported.part.measurement(k)
    name = frame.indicators[k][0]
    data: dict[str, Any] = {
        "name": name,
        "family": measurement.family.name,
        "node": nodes[measurement.factor],
        "tail": measurement.tail,
        "read": read,
        "key": list(key_of(exported.part.random_seed, "indicator", name)),
    }
    return data | exported.shown[k]
