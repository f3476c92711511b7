"""The shipped model of the end of the UN mission in Mali: what it may know, and what it says of itself."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.ledger.chain import read
from withdrawal_risk.ledger.forecasts import model_of as forecast_model
from withdrawal_risk.ledger.questions import answers_in
from withdrawal_risk.model.settled import tree_settled

ROOT = Path(__file__).parents[1]
LAST = Month.parse("2023-06")
"""Of resolution 2690, of its last day: nothing later may be known."""


@pytest.fixture(scope="module")
def model() -> wr.Model:
    return wr.load_model("mali-2023")


def test_it_is_as_small_as_a_worked_example(model: wr.Model) -> None:
    spec = model.spec
    assert len(spec.factors) <= 8 and len(spec.conditions) == 2
    assert 35 <= len(model.evidence) <= 45
    assert [str(month) for month in (spec.time.start, spec.time.as_of, spec.time.horizon)] == [
        "2021-10", "2023-06", "2024-12",
    ]  # fmt: skip


def test_nothing_is_later_than_the_day_of_the_resolution(model: wr.Model) -> None:
    assert {row.id for row in model.evidence} == {row.id for row in model.evidence_at(LAST)}
    assert all(row.published <= LAST for row in model.history)
    assert all(event.from_ <= LAST for event in model.spec.events.values())
    paths = [policy.path for policy in model.spec.policies.values()]
    assert all(stretch.known <= LAST for path in paths for stretch in path)
    assert float(model.spec.policies["un_presence"].path[-1].value) == 0


def test_no_address_names_a_later_month(model: wr.Model) -> None:
    """Addresses that carry a date; a text of the resolution was put up in July 2023, the resolution is of June."""
    found = re.findall(r"https?://\S*?/(20\d\d)[/-]?([01]\d)[/-]", model.model_text)
    assert len(found) >= 4
    assert max(found) <= ("2023", "06")


def test_every_figure_has_a_source_and_every_judgement_says_so(model: wr.Model) -> None:
    for row in (*model.evidence, *model.history):
        assert row.source and row.url.startswith("http"), row.id
        assert row.grade in ("A", "B", "C")
    for name, indicator in model.spec.indicators.items():
        assert any(part.startswith("https://") for part in indicator.basis) or (
            set(indicator.basis) & set(model.spec.claims)
        ), name
    for edge in model.spec.edges:
        assert set(edge.basis) & set(model.spec.claims) or any(
            part.startswith(("https://", "judgement: ")) for part in edge.basis
        )


def test_the_quarters_make_the_year_that_the_mission_gives(model: wr.Model) -> None:
    killed = {row.id: row.value for row in model.evidence if row.indicator == "civilians_killed"}
    assert sum(killed[f"civ_2022_q{quarter}"] or 0 for quarter in (1, 2, 3, 4)) == 1277


def test_years_of_deaths_are_those_that_the_marks_are_argued_from(model: wr.Model) -> None:
    rows = [*model.history, *model.evidence]
    years: dict[str, float] = {}
    for row in rows:
        if row.indicator == "organised_violence_deaths":
            year = str(row.start)[:4]
            years[year] = years.get(year, 0) + float(row.value or 0)
    assert (years["2019"], years["2020"]) == (1197, 1519)
    assert max(years, key=lambda year: years[year]) == "2022"


def test_references_are_those_of_history(model: wr.Model) -> None:
    rows = [
        row
        for row in (*model.history, *model.evidence)
        if row.indicator == "organised_violence_deaths" and str(row.month) >= "2018-01"
    ]
    series = pd.Series({str(row.month): row.value for row in rows}).sort_index()
    assert (series.index[0], series.index[-1], len(series)) == ("2018-01", "2023-05", 65)
    item = model.spec.indicators["organised_violence_deaths"]
    found = wr.suggest(series, "count", until="2023-05")
    for key in ("at_reference", "ratio_per_level", "error"):
        written = getattr(item, key)
        assert f"{key}: {{p5: {written.p5:g}, p95: {written.p95:g}}}" in found.fragment


def _later(model: wr.Model, values: dict[str, float]) -> wr.Model:
    """Return the model with invented rows of December 2024, or of all of 2024 for deaths."""
    lines = [
        f"later_{name},{name},{'2024-01' if name == 'organised_violence_deaths' else '2024-12'},2024-12,"
        f"2025-06,{value},,,,A,invented,,,"
        for name, value in values.items()
    ]
    return wr.Model.from_texts(model.model_text, model.evidence_text + "\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("condition", "values", "settled"),
    [
        ("violence_contained", {"organised_violence_deaths": 2100}, False),
        ("violence_contained", {"organised_violence_deaths": 1000}, True),
        ("violence_contained", {"organised_violence_deaths": 1600}, None),
        ("course_kept", {"agreement_in_force": 0}, False),
        (
            "course_kept",
            {"agreement_in_force": 1, "president_elected": 1, "freedom_score": 33},
            True,
        ),
        (
            "course_kept",
            {"agreement_in_force": 1, "president_elected": 0, "freedom_score": 33},
            None,
        ),
    ],
)
def test_published_rows_settle_the_plain_cases(
    model: wr.Model, condition: str, values: dict[str, float], settled: bool | None
) -> None:
    tree = model.spec.conditions[condition].tree
    assert tree_settled(model.spec, tree, model.evidence) is None
    known = _later(model, values).evidence_at(Month.parse("2025-06"))
    assert tree_settled(model.spec, tree, known) is settled


def test_its_first_record_keeps_the_files_that_it_was_made_with(model: wr.Model) -> None:
    folder = ROOT / "track-record"
    entry = next(one for one in read(folder) if one.content.get("model") == "mali-2023")
    assert (entry.kind, entry.content["as_of"]) == ("forecast", "2023-06")
    assert set(answers_in(entry)) >= set(model.spec.conditions)
    kept = forecast_model(folder, entry)
    assert kept.id == model.id and len(kept.evidence) >= 35
