"""Networks as two public programs read them, asked by inference for one table after the other."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from withdrawal_risk.exchange.formats.static_network import StaticNetwork, StaticNode


def by_pgmpy(path: Path, node: str, states: Sequence[str], given: Mapping[str, str]) -> list[float]:
    """Return P(node | given) by variable elimination."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pgmpy.inference import VariableElimination
        from pgmpy.readwrite import BIFReader, XDSLReader

        reader = BIFReader if path.suffix == ".bif" else XDSLReader
        model = reader(str(path)).get_model()
        assert model.check_model()
        answer = VariableElimination(model).query([node], evidence=dict(given), show_progress=False)
        return [answer.get_value(**{node: state}) for state in states]


def by_pyagrum(
    path: Path, node: str, states: Sequence[str], given: Mapping[str, str]
) -> list[float]:
    """Return P(node | given) by lazy propagation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyagrum

        inference = pyagrum.LazyPropagation(pyagrum.loadBN(str(path)))
        inference.setEvidence(dict(given))
        inference.makeInference()
        answer = inference.posterior(node)
        return [answer[{node: state}] for state in states]


def conditions(network: StaticNetwork, node: StaticNode) -> list[dict[str, str]]:
    """Return every combination of the states of a node's parents, the last changing fastest."""
    states = {other.id: other.states for other in network.nodes}
    return [
        dict(zip(node.parents, given, strict=True))
        for given in itertools.product(*(states[parent] for parent in node.parents))
    ]


def cell(network: StaticNetwork, node: StaticNode, given: Mapping[str, str]) -> np.ndarray:
    """Return a row of a table, looked up state by state."""
    states = {other.id: other.states for other in network.nodes}
    return node.table[tuple(states[parent].index(given[parent]) for parent in node.parents)]
