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
from withdrawal_risk.language import the_language
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.model.elicitation import Z90
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.simulation.conditions import judge_tree, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.responses import lasting_shift
from withdrawal_risk.simulation.worlds import World, horizon_window

__all__ = ["Drivers", "drivers"]

Array = NDArray[np.float64]

_ENDS: Final = (0.1, 0.9)
_NEAR: Final = 0.05
"""Futures within this much probability on either side of a percentile count as being there."""


@dataclass(frozen=True, eq=False, repr=False)
class Drivers(Answer):
    """How a condition answers to each factor: were it moved, were it set, should it be seen.

    Parameters
    ----------
    condition : str
    probability : float
        As expected.
    summary : pandas.DataFrame
        Indexed by ``factor``: first those that act on the condition from outside, then those it reads itself
        (``direct``), each by the size of ``shift_swing``. ``shift_low``, ``shift_high``: the probability were the factor
        one long-run sd lower or higher throughout the future than it would have been, its chance kept; ``low``, ``high``:
        the 10th and 90th percentile of its monthly level, averaged over the future; ``causal_low``, ``causal_high``: the
        probability were it set to each month's percentile; ``evidential_low``, ``evidential_high``: the probability in
        the futures whose mean level is at that percentile; the three swings and their Monte Carlo errors
        ``shift_mcse``, ``causal_mcse``, ``evidential_mcse``.
    about : About
        The fit.
    """

    condition: str
    probability: float
    summary: pd.DataFrame
    about: About

    def label(self, factor: str, lang: str = "en") -> str:
        """Return the name of a factor for people."""
        return self.about.label(factor, lang)

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        lang = the_language(lang)
        name, warning = self.about.condition(self.condition, lang), self.about.warning(lang)
        moving = self.summary[self.summary["shift_swing"].abs() > Z90 * self.summary["shift_mcse"]]
        outside, inside = moving[~moving["direct"]], self.summary[self.summary["direct"]]
        read = ("، " if lang == "ar" else ", ").join(self.label(str(factor), lang) for factor in inside.index)
        if moving.empty:
            if lang == "ar":
                return f"«{name}»: لا يحرّك أي عامل الاحتمال تحريكًا يُقاس.{warning}"
            return f"{name}: no factor moves the probability measurably.{warning}"
        if outside.empty:
            if lang == "ar":
                return f"«{name}»: لا يحرّك الاحتمال تحريكًا يُقاس إلا ما يقرؤه الشرط نفسه ({read}).{warning}"
            return f"{name}: only what the condition reads itself moves it measurably ({read}).{warning}"
        # Those that cannot be told from the first are named with it.
        size, error = outside["shift_swing"].abs(), outside["shift_mcse"]
        alike = outside[size.iloc[0] - size <= 2 * np.hypot(error, error.iloc[0])]
        names = [self.label(str(factor), lang) for factor in alike.index]
        low, high = percent(alike["shift_low"].iloc[0], lang), percent(alike["shift_high"].iloc[0], lang)
        if lang == "ar":
            also = f" (ما عدا ما يقرؤه الشرط نفسه: {read})" if read else ""
            listed = " أو ".join(f"«{label}»" for label in names)
            return (
                f"«{name}»: أكثر العوامل أثرًا{also} {listed}: {low} لو انخفض انحرافًا معياريًا، "
                f"و{high} لو ارتفع انحرافًا معياريًا.{warning}"
            )
        also = f"; the condition itself reads {read}" if read else ""
        return (
            f"{name}: {' or '.join(names)} matters most: {low} if it were one sd lower, {high} if it were one sd "
            f"higher{also}.{warning}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the tornado as JSON-ready data."""
        return {
            "condition": self.condition,
            "probability": self.probability,
            "checks_passed": self.about.checks_passed,
            "drivers": {
                str(name): {str(k): bool(v) if k == "direct" else float(v) for k, v in row.items()}
                for name, row in self.summary.iterrows()
            },
        }


def drivers(posterior: Posterior, condition: str, *, futures: int = FUTURES, random_seed: int = 1) -> Drivers:
    """Move every factor either way by a shift, between the ends of what is expected of it by setting, and by seeing.

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
    check_arguments(posterior, futures=futures, random_seed=random_seed)
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
        world.hold(int(j), first, last, path)
        worlds.append(world)

    def set_there(several: Iterator[Futures]) -> Array:
        next(several)
        return np.array([judge_tree(posterior, some, tree).mean(axis=1) for some in several])

    looked_at = sorted(subjects(posterior, [tree]))

    def moved(some: Futures) -> Array:
        """Return P(condition | draw) with each factor one sd lower and higher, shape (2, factor, draw)."""
        unit = [lasting_shift(posterior, some.part, {int(j): 1.0}, first, last) for j in frame.latent_index]
        return np.array(
            [[judge_tree(posterior, some.changed(way * r), tree).mean(axis=1) for r in unit] for way in (-1, 1)]
        )

    shifted = np.concatenate(list(spread(held, moved)), axis=2)
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
            "factor": factors[j], "direct": int(j) in looked_at,
            "shift_low": shifted[0, k].mean(), "shift_high": shifted[1, k].mean(),
            "shift_swing": shifted[1, k].mean() - shifted[0, k].mean(),
            "shift_mcse": mcse(shifted[1, k] - shifted[0, k], None, posterior.chains), "low": ends[0, k].mean(), "high": ends[1, k].mean(),
            "causal_low": causal[0, k].mean(), "causal_high": causal[1, k].mean(),
            "evidential_low": seen[0][0], "evidential_high": seen[1][0],
            "causal_swing": causal[1, k].mean() - causal[0, k].mean(),
            "evidential_swing": seen[1][0] - seen[0][0],
            "causal_mcse": mcse(causal[1, k] - causal[0, k], None, posterior.chains),
            "evidential_mcse": mcse(seen[1][1] - seen[0][1], None, posterior.chains),
        })  # fmt: skip
    table = pd.DataFrame(rows).set_index("factor")
    size = table["shift_swing"].abs()
    order = sorted(table.index, key=lambda name: (bool(table.loc[name, "direct"]), -size[name]))
    return Drivers(condition, float(truth.mean()), table.loc[order], about(posterior))
