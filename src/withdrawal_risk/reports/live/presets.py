"""Scenarios of the file, as questions that the page can ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.simulation.worlds import World, horizon_window, of_scenario

__all__ = ["preset", "presets"]


def presets(
    posterior: Posterior, nodes: Mapping[int, int], edges: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Return every scenario of which something lies ahead and acts on what is exported.

    Parameters
    ----------
    posterior : Posterior
    nodes, edges : mapping of int to int
        Exported places by position.
    """
    made = []
    for name, scenario in posterior.model.spec.scenarios.items():
        world = of_scenario(posterior, scenario)
        paths = [posterior.frame.structure.factors.index(policy) for policy in scenario.policies]
        item = preset(posterior, world, nodes, edges, paths)
        if any(item.values()):
            made.append({"name": name} | item)
    return made


def preset(
    posterior: Posterior,
    world: World,
    nodes: Mapping[int, int],
    edges: Mapping[int, int],
    paths: list[int] | None = None,
) -> dict[str, Any]:
    """Return a world as JSON-ready data, in months counted from the first future one.

    Parameters
    ----------
    posterior : Posterior
    world : World
    nodes, edges : mapping of int to int
        Exported places by position; what is not exported acts on nothing and is left out.
    paths : list of int, optional
        Policies whose path is another one.
    """
    now = posterior.as_of - horizon_window(posterior).first + 1
    spans = [
        {
            "node": nodes[span.factor],
            "first": span.first - now,
            "last": span.last - now,
            "size": span.setting.size,
            "shifted": span.setting.shifted,
            "ramp": span.ramp,
        }
        for span in world.spans
        if span.factor in nodes
    ]
    pushes = [
        {"node": nodes[int(j)], "sizes": world.push[now:, j].tolist()}
        for j in np.flatnonzero(world.push.any(axis=0))
        if int(j) in nodes
    ]
    given = []
    for j in paths or ():
        if j in nodes and world.clamped[now:, j].any():
            first = int(world.clamped[now:, j].argmax())
            given.append(
                {"node": nodes[j], "first": first, "levels": world.given[now + first :, j].tolist()}
            )
    scaled = [
        {
            "edge": edges[span.edge],
            "first": span.first - now,
            "last": span.last - now,
            "scale": span.scale,
            "ramp": span.ramp,
        }
        for span in world.edge_spans
        if span.edge in edges
    ]
    return {"spans": spans, "paths": given, "pushes": pushes, "edges": scaled}
