"""XDSL as pgmpy, pyAgrum and a parser of XML read it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from tests.networks import HOSTILE, asymmetric
from tests.readers import by_pgmpy, by_pyagrum, cell, conditions

from withdrawal_risk.exchange.formats.static_network import StaticNode
from withdrawal_risk.exchange.formats.xdsl import xdsl_bytes

NETWORK = asymmetric()
NAMES = {node.id: " ".join(node.label.split()) for node in NETWORK.nodes}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("xdsl") / "network.xdsl"
    path.write_bytes(xdsl_bytes(NETWORK))
    return path


@pytest.mark.parametrize("node", NETWORK.nodes, ids=lambda node: node.id)
def test_every_cell_is_read_back(written: Path, node: StaticNode) -> None:
    for given in conditions(NETWORK, node):
        read = by_pgmpy(written, node.id, node.states, given)
        np.testing.assert_allclose(read, cell(NETWORK, node, given), rtol=0, atol=1e-8)


@pytest.mark.parametrize("node", NETWORK.nodes, ids=lambda node: node.id)
def test_pyagrum_turns_the_parents_round(written: Path, node: StaticNode) -> None:
    """It takes names for ids, and the state of the first parent for the one that changes fastest.

    SMILE's own files have that of the last parent: of Asia's dyspnoea, whose parents are "either"
    and "bronc", the second row is that of bronchitis alone.
    """
    rows = node.table.reshape(-1, len(node.states))
    shape = node.table.shape[:-1]
    # What stands in the file, handed out in the order in which pyAgrum counts.
    turned = np.empty_like(node.table)
    for place, row in enumerate(rows):
        turned[np.unravel_index(place, shape, order="F") if shape else ()] = row
    states = {other.id: other.states for other in NETWORK.nodes}
    for given in conditions(NETWORK, node):
        where = tuple(states[parent].index(given[parent]) for parent in node.parents)
        evidence = {NAMES[name]: state for name, state in given.items()}
        read = by_pyagrum(written, NAMES[node.id], node.states, evidence)
        np.testing.assert_allclose(read, turned[where], rtol=0, atol=1e-8)


def test_names_places_and_notes_stand_where_genie_looks(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    genie = root.find("extensions/genie")
    assert root.tag == "smile" and root.get("id") == "model_7_variable"
    assert genie.get("name") == " ".join(HOSTILE.split())
    assert genie.findtext("comment") == "\n".join(NETWORK.notes)
    assert [node.get("id") for node in genie.findall("node")] == [n.id for n in NETWORK.nodes]
    child = genie.findall("node")[2]
    assert [part.tag for part in child] == ["name", "interior", "outline", "font", "position"]
    left, top, right, bottom = map(int, child.findtext("position").split())
    assert (left, top) == (260, 90) and right > left and bottom > top
    assert genie.find("node").findtext("name") == NAMES["wide"]


def test_comments_hold_no_two_hyphens(written: Path) -> None:
    """XML allows none, whatever a note or a label says."""
    text = written.read_text(encoding="utf-8")
    comments = re.findall("<!--(.*?)-->", text, re.DOTALL)
    assert len(comments) == text.count("<!--") == 2
    assert not any("--" in comment or comment.endswith("-") for comment in comments)


def test_intervals_stand_beside_their_table(written: Path) -> None:
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    root = ElementTree.fromstring(written.read_text(encoding="utf-8"), parser=parser)
    said = {
        cpt.get("id"): [part.text for part in cpt if callable(part.tag)] for cpt in root.iter("cpt")
    }
    assert said["wide"] == said["table"] == said["leaf"] == []
    low, high = NETWORK.nodes[2].interval[1, 0, 0]
    assert f"medium, no: {low:.4f} to {high:.4f}, " in said["child"][0]
    notes = [part.text for part in root if callable(part.tag)]
    assert "First note - - with hyphens - - -" in notes[0]
