"""The causal network in layers, with the probability of each level in its nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch
from matplotlib.path import Path
from numpy.typing import NDArray

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.inference.alignment import policy_paths
from withdrawal_risk.inference.path_inputs import dynamics_of
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.language.numbers import significant
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import structure_at_prior_means
from withdrawal_risk.plots.layers import Placed, placed
from withdrawal_risk.plots.sheet import Sheet
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    BAD_SOFT,
    GOOD,
    GOOD_SOFT,
    INK,
    LOWERS,
    MUTED,
    MUTED_PALE,
    MUTED_SOFT,
    PAPER,
    SMALL,
    WIDTH,
    fitted,
    marked,
    say,
    styled,
)
from withdrawal_risk.queries.answers import about

__all__ = ["plot_network"]

Array = NDArray[np.float64]
Weighted = tuple[str, str, float]

# Points: a box, the room between two, that of an edge passing by, between rows, for arrow and sign,
# for an edge to come clear of a box; a level's bar at its highest, and its width; a line of text.
_BOX: Final = 106.0
_BETWEEN: Final = 8.0
_LANE: Final = 9.0
_GAP: Final = 62.0
_TAIL: Final = 22.0
_CLEAR: Final = 3.0
_BARS: Final = 24.0
_BAR: Final = 14.0
_LINE: Final = 11.5

_WORST_FIRST: Final = (BAD, BAD_SOFT, MUTED_SOFT, GOOD_SOFT, GOOD)
_OUTLINES: Final = (BAD, BAD, MUTED, GOOD, GOOD)


class _Box(NamedTuple):
    """A node as it is drawn; `top` and `height` in points."""

    x: float
    top: float
    height: float


@styled
def plot_network(
    source: Model | Posterior, *, drift: bool = False, lang: str = "en", ax: Axes | None = None
) -> Figure:
    """Draw the network in layers, causes above effects.

    Each box of a fitted model holds the probabilities of the five named levels now, from the
    lowest to the highest, in the colours of the better and the worse end. An edge has the sign of
    its effect at its head and the width of its mean weight; one that closes a loop of feedback is
    dashed.

    Parameters
    ----------
    source : Model or Posterior
        Of a model that was not fitted the weights are those of the prior, and no level is shown.
    drift : bool
        Whether to show the slow part of factors with drift, as a cause of its own.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        If `source` is neither.

    Examples
    --------
    >>> figure = wr.plot_network(posterior.model)
    >>> len(figure.axes)
    1
    """
    heading = say("network", lang)
    drift = true_or_false(drift, "drift")
    model = model_of(source, "plot_network")
    spec, graph = model.spec, model.network.copy()
    fitted_model = source if isinstance(source, Posterior) else None
    hidden, slow = _drifting(model, fitted_model, lang) if drift else ({}, [])
    edges = [*_weights(model.network, fitted_model), *slow]
    graph.add_edges_from((a, b, {"lag": 0}) for a, b, _ in slow)
    where = placed(graph, width=72 * WIDTH - 8, node=_BOX, gap=_BETWEEN, lane=_LANE)
    sheet = Sheet(ax, lang, heading, width=where.width)
    labels = {name: hidden[name] if name in hidden else spec.label(name, lang) for name in graph}
    labels = {
        name: fitted(label, _BOX - 8, weight="bold" if name in spec.policies else "normal")
        for name, label in labels.items()
    }
    shares = {} if fitted_model is None else _level_shares(fitted_model)
    given = _given(model, fitted_model, lang)
    tall = {
        name: _LINE * (label.count("\n") + 1)
        + 10
        + (_BARS + 9 if name in shares else 0)
        + _LINE * (given[name].count("\n") + 1 if name in given else 0)
        for name, label in labels.items()
    }
    boxes, rows = _boxes(where, tall)
    for name, box in boxes.items():
        _node(
            sheet,
            box,
            labels[name],
            given.get(name, ""),
            policy=name in spec.policies,
            hidden=name in hidden,
        )
        if name in shares:
            _levels(sheet, box, shares[name], worst_high=spec.node(name).worse == "high")
    _edges(sheet.axis, where, boxes, rows, edges)
    foot = rows[-1][1] + 6
    if shares:
        note = fitted(say("level_bars", lang), where.width - 20)
        sheet.text(where.width / 2, foot + 8, note, at="center", va="top", color=MUTED)
        foot += 16 + _LINE * (note.count("\n") + 1)
    figure = sheet.done(
        foot,
        _handles(
            lang,
            feedback=bool(where.back),
            policies=bool(spec.policies),
            hidden=bool(hidden),
            levels=bool(shares),
        ),
    )
    return figure if fitted_model is None else marked(sheet.axis, about(fitted_model), lang)


def _level_shares(posterior: Posterior) -> dict[str, Array]:
    """Return the share of draws in each named level of every factor, in the month of the as_of."""
    now = posterior.as_of - posterior.stored_months.first
    level, frame = posterior.inferred_levels()[:, now], posterior.frame
    names = [frame.structure.factors[j] for j in frame.inferred_index]
    factors = posterior.model.spec.factors
    return {
        # Bins are half-open, as wherever a level is named.
        name: np.bincount(np.searchsorted(factors[name].cuts, level[:, k]), minlength=5)
        / len(level)
        for k, name in enumerate(names)
        if name in factors
    }


def _given(model: Model, posterior: Posterior | None, lang: str) -> dict[str, str]:
    """Return the value that each policy has now, in its unit; nothing without a fit."""
    if posterior is None:
        return {}
    names, policies = posterior.frame.structure.factors, model.spec.policies
    _, path = policy_paths(model, names, posterior.stored_months, posterior.as_of)
    now = path[posterior.as_of - posterior.stored_months.first]
    return {
        name: fitted(
            f"{significant(float(item.value(now[names.index(name)])))} {item.unit[lang]}", _BOX - 8
        )
        for name, item in policies.items()
    }


def _weights(graph: nx.DiGraph, posterior: Posterior | None) -> list[Weighted]:
    """Return every edge with its mean weight, of the posterior or else of the prior."""
    if posterior is None or not graph.number_of_edges():
        return [(a, b, float(weight)) for a, b, weight in graph.edges(data="weight")]
    weight = posterior.tree["posterior"].dataset["weight"].mean(("chain", "draw"))
    return [(a, b, float(weight.sel(edge=f"{a}->{b}"))) for a, b in graph.edges]


def _drifting(
    model: Model, posterior: Posterior | None, lang: str
) -> tuple[dict[str, str], list[Weighted]]:
    """Return hidden parents with their words, and the edges from them with their mean weights."""
    spec = model.spec
    if posterior is None:
        means = structure_at_prior_means(spec)
        structure, weight = means.structure, means.dynamics()[1]
    else:
        frame, draws = posterior.frame, posterior.draws()
        structure = frame.structure
        weight = dynamics_of(frame, draws, len(draws["half_life"]))[2].mean(axis=0)
    labels, edges = {}, []
    for e in structure.hidden_edge:
        hidden, child, _ = structure.edges[e]
        labels[hidden] = say("drift_of", lang, name=spec.label(child, lang))
        edges.append((hidden, child, float(weight[e])))
    return labels, edges


def _boxes(
    where: Placed, tall: Mapping[str, float]
) -> tuple[dict[str, _Box], list[tuple[float, float]]]:
    """Return every node's box, and the top and the bottom of every row."""
    boxes, rows, top = {}, [], 6.0
    for layer in where.layers:
        # A row of bends alone is low.
        height = max((tall[name] for name in layer), default=0.0)
        rows.append((top, top + height))
        for name in layer:
            boxes[name] = _Box(where.x[name], top + (height - tall[name]) / 2, tall[name])
        top += height + _GAP
    return boxes, rows


