"""What every shipped model must hold."""

from __future__ import annotations

import numpy as np
import pytest

import withdrawal_risk as wr
from withdrawal_risk.elements.conditions import Clause
from withdrawal_risk.model.clauses import holds, node_of, origin


@pytest.mark.parametrize("name", wr.list_models())
def test_every_condition_can_be_settled_either_way_by_what_is_published(name: str) -> None:
    """With judged clauses unknown, some values of the published ones make it true and some false."""
    model = wr.load_model(name)
    for condition in model.spec.conditions.values():
        places: dict[Clause, int] = {}
        node = node_of(condition.tree, places)
        for outcome in (True, False):
            results = [
                np.array([[outcome]]) if origin(model.spec, clause) == "published" else None
                for clause in places
            ]
            assert holds(node, results, not outcome, (1, 1)).item() is outcome


@pytest.mark.parametrize("name", wr.list_models())
def test_no_shipped_model_has_a_fault_or_a_warning(name: str) -> None:
    assert [str(item) for item in wr.validate(name) if item.certain or not item.note] == []
