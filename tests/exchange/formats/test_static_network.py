"""What every writer of a static network is given."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tests.networks import asymmetric

from withdrawal_risk.exchange.formats.static_network import StaticNetwork, StaticNode, number_text

NETWORK = asymmetric()


def test_written_rows_add_up_to_one_exactly() -> None:
    """Of thirds, and of what has been computed."""
    thirds = StaticNode(id="x", label="x", states=("a", "b", "c"), table=np.full(3, 1 / 3))
    network = StaticNetwork(id="x", title="x", nodes=(*NETWORK.nodes, thirds))
    for node in network.nodes:
        for row in network.rows(node):
            assert sum(Fraction(number_text(cell)) for cell in row.probability) == 1


def test_the_state_of_the_last_parent_changes_fastest() -> None:
    node = NETWORK.nodes[2]
    rows = list(NETWORK.rows(node))
    assert [row.given for row in rows[:3]] == [("low", "no"), ("low", "yes"), ("medium", "no")]
    np.testing.assert_allclose(rows[3].probability, node.table[1, 1], rtol=0, atol=1e-12)
    assert (rows[3].interval == node.interval[1, 1]).all()


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1.0, "1.0"), (0.0, "0.0"), (0.25, "0.25"), (1e-7, "0.0000001"), (1e-13, "0.0")],
)
def test_numbers_have_no_exponent(probability: float, text: str) -> None:
    assert number_text(probability) == text


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (NETWORK.nodes[2:], "child: a parent stands after it, or nowhere"),
        (
            (replace(NETWORK.nodes[0], table=np.ones(3)),),
            "wide: a row of the table does not add up",
        ),
        ((replace(NETWORK.nodes[0], table=np.array([1.5, -0.5, 0])),), "wide: a row of the table"),
        (
            (*NETWORK.nodes[:2], replace(NETWORK.nodes[2], parents=("table", "wide"))),
            "child: the table has shape (3, 2, 4), not (2, 3, 4)",
        ),
    ],
)
def test_tables_that_do_not_fit_are_refused(nodes: tuple[StaticNode, ...], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        StaticNetwork(id="x", title="x", nodes=nodes)
