"""Confidence: from facts, and not from how likely the subject is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import withdrawal_risk as wr
from withdrawal_risk.inference.checks import CheckResult
from withdrawal_risk.reports.ingredients import Asked, Findings, bottleneck, gather_findings
from withdrawal_risk.reports.sections.confidence import confidence

SOON = date(2024, 1, 15)


@pytest.fixture(scope="module")
def found(posterior: wr.Posterior) -> Findings:
    return gather_findings(posterior, Asked(made_on=SOON), lambda _: None)


def with_range(found: Findings, low: float, high: float) -> Findings:
    table = found.outlook.summary.copy()
    table[["range_low", "range_high", "range_of"]] = low, high, "thresholds"
    return replace(found, outlook=replace(found.outlook, summary=table))


@pytest.mark.parametrize(
    ("changes", "level", "fact"),
    [
        ({}, "high", "the fit passed its checks"),
        ({"moved_effects": 0, "effects": 9}, "moderate", "the evidence moved 0 of 9 effects"),
        ({"made_on": date(2025, 3, 1)}, "moderate", "the latest evidence is"),
        (
            {
                "made_on": date(2025, 3, 1),
                "moved_effects": 0,
                "uninformed": frozenset({"gaps", "tension"}),
            },
            "low",
            "the evidence left the current level",
        ),
        (
            {"checks": [CheckResult(name="rhat", passed=False, texts={"en": "no", "ar": "لا"})]},
            "low",
            "checks failed (rhat)",
        ),
    ],
)
def test_level_follows_from_facts(
    found: Findings, changes: dict[str, Any], level: str, fact: str
) -> None:
    sound = with_range(found, 0.3, 0.31)
    sound = replace(sound, uninformed=frozenset(), moved_effects=8, effects=9)
    sure = confidence(replace(sound, **changes), "en")
    assert sure.level == level and any(fact in text for text in sure.facts)
    assert len(confidence(replace(sound, **changes), "ar").facts) == len(sure.facts)


def test_another_word_is_a_weakness_and_the_chance_itself_is_none(found: Findings) -> None:
    sound = replace(found, uninformed=frozenset(), moved_effects=8, effects=9)
    assert confidence(with_range(sound, 0.1, 0.6), "en").level == "moderate"
    table = found.outlook.summary.assign(probability=0.99)
    likely = replace(sound, outlook=replace(found.outlook, summary=table))
    assert confidence(with_range(likely, 0.98, 0.985), "en").level == "high"


def test_bottleneck_names_what_cannot_be_told_apart(found: Findings) -> None:
    table = found.outlook.summary.copy()
    table["mcse"] = 0.01
    table.loc["calm", "probability"], table.loc["supplied", "probability"] = 0.30, 0.31
    alike = replace(found.outlook, summary=table)
    assert bottleneck(alike) == ("calm", ("supplied",))
    table = table.copy()
    table.loc["supplied", "probability"] = 0.4
    assert bottleneck(replace(found.outlook, summary=table)) == ("calm", ())