def _node(sheet: Sheet, box: _Box, label: str, given: str, *, policy: bool, hidden: bool) -> None:
    """Draw the box of a node with its name."""
    sheet.axis.add_patch(
        FancyBboxPatch(
            (box.x - _BOX / 2, box.top),
            _BOX,
            box.height,
            # A policy has corners, and what is inferred has none.
            boxstyle="square,pad=0" if policy else "round,pad=0,rounding_size=7",
            fc=MUTED_PALE if policy else PAPER,
            ec=INK if policy else MUTED,
            lw=1.8 if policy else 1.0,
            ls=":" if hidden else "-",
            zorder=3,
        )
    )
    sheet.text(
        box.x, box.top + 4, label, at="center", va="top", zorder=5, linespacing=1.05,
        fontweight="bold" if policy else "normal",
    )  # fmt: skip
    if given:
        below = box.top + 4 + _LINE * (label.count("\n") + 1)
        sheet.text(box.x, below, given, at="center", va="top", zorder=5, color=MUTED)


def _levels(sheet: Sheet, box: _Box, share: Array, *, worst_high: bool) -> None:
    """Draw the probabilities of the levels as bars, the lowest level where reading begins."""
    foot, left = box.top + box.height - 9, box.x - 2.5 * (_BAR + 3) + 1.5
    sheet.axis.plot(
        [left - 2, left + 5 * (_BAR + 3) - 1], [foot, foot], color=MUTED, lw=0.8, zorder=4
    )
    for k, part in enumerate(share):
        place = 4 - k if worst_high else k
        sheet.box(
            left + k * (_BAR + 3), foot - _BARS * part, _BAR, _BARS * part,
            _WORST_FIRST[place], ec=_OUTLINES[place], lw=0.8, zorder=4,
        )  # fmt: skip
    worst = left + (4 if worst_high else 0) * (_BAR + 3) + _BAR / 2
    sheet.axis.plot(worst, foot + 4.5, "^", color=BAD, ms=4.5, mew=0, zorder=4)


