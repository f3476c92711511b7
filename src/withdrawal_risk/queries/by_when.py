"""By when: a condition as if each month ahead were the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.asked_tree import at_deadline
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.results import summarise
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, tree_of
from withdrawal_risk.simulation.probabilities import check_arguments, of_trees

__all__ = ["ByWhen", "by_when"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ByWhen(Answer):
    """The probability of a condition by each month ahead.

    Parameters
    ----------
    condition : str
    summary : pandas.DataFrame
        Indexed by ``month``, as text: ``probability``, ``lower``, ``upper``, ``mcse`` and ``word``.
        Months before the condition's own begin are left out.
    ci_prob : float
    about : About
        The fit.

    Examples
    --------
    >>> list(wr.by_when(posterior, "calm").summary.index)[-1]
    '2024-06'
    """

    condition: str
    summary: pd.DataFrame
    ci_prob: float
    about: About

    def sentence(self, lang: str = "en") -> str:
        """Say the first and the last month's probability in a sentence."""
        words, name = words_of(lang), self.about.condition(self.condition, lang)
        value = self.summary["probability"].tolist()
        text = words.say(
            "by_when",
            name=name,
            first=self.summary.index[0],
            number=percent(value[0], lang),
            last=self.summary.index[-1],
            then=percent(value[-1], lang),
        )
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the months as JSON-ready data."""
        return {
            "model": self.about.model,
            "as_of": str(self.about.as_of),
            "condition": self.condition,
            "ci_prob": self.ci_prob,
            "checks_passed": self.about.checks_passed,
            "months": {
                str(month): {
                    "probability": float(row["probability"]),
                    "ci": [float(row["lower"]), float(row["upper"])],
                    "mcse": float(row["mcse"]),
                    "word": row["word"],
                }
                for month, row in self.summary.iterrows()
            },
        }


def by_when(
    posterior: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> ByWhen:
    """Compute the probability of a condition as if each month ahead were the deadline.

    The ``last`` months of a clause are those before that month; a fixed stretch ends there at the
    latest, so that ``ever`` gives the probability that something has happened by then.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        Default: all conditions together.
    ci_prob : float
        Probability of the (equal-tailed) credible intervals.
    futures : int
        Simulated futures for each draw, at least 2; the same as those of `outlook`.
    random_seed : int
        Of the futures.

    Returns
    -------
    ByWhen

    Raises
    ------
    ArgumentError
        For an unknown condition.

    Examples
    --------
    >>> result = wr.by_when(posterior, "calm")
    >>> bool((result.summary["lower"] <= result.summary["probability"]).all())
    True
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    spec, tree = posterior.model.spec, tree_of(posterior, condition)
    ahead = Window(posterior.as_of + 1, spec.time.horizon)
    moved = {str(month): at_deadline(spec, tree, month) for month in ahead.months}
    trees = {month: item for month, item in moved.items() if item is not None}
    if not trees:
        raise ArgumentError(f"{condition!r} speaks of no month before {spec.time.horizon}")
    found = of_trees(posterior, trees, futures=futures, random_seed=random_seed)
    table = summarise(posterior, found, ci_prob=ci_prob).summary
    return ByWhen(
        condition=condition,
        summary=table.rename_axis("month"),
        ci_prob=ci_prob,
        about=about(posterior),
    )
