"""The probability of a condition as the threshold of each of its clauses moves."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from withdrawal_risk.elements.conditions import Clause, Tree, clauses
from withdrawal_risk.inference.learning import level_learning
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.thresholds import moved_tree
from withdrawal_risk.simulation.conditions import tree_of
from withdrawal_risk.simulation.probabilities import of_trees

__all__ = ["threshold_curves", "threshold_steps"]

_STEPS: Final = (-1.0, -0.5, 0.5, 1.0)
"""Named levels by which each threshold is moved, kinder where positive."""


def threshold_steps() -> list[float]:
    """Return the steps of the curves in ascending order, 0 among them."""
    return sorted([*_STEPS, 0.0])


def threshold_curves(
    posterior: Posterior, condition: str, probability: float, *, futures: int, random_seed: int
) -> tuple[pd.DataFrame, list[Clause]]:
    """Return the probability with each clause's threshold moved, and the clauses."""
    spec, tree = posterior.model.spec, tree_of(posterior, condition)
    leaves = list(dict.fromkeys(clauses(tree)))
    moved: dict[str, Tree] = {}
    for k, leaf in enumerate(leaves):
        for step in _STEPS:
            other = moved_tree(spec, tree, step, [leaf])
            if other != tree:
                moved[f"{k} {step}"] = other
    found: dict[str, float] = {}
    if moved:
        result = of_trees(posterior, moved, futures=futures, random_seed=random_seed)
        found = dict(zip(result.names, result.value[0].mean(axis=1).tolist(), strict=True))
    rows: list[dict[Any, Any]] = []
    levels: dict[Any, bool] = level_learning(posterior)["moved"].to_dict()
    for k, leaf in enumerate(leaves):
        curve = {step: found.get(f"{k} {step}", math.nan) for step in _STEPS}
        curve[0.0] = probability
        # What the evidence said of a level is known of factors alone; given paths need no evidence.
        known = levels.get(leaf.factor or "")
        rows.append(
            {"origin": origin(spec, leaf), "informed": known}
            | {step: curve[step] for step in threshold_steps()}
        )
    table = pd.DataFrame(rows)
    # As objects, whether or not some are None: pandas' own yes and no is not JSON's.
    table["informed"] = pd.Series([row["informed"] for row in rows], dtype=object)
    return table, leaves
