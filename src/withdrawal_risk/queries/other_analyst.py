"""What a different reasonable analyst would say: the judged thresholds moved one named level.

Refits of whole groups of ranges, each moved by one prior sd, join in where `sensitivity` has made
and kept them.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from withdrawal_risk.elements.conditions import AllOf, Clause, Tree, clauses
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.thresholds import moved_tree
from withdrawal_risk.queries.moved_refits import kept_groups
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS
from withdrawal_risk.simulation.probabilities import of_trees

__all__ = ["judged_clauses", "other_analyst"]


def judged_clauses(spec: ModelSpec, tree: Tree) -> list[Clause]:
    """Return the clauses of a tree that are judged; others are definitions."""
    return [leaf for leaf in clauses(tree) if origin(spec, leaf) == "judged"]


def other_analyst(posterior: Posterior, *, futures: int, random_seed: int) -> pd.DataFrame:
    """Return the range of probabilities that other reasonable judgements give each condition.

    Parameters
    ----------
    posterior : Posterior
    futures, random_seed : int
        As in `outlook`, whose futures these are.

    Returns
    -------
    pandas.DataFrame
        One row a condition, the conjunction last: ``harsher`` and ``kinder`` with all judged
        thresholds moved one named level, ``range_low`` and ``range_high``, and ``range_of``: what
        was moved, ``thresholds`` first and then every group of ranges whose refits are kept. nan
        where nothing can be moved.
    """
    spec = posterior.model.spec
    trees: dict[str, Tree] = {name: item.tree for name, item in spec.conditions.items()}
    trees[ALL_CONDITIONS] = AllOf(all=tuple(trees.values()))
    moved: dict[str, Tree] = {}
    for name, tree in trees.items():
        judged = judged_clauses(spec, tree)
        for side, levels in (("harsher", -1.0), ("kinder", 1.0)):
            other = moved_tree(spec, tree, levels, judged)
            if other != tree:
                moved[f"{name} {side}"] = other
    found: dict[str, float] = {}
    if moved:
        result = of_trees(posterior, moved, futures=futures, random_seed=random_seed)
        found = dict(zip(result.names, result.value[0].mean(axis=1).tolist(), strict=True))
    # Refits were asked for with as many futures as this question, or with the usual ones.
    kept = kept_groups(posterior) | kept_groups(posterior, futures=futures, random_seed=random_seed)
    rows = [_row(name, found, kept) for name in trees]
    return pd.DataFrame(rows, index=pd.Index(list(trees), name="condition"))


def _row(
    name: str, found: Mapping[str, float], kept: Mapping[str, Mapping[str, float]]
) -> dict[str, object]:
    """Return the range of one condition, and what it comes from."""
    thresholds = [found[key] for key in (f"{name} harsher", f"{name} kinder") if key in found]
    others = [values[name] for values in kept.values()]
    every = [*thresholds, *others]
    groups = dict.fromkeys(key.rpartition("_")[0] for key in kept)
    return {
        "harsher": found.get(f"{name} harsher", float("nan")),
        "kinder": found.get(f"{name} kinder", float("nan")),
        "range_low": min(every, default=float("nan")),
        "range_high": max(every, default=float("nan")),
        "range_of": " ".join([*(["thresholds"] if thresholds else []), *groups]),
    }
