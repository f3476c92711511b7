"""Edges as arrays say what the edges by name say."""

from __future__ import annotations

import networkx as nx
import numpy as np

from withdrawal_risk.dynamics.structure import Structure

# The sweep visits the parents of the last factor in another order than the alphabet.
FACTORS = ("z_first", "m_second", "a_third", "end")
EDGES = [
    ("a_third", "end", 3), ("m_second", "a_third", 0), ("z_first", "end", 0), ("end", "z_first", 2),
    ("m_second", "end", 1), ("z_first", "m_second", 1),
]  # fmt: skip


def test_arrays_name_parent_child_and_lag() -> None:
    structure = Structure.build(FACTORS, EDGES)
    rows = zip(structure.edge_parent, structure.children, structure.edge_lag, strict=True)
    assert [(FACTORS[parent], FACTORS[child], lag) for parent, child, lag in rows] == list(
        structure.edges
    )
    assert sorted(structure.edges) == sorted(EDGES)
    assert structure.edge_start.tolist() == [0, 1, 2, 3, 6]
    assert structure.longest_lag == 3


def test_what_acts_on_a_factor_is_its_ancestors() -> None:
    structure = Structure.build((*FACTORS, "apart"), EDGES)
    graph = nx.DiGraph([(parent, child) for parent, child, _ in EDGES])
    graph.add_node("apart")
    for j, name in enumerate(structure.factors):
        acting = {structure.factors[i] for i in np.flatnonzero(structure.acting_on([j]))}
        assert acting == nx.ancestors(graph, name) | {name}
    assert structure.acting_on([4, 0]).all()
