"""What an expert's numbers imply, beside those of the others."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.quantiles import Quantiles, off_scale
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import json_number, percent, significant
from withdrawal_risk.model.panel_file import Answers, PanelRow
from withdrawal_risk.model.range_wording import number_in_words, range_in_words
from withdrawal_risk.model.ranges import range_at
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.ask import question_in_words
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.expert_packages import Package, packages
from withdrawal_risk.queries.panel import POOLED, answers_of, panel
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS
from withdrawal_risk.tasks import Pool

__all__ = ["Feedback", "feedback"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Feedback(Answer):
    """What an expert's numbers imply, beside those of the others.

    Parameters
    ----------
    expert, condition : str
    probability, pooled : float
        Of the condition, with the ranges of the expert and with those of all.
    lower, upper : float
        Of the credible interval with the ranges of the expert.
    summary : pandas.DataFrame
        A row a range that the expert judged, indexed by its path: ``middle``, the median that the
        numbers imply; ``others_low`` and ``others_high``, the lowest and highest median of the
        others (nan where nobody else answered); ``place``, whether the expert's median is
        ``below``, ``inside`` or ``above`` those, or ``alone``.
    questions, ranges, others : dict of str to dict of str to str
        By path and language: the question, the expert's range and the medians of the others.
    about : About
        The fit.

    Examples
    --------
    >>> wr.Feedback.__dataclass_fields__["pooled"].type
    'float'
    """

    expert: str
    condition: str
    probability: float
    lower: float
    upper: float
    pooled: float
    summary: pd.DataFrame
    questions: Mapping[str, Mapping[str, str]]
    ranges: Mapping[str, Mapping[str, str]]
    others: Mapping[str, Mapping[str, str]]
    about: About

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        words = words_of(lang)
        text = words.forms["feedback"].format(
            name=self.expert,
            condition=words.quote.format(text=self.about.condition(self.condition, lang)),
            own=percent(self.probability, lang),
            pool=percent(self.pooled, lang),
            range=words.from_to.format(
                low=percent(self.lower, lang), high=percent(self.upper, lang)
            ),
        )
        return text + self.about.warning(lang)

    def rows(self, lang: str = "en") -> list[list[str]]:
        """Return the table for people: question, own range, medians of the others, place."""
        words = words_of(lang)
        return [
            [
                self.questions[str(path)][words.code],
                self.ranges[str(path)][words.code],
                self.others[str(path)][words.code],
                words.forms[f"feedback_{row['place']}"],
            ]
            for path, row in self.summary.iterrows()
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {
            "expert": self.expert,
            "condition": self.condition,
            "probability": self.probability,
            "ci": [self.lower, self.upper],
            "pooled": self.pooled,
            "ranges": {
                str(path): {
                    "range": self.ranges[str(path)]["en"],
                    "place": row["place"],
                    **{
                        name: json_number(float(row[name]))
                        for name in ("middle", "others_low", "others_high")
                    },
                }
                for path, row in self.summary.iterrows()
            },
            "checks_passed": self.about.checks_passed,
        }


def feedback(
    posterior: Posterior,
    expert: str,
    condition: str = ALL_CONDITIONS,
    *,
    answers: Answers | None = None,
    futures: int = FUTURES,
    random_seed: int = 1,
    pool: Pool | None = None,
    folder: str | Path | None = None,
    progressbar: bool = True,
) -> Feedback:
    """Show an expert what the numbers imply, and where they lie among those of the others.

    Parameters
    ----------
    posterior : Posterior
    expert : str
        By name.
    condition : str
        Default: all conditions together.
    answers, futures, random_seed, pool, folder, progressbar
        As in `panel`.

    Returns
    -------
    Feedback

    Raises
    ------
    ArgumentError
        If the model has no panel, or the expert answered nothing.

    Examples
    --------
    >>> table = folder / "panel.csv"
    >>> _ = table.write_text(
    ...     "expert,round,target,p5,p50,p95,word,confidence,why,source,date" + chr(10)
    ...     + "Amal,1,factors.gaps.half_life,3,,9,,,,," + chr(10)
    ... )
    >>> given = wr.read_panel(posterior.model, table)
    >>> wr.feedback(posterior, "Amal", "calm", answers=given, progressbar=False).rows()[0][3]
    'nobody else answered'
    """
    spec = checked_posterior(posterior, "feedback").model.spec
    given = answers_of(posterior.model, answers)
    several = packages(spec, given)
    # Before the panel, whose refits may take long.
    if expert not in several:
        valid = did_you_mean(expert, list(several))
        raise ArgumentError(f"{quoted(expert)} answered nothing; {valid}")
    judging = [name for name, package in several.items() if package]
    if expert not in judging:
        raise ArgumentError(f"{expert} judged no range of the model, and answered seeds alone")
    found = panel(
        posterior,
        condition,
        answers=given,
        futures=futures,
        random_seed=random_seed,
        pool=pool,
        folder=folder,
        progressbar=progressbar,
    )
    latest = given.latest()
    row: Any = found.summary.loc[found.experts[judging.index(expert)]]
    table = pd.DataFrame.from_dict(
        {path: _row(spec, path, expert, several) for path in several[expert]}, orient="index"
    )
    return Feedback(
        expert=expert,
        condition=found.condition,
        probability=float(row["probability"]),
        lower=float(row["lower"]),
        upper=float(row["upper"]),
        pooled=float(found.summary.loc[POOLED, "probability"]),  # type: ignore[arg-type]
        summary=table,
        questions={path: _by_language(spec, path) for path in table.index},
        ranges={
            path: {
                lang: _in_words(spec, latest[expert, path], several[expert][path], lang)
                for lang in LANGUAGES
            }
            for path in table.index
        },
        others={
            path: _others(table.loc[path], range_at(spec, str(path)).scale) for path in table.index
        },
        about=about(posterior),
    )


def _in_words(spec: ModelSpec, row: PanelRow, range_: Quantiles, lang: str) -> str:
    """Return a range as it was read and, where three numbers were written, those too."""
    read = range_in_words(spec, row.target, range_, lang, size=True)
    if math.isnan(row.p50):
        return read
    words, scale = words_of(lang), 100.0 if range_.scale == "log_odds" else 1.0
    numbers = (significant(scale * value, 4) for value in (row.p5, row.p50, row.p95))
    written = " / ".join(words.with_sign(number) for number in numbers)
    return words.forms["feedback_read"].format(written=written, range=read)


def _by_language(spec: ModelSpec, path: str) -> dict[str, str]:
    return {lang: question_in_words(spec, path, lang) for lang in LANGUAGES}


def _row(spec: ModelSpec, path: str, expert: str, several: Mapping[str, Package]) -> dict[str, Any]:
    """Return where an expert's median lies among those of the others."""
    given = range_at(spec, path)
    # Of a weight the size, as it was asked for.
    middle = {
        name: off_scale(package[path].law[0], given.scale)
        for name, package in several.items()
        if path in package
    }
    own = middle.pop(expert)
    others = list(middle.values())
    low, high = min(others, default=np.nan), max(others, default=np.nan)
    place = "below" if own < low else "above" if own > high else "inside"
    return {
        "middle": own,
        "others_low": low,
        "others_high": high,
        "place": place if others else "alone",
    }


def _others(row: Any, scale: str) -> dict[str, str]:
    """Return the medians of the others for people, by language."""
    if row["place"] == "alone":
        return dict.fromkeys(LANGUAGES, "")
    found = {}
    for lang, words in LANGUAGES.items():
        low, high = (
            number_in_words(float(row[end]), scale, words) for end in ("others_low", "others_high")
        )
        found[lang] = low if low == high else words.from_to.format(low=low, high=high)
    return found
