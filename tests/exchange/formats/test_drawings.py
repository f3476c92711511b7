"""Drawings as their readers take them, with words that would end a label, a line or a comment."""

from __future__ import annotations

import re
from io import BytesIO

import networkx as nx
import pytest
from tests.networks import HOSTILE, drawing

from withdrawal_risk.exchange.formats.dagitty import dagitty_text
from withdrawal_risk.exchange.formats.dot import dot_text
from withdrawal_risk.exchange.formats.graphml import graphml_bytes
from withdrawal_risk.exchange.formats.mermaid import mermaid_text

DRAWING = drawing()
LINE = " ".join(HOSTILE.split())


def test_graphml_keeps_everything_to_the_letter() -> None:
    graph = nx.read_graphml(BytesIO(graphml_bytes(DRAWING)))
    assert graph.graph["title"] == HOSTILE and graph.graph["notes"] == "A note.\n" + HOSTILE
    assert graph.nodes["end"] == {
        "label_en": HOSTILE, "label_ar": f"{HOSTILE} \\", "role": "outcome", "worse": "high",
        "half_life_p5": 2.0, "half_life_p95": 9.0, "x": 0.0, "y": 0.0,
    }  # fmt: skip
    assert graph.nodes["troops"]["unit_ar"] == "جندي"
    assert set(graph.edges) == {("end", "graph"), ("graph", "end"), ("troops", "end")}
    assert graph.edges["end", "graph"] == {
        "sign": -1, "word": "-moderate", "p5": -0.5, "p95": -0.15, "mean": -0.3, "lag": 0,
        "closes_cycle": False, "basis": f"C1\n{HOSTILE}", "why": HOSTILE,
    }  # fmt: skip
    back = graph.edges["graph", "end"]
    assert (back["lower"], back["upper"], back["lag"], back["closes_cycle"]) == (
        0.11,
        0.19,
        2,
        True,
    )


QUOTED = r'"(?:[^"\\]|\\.)*"'


def unquoted(text: str) -> str:
    """Return what a quoted text of DOT says."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def test_dot_keeps_words_in_quotes() -> None:
    lines = dot_text(DRAWING).splitlines()
    assert lines[:2] == ["// A note.", f"// {LINE}"] and lines[2] == 'digraph "odd" {'
    assert lines[-1] == "}"
    node = re.fullmatch(rf'  ("end") \[label=({QUOTED}), shape=ellipse\];', lines[4])
    assert unquoted(node[2]) == f"{LINE} \\"
    assert '"troops" [label="قوات", shape=box]' in lines[6]
    assert lines[7] == (
        '  "end" -> "graph" [label="-moderate", color="#b2182b", style=dashed, arrowhead=tee];'
    )
    assert 'label="+0.1…+0.2, t−2", color="#2166ac", style=solid, arrowhead=normal' in lines[8]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_dot_is_read_by_a_parser() -> None:
    pydot = pytest.importorskip("pydot")
    (graph,) = pydot.graph_from_dot_data(dot_text(DRAWING))
    edges = {(unquoted(e.get_source()), unquoted(e.get_destination())) for e in graph.get_edges()}
    assert edges == {("end", "graph"), ("graph", "end"), ("troops", "end")}
    assert {unquoted(node.get_name()) for node in graph.get_nodes()} >= {"end", "graph", "troops"}


def test_mermaid_shows_words_as_they_are() -> None:
    lines = mermaid_text(DRAWING).splitlines()
    assert lines[0] == "flowchart LR" and lines[1] == "    %% A note."
    assert "%%{" not in lines[2] and lines[2].startswith("    %% a ")
    label = re.fullmatch(r'    n_end\["([^"]*)"\]', lines[3])[1]
    assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label) == f"{LINE} \\"
    assert lines[5] == '    n_troops[["قوات"]]'
    assert lines[6] == '    n_end -.->|"-moderate"| n_graph'
    assert lines[8] == '    n_troops -->|"+strong, t−1"| n_end'
    assert lines[9] == "    linkStyle 0 stroke:#b2182b"


def dagitty_statements(text: str) -> list[list[str]]:
    """Return the tokens of every line, by the words and texts of dagitty's grammar."""
    token = re.compile(r'\s*("(?:\\"|[^"\\\x00-\x1f])*"|->|-?[0-9a-zA-Z_.]+|[\[\]={},])')
    lines = []
    for line in text.splitlines():
        place, tokens = 0, []
        while place < len(line):
            found = token.match(line, place)
            assert found, line[place:]
            tokens.append(found[1])
            place = found.end()
        lines.append(tokens)
    return lines


def test_dagitty_has_no_cycle_and_no_word_of_its_own() -> None:
    lines = dagitty_statements(dagitty_text(DRAWING))
    assert lines[0] == ["dag", "{"] and lines[-1] == ["}"]
    assert lines[1] == ["note1", "=", '"A note."']
    boxes = {line[0]: line for line in lines[3:6]}
    assert set(boxes) == {"end", "graph_", "troops"}
    assert "latent" in boxes["end"] and "latent" not in boxes["troops"]
    assert '"1.000,0.500"' in boxes["graph_"]
    assert [line[:3] for line in lines[6:-1]] == [["end", "->", "graph_"], ["troops", "->", "end"]]
    assert lines[6][3:] == ["[", "sign", "=", '"-1"', ",", "lag", "=", "0", "]"]
