"""The outlook of several editions of one model side by side, and what each step moved."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import json_number, percent, points
from withdrawal_risk.queries.answers import About, Answer, about, warning_of
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.results import summarise
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, checked_condition
from withdrawal_risk.simulation.probabilities import check_arguments, probabilities

__all__ = ["Editions", "editions"]

_CLEAR: Final = 2.0
"""Monte Carlo errors beyond which a step is named."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Editions(Answer):
    """Probabilities of one model's conditions in several editions.

    Parameters
    ----------
    summary : pandas.DataFrame
        Indexed by ``condition`` and ``edition``, in the order given: ``probability``, ``lower``,
        ``upper``, ``mcse``, ``word``; ``change``, the difference from the edition before, and
        ``change_mcse``, nan in the first.
    ci_prob : float
    about : About
        The last edition's fit.
    failed : tuple of str
        Checks that any of the fits failed.

    Examples
    --------
    >>> wr.editions({"as it is": posterior, "again": posterior}).failed
    ()
    """

    summary: pd.DataFrame
    ci_prob: float
    about: About
    failed: tuple[str, ...] = ()

    def sentence(self, lang: str = "en", condition: str = ALL_CONDITIONS) -> str:
        """Say for a condition, or for all together, which step moved it most.

        Steps that the Monte Carlo error cannot tell from the largest are named with it.

        Raises
        ------
        ArgumentError
            For another language or an unknown condition.
        """
        words = words_of(lang)
        ends = {"name": self.about.condition(condition, lang)}
        table = self.summary.loc[checked_condition(condition, self.about.conditions)]
        p = table["probability"]
        ends |= {"before": percent(p.iloc[0], lang), "after": percent(p.iloc[-1], lang)}
        sizes = table["change"].abs().iloc[1:]
        errors = _CLEAR * table["change_mcse"].iloc[1:]
        largest = sizes[(sizes > errors) & (sizes.max() - sizes <= errors)].index
        if largest.empty:
            return words.say("change_none", **ends) + warning_of(self.failed, words)
        parts = words.series(
            words.say(
                "change_part", label=str(name), size=points(float(table["change"][name]), lang)
            )
            for name in largest
        )
        return words.say("change", parts=parts, **ends) + warning_of(self.failed, words)

    def to_dict(self) -> dict[str, Any]:
        """Return the editions as JSON-ready data."""
        conditions: dict[str, list[dict[str, Any]]] = {}
        places = self.summary.index.to_frame().itertuples(index=False)
        for place, (_, row) in zip(places, self.summary.iterrows(), strict=True):
            conditions.setdefault(str(place.condition), []).append(
                {
                    "edition": str(place.edition),
                    "probability": float(row["probability"]),
                    "ci": [float(row["lower"]), float(row["upper"])],
                    "ci_prob": self.ci_prob,
                    "mcse": float(row["mcse"]),
                    "word": row["word"],
                    "change": json_number(row["change"]),
                    "change_mcse": json_number(row["change_mcse"]),
                }
            )
        return {
            "model": self.about.model,
            "checks_passed": not self.failed,
            "conditions": conditions,
        }


def editions(
    fits: Mapping[str, Posterior],
    *,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Editions:
    """Set fits of several editions of a model side by side, each beside the one before it.

    Give the editions in the order in which one became the next, such as the old file, the old
    file with the new evidence, and the new file. A step is what it moved after the steps before
    it: in another order it may move more or less.

    Parameters
    ----------
    fits : mapping of str to Posterior
        At least two, by the name that the table shows. All have the same conditions by id; how
        these are defined may differ.
    ci_prob : float
        Probability of the (equal-tailed) credible interval.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.

    Returns
    -------
    Editions

    Raises
    ------
    ArgumentError
        If there are fewer than two, if they are no fits, or if their conditions differ.

    Examples
    --------
    >>> result = wr.editions({"as it is": posterior, "again": posterior})
    >>> float(result.summary.loc[("calm", "again"), "change"])
    0.0
    """
    if not isinstance(fits, Mapping) or len(fits) < 2:
        raise ArgumentError(
            "fits takes two editions or more by name: editions({'old': fit, 'new': other_fit})"
        )
    for name, posterior in fits.items():
        if not isinstance(name, str) or not name.strip():
            raise ArgumentError(f"{quoted(name)} is not a name of an edition; write text")
        checked_posterior(posterior, "editions")
        check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    _check_conditions(fits)
    tables = {
        name: summarise(
            posterior,
            probabilities(posterior, futures=futures, random_seed=random_seed),
            ci_prob=ci_prob,
        ).summary
        for name, posterior in fits.items()
    }
    for before, after in itertools.pairwise(tables.values()):
        after["change"] = after["probability"] - before["probability"]
        after["change_mcse"] = np.hypot(after["mcse"], before["mcse"])
    summary = pd.concat(tables, names=["edition"]).swaplevel()
    # By condition in the order of the file, then by edition in the order given.
    conditions = list(next(iter(tables.values())).index)
    summary = summary.loc[[(one, name) for one in conditions for name in fits]]
    last = list(fits.values())[-1]
    return Editions(
        summary=summary.astype({"change": float, "change_mcse": float}),
        ci_prob=ci_prob,
        about=about(last),
        failed=tuple(dict.fromkeys(x for fit in fits.values() for x in about(fit).failed)),
    )


def _check_conditions(fits: Mapping[str, Posterior]) -> None:
    """Refuse editions that do not ask for the same conditions."""
    (first, one), *others = ((name, list(fit.model.spec.conditions)) for name, fit in fits.items())
    for name, conditions in others:
        if conditions != one:
            raise ArgumentError(
                f"the conditions of {quoted(name)} are {', '.join(conditions)}, those of "
                f"{quoted(first)} {', '.join(one)}; give editions of one model"
            )
