"""The probability of any clause or tree, also by an earlier deadline, without fitting again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xarray as xr

from withdrawal_risk.arguments import month_of
from withdrawal_risk.elements.conditions import Tree
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import interval, percent, probability_word
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.asked_tree import asked_tree, at_deadline
from withdrawal_risk.queries.clause_wording import tree_in_words
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.published_part import published_part
from withdrawal_risk.queries.results import summarise
from withdrawal_risk.simulation.probabilities import check_arguments, of_trees

__all__ = ["Probability", "probability"]

_ASKED = "clause"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Probability(Answer):
    """The probability of a clause or tree.

    Parameters
    ----------
    clause : dict of str to str
        What was asked, in words, by language.
    summary : pandas.DataFrame
        One row, ``clause``, with the columns of an outlook but for base rates.
    draws : xarray.DataArray
        P(clause | draw) by ``condition`` and ``sample``.
    ci_prob : float
    deadline : Month
    about : About
        The fit.

    Examples
    --------
    >>> wr.probability(posterior, "gaps at_most medium").deadline
    Month('2024-06')
    """

    clause: dict[str, str]
    summary: pd.DataFrame
    draws: xr.DataArray
    ci_prob: float
    deadline: Month
    about: About

    @property
    def probability(self) -> float:
        """The probability itself."""
        return float(self.summary["probability"].iloc[0])

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        words, row = words_of(lang), self.summary.iloc[0]
        value = float(row["probability"])
        text = words.say(
            "probability_of",
            clause=self.clause[lang],
            number=percent(value, lang),
            word=probability_word(value, lang, float(row["mcse"])),
            ci_prob=words.percent.format(number=f"{100 * self.ci_prob:g}"),
            interval=interval(float(row["lower"]), float(row["upper"]), lang),
        )
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        row = self.summary.iloc[0]
        return {
            "model": self.about.model,
            "as_of": str(self.about.as_of),
            "deadline": str(self.deadline),
            "clause": self.clause["en"],
            "probability": self.probability,
            "ci": [float(row["lower"]), float(row["upper"])],
            "ci_prob": self.ci_prob,
            "mcse": float(row["mcse"]),
            "word": row["word"],
            "published_part": {
                "true": float(row["published_true"]),
                "false": float(row["published_false"]),
                "judged": float(row["judged"]),
            },
            "checks_passed": self.about.checks_passed,
        }


def probability(
    posterior: Posterior,
    clause: str | Mapping[str, Any] | Tree,
    *,
    deadline: MonthLike | None = None,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Probability:
    """Compute the probability of a clause or tree that need not be in the model file.

    Parameters
    ----------
    posterior : Posterior
    clause : str, mapping or tree
        A line such as ``"gaps mean last 6 at_most medium"``, or what a condition of the model file
        holds: ``{"indicator": "incidents", "ever": True, "last": 6, "at_least": 30}``, and trees of
        ``all``, ``any`` and ``not``.
    deadline : str, Month or date, optional
        Last month that counts: the ``last`` months are those before it, and a stretch ends there at
        the latest. Default: the horizon.
    ci_prob : float
        Probability of the (equal-tailed) credible interval.
    futures : int
        Simulated futures for each draw, at least 2; the same as those of `outlook`.
    random_seed : int
        Of the futures.

    Returns
    -------
    Probability

    Raises
    ------
    ArgumentError
        If the clause cannot be read, speaks of what the model does not have, or has no months
        before the deadline.

    Examples
    --------
    >>> result = wr.probability(posterior, "incidents total last 3 at_most 45")
    >>> 0 < result.probability < 1
    True
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    spec = posterior.model.spec
    last = spec.time.horizon if deadline is None else month_of(deadline, "deadline")
    if not spec.time.start <= last <= spec.time.horizon:
        raise ArgumentError(
            f"deadline {last} is not between the start, {spec.time.start}, and the horizon, "
            f"{spec.time.horizon}"
        )
    tree = at_deadline(spec, asked_tree(spec, clause), last)
    if tree is None:
        raise ArgumentError(f"its months begin after the deadline, {last}; choose a later one")
    trees = {_ASKED: tree}
    found = of_trees(posterior, trees, futures=futures, random_seed=random_seed)
    result = summarise(posterior, found, ci_prob=ci_prob)
    part = published_part(posterior, trees, futures=futures, random_seed=random_seed)
    return Probability(
        clause={lang: tree_in_words(spec, tree, lang) for lang in LANGUAGES},
        summary=result.summary.assign(**part),
        draws=result.draws,
        ci_prob=ci_prob,
        deadline=last,
        about=about(posterior),
    )
