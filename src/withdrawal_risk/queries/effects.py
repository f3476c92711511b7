"""Set beside seen: a condition where a factor is set to a level, and where it is found there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import name_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import LEVEL_NAMES, level_value
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import json_number, percent, points
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import World, horizon_window

__all__ = ["Effects", "effects"]

Array = NDArray[np.float64]

_FEWEST: Final = 200
"""Futures at a level below which nothing is said of what is seen there."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Effects(Answer):
    """A condition where a factor is set to each level, and where it is found there.

    Parameters
    ----------
    factor, condition : str
    summary : pandas.DataFrame
        Indexed by the five levels: ``value``, the middle of the level; ``set``, P(condition) with
        the factor set there over all months ahead; ``seen``, P(condition) in the futures whose mean
        level over those months lies in the level's bin, and ``futures``, their number; ``gap``,
        seen less set; ``set_mcse`` and ``seen_mcse``. What is seen in fewer than 200 futures is
        nan: not resolved.
    about : About
        The fit.
    labels : dict of str to (dict of str to str)
        Names of the levels, by level and language: the file's own, if it has any.

    Examples
    --------
    >>> wr.effects(posterior, "tension", "calm").summary.index[0]
    'very low'
    """

    factor: str
    condition: str
    summary: pd.DataFrame
    about: About
    labels: dict[str, dict[str, str]]

    def label(self, level: str, lang: str = "en") -> str:
        """Return the name of a level for people."""
        return self.labels[level][lang]

    def sentence(self, lang: str = "en") -> str:
        """Say in a sentence how far the two differ at the lowest and the highest level."""
        words, name = words_of(lang), self.about.condition(self.condition, lang)
        at_level = self.summary["set"].tolist()
        gaps = self.summary["gap"].dropna().abs()
        text = words.say(
            "effects",
            name=name,
            factor=self.about.label(self.factor, lang),
            lowest=self.label(LEVEL_NAMES[0], lang),
            highest=self.label(LEVEL_NAMES[-1], lang),
            low=percent(at_level[0], lang),
            high=percent(at_level[-1], lang),
        )
        if len(gaps):
            widest: Any = gaps.idxmax()
            text += " " + words.say(
                "effects_gap",
                level=self.label(widest, lang),
                gap=points(float(self.summary["gap"][widest]), lang),
            )
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON-ready data."""
        levels = {
            str(level): {
                str(name): int(value) if name == "futures" else json_number(value)
                for name, value in row.items()
            }
            for level, row in self.summary.iterrows()
        }
        return {
            "model": self.about.model,
            "as_of": str(self.about.as_of),
            "factor": self.factor,
            "condition": self.condition,
            "checks_passed": self.about.checks_passed,
            "levels": levels,
        }


def effects(
    posterior: Posterior,
    factor: str,
    condition: str = ALL_CONDITIONS,
    *,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Effects:
    """Put a condition's probability where a factor is set beside that where it is seen.

    Set is P(condition | do(factor = the middle of a level)) over all months ahead; seen is
    P(condition | the factor's mean level over those months lies in the level's bin), by counting
    futures. The gap is what common causes, feedback and today's levels make of the difference.

    Parameters
    ----------
    posterior : Posterior
    factor : str
        A factor; a policy is given, and never seen at another level.
    condition : str
        Default: all conditions together.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.

    Returns
    -------
    Effects

    Raises
    ------
    ArgumentError
        For an unknown factor or condition.

    Examples
    --------
    >>> result = wr.effects(posterior, "tension", "calm")
    >>> bool((result.summary["futures"] >= 0).all())
    True
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed)
    tree, frame, spec = tree_of(posterior, condition), posterior.frame, posterior.model.spec
    if name_of(factor, "factor") not in spec.factors:
        valid = did_you_mean(factor, spec.factors)
        raise ArgumentError(f"factor: {quoted(factor)} is not a factor; {valid}")
    node, j = spec.factors[factor], frame.structure.factors.index(factor)
    cuts = tuple(node.cuts)
    window = horizon_window(posterior)
    first, last = window.index(posterior.as_of) + 1, len(window) - 1
    worlds = []
    for level in LEVEL_NAMES:
        world = World.unchanged(posterior)
        world.clamp(j, first, last, level_value(level, cuts))
        worlds.append(world)
    holds = Evaluator.of_tree(posterior, tree)

    def counted(several: Iterator[Futures]) -> tuple[Array, Array]:
        baseline = next(several)
        truth = holds(baseline)
        # Bins are half-open, so that every mean lies in one.
        place = np.searchsorted(cuts, baseline.level(j, first, last).mean(axis=1))
        seen = np.array(
            [
                [(place == k).sum(axis=1), (truth & (place == k)).sum(axis=1)]
                for k in range(len(LEVEL_NAMES))
            ]
        )
        return seen, np.array([holds(some).mean(axis=1) for some in several])

    results = simulate(
        posterior,
        counted,
        futures=futures,
        random_seed=random_seed,
        worlds=worlds,
        factors=sorted({j, *subjects(posterior, [tree])}),
    )
    # Shapes (level, count or true, draw) and (level, draw).
    counts_by_draw, held = (np.concatenate(part, axis=-1) for part in zip(*results, strict=True))
    counts = counts_by_draw.sum(axis=2).T
    seen = counts[1] / np.maximum(counts[0], 1)
    table = pd.DataFrame(
        {
            "value": [level_value(level, cuts) for level in LEVEL_NAMES],
            "set": held.mean(axis=1),
            "seen": seen,
            "gap": seen - held.mean(axis=1),
            "futures": counts[0],
            "set_mcse": [mcse(p, None, posterior.chains) for p in held],
            "seen_mcse": [
                _error_of_ratio(part, share, posterior.chains)
                for part, share in zip(counts_by_draw, seen, strict=True)
            ],
        },
        index=pd.Index(LEVEL_NAMES, name="level"),
    )
    table.loc[table["futures"] < _FEWEST, ["seen", "gap", "seen_mcse"]] = np.nan
    return Effects(
        factor=factor,
        condition=condition,
        summary=table,
        about=about(posterior),
        labels={
            level: {lang: node.level_in_words(k, words) for lang, words in LANGUAGES.items()}
            for k, level in enumerate(LEVEL_NAMES)
        },
    )


def _error_of_ratio(counts: Array, share: float, chains: int) -> float:
    """Return the Monte Carlo error of a share of futures, by draw at (count, true)."""
    count, true = counts
    # A ratio of means over draws, whose error comes from its linearised deviations.
    return mcse((true - share * count) / max(float(count.mean()), 1e-12), None, chains)