def _edges(
    axis: Axes,
    where: Placed,
    boxes: Mapping[str, _Box],
    rows: list[tuple[float, float]],
    edges: list[Weighted],
) -> None:
    """Draw every edge from port to port, past the nodes between them, its sign at its head."""
    row_of = {name: k for k, layer in enumerate(where.layers) for name in layer}
    ports = _ports(where, boxes, edges, row_of)
    for a, b, size in edges:
        back = (a, b) in where.back
        upper, lower = (b, a) if back else (a, b)
        first, last = row_of[upper], row_of[lower]
        x = [ports[a, b, "foot"], *where.bends[a, b], ports[a, b, "head"]]
        way: list[tuple[float, float]] = [(x[0], boxes[upper].top + boxes[upper].height)]
        codes = [Path.MOVETO]
        for k, row in enumerate(range(first, last)):
            # Straight where a sign stands.
            below = rows[row][1] + (_TAIL if back and row == first else _CLEAR)
            above = rows[row + 1][0] - (_TAIL if not back and row + 1 == last else _CLEAR)
            middle = (below + above) / 2
            way += [(x[k], below), (x[k], middle), (x[k + 1], middle), (x[k + 1], above)]
            codes += [Path.LINETO, *[Path.CURVE4] * 3]
        way.append((x[-1], boxes[lower].top))
        codes.append(Path.LINETO)
        if back:
            # From the lower node to the upper: the same way, backwards.
            way, codes = way[::-1], _reversed_codes(codes)
        colour = ACCENT if size > 0 else LOWERS
        width = 0.5 + 6 * abs(size)
        axis.add_patch(
            FancyArrowPatch(
                path=Path(way, codes),
                arrowstyle="-|>",
                mutation_scale=8 + width,
                shrinkA=0,
                shrinkB=0,
                lw=width,
                color=colour,
                fill=False,
                linestyle=(0, (3, 1.5)) if back else "-",
                capstyle="butt",
                zorder=1,
            )
        )
        _sign(axis, way[-1], size, colour, up=back, staggered=ports[a, b, "near"] > 0)


def _reversed_codes(codes: list[Any]) -> list[Any]:
    """Return the codes of a path whose points are turned round."""
    # A code says how its point is reached; turned round, it is how the one after it is.
    return [Path.MOVETO, *codes[:0:-1]]


def _ports(
    where: Placed, boxes: Mapping[str, _Box], edges: list[Weighted], row_of: Mapping[str, int]
) -> dict[tuple[str, str, str], float]:
    """Return where each edge leaves and meets its boxes, in the order of where it comes from."""
    meeting = defaultdict(list)
    for a, b, _ in edges:
        upper, lower = (b, a) if (a, b) in where.back else (a, b)
        bends = where.bends[a, b]
        meeting[upper, "foot"].append((bends[0] if bends else boxes[lower].x, a, b))
        meeting[lower, "head"].append((bends[-1] if bends else boxes[upper].x, a, b))
    ports: dict[tuple[str, str, str], float] = {}
    for (name, end), several in meeting.items():
        room = (_BOX - 20) / max(len(several) - 1, 1)
        step = min(room, 20.0)
        for k, (_, a, b) in enumerate(sorted(several)):
            ports[a, b, end] = boxes[name].x + step * (k - (len(several) - 1) / 2)
            # Signs that stand too near to each other take turns.
            arrives = (end == "foot") == ((a, b) in where.back)
            if arrives:
                ports[a, b, "near"] = float(k % 2 and step < 12)
    return ports


def _sign(
    axis: Axes, head: tuple[float, float], size: float, colour: str, *, up: bool, staggered: bool
) -> None:
    """Write the sign of an edge beside its head, in a circle of its own."""
    away = 17.0 + (11.0 if staggered else 0.0)
    x, y = head[0], head[1] + (away if up else -away)
    axis.plot(x, y, "o", mfc=PAPER, mec=colour, mew=1.0, ms=9.5, zorder=6)
    axis.text(
        x, y, "+" if size > 0 else "−", ha="center", va="center_baseline", fontsize=SMALL,
        fontweight="bold", color=colour, zorder=7,
    )  # fmt: skip


def _handles(lang: str, *, feedback: bool, policies: bool, hidden: bool, levels: bool) -> list[Any]:
    """Return what the legend explains."""
    handles: list[Any] = [
        Line2D([], [], color=ACCENT, lw=2.5, label=f"+ {say('raises', lang)}"),
        Line2D([], [], color=LOWERS, lw=2.5, label=f"− {say('lowers', lang)}"),
    ]
    if feedback:
        line = Line2D([], [], color=MUTED, lw=2, ls=(0, (3, 1.5)), label=say("feedback", lang))
        handles.append(line)
    if policies:
        handles.append(Patch(fc=MUTED_PALE, ec=INK, lw=1.8, label=say("policy", lang)))
    if hidden:
        handles.append(Patch(fc=PAPER, ec=MUTED, ls=":", label=say("drift", lang)))
    if levels:
        handles += [
            Patch(fc=BAD, ec=BAD, label=say("worse_level", lang)),
            Patch(fc=GOOD, ec=GOOD, label=say("better_level", lang)),
            Line2D([], [], ls="", marker="^", color=BAD, ms=6, label=say("worse_end", lang)),
        ]
    return handles
