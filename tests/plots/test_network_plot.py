"""The network: layers, boxes with their levels, edges with their signs, none through a box."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from tests.plots.test_plots import languages, texts

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.model.network import acyclic
from withdrawal_risk.plots.layers import Placed, crossings, placed
from withdrawal_risk.plots.style import ACCENT, BAD, GOOD, LOWERS, WIDTH

SIZES = {"width": 496.0, "node": 106.0, "gap": 8.0, "lane": 9.0}


def drawn_crossings(graph: nx.DiGraph, where: Placed) -> int:
    """Count crossings of a drawing from the places of its nodes and bends alone."""
    row_of = {name: k for k, row in enumerate(where.layers) for name in row}
    pieces: list[tuple[int, float, float]] = []
    for a, b in graph.edges:
        upper, lower = (b, a) if (a, b) in where.back else (a, b)
        way = [where.x[upper], *where.bends[a, b], where.x[lower]]
        assert len(way) == row_of[lower] - row_of[upper] + 1
        pieces += [(row_of[upper] + k, p, q) for k, (p, q) in enumerate(pairwise(way))]
    return sum(
        row == other and (p - r) * (q - s) < -1e-9
        for k, (row, p, q) in enumerate(pieces)
        for other, r, s in pieces[:k]
    )


@pytest.mark.parametrize(("name", "most"), [("iraq-2025", 52), ("iraq-2011", 52)])
def test_few_edges_cross(name: str, most: int) -> None:
    graph = wr.load_model(name).network
    assert drawn_crossings(graph, placed(graph, **SIZES)) <= most


@pytest.mark.parametrize("seed", range(12))
def test_layers_of_any_network(seed: int) -> None:
    """Causes above effects but for feedback, nothing on anything else, no edge through a node."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 25))
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(f"n{k}" for k in range(count))
    for a in range(count):
        for b in range(count):
            if a != b and rng.random() < 0.09:
                graph.add_edge(f"n{a}", f"n{b}", lag=0 if a < b else int(rng.integers(1, 4)))
    where = placed(graph, **SIZES)
    again = placed(graph, **SIZES)
    assert where == again
    assert sorted(name for row in where.layers for name in row) == sorted(graph)
    row_of = {name: k for k, row in enumerate(where.layers) for name in row}
    plain = acyclic(graph)
    assert where.back == {edge for edge in graph.edges if not plain.has_edge(*edge)}
    assert all((row_of[a] < row_of[b]) != ((a, b) in where.back) for a, b in graph.edges)
    for k, row in enumerate(where.layers):
        passing = [
            bends[k - min(row_of[a], row_of[b]) - 1]
            for (a, b), bends in where.bends.items()
            if min(row_of[a], row_of[b]) < k < max(row_of[a], row_of[b])
        ]
        for a, b in pairwise(sorted(where.x[name] for name in row)):
            assert b - a >= SIZES["node"] + SIZES["gap"] - 1e-6
        for x in passing:
            nearest = min((abs(x - where.x[name]) for name in row), default=np.inf)
            assert nearest >= (SIZES["node"] + SIZES["lane"]) / 2 - 1e-6
        ends = [where.x[name] for name in row]
        assert all(53 - 1e-6 <= x <= where.width - 53 + 1e-6 for x in ends)


def test_crossings_are_counted() -> None:
    rows = [["a", "b", "c"], ["d", "e"]]
    assert crossings(rows, [("a", "e"), ("b", "d"), ("c", "d"), ("a", "d")]) == 2


def arrows(axis: Axes) -> list[FancyArrowPatch]:
    return [patch for patch in axis.patches if isinstance(patch, FancyArrowPatch)]


@languages
def test_edges_have_their_weights_and_signs(posterior: wr.Posterior, lang: str) -> None:
    figure = wr.plot_network(posterior, lang=lang)
    (axis,) = figure.axes
    spec = posterior.model.spec
    named = set(texts(axis))
    assert {spec.label(name, lang) for name in (*spec.factors, *spec.policies)} <= named
    weight = posterior.tree["posterior"].dataset["weight"].mean(("chain", "draw"))
    drawn = arrows(axis)
    widths = sorted(round(arrow.get_linewidth(), 9) for arrow in drawn)
    assert widths == sorted(round(0.5 + 6 * abs(float(size)), 9) for size in weight)
    colours = sorted(to_hex(arrow.get_edgecolor()) for arrow in drawn)
    assert colours == sorted(ACCENT if float(size) > 0 else LOWERS for size in weight)
    signs = [text for text in texts(axis) if text in ("+", "−")]
    assert sorted(signs) == sorted("+" if float(size) > 0 else "−" for size in weight)
    assert (axis.get_xlim()[0] > axis.get_xlim()[1]) == (lang == "ar")
    assert figure.get_size_inches()[0] <= WIDTH + 1e-9


