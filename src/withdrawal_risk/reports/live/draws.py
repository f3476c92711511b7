"""Draws as the page has them: rounded to 12 bits, with noise that both languages make alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.inference.measurement import Measurement
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.inference.priors import constrained, innovations
from withdrawal_risk.reports.live.columns import Columns
from withdrawal_risk.reports.live.noise import Noise, key_of, month_key
from withdrawal_risk.simulation.parts import (
    Part,
    draws_of_group,
    known_limits,
    known_spans,
    known_values,
)
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["LiveDraws", "live_draws"]

Array = NDArray[np.float64]

FUTURES: Final = 16
"""For each draw; no more than 31, because a word holds a bit for each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _LivePart(Part):
    """Draws whose indicators take their noise from the generator that the page has too."""

    def _generator(self, name: str, month: str, begin: int) -> Any:
        first = self.draws.start + begin
        if month.isdecimal():
            return Noise(month_key(key_of(self.random_seed, "indicator", name), int(month)), first)
        # Of the past, which is simulated here and exported.
        return Noise(key_of(self.random_seed, "indicator", name, month), first)


@dataclass(frozen=True, kw_only=True, eq=False)
class LiveDraws:
    """The draws that are exported, as the library sees them, and where their columns stand.

    Parameters
    ----------
    posterior : Posterior
    part : Part
        The rounded draws with their noise; the library's own simulation runs on it unchanged.
    nodes : tuple of int
        Positions of the nodes that are exported: all that acts on what is read, in sweep order.
    columns : Columns
    phi, own_scale : dict of int to int
        Columns by node, of those that are inferred.
    drive : dict of int to list of int
        Columns by node, one a future month.
    past : dict of int to list of int
        Columns by node: one month before the first future one, two months, and so on.
    weight : dict of int to int
        Columns by edge.
    shown : dict of int to dict
        By position of an indicator: columns of ``reference``, ``slope``, ``error``, ``leaving``,
        ``nought``, ``noughtSlope`` and, a list, ``cuts``, as far as it has them.
    """

    posterior: Posterior
    part: Part
    nodes: tuple[int, ...]
    columns: Columns
    phi: dict[int, int]
    own_scale: dict[int, int]
    drive: dict[int, list[int]]
    past: dict[int, list[int]]
    weight: dict[int, int]
    shown: dict[int, dict[str, Any]]

    def add_indicators(self, indicators: Iterable[int], most_bytes: int) -> None:
        """Export more indicators, in their order, while the columns have room."""
        for k in indicators:
            if self.columns.size > most_bytes:
                return
            self.shown[k] = _shown(self.part, k, self.columns)


def live_draws(
    posterior: Posterior,
    subjects: Iterable[int],
    indicators: Collection[int],
    *,
    draws: int,
    random_seed: int,
) -> LiveDraws:
    """Round evenly spaced draws of a posterior to what is exported.

    Parameters
    ----------
    posterior : Posterior
    subjects : iterable of int
        Positions of the factors whose futures are read.
    indicators : collection of int
        Positions of the indicators whose values are read or supposed.
    draws : int
    random_seed : int
        Of the futures.
    """
    nodes = _with_causes(posterior.frame, subjects)
    part = _part(posterior, min(draws, posterior.count()), random_seed)
    columns = Columns()
    rounded = _Rounded(posterior.frame, part, columns, nodes)
    shown = {k: _shown(part, k, columns) for k in indicators}
    return LiveDraws(
        posterior=posterior,
        part=part,
        nodes=nodes,
        columns=columns,
        phi=rounded.phi,
        own_scale=rounded.own_scale,
        drive=rounded.drive,
        past=rounded.past,
        weight=rounded.weight,
        shown=shown,
    )


def _with_causes(frame: Frame, subjects: Iterable[int]) -> tuple[int, ...]:
    """Return some nodes with all that acts on them, hidden parents included."""
    structure = frame.structure
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(range(len(structure.factors)))
    graph.add_edges_from(
        zip(structure.edge_parent.tolist(), structure.children.tolist(), strict=True)
    )
    several = set(subjects)
    return tuple(sorted(several.union(*(nx.ancestors(graph, j) for j in several))))


