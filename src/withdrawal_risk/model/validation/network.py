"""Edges, and the dynamics that follow from them: cycles, feedback, explained variance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from withdrawal_risk.dynamics.scale import MOST_EXPLAINED, spectral_radius
from withdrawal_risk.dynamics.structure import Structure
from withdrawal_risk.elements.elicitation import LONGEST_HALF_LIFE, SHORTEST_HALF_LIFE
from withdrawal_risk.elements.quantiles import Positive, prior_mean
from withdrawal_risk.model.document import Path_
from withdrawal_risk.model.network import (
    PriorMeans,
    feedback_groups,
    lag_zero_cycle,
    structure_at_prior_means,
)
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.faults import Fault, unknown

__all__ = ["dynamics_faults", "edge_faults"]

_LARGEST_RADIUS: Final = 0.9995
"""A network whose slowest movement halves in `LONGEST_HALF_LIFE` has 0.99942."""


def edge_faults(spec: ModelSpec, nodes: set[str]) -> Iterator[Fault]:
    """Find edges that refer to nothing, stand twice, or form a cycle within a month."""
    seen: dict[tuple[str, str], int] = {}
    for number, edge in enumerate(spec.edges):
        place: Path_ = ("edges", number)
        for end, name in (("from", edge.from_), ("to", edge.to)):
            if name not in nodes:
                yield (*place, end), unknown("factor", name, nodes)
        if edge.from_ == edge.to:
            yield (
                place,
                f"a self-loop on {edge.to!r}; how a factor depends on its own past is its "
                "half_life",
            )
        if edge.to in spec.policies:
            yield (*place, "to"), f"{edge.to!r} is a policy: its path is given, nothing acts on it"
        pair = (edge.from_, edge.to)
        if pair in seen:
            yield (
                place,
                f"duplicate edge from {edge.from_!r} to {edge.to!r}, first given as "
                f"edges[{seen[pair]}]; keep one",
            )
        seen.setdefault(pair, number)
    # Self-loops and unknown ends have been reported above.
    instant = {
        (edge.from_, edge.to): number
        for number, edge in enumerate(spec.edges)
        if edge.lag == 0 and edge.from_ != edge.to and {edge.from_, edge.to} <= nodes
    }
    cycle = lag_zero_cycle(sorted(nodes), list(instant))
    if cycle:
        yield (
            ("edges", instant[cycle[0], cycle[1]]),
            f"a cycle among lag-0 edges: {' -> '.join(cycle)}; give one of them a lag of 1 or more",
        )


def dynamics_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find half-lives out of range, feedback that explodes, and parents that explain too much."""
    ranges = [*_half_life_faults(spec), *_drift_faults(spec)]
    yield from ranges
    # What follows solves for the long run, which such half-lives put out of reach.
    if ranges:
        return
    # Stability comes before explained variance: what explodes has no long-run variance.
    means = structure_at_prior_means(spec)
    radius = spectral_radius(means.structure, means.phi, means.weight)
    if radius >= _LARGEST_RADIUS:
        place, remedy = _remedy(spec, means, None)
        yield (
            place,
            f"explosive feedback: at the prior means the spectral radius is {radius:.3f}, it must "
            "be below "
            f"{_LARGEST_RADIUS:g}; {remedy}",
        )
        return
    for name, share in zip(means.structure.factors, means.own().explained, strict=True):
        if share > MOST_EXPLAINED:
            yield (
                ("factors", name),
                f"its parents explain {share:.1%} of its variance at the prior means, at most "
                f"{MOST_EXPLAINED:.0%} is allowed; "
                f"{_remedy(spec, means, name)[1]}",
            )