@languages
def test_boxes_hold_the_probabilities_of_the_levels(posterior: wr.Posterior, lang: str) -> None:
    (axis,) = wr.plot_network(posterior, lang=lang).axes
    frame, spec = posterior.frame, posterior.model.spec
    now = posterior.as_of - posterior.stored_months.first
    boxes = [patch for patch in axis.patches if isinstance(patch, FancyBboxPatch)]
    bars = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    assert len(boxes) == len(spec.factors) + len(spec.policies)
    assert len(bars) == 5 * len(spec.factors)
    at = {" ".join(text.get_text().split()): text.get_position()[0] for text in axis.texts}
    for name, factor in spec.factors.items():
        place = [frame.structure.factors[j] for j in frame.inferred_index].index(name)
        level = posterior.inferred_levels()[:, now, place]
        middle = at[spec.label(name, lang)]
        mine = [bar for bar in bars if abs(bar.get_x() + bar.get_width() / 2 - middle) < 45]
        mine.sort(key=lambda bar: bar.get_x())
        heights = [bar.get_height() for bar in mine]
        edges = (-np.inf, *factor.cuts, np.inf)
        share = [((level > a) & (level <= b)).mean() for a, b in pairwise(edges)]
        assert np.array(heights) / sum(heights) == pytest.approx(share)
        # Both are worse when high: the last bar is that of the worst level.
        assert factor.worse == "high"
        assert to_hex(mine[-1].get_facecolor()) == BAD and to_hex(mine[0].get_facecolor()) == GOOD


def test_the_colours_of_the_levels_follow_the_worse_end(
    posterior: wr.Posterior, monkeypatch: pytest.MonkeyPatch
) -> None:
    for factor in posterior.model.spec.factors.values():
        monkeypatch.setitem(factor.__dict__, "worse", "low")
    (axis,) = wr.plot_network(posterior).axes
    bars = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    first = bars[:5]
    assert to_hex(first[0].get_facecolor()) == BAD and to_hex(first[4].get_facecolor()) == GOOD
    # The mark of the worse end stands below its bar.
    marks = [line.get_xdata()[0] for line in axis.lines if line.get_marker() == "^"]
    assert any(abs(x - first[0].get_x() - first[0].get_width() / 2) < 1e-9 for x in marks)


@languages
def test_no_edge_passes_through_a_box(lang: str) -> None:
    (axis,) = wr.plot_network(wr.load_model("iraq-2025"), lang=lang).axes
    boxes = [patch for patch in axis.patches if isinstance(patch, FancyBboxPatch)]
    for arrow in arrows(axis):
        path = arrow._path_original  # type: ignore[attr-defined]
        (corners,) = path.to_polygons(closed_only=False)
        # A straight piece has ends alone: points are put between them.
        at = np.linspace(0, len(corners) - 1, 30 * len(corners))
        points = np.column_stack([np.interp(at, range(len(corners)), side) for side in corners.T])
        for box in boxes:
            x, y = points[1:-1].T
            left, top = box.get_x(), box.get_y()
            inside = (x > left + 0.5) & (x < left + box.get_width() - 0.5)
            inside &= (y > top + 0.5) & (y < top + box.get_height() - 0.5)
            assert not inside.any()


@languages
def test_the_legend_tells_feedback_and_policies(lang: str) -> None:
    figure = wr.plot_network(wr.load_model("iraq-2025"), lang=lang)
    (axis,) = figure.axes
    legend = axis.get_legend()
    assert legend is not None
    words = LANGUAGES[lang].plots
    shown = [text.get_text() for text in legend.get_texts()]
    assert shown == [
        f"+ {words['raises']}", f"− {words['lowers']}", words["feedback"], words["policy"],
    ]  # fmt: skip
    dashed = [arrow for arrow in arrows(axis) if arrow.get_linestyle() not in ("-", "solid")]
    graph = wr.load_model("iraq-2025").network
    assert len(dashed) == len(graph.edges) - len(acyclic(graph).edges) > 0


def test_policies_say_their_value(posterior: wr.Posterior) -> None:
    (axis,) = wr.plot_network(posterior).axes
    assert "500 troops" in texts(axis)


def test_slow_parts_are_causes_of_their_own() -> None:
    model = wr.load_model("iraq-2025")
    (axis,) = wr.plot_network(model, drift=True).axes
    drifting = [name for name, item in model.spec.factors.items() if item.drift is not None]
    hidden = [text for text in texts(axis) if text.startswith("drift of ")]
    assert len(hidden) == len(drifting)
