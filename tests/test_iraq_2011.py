"""The shipped model of the exit of 2011: its judgements are those that its results were made with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.model.document import Document
from withdrawal_risk.model.settled import tree_settled

FROZEN = "3e1dc378513b21e4a11eb138e398e199f63847ac9288f210f5ab330df8c89277"
"""Of all judgements, as they were when the tables of docs/backtest.md were made."""

KNOWN = "2011-12"
"""Last month that references rest on."""

WORDS = frozenset({"label", "description", "why", "basis", "resolution", "unit", "lever"})
"""Keys that say nothing to a fit."""


@pytest.fixture(scope="module")
def model() -> wr.Model:
    return wr.load_model("iraq-2011")


def _without_words(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_words(part) for name, part in value.items() if name not in WORDS}
    return [_without_words(part) for part in value] if isinstance(value, list) else str(value)


def _judgements(model: wr.Model) -> str:
    """Return a digest of everything that a fit reads of the file, but its evidence."""
    data = Document.parse(model.model_text, "model.yaml").data
    kinds = ("time", "factors", "policies", "edges", "events", "indicators")
    frozen = {kind: _without_words(data[kind]) for kind in kinds}
    return hashlib.sha256(json.dumps(frozen, sort_keys=True).encode()).hexdigest()


def test_judgements_are_those_of_the_results(model: wr.Model) -> None:
    assert _judgements(model) == FROZEN, (
        "a judgement was changed: run `python -m benchmarks.long_tables`, write its tables into "
        "docs/backtest.md, and only then write the new digest here"
    )


def test_a_changed_judgement_changes_the_digest(model: wr.Model) -> None:
    text = model.model_text.replace("half_life: {p5: 2, p95: 24}", "half_life: {p5: 2, p95: 25}")
    assert text != model.model_text
    assert _judgements(wr.Model.from_texts(text, model.evidence_text)) != FROZEN
    told = model.model_text.replace('en: "US withdrawal from Iraq, 2011"', 'en: "The exit"')
    assert _judgements(wr.Model.from_texts(told, model.evidence_text)) == FROZEN


@pytest.mark.parametrize(
    ("indicator", "first"),
    [
        ("civilian_deaths", "2007-01"),
        ("organised_violence_deaths", "2007-01"),
        ("geopolitical_risk", "2009-01"),
    ],
)
def test_references_are_those_of_history(model: wr.Model, indicator: str, first: str) -> None:
    rows = [row for row in (*model.history, *model.evidence) if row.indicator == indicator]
    months = {str(row.month): row.value for row in rows if row.month is not None}
    series = pd.Series({name: value for name, value in months.items() if first <= name <= KNOWN})
    item = model.spec.indicators[indicator]
    found = wr.suggest(series.sort_index(), item.family, until=KNOWN)
    for key in ("at_reference", "ratio_per_level", "error"):
        proposed, written = found.ranges[key], getattr(item, key)
        assert written.p5 == pytest.approx(proposed.p5, rel=0.02), key
        assert written.p95 == pytest.approx(proposed.p95, rel=0.02), key


def test_nothing_after_december_2011_but_evidence(model: wr.Model) -> None:
    assert all(event.from_ <= model.as_of for event in model.spec.events.values())
    known = [part for part in model.spec.policies["us_presence"].path if part.known <= model.as_of]
    assert float(known[-1].value) == 0


def test_factors_that_mean_the_same_have_one_id(model: wr.Model) -> None:
    shared = set(model.spec.factors) & set(wr.load_model("iraq-2025").spec.factors)
    assert len(shared) >= 14


def test_what_happened_settles_two_conditions(model: wr.Model) -> None:
    """The README says so: 9,852 civilian deaths, 1,881 battle-related deaths; balance is judged."""
    known = model.evidence_at(Month.read("2019-12"))
    settled = {
        name: tree_settled(model.spec, condition.tree, known)
        for name, condition in model.spec.conditions.items()
    }
    assert settled == {
        "national_capability": False,
        "arms_under_state": False,
        "foreign_policy_balance_kept": None,
    }