def _half_life_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find half-lives of factors and of their drift that are out of range."""
    for name, factor in spec.factors.items():
        given: dict[Path_, float | Positive] = {("factors", name, "half_life"): factor.half_life}
        if factor.drift is not None:
            given["factors", name, "drift", "half_life"] = factor.drift.half_life
        for place, half_life in given.items():
            shortest = half_life.p5 if isinstance(half_life, Positive) else half_life
            if shortest < SHORTEST_HALF_LIFE:
                yield (
                    place,
                    f"p5 is {shortest:g} months, at least {SHORTEST_HALF_LIFE:g} is allowed; what "
                    "answers at once has forgotten everything within a month all the same",
                )
            if prior_mean(half_life) > LONGEST_HALF_LIFE:
                yield (
                    place,
                    f"its mean is {prior_mean(half_life):.4g} months, at most "
                    f"{LONGEST_HALF_LIFE:g} are allowed; write what a level needs to answer, not "
                    "how long a state lasts",
                )


def _drift_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find drift that is no slower than its factor, and parts of events that have no drift."""
    for name, factor in spec.factors.items():
        if factor.drift is None:
            continue
        slow = prior_mean(factor.drift.half_life)
        if slow <= factor.half_life.mean:
            yield (
                ("factors", name, "drift", "half_life"),
                f"{slow:.4g} months are no slower than the factor itself, whose half_life has a "
                f"mean of {factor.half_life.mean:.4g}; drift moves over years, usually 24 to 96 "
                "months",
            )
    for name, event in spec.events.items():
        for number, effect in enumerate(event.effects):
            drifting = spec.factors.get(effect.factor)
            if effect.lasting is not None and drifting is not None and drifting.drift is None:
                yield (
                    ("events", name, "effects", number, "lasting"),
                    f"{effect.factor!r} has no drift, so nothing of an event can stay in it; give "
                    "it drift, or leave 'lasting' out",
                )


def _strongest_edge(structure: Structure, weight: np.ndarray, child: str | None) -> int:
    """Return the strongest edge into a factor or, without one, of the feedback loops."""
    if child is None:
        # There is such an edge: without loops the radius is the largest persistence, which the
        # limit of half-lives keeps below `_LARGEST_RADIUS`.
        loops = {(a, b) for group in feedback_groups(structure.edges) for a in group for b in group}
        chosen = [e for e, (a, b, _) in enumerate(structure.edges) if (a, b) in loops]
    else:
        chosen = [e for e in structure.named_edge if structure.edges[e][1] == child]
    return max(chosen, key=lambda e: abs(weight[e]))


def _remedy(spec: ModelSpec, means: PriorMeans, child: str | None) -> tuple[Path_, str]:
    """Return the place of the strongest edge in the file, and a weight that would do."""
    structure, weight = means.structure, means.weight
    e = _strongest_edge(structure, weight, child)
    # Bisection for the largest share of its weight that the edge may keep, to a thousandth.
    low, high = 0.0, 1.0
    for _ in range(10):
        middle, trial = (low + high) / 2, weight.copy()
        trial[e] *= middle
        sound = spectral_radius(structure, means.phi, trial) < _LARGEST_RADIUS
        if sound:
            share = means._replace(weight=trial).own().explained
            looked_at = share if child is None else share[structure.factors.index(child)]
            sound = bool(np.all(looked_at <= MOST_EXPLAINED))
        low, high = (middle, high) if sound else (low, middle)
    parent, to, _ = structure.edges[e]
    place = (
        "edges",
        next(n for n, edge in enumerate(spec.edges) if (edge.from_, edge.to) == (parent, to)),
    )
    if low > 0.01:
        # A little less than the last that would do, so that its two digits still do.
        size = 0.95 * low * weight[e]
        return (
            place,
            f"a mean weight of {size:+.2f} instead of {weight[e]:+.2f} from {parent!r} to {to!r} "
            "would do",
        )
    # Even with next to nothing of this edge the fault remains, so others must weaken, too.
    return (
        place,
        f"weaken several edges, first the one from {parent!r} to {to!r}, whose mean weight is "
        f"{weight[e]:+.2f}",
    )