def _part(posterior: Posterior, many: int, random_seed: int) -> Part:
    """Return evenly spaced draws with the noise of their futures, not rounded yet."""
    model, frame, window = posterior.model, posterior.frame, horizon_window(posterior)
    unknowns, level = draws_of_group(posterior, "posterior", many)
    ahead, names = model.spec.time.horizon - posterior.as_of, frame.structure.factors
    noise = np.zeros((many, ahead, len(names), FUTURES), np.float32)
    for j, jump in zip(frame.inferred_index.tolist(), frame.jump.tolist(), strict=True):
        key = key_of(random_seed, "factor", names[j])
        for month in range(ahead):
            stream: Any = Noise(month_key(key, month))
            noise[:, month, j] = innovations(stream, (many, FUTURES), jump=jump)
    inputs = path_inputs(model, frame, unknowns, posterior.as_of, window)
    return _LivePart(
        frame=frame,
        draws=slice(0, many),
        # Both are written to below, and the posterior's own are not to change.
        unknowns={name: values.copy() for name, values in unknowns.items()},
        inputs=inputs._replace(drive=inputs.drive.copy()),
        past=level.copy(),
        innovation=noise,
        random_seed=random_seed,
        published=known_values(posterior),
        spans=known_spans(posterior),
        limits=known_limits(posterior),
    )


class _Rounded:
    """Rounds what determines the futures of a part, in place, and says where the columns are."""

    def __init__(self, frame: Frame, part: Part, columns: Columns, nodes: Iterable[int]) -> None:
        self.columns, self.part = columns, part
        structure, inputs = frame.structure, part.inputs
        inferred = [j for j in nodes if j in set(frame.inferred_index.tolist())]
        edges = np.flatnonzero(np.isin(structure.children, inferred)).tolist()
        self.phi = {j: self._round(inputs.phi[:, j]) for j in inferred}
        self.own_scale = {j: self._round(inputs.own_scale[:, j]) for j in inferred}
        self.weight = {e: self._round(inputs.weight[:, e]) for e in edges}
        before = part.past.shape[1]
        self.drive = {
            j: [
                self._round(inputs.drive[:, month, j])
                for month in range(before, inputs.drive.shape[1])
            ]
            for j in inferred
        }
        # A level depends on itself a month before; before the first month it is held there.
        reach = dict.fromkeys(nodes, 1)
        for e in edges:
            i = int(structure.edge_parent[e])
            reach[i] = max(reach[i], int(structure.edge_lag[e]))
        self.past = {
            j: [self._round(part.past[:, max(before - b, 0), j]) for b in range(1, many + 1)]
            for j, many in reach.items()
        }

    def _round(self, values: Array) -> int:
        place, values[...] = self.columns.add(values)
        return place


def _shown(part: Part, indicator: int, columns: Columns) -> dict[str, Any]:
    """Round how an indicator shows its factor, and say where the columns are."""
    measurement = part.measurement(indicator)
    places: dict[str, Any] = {}
    rounded: dict[str, Array] = {}
    for name in ("reference", "slope", "error", "leaving", "nought", "nought_slope"):
        values: Array | None = getattr(measurement, name)
        if values is not None:
            places[name], rounded[name] = columns.add(values)
    if measurement.cuts is not None:
        several = [columns.add(column) for column in measurement.cuts.T]
        places["cuts"] = [place for place, _ in several]
        rounded["cuts"] = np.stack([values for _, values in several], axis=1)
    measurement = replace(measurement, **rounded)  # type: ignore[arg-type]
    part.memo["measurement", indicator] = measurement
    _write_back(part, indicator, measurement)
    return places


def _write_back(part: Part, indicator: int, rounded: Measurement) -> None:
    """Let the unknowns of a part say what was rounded; observations are weighed by them."""
    frame, unknowns = part.frame, part.unknowns
    unknowns["reference"][:, indicator] = rounded.reference
    unknowns["loading"][:, indicator] = np.abs(rounded.slope)
    if indicator in frame.noisy:
        unknowns["error"][:, frame.noisy.tolist().index(indicator)] = rounded.error
    if rounded.cuts is not None:
        before = [k for k in frame.categorical.tolist() if k < indicator]
        first = sum(len(frame.categories(k)) - 2 for k in before)
        gaps = np.diff(rounded.cuts, axis=1)
        if gaps.size:
            unknowns["category_gap_size"][:, first : first + gaps.shape[1]] = gaps
    if rounded.nought is not None and rounded.nought_slope is not None:
        place = list(frame.stopping).index(indicator)
        unknowns["nought"][:, place] = constrained("share", rounded.nought)
        unknowns["nought_loading"][:, place] = np.abs(rounded.nought_slope)
