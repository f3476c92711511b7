"""Which factor matters: what would follow from setting it, beside what would be learnt from seeing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.cores import spread
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.elicitation import Z90
from withdrawal_risk.queries.conditions import judge_tree, subjects, tree_of
from withdrawal_risk.queries.futures import Futures, simulate
from withdrawal_risk.queries.probabilities import check_arguments
from withdrawal_risk.queries.results import condition_label, mcse
from withdrawal_risk.queries.words import percent, the_language
from withdrawal_risk.queries.worlds import World, horizon_window

__all__ = ["Drivers", "drivers"]

Array = NDArray[np.float64]

_ENDS: Final = (0.1, 0.9)
_NEAR: Final = 0.05
"""Futures within this much probability on either side of a percentile count as being there."""


@dataclass(frozen=True, eq=False)
class Drivers:
    """A causal and an evidential tornado of one condition.

    Parameters
    ----------
    condition : str
    probability : float
        As expected.
    summary : pandas.DataFrame
        Indexed by ``factor``, the largest causal swing first: ``low``, ``high``, the 10th and 90th percentile of
        its monthly level, averaged over the future; ``causal_low``, ``causal_high``, the probability were it set
        to each month's percentile; ``evidential_low``, ``evidential_high``, the probability in the futures whose
        mean level is at that percentile; ``causal_swing``, ``evidential_swing`` and their Monte Carlo errors ``causal_mcse``, ``evidential_mcse``.
    posterior : Posterior
    """

    condition: str
    probability: float
    summary: pd.DataFrame
    posterior: Posterior

    def label(self, factor: str, lang: str = "en") -> str:
        """Return the name of a factor for people."""
        return self.posterior.model.spec.label(factor, lang)

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        lang = the_language(lang)
        name = condition_label(self.posterior, self.condition, lang)
        first, row = next(iter(self.summary.iterrows()))
        low, high = percent(row["causal_low"], lang), percent(row["causal_high"], lang)
        if (self.summary["causal_swing"].abs() <= Z90 * self.summary["causal_mcse"]).all():
            if lang == "ar":
                return f"«{name}»: لا يحرّك أي عامل الاحتمال تحريكًا يُقاس."
            return f"{name}: no factor moves the probability measurably."
        if lang == "ar":
            return f"«{name}»: أكثر العوامل أثرًا «{self.label(str(first), lang)}»: من {low} لو كان منخفضًا إلى {high} لو كان مرتفعًا."
        return f"{name}: {self.label(str(first), lang)} matters most: {low} were it low, {high} were it high."

    def to_dict(self) -> dict[str, Any]:
        """Return the tornado as JSON-ready data."""
        return {
            "condition": self.condition,
            "probability": self.probability,
            "drivers": {str(name): {str(k): float(v) for k, v in row.items()} for name, row in self.summary.iterrows()},
        }


def drivers(posterior: Posterior, condition: str, *, futures: int = 16, random_seed: int = 1) -> Drivers:
    """Move every factor between the ends of what is expected of it, by setting and by seeing.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        A condition, or ``"all_conditions"``.
    futures, random_seed : int
        As in `do`; all worlds share the same futures.

    Raises
    ------
    QueryError
        For an unknown condition.
    """
    check_arguments(posterior, futures=futures)
    tree, frame = tree_of(posterior, condition), posterior.frame
    factors, window = frame.structure.factors, horizon_window(posterior)
    first, last = window.index(posterior.as_of) + 1, len(window) - 1
    wanted = sorted({*subjects(posterior, [tree]), *map(int, frame.latent_index)})
    held = list(simulate(posterior, next, futures=futures, random_seed=random_seed, factors=wanted))
    truth = np.concatenate(list(spread(held, lambda some: judge_tree(posterior, some, tree))))

    def expectation(factor: int) -> tuple[Array, Array]:
        level = np.concatenate([some.level(factor, first, last) for some in held])
        return level.mean(axis=1), np.quantile(level, _ENDS, axis=(0, 2))

    mean, ends = map(np.array, zip(*spread(map(int, frame.latent_index), expectation), strict=True))
    ends = ends.swapaxes(0, 1)

    worlds = []
    for path, j in ((path, j) for side in ends for path, j in zip(side, frame.latent_index, strict=True)):
        world = World.unchanged(posterior)
        world.hold(int(j), first, last, path, shift=False)
        worlds.append(world)

    def set_there(several: Iterator[Futures]) -> Array:
        next(several)
        return np.array([judge_tree(posterior, some, tree).mean(axis=1) for some in several])

    looked_at = sorted(subjects(posterior, [tree]))
    found = simulate(posterior, set_there, futures=futures, random_seed=random_seed, worlds=worlds, factors=looked_at)
    causal = np.concatenate(list(found), axis=1).reshape(2, len(frame.latent), -1)

    rows = []
    for k, j in enumerate(frame.latent_index):
        seen = []
        for end in _ENDS:
            near = np.quantile(mean[k], [end - _NEAR, end + _NEAR])
            there = (mean[k] >= near[0]) & (mean[k] <= near[1])
            # A ratio of means over draws, whose error comes from its linearised deviations.
            share = there.sum() / there.size
            probability = (truth & there).sum() / there.sum()
            seen.append((probability, ((truth & there) - probability * there).mean(axis=1) / share))
        rows.append({
            "factor": factors[j], "low": ends[0, k].mean(), "high": ends[1, k].mean(),
            "causal_low": causal[0, k].mean(), "causal_high": causal[1, k].mean(),
            "evidential_low": seen[0][0], "evidential_high": seen[1][0],
            "causal_swing": causal[1, k].mean() - causal[0, k].mean(),
            "evidential_swing": seen[1][0] - seen[0][0],
            "causal_mcse": mcse(causal[1, k] - causal[0, k], None, posterior.chains),
            "evidential_mcse": mcse(seen[1][1] - seen[0][1], None, posterior.chains),
        })  # fmt: skip
    table = pd.DataFrame(rows).set_index("factor")
    order = table["causal_swing"].abs().sort_values(ascending=False, kind="stable").index
    return Drivers(condition, float(truth.mean()), table.loc[order], posterior)
