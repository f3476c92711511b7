"""BIF as pgmpy and pyAgrum read it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.networks import asymmetric
from tests.readers import by_pgmpy, by_pyagrum, cell, conditions

from withdrawal_risk.exchange.formats.bif import bif_text
from withdrawal_risk.exchange.formats.static_network import StaticNetwork, StaticNode

NETWORK = asymmetric()
NAMES = {node.id: node.id for node in NETWORK.nodes} | {"table": "table_"}
"""A word of the format is no name in it."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bif") / "network.bif"
    path.write_text(bif_text(NETWORK), encoding="utf-8")
    return path


@pytest.mark.parametrize("node", NETWORK.nodes, ids=lambda node: node.id)
def test_every_cell_is_read_back(written: Path, node: StaticNode) -> None:
    """PyAgrum's reader holds numbers of a BIF in single precision, and no more can be asked of it."""
    for given in conditions(NETWORK, node):
        expected = cell(NETWORK, node, given)
        evidence = {NAMES[name]: state for name, state in given.items()}
        read = by_pgmpy(written, NAMES[node.id], node.states, evidence)
        np.testing.assert_allclose(read, expected, rtol=0, atol=1e-8)
        read = by_pyagrum(written, NAMES[node.id], node.states, evidence)
        np.testing.assert_allclose(read, expected, rtol=2.0**-23, atol=1e-9)


def test_notes_labels_and_intervals_are_comments() -> None:
    lines = bif_text(NETWORK).splitlines()
    assert lines[0] == "// First note -- with hyphens ---"
    assert lines[1].startswith('// a "b" </name>') and lines[1].endswith("#end")
    assert "// Child" in lines
    low, high = NETWORK.nodes[2].interval[0, 1, 0]
    row = next(line for line in lines if line.startswith("  (low, yes)"))
    assert f"; // {low:.4f}-{high:.4f}, " in row
    assert all("//" not in line for line in lines if line.startswith("  (a) "))


def test_words_of_the_format_are_no_names(tmp_path: Path) -> None:
    """Of a factor called type, beside one called type_."""
    states, table = ("a", "b"), np.array([0.25, 0.75])
    odd = StaticNetwork(
        id="network", title="t",
        nodes=tuple(StaticNode(id=name, label="", states=states, table=table) for name in ("type_", "type", "network")),
    )  # fmt: skip
    path = tmp_path / "odd.bif"
    path.write_text(bif_text(odd), encoding="utf-8")
    assert "network model {" in path.read_text(encoding="utf-8")
    for name in ("type_", "type__", "network_"):
        assert (
            by_pyagrum(path, name, states, {}) == by_pgmpy(path, name, states, {}) == [0.25, 0.75]
        )
