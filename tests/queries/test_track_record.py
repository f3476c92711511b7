"""Forecasts written down, settled and scored: from the first entry to the last table."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.variants import with_text

import withdrawal_risk as wr
from withdrawal_risk.ledger import chain
from withdrawal_risk.ledger.chain import append, read
from withdrawal_risk.ledger.questions import asked, latest_and_average, measured

FEW: dict[str, Any] = {"futures": 4, "explain": False, "progressbar": False}
FIRST = datetime.datetime(2024, 1, 10, 12, tzinfo=datetime.UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime.datetime]:
    """The time that entries are written at, to be moved on by a test."""
    moment = [FIRST]
    for place in ("ledger.chain", "queries.resolve", "queries.issue"):
        monkeypatch.setattr(f"withdrawal_risk.{place}.now", lambda: moment[0])
    return moment


@pytest.fixture(scope="module")
def published(posterior: wr.Posterior) -> wr.Posterior:
    """The fit of the small model, of which a count alone can settle the first condition."""
    return with_text(
        posterior, ("total, last: 3, at_most: 45}", "total, last: 3, at_most: 45, resolution: A count}")
    )  # fmt: skip


@pytest.fixture
def in_august(published: wr.Posterior, tmp_path: Path, clock: list[datetime.datetime]) -> Path:
    """A track record with a forecast of January, looked at in August."""
    wr.issue(published, folder=tmp_path, **FEW)
    clock[0] = datetime.datetime(2024, 8, 1, tzinfo=datetime.UTC)
    return tmp_path


def _incidents(folder: Path, month: str, value: int, date: str) -> chain.Entry:
    return wr.resolve(
        "small", indicator="incidents", start=month, value=value, source="A count", date=date,
        folder=folder,
    )  # fmt: skip


def test_an_entry_holds_all_that_was_said(published: wr.Posterior, tmp_path: Path) -> None:
    entry = wr.issue(published, folder=tmp_path, **FEW).entry
    content, answer = entry.content, wr.outlook(published, futures=4)
    row = answer.summary.loc["calm"]
    said = content["conditions"]["calm"]
    assert said["probability"] == row["probability"]
    assert said["ci"] == [row["lower"], row["upper"]]
    assert said["base_rates"]["structure"] == row["structure"]
    assert [clause["answered_by"] for clause in said["clauses"]] == ["judged", "published"]
    whole = wr.probability(published, "incidents total last 3 at_most 45", futures=4)
    assert said["clauses"][1]["probability"] == pytest.approx(whole.probability, abs=1e-12)
    assert (
        content["texts"].keys() == {".yaml", ".csv"}
        and content["code"]
        and content["changes"] is None
    )
    months = content["indicators"]["incidents"]["months"]
    assert list(months)[-1] == "2024-06" and len(months["2024-06"]["model"]) == 99
    assert months["2024-06"]["model"] == sorted(months["2024-06"]["model"])
    grades = content["indicators"]["mood"]["months"]["2024-06"]["model"]
    assert len(grades) == 3 and sum(grades) == pytest.approx(1, abs=1e-3)
    assert json.loads(entry.path.read_text(encoding="utf-8"))["digest"] == entry.digest


def test_quantiles_are_those_of_the_forecast(published: wr.Posterior, tmp_path: Path) -> None:
    """The share of draws of `forecast`, another stream, below each quantile is its level.

    16,000 and 8,000 draws of 4,000 posterior ones: a share has a standard error of at most 0.01,
    futures of one draw being alike; false alarms beyond 0.05 are negligible.
    """
    content = wr.issue(published, folder=tmp_path, **FEW).entry.content
    drawn = wr.forecast(published, var_names=["rate"], futures=4)["rate"].sel(month="2024-06-01")
    written = np.array(content["indicators"]["rate"]["months"]["2024-06"]["model"])
    below = (drawn.to_numpy().ravel()[:, None] <= written).mean(axis=0)
    assert np.abs(below - content["levels"]).max() < 0.05


def test_published_figures_settle_a_question(in_august: Path) -> None:
    _incidents(in_august, "2024-04", 20, "2024-05-10")
    _incidents(in_august, "2024-05", 20, "2024-06-10")
    row = wr.track_record(folder=in_august).conditions.xs("calm", level="condition").iloc[0]
    assert row["status"] == "open" and math.isnan(row["brier"])
    _incidents(in_august, "2024-06", 20, "2024-07-10")
    found = wr.track_record(folder=in_august)
    row = found.conditions.xs("calm", level="condition").iloc[0]
    # Sixty incidents where 45 are allowed: missed, whatever a judge says of the gaps.
    assert row["status"] == "missed" and str(row["day"]) == "2024-07-10"
    assert row["brier"] == row["probability"] ** 2
    # A mean over days of one number is a product and a quotient, each of which may round.
    assert row["average_brier"] == pytest.approx(row["brier"], rel=4e-16, abs=0)
    assert row["brier_structure"] == row["structure"] ** 2
    everything = found.conditions.xs("all_conditions", level="condition").iloc[0]
    assert everything["status"] == "missed"
    # The second question cannot be settled by anybody who publishes.
    assert found.conditions.xs("supplied", level="condition")["status"].item() == "open"


def test_a_question_is_settled_as_soon_as_it_is_decided(in_august: Path) -> None:
    _incidents(in_august, "2024-04", 46, "2024-05-10")
    row = wr.track_record(folder=in_august).conditions.xs("calm", level="condition").iloc[0]
    assert row["status"] == "missed" and str(row["day"]) == "2024-05-10"
    # A correction is appended, and what it says counts.
    _incidents(in_august, "2024-04", 3, "2024-07-01")
    row = wr.track_record(folder=in_august).conditions.xs("calm", level="condition").iloc[0]
    assert row["status"] == "open"
    (month,) = measured(in_august, read(in_august))
    assert month.value == 3 and str(month.day) == "2024-05-10"
    # The same month in other words is the same month; and a correction that decides as the first
    # report did leaves the day as it was.
    for value, date in ((50, "2024-07-02"), (51, "2024-07-03")):
        wr.resolve(
            "small", indicator="incidents", start="2024-04-01", end=" 2024-04-30", value=value,
            source="A count", date=date, folder=in_august,
        )  # fmt: skip
    (month,) = measured(in_august, read(in_august))
    assert month.value == 51 and str(month.day) == "2024-05-10"
    row = wr.track_record(folder=in_august).conditions.xs("calm", level="condition").iloc[0]
    assert row["status"] == "missed" and str(row["day"]) == "2024-07-02"


def test_few_incidents_leave_the_rest_to_judgement(
    published: wr.Posterior, in_august: Path
) -> None:
    wr.resolve(
        "small", indicator="incidents", start="2024-04", end="2024-06", value=12, source="A count",
        date="2024-07-10", folder=in_august,
    )  # fmt: skip
    found = wr.track_record(folder=in_august)
    assert found.conditions.xs("calm", level="condition")["status"].item() == "open"
    wr.resolve(
        "small", condition="calm", probability=0.8, judge="A. Judge", source="Her report",
        date="2024-07-20", folder=in_august,
    )  # fmt: skip
    found = wr.track_record(folder=in_august)
    assert "calm" not in found.conditions.index.get_level_values("condition")
    row = found.judged.xs("calm", level="condition").iloc[0]
    p = row["probability"]
    assert row["judge"] == "A. Judge" and row["brier"] == pytest.approx((p - 0.8) ** 2 + 0.16)
    # What is published later decides, and the judge's word is no longer asked for.
    _incidents(in_august, "2024-05", 99, "2024-07-25")
    assert "calm" in wr.track_record(folder=in_august).conditions.index.get_level_values(
        "condition"
    )


def test_evidence_of_a_later_forecast_settles_too(
    published: wr.Posterior, tmp_path: Path, clock: list[datetime.datetime]
) -> None:
    """Fifty incidents in a row of the second file, which the second forecast knew and the first did not."""
    wr.issue(published, folder=tmp_path, **FEW)
    clock[0] = datetime.datetime(2024, 6, 5, tzinfo=datetime.UTC)
    model = published.model
    rows = (
        model.evidence_text or ""
    ) + "late,incidents,2024-04,2024-04,2024-05,50,,,,A,A count,,\n"
    text = model.model_text.replace("as_of: 2023-12", "as_of: 2024-05")
    later = wr.Model.from_texts(
        text.replace("from: 2024-01, to: 2024-03", "from: 2024-06, to: 2024-06"), rows
    )
    again = wr.fit(later, draws=50, tune=50, chains=2, progressbar=False)
    wr.issue(again, folder=tmp_path, **FEW)
    row = wr.track_record(folder=tmp_path).conditions.xs("calm", level="condition").iloc[0]
    assert row["status"] == "missed" and str(row["day"]) == "2024-05-01"
    assert row["forecasts"] == 1 and row["entry"] == 1


def test_every_forecast_reads_outcomes_with_its_own_edition(
    published: wr.Posterior, in_august: Path
) -> None:
    """A grade that is put in front moves no score of the file before it; one renamed loses none."""
    wr.resolve(
        "small", indicator="mood", start="2024-02", value="good", source="A poll", date="2024-03-01",
        folder=in_august,
    )  # fmt: skip
    (before,) = measured(in_august, read(in_august))
    for grades in ("[bad, fair, best]", "[worst, fair, good]"):
        text = published.model.model_text.replace("[bad, fair, good]", grades)
        # The small file's own rows of this indicator would not fit.
        rows = "\n".join(
            line
            for line in (published.model.evidence_text or "").splitlines()
            if ",mood," not in line
        )
        other = wr.Model.from_texts(text, rows)
        wr.issue(
            wr.fit(other, draws=50, tune=50, chains=2, progressbar=False), folder=in_august, **FEW
        )
    (after,) = measured(in_august, read(in_august))
    assert after.methods["model"] == before.methods["model"]


def test_what_nobody_publishes_settles_nothing(in_august: Path) -> None:
    """Supply of 0.9 would meet its clause, but the file names nobody who publishes it."""
    wr.resolve(
        "small", indicator="supply", start="2024-04", end="2024-06", value=0.9, source="A ministry",
        date="2024-07-10", folder=in_august,
    )  # fmt: skip
    found = wr.track_record(folder=in_august)
    assert found.conditions.xs("supplied", level="condition")["status"].item() == "open"


def test_forecasts_of_the_day_and_later_do_not_count(
    published: wr.Posterior, tmp_path: Path, clock: list[datetime.datetime]
) -> None:
    clock[0] = datetime.datetime(2024, 5, 10, 12, tzinfo=datetime.UTC)
    wr.issue(published, folder=tmp_path, **FEW)
    _incidents(tmp_path, "2024-04", 46, "2024-05-10")
    found = wr.track_record(folder=tmp_path)
    row = found.conditions.xs("calm", level="condition").iloc[0]
    assert row["status"] == "late" and row["forecasts"] == 0 and math.isnan(row["brier"])
    assert found.late == 1 and found.months.empty


def test_scores_are_the_latest_and_the_average_over_time(tmp_path: Path) -> None:
    """A forecast of 0.2 stood ten days, one of 0.6 thirty, before the answer."""
    moments = [datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2024, 1, 11, tzinfo=datetime.UTC)]  # fmt: skip
    entries = [
        chain.Entry(
            number=1, kind="forecast", written=moment, previous="", digest="", content={},
            path=tmp_path,
        )
        for moment in moments
    ]  # fmt: skip
    latest, average = latest_and_average(entries, [0.2, 0.6], datetime.date(2024, 2, 10))
    assert latest == 0.6
    assert average == pytest.approx((0.2 * 10 + 0.6 * 30) / 40)


def test_months_are_scored_beside_the_recorded_baselines(in_august: Path) -> None:
    for month, value in (("2024-01", 7), ("2024-02", 11), ("2024-03", 40)):
        _incidents(in_august, month, value, "2024-07-10")
    found = wr.track_record(folder=in_august)
    table = found.months.xs("incidents", level="indicator").droplevel("model")
    months = read(in_august)[0].content["indicators"]["incidents"]["months"]
    for method in table.index:
        expected = [
            wr.score(np.array([months[month][method]], dtype=float), [value])["crps"].item()
            for month, value in (("2024-01", 7), ("2024-02", 11), ("2024-03", 40))
        ]
        assert table.loc[method, "score"] == pytest.approx(np.mean(expected))
    assert set(table["outcomes"]) == {3}
    for name in set(table.index) - {"model"}:
        assert table.loc[name, "skill"] == pytest.approx(
            1 - table.loc["model", "score"] / table.loc[name, "score"]
        )


def test_a_category_is_scored_by_ranks(in_august: Path) -> None:
    wr.resolve(
        "small", indicator="mood", start="2024-02", value="good", source="A poll", date="2024-03-01",
        folder=in_august,
    )  # fmt: skip
    p = read(in_august)[0].content["indicators"]["mood"]["months"]["2024-02"]["model"]
    (one,) = measured(in_august, read(in_august))
    # Of three grades, the best: "at most bad" and "at most fair" did not happen.
    assert one.methods["model"][0] == pytest.approx(p[0] ** 2 + (p[0] + p[1]) ** 2)
    assert one.covered is None


def test_what_changed_is_said(
    published: wr.Posterior, posterior: wr.Posterior, tmp_path: Path
) -> None:
    wr.issue(posterior, folder=tmp_path, **FEW)
    entry = wr.issue(published, folder=tmp_path, **FEW).entry
    found = wr.diff(1, 2, folder=tmp_path, explain=False)
    assert found.file["added"] == ["conditions.calm.all[1].resolution"]
    assert not found.file["removed"] and not found.file["changed"]
    assert not any(found.evidence.values()) and not found.code and not found.settings
    assert found.summary.loc["calm", "change"] == 0
    assert entry.content["changes"]["file"] == found.file
    for lang in ("en", "ar"):
        assert "conditions.calm.all[1].resolution" in found.sentence(lang)
    with pytest.raises(wr.WithdrawalRiskError, match="no forecast; there are 1, 2"):
        wr.diff(1, 3, folder=tmp_path)


def test_reasons_are_split_over_new_evidence(
    posterior: wr.Posterior, earlier: wr.Posterior, tmp_path: Path
) -> None:
    wr.issue(earlier, folder=tmp_path, **FEW)
    issued = wr.issue(posterior, folder=tmp_path, futures=4, progressbar=False)
    changes = issued.entry.content["changes"]
    assert changes["evidence"]["added"] and set(changes["reasons"]) >= {"calm", "supplied"}
    assert changes["as_of"] == ["2023-11", "2023-12"]
    assert changes["reasons"]["calm"]["en"] in issued.sentence()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"indicator": "incidents", "start": "2024-01", "value": -3}, "value"),
        ({"indicator": "incident", "start": "2024-01", "value": 3}, "did you mean"),
        ({"indicator": "incidents", "value": 3}, "start"),
        ({"indicator": "incidents", "start": "2024-01"}, "value"),
        ({"indicator": "incidents", "start": "2024-01", "value": 3, "judge": "A"}, "belongs to a condition"),
        ({"condition": "calm", "probability": 0.5, "judge": "A", "value": 3}, "belongs to an indicator"),
        ({"condition": "calm", "probability": 1.5, "judge": "A"}, "from 0 to 1"),
        ({"condition": "calm", "probability": 0.5}, "judge's name"),
        ({"condition": "calm", "judge": "A"}, "probability from 0 to 1"),
        ({"condition": "calm", "probability": 0.5, "judge": "small"}, "does not judge its own"),
        ({}, "give an indicator with its value"),
        ({"indicator": "incidents", "start": "2024-01", "value": 3, "note": object()}, "note is"),
        ({"indicator": "incidents", "start": "2024-01", "value": 3, "url": "a\x1b[31m"}, "U\\+001B"),
        ({"condition": "calm", "probability": 0.5, "judge": "A\nB"}, "U\\+000A"),
        ({"condition": "calm", "probability": 0.5, "judge": "Small"}, "does not judge its own"),
        ({"indicator": "incidents", "start": "2024-05", "value": 3}, "nothing is known before"),
    ],
)  # fmt: skip
def test_what_is_no_outcome_is_refused(
    posterior: wr.Posterior, tmp_path: Path, given: dict[str, Any], words: str
) -> None:
    wr.issue(posterior, folder=tmp_path, **FEW)
    with pytest.raises(wr.ArgumentError, match=words):
        wr.resolve("small", source="A count", date="2024-02-10", folder=tmp_path, **given)
    assert len(read(tmp_path)) == 1


def test_an_outcome_has_a_date_that_has_come(
    posterior: wr.Posterior, tmp_path: Path, clock: list[datetime.datetime]
) -> None:
    wr.issue(posterior, folder=tmp_path, **FEW)
    for date, words in (("2024-02", "write a day"), ("2024-02-01", "has not come yet")):
        with pytest.raises(wr.ArgumentError, match=words):
            _incidents(tmp_path, "2024-01", 3, date)
    with pytest.raises(wr.WithdrawalRiskError, match="no forecast of 'large' was issued"):
        wr.resolve("large", source="x", date="2024-01-01", folder=tmp_path)


def test_another_bound_is_another_question(posterior: wr.Posterior, tmp_path: Path) -> None:
    wr.issue(posterior, folder=tmp_path, **FEW)
    other = with_text(posterior, ("total, last: 3, at_most: 45}", "total, last: 3, at_most: 60}"))
    wr.issue(other, folder=tmp_path, **FEW)
    found = wr.diff(1, 2, folder=tmp_path, explain=False)
    assert found.summary["asked_differently"].to_dict() == {
        "calm": True, "supplied": False, "all_conditions": True,
    }  # fmt: skip
    assert "Calm: asked differently" in found.sentence()
    assert (
        json.loads(json.dumps(found.to_dict()))["conditions"]["calm"]["asked_differently"] is True
    )


def test_questions_of_two_editions_are_two(posterior: wr.Posterior, tmp_path: Path) -> None:
    wr.issue(posterior, folder=tmp_path, **FEW)
    other = with_text(posterior, ("total, last: 3, at_most: 45}", "total, last: 3, at_most: 40}"))
    wr.issue(other, folder=tmp_path, **FEW)
    found = asked(tmp_path, read(tmp_path))
    assert [len(one.forecasts) for one in found if one.condition == "calm"] == [1, 1]
    assert [len(one.forecasts) for one in found if one.condition == "supplied"] == [2]


def test_a_fit_that_cannot_be_made_again_is_refused(
    posterior: wr.Posterior, tmp_path: Path
) -> None:
    from tests.variants import variant

    settings = {k: v for k, v in posterior.settings.items() if k != "random_seed"}
    with pytest.raises(wr.ArgumentError, match="does not say its random_seed"):
        wr.issue(variant(posterior, settings=settings), folder=tmp_path, **FEW)
    append(tmp_path, "outcome", {"model": "small", "row": {}})
