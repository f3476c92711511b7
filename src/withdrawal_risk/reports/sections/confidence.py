"""Analytic confidence, from computed facts and apart from the likelihood."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import probability_word
from withdrawal_risk.reports.ingredients import Findings
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS

__all__ = ["Confidence", "confidence"]

_UNINFORMED: Final = 0.25
"""Share of factors that no evidence informs from which on that is a weakness."""

_EFFECTS: Final = 0.25
"""Share of effects that the evidence moved below which that is a weakness."""

_MONTHS: Final = 6
"""Months since the last evidence from which on it is old."""


class Confidence(NamedTuple):
    """How much the analysis itself rests on.

    Parameters
    ----------
    level : {"low", "moderate", "high"}
    facts : list of str
        What that follows from, weaknesses first.
    """

    level: Literal["low", "moderate", "high"]
    facts: list[str]


def confidence(found: Findings, lang: str) -> Confidence:
    """Return the confidence in the analysis and the facts it follows from.

    ICD 203 (2 January 2015) keeps the confidence in an analysis apart from the likelihood of
    what it speaks of. The rule is this library's own: a failed check makes it low, and so do
    three or more of these weaknesses; one or two make it moderate: a quarter of the factors or
    more whose level the evidence left as it was; evidence that moved fewer than a quarter of
    the effects; no evidence in the last six months before the report; another reasonable
    analyst who would use another word.
    """
    words = words_of(lang).report
    row: Any = found.outlook.summary.loc[ALL_CONDITIONS]
    factors = len(found.posterior.frame.latent)
    ages = [
        Month.of(found.made_on) - Month.of(row_.end.last)
        for row_ in found.posterior.model.evidence_at(found.posterior.as_of)
    ]
    age = min(ages, default=None)
    failed = [item.label(lang) for item in found.checks if item.passed is False]
    tests = [
        (
            len(found.uninformed) >= _UNINFORMED * factors,
            words["confidence_factors"].format(count=len(found.uninformed), all=factors),
        ),
        (
            found.moved_effects < _EFFECTS * found.effects,
            words["confidence_effects"].format(count=found.moved_effects, all=found.effects),
        ),
        (
            age is None or age > _MONTHS,
            words["confidence_none"]
            if age is None
            else words["confidence_age"].format(months=words_of(lang).months(max(age, 0))),
        ),
    ]
    if row["range_of"]:
        ends = [probability_word(float(row[end]), lang) for end in ("range_low", "range_high")]
        same = ends[0] == ends[1]
        fact = words["confidence_same" if same else "confidence_words"]
        tests.append((not same, fact.format(low=ends[0], high=ends[1])))
    weak = [text for weakness, text in tests if weakness]
    sound = [text for weakness, text in tests if not weakness]
    checks = words["confidence_failed"].format(checks=words_of(lang).listed(failed))
    facts = [checks, *weak, *sound] if failed else [*weak, *sound, words["confidence_passed"]]
    level: Literal["low", "moderate", "high"]
    level = "low" if failed or len(weak) >= 3 else "moderate" if weak else "high"
    return Confidence(level, facts)
