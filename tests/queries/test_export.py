"""A model as other programs read it: the tables of `implied_table`, and what they leave out."""

from __future__ import annotations

import itertools
from pathlib import Path
from statistics import NormalDist
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr
from tests.queries.test_graph import CHAIN, FORK, LOOP, model
from tests.readers import by_pgmpy, by_pyagrum

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import LEVEL_NAMES, STANDARD_CUTS, bin_medians
from withdrawal_risk.queries.static_network import static_network

STATES = tuple(name.replace(" ", "_") for name in LEVEL_NAMES)


def test_cells_are_those_of_the_implied_table(posterior: wr.Posterior, tmp_path: Path) -> None:
    """In both formats, by two programs that ask for P(gaps | presence, tension)."""
    bif = wr.export(posterior, tmp_path / "small.bif")
    xdsl = wr.export(posterior, tmp_path / "small.xdsl")
    table = wr.implied_table(posterior, "gaps")
    for presence, tension in itertools.product(LEVEL_NAMES, repeat=2):
        given = {"presence": presence.replace(" ", "_"), "tension": tension.replace(" ", "_")}
        expected = table.loc[(presence, tension)].to_numpy()
        # A policy is at one level; at the others nothing can be asked of a program that multiplies.
        if presence == "very low":
            for path in (bif, xdsl):
                read = by_pgmpy(path, "gaps", STATES, given)
                np.testing.assert_allclose(read, expected, rtol=0, atol=1e-8)
            read = by_pyagrum(bif, "gaps", STATES, given)
            np.testing.assert_allclose(read, expected, rtol=2.0**-23, atol=1e-9)
    cells = pd.read_csv(wr.export(posterior, tmp_path / "small.csv"))
    read = cells.loc[cells["node"] == "gaps", "probability"].to_numpy().reshape(25, 5)
    np.testing.assert_allclose(read, table, rtol=0, atol=1e-11)


def test_intervals_hold_the_draws(posterior: wr.Posterior) -> None:
    """A cell's interval is that of its values draw by draw, worked out without the library."""
    network = static_network(posterior, levels=5, month=posterior.as_of, ci_prob=0.8, lang="en")
    node = network.nodes[-1]
    assert node.id == "gaps" and node.parents == ("presence", "tension")
    draws = posterior.draws()
    some = np.linspace(0, len(draws["half_life"]) - 1, 500).astype(int)
    medians = [NormalDist().inv_cdf(p) for p in (0.1, 0.3, 0.5, 0.7, 0.9)]
    tree = posterior.tree["posterior"]
    size = tree["weight_size"].stack(d=("chain", "draw")).transpose("d", ...).isel(d=some)
    strong, moderate = size.sel(edge="tension->gaps"), size.sel(edge="presence->gaps")
    scale = tree["own_scale"].stack(d=("chain", "draw")).isel(d=some)
    scale = scale.sel(latent="gaps").to_numpy()
    mean = strong.to_numpy() * medians[4] - moderate.to_numpy() * medians[1]
    above = 1 - ndtr((STANDARD_CUTS[-1] - mean) / scale)
    np.testing.assert_allclose(node.table[1, 4, 4], above.mean(), atol=1e-10)
    np.testing.assert_allclose(node.interval[1, 4, 4], np.quantile(above, [0.1, 0.9]), atol=1e-10)


def test_what_has_no_parents_is_where_it_is(posterior: wr.Posterior) -> None:
    """A factor as the draws have it in the month, a policy at the level of its value."""
    for month, presence in (("2023-12", "very_low"), ("2023-09", "medium")):
        network = static_network(
            posterior, levels=5, month=wr.Month.parse(month), ci_prob=0.9, lang="en"
        )
        nodes = {node.id: node for node in network.nodes}
        np.testing.assert_array_equal(
            nodes["presence"].table, [float(state == presence) for state in STATES]
        )
        levels = posterior.levels()[:, posterior.stored_months.index(wr.Month.parse(month))]
        levels = levels[:, posterior.frame.structure.factors.index("tension")]
        shares = np.histogram(levels, [-np.inf, *STANDARD_CUTS, np.inf])[0] / levels.size
        np.testing.assert_allclose(nodes["tension"].table, shares, atol=1e-12)
        assert nodes["tension"].interval is None and nodes["gaps"].interval is not None


def test_three_levels_join_two_of_five() -> None:
    five, three = (
        {
            n.id: n
            for n in static_network(FORK, levels=k, month=FORK.as_of, ci_prob=0.9, lang="en").nodes
        }
        for k in (5, 3)
    )
    np.testing.assert_allclose(three["c"].table, [0.4, 0.2, 0.4], atol=1e-12)
    assert three["x"].states == ("low", "medium", "high")
    # A parent in the middle is held at 0 in both; a merged level at the median of what it merges.
    middle = five["x"].table[2]
    np.testing.assert_allclose(three["x"].table[1], [middle[:2].sum(), middle[2], middle[3:].sum()])
    held = bin_medians(STANDARD_CUTS[1:3])
    np.testing.assert_allclose(held, [NormalDist().inv_cdf(p) for p in (0.2, 0.5, 0.8)])
    # Held at -0.84, between the -1.28 and the -0.52 of the two that it merges.
    lowest, next_ = five["x"].table[0, :2].sum(), five["x"].table[1, :2].sum()
    assert next_ < three["x"].table[0, 0] < lowest


