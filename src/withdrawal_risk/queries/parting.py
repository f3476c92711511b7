"""Which judgement the experts of a panel part over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.inference.judgements import judgements, log_ratio_alone
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.queries.expert_packages import Package, judged_paths
from withdrawal_risk.queries.shapley import shapley, subsets
from withdrawal_risk.simulation.probabilities import probabilities
from withdrawal_risk.simulation.tilting import Reweighted

__all__ = ["OTHERS", "Parting", "parting"]

Array = NDArray[np.float64]

OTHERS: Final = "others"
"""All judgements that are not named one by one."""

_NAMED: Final = 7
"""Judgements that are told apart: with the others, 2 ** 8 subsets are worked through."""


@dataclass(frozen=True, eq=False)
class Parting:
    """How the disagreement of experts divides over what they judged.

    Parameters
    ----------
    shares : pandas.Series
        By path, the largest first; sums to 1. Empty where nobody disagrees.
    trusted : bool
        Whether every reweighting behind it may be trusted.
    """

    shares: pd.Series[float]
    trusted: bool


def parting(
    posterior: Posterior,
    condition: str,
    several: Mapping[str, Package],
    weights: Array,
    *,
    futures: int,
    random_seed: int,
) -> Parting:
    """Split the variance between experts over the judgements, by Shapley values.

    The worth of some judgements is the variance of the probability between experts who differ in
    these alone and judge all others as the file does. Draws are reweighted range by range, which is
    exact but for what follows from several centres at once.
    """
    found = probabilities(posterior, futures=futures, random_seed=random_seed)
    p = found.value[0, found.names.index(condition)]
    by_path = {item.path: item for item in judgements(posterior)}
    zero = np.zeros(len(p))
    ratio = {
        path: [
            log_ratio_alone(posterior, by_path[path], package[path]) if path in package else zero
            for package in several.values()
        ]
        for path in judged_paths(several)
        if path in by_path
    }

    def experts(inside: list[str]) -> list[Reweighted]:
        """Return the draws of experts who differ from the file in some judgements alone."""
        return [
            Reweighted(np.sum([zero, *(ratio[path][e] for path in inside)], axis=0))
            for e in range(len(several))
        ]

    def between(inside: list[str]) -> float:
        """Return the variance of the probability between them."""
        mean = np.array([one.mean(p) for one in experts(inside)])
        return float(weights @ (mean - weights @ mean) ** 2)

    alone = {path: between([path]) for path in ratio}
    order = sorted(alone, key=lambda path: -alone[path])
    groups = [[path] for path in order[:_NAMED]]
    if len(order) > _NAMED:
        groups.append(order[_NAMED:])
    members = subsets(len(groups))
    value = np.array(
        [
            between([path for group, one in zip(groups, row, strict=True) if one for path in group])
            for row in members
        ]
    )
    trusted = all(one.trusted for one in experts(order))
    if not groups or value[-1] <= 1e-15:
        return Parting(pd.Series(dtype=float), True)
    names = [*order[:_NAMED], *([OTHERS] if len(order) > _NAMED else [])]
    shares = pd.Series(shapley(value) / value[-1], index=pd.Index(names, dtype=object))
    return Parting(shares.sort_values(ascending=False), trusted)
