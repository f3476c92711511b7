"""Cells as a table."""

from __future__ import annotations

import numpy as np
from tests.networks import asymmetric
from tests.readers import cell, conditions

from withdrawal_risk.exchange.formats.tidy import cell_table


def test_one_row_a_cell() -> None:
    network = asymmetric()
    table = cell_table(network)
    assert list(table.columns) == [
        *("model", "month", "node", "label", "given", "state", "probability", "lower", "upper")
    ]
    assert len(table) == sum(node.table.size for node in network.nodes)
    assert set(table["model"]) == {"7-variable"} and set(table["month"]) == {"2024-01"}
    node = network.nodes[2]
    for given in conditions(network, node):
        said = "; ".join(f"{name}={state}" for name, state in given.items())
        rows = table[(table["node"] == "child") & (table["given"] == said)]
        assert list(rows["state"]) == list(node.states)
        np.testing.assert_allclose(rows["probability"], cell(network, node, given), atol=1e-12)
    ends = table.loc[table["node"] == "child", ["lower", "upper"]].to_numpy()
    np.testing.assert_array_equal(ends, node.interval.reshape(-1, 2))
    assert table.loc[table["node"] == "leaf", "lower"].isna().all()