def test_what_closes_a_cycle_is_left_out_and_said(tmp_path: Path) -> None:
    """Of x -> y at once and y -> x a month later the second; a drawing keeps both."""
    path = wr.export(LOOP, tmp_path / "loop.bif")
    text = path.read_text(encoding="utf-8")
    assert "probability ( x | c )" in text and "probability ( y | c, x )" in text
    assert "// Left out, because it would close a cycle: y to x, after 1 month." in text
    assert "// The cause of what is left out counts as level 0." in text
    assert "Left out" not in wr.export(CHAIN, tmp_path / "chain.bif").read_text(encoding="utf-8")
    graph = nx.read_graphml(wr.export(LOOP, tmp_path / "loop.graphml"))
    assert graph.edges["y", "x"]["closes_cycle"] is True and graph.edges["y", "x"]["lag"] == 1
    assert graph.edges["x", "y"]["closes_cycle"] is False
    dagitty = wr.export(LOOP, tmp_path / "loop.dagitty").read_text(encoding="utf-8")
    assert "x -> y" in dagitty and "y -> x" not in dagitty


def test_a_drawing_says_what_was_elicited_and_learnt(
    posterior: wr.Posterior, small: wr.Model, tmp_path: Path
) -> None:
    elicited = nx.read_graphml(wr.export(small, tmp_path / "a.graphml")).edges["presence", "gaps"]
    assert elicited["word"] == "-moderate" and elicited["sign"] == -1
    assert (elicited["p5"], elicited["p95"]) == (-0.5, -0.15)
    assert elicited["mean"] == small.spec.edges[1].weight.mean and "lower" not in elicited
    learnt = nx.read_graphml(wr.export(posterior, tmp_path / "b.graphml")).edges["presence", "gaps"]
    weight = -posterior.tree["posterior"]["weight_size"].sel(edge="presence->gaps").to_numpy()
    assert learnt["mean"] == pytest.approx(weight.mean())
    assert [learnt["lower"], learnt["upper"]] == pytest.approx(np.quantile(weight, [0.05, 0.95]))


def test_the_file_says_what_it_cannot(posterior: wr.Posterior, tmp_path: Path) -> None:
    said = wr.export(posterior, tmp_path / "a.bif", levels=3).read_text(encoding="utf-8")
    for words in (
        "Time is lost", "Uncertainty is lost", "median of its level", "law of its level in 2023-12",
        "Presence is given: 500 troops in 2023-12, which is level -1.50; the tables hold it at -0.84",
        "Low is very low and low together", "no part of it",
    ):  # fmt: skip
        assert words in said
    prior = wr.export(posterior.model, tmp_path / "b.bif").read_text(encoding="utf-8")
    assert "prior means" in prior and "Uncertainty is lost" not in prior and "very_low" in prior
    arabic = wr.export(posterior, tmp_path / "c.bif", lang="ar").read_text(encoding="utf-8")
    assert "// الفجوات" in arabic and "الزمن مفقود" in arabic


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"path": "a.net"}, r"'a.net' ends in none of \.bif"),
        ({"path": "a.txt"}, "say format, one of bif"),
        ({"path": "a.bif", "format": "net"}, "format is 'net'"),
        ({"path": "a.bif", "levels": 4}, "choose 5 or 3"),
        ({"path": "a.bif", "levels": 2}, "at least 3"),
        ({"path": "a.bif", "month": "2031-01"}, "levels are known from 2023-01 to 2023-12"),
        ({"path": "a.bif", "ci_prob": 1}, "ci_prob"),
        ({"path": "a.bif", "lang": "xx"}, "lang is 'xx'"),
    ],
)
def test_bad_questions(given: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(wr.ArgumentError, match=message):
        wr.export(CHAIN, tmp_path / given.pop("path"), **given)
    assert not any(tmp_path.iterdir())


def test_a_table_that_would_be_too_large_is_refused(tmp_path: Path) -> None:
    many = model([(f"a{k}", "z", 0) for k in range(7)])
    with pytest.raises(wr.ArgumentError, match=r"7 parents, 390,625 cells .*; choose levels=3"):
        wr.export(many, tmp_path / "a.bif")
    assert wr.export(many, tmp_path / "a.bif", levels=3).is_file()
    more = model([(f"a{k}", "z", 0) for k in range(10)])
    with pytest.raises(wr.ArgumentError, match="leave out some of its edges"):
        wr.export(more, tmp_path / "b.bif", levels=3)


def test_a_format_may_have_another_ending(tmp_path: Path) -> None:
    path = wr.export(CHAIN, tmp_path / "a.txt", format="dagitty")
    assert path.read_text(encoding="utf-8").startswith("dag {")
