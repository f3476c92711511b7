"""Networks that were drawn elsewhere: names, arrows, signs and lags, and no more."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from tests.refusals import refusal

from withdrawal_risk.exchange.sketch import Sketch, sketch_of


def arrows(sketch: Sketch) -> set[tuple[str, str]]:
    return {(edge.cause, edge.effect) for edge in sketch.edges}


DAGITTY = {
    "chain": ("dag { a -> b -> c }", {("a", "b"), ("b", "c")}),
    "backwards": ("dag { a <- b <- c }", {("b", "a"), ("c", "b")}),
    "group": ("dag { a -> {b c} {b c} -> d }", {("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")}),
    "attributes": ('dag "G" { bb="0,0,1,1"\na [exposure,pos="0,1"]\nb [pos="1,1"]\na -> b [beta=.3] }', {("a", "b")}),
    "alone": ("dag {\n a\n b ; c -> b // why\n}", {("c", "b")}),
    "quotes": ('dag { "US tension" -> "Kurdish (KRG) split" }', {("us_tension", "kurdish_krg_split")}),
}  # fmt: skip


@pytest.mark.parametrize("case", DAGITTY)
def test_dagitty(case: str, tmp_path: Path) -> None:
    text, expected = DAGITTY[case]
    file = tmp_path / "graph.txt"
    file.write_text(text, encoding="utf-8")
    assert arrows(sketch_of(text)) == arrows(sketch_of(file)) == expected
    if case == "alone":
        assert list(sketch_of(text).labels) == ["a", "b", "c"]


FAULTS = {
    "no direction": ("dag { a -> b\n b <-> c }", "dagitty:2:4: <-> says no direction; write the common cause as a factor of its own"),
    "no effect": ("dag { a -> }", "dagitty:1:9: an arrow without an effect; write a -> b"),
    "no cause": ("dag { -> a }", "dagitty:1:7: an arrow without a cause or an effect"),
    "open": ("dag { a [pos= -> b }", "dagitty:1:9: a bracket that no ] closes; add it"),
    "no graph": ("dagger { a -> b }", "dagitty:1:1: this is no graph of dagitty; write dag { a -> b }"),
    "sign": ("dag { a > b }", "dagitty:1:9: '>' is not read here; write a -> b"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_faults_of_dagitty_have_a_place(case: str) -> None:
    text, told = FAULTS[case]
    assert told in refusal(lambda: sketch_of(text))


def test_a_graph_and_its_file(tmp_path: Path) -> None:
    graph = nx.DiGraph()
    graph.add_node("T", label="US-Iran tension")
    graph.add_edge("T", "F", sign="-", lag=2, why="It spreads.")
    graph.add_edge("T", "T")
    nx.write_graphml(graph, tmp_path / "graph.graphml")
    for source in (graph, tmp_path / "graph.graphml"):
        sketch = sketch_of(source)
        assert dict(sketch.labels) == {"t": "US-Iran tension", "f": "F"}
        (edge,) = sketch.edges
        assert (edge.cause, edge.effect, edge.sign, edge.lag, edge.why) == ("t", "f", -1, 2, "It spreads.")  # fmt: skip
    assert "undirected" in refusal(lambda: sketch_of(nx.Graph([(1, 2)])))


def test_a_table(tmp_path: Path) -> None:
    table = tmp_path / "edges.csv"
    table.write_text("From;To;Sign;Lag\nA b;C;-;\nC;D;+;1\n", encoding="utf-8")
    sketch = sketch_of(table)
    assert [(e.cause, e.effect, e.sign, e.lag) for e in sketch.edges] == [
        ("a_b", "c", -1, 0),
        ("c", "d", 1, 1),
    ]
    table.write_text("from,to,sign\na,,up\n", encoding="utf-8")
    said = refusal(lambda: sketch_of(table))
    assert "edges.csv:2:3: to: is empty; name a factor" in said
    assert "edges.csv:2:4: sign: 'up' is not a sign; write + or -" in said


def test_circles_need_a_lag() -> None:
    sketch = sketch_of("dag { a -> b b -> c c -> b d -> a }")
    assert sketch.closing == {("b", "c"), ("c", "b")}
    graph = nx.DiGraph([("a", "b")])
    graph.add_edge("b", "a", lag=1)
    assert not sketch_of(graph).closing


def test_names_become_ids_of_their_own() -> None:
    graph = nx.DiGraph([("A-B", "a b"), ("1", "level"), ("تهديد", "x")])
    assert list(sketch_of(graph).labels) == ["a_b", "a_b_2", "factor_1", "factor_level", "factor_5", "x"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<graphml>", "not readable GraphML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><graphml/>', "a document type; remove it"),
        ("<graphml xmlns='http://graphml.graphdrawing.org/xmlns'></graphml>", "not readable GraphML"),
    ],
)  # fmt: skip
def test_faults_of_graphml(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "g.graphml").write_text(text, encoding="utf-8")
    assert told in refusal(lambda: sketch_of(tmp_path / "g.graphml"))


def test_what_is_no_source(tmp_path: Path) -> None:
    assert "give a networkx.DiGraph, a text of dagitty, or a file" in refusal(lambda: sketch_of(3))  # type: ignore[arg-type]
    assert "does not exist" in refusal(lambda: sketch_of(tmp_path / "none.csv"))
    assert "source has 0 factors; draw 1 to 300" in refusal(lambda: sketch_of(nx.DiGraph()))


def test_what_is_left_out_is_told() -> None:
    assert sketch_of("dag { a -> a a -> b }").left_out == ("a -> a",)
    assert "'a' -> 'b' is drawn twice; keep one" in refusal(
        lambda: sketch_of("dag { a -> b b <- a }")
    )
    graph = nx.DiGraph([("null", "Été [x]")])
    assert list(sketch_of(graph).labels) == ["factor_null", "ete_x"]
