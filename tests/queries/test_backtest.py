"""Back tests: what an origin may know, what it is held against, and what is read from the table."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.refusals import refusal
from tests.watched import FEW, rubbish, watched

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families import family_of
from withdrawal_risk.language import words_of
from withdrawal_risk.queries.backtest_result import METHODS
from withdrawal_risk.scoring.forecasts import forecasts_of
from withdrawal_risk.scoring.known import as_known, outcomes

FORECAST = [
    "method",
    "indicator",
    "month",
    "lead",
    "threshold",
    "mean",
    "q05",
    "q50",
    "probability",
]
ORIGINS = ["2023-06", "2023-08", "2023-10"]


@pytest.fixture(scope="module")
def model(small_text: str) -> wr.Model:
    return watched(small_text)


@pytest.fixture(scope="module")
def result(model: wr.Model) -> wr.Backtest:
    return wr.backtest(model, start="2023-04", end="2023-10", leads=6, **FEW)


@pytest.mark.parametrize("data", ["revised", "strict"])
@pytest.mark.parametrize("origin", ORIGINS)
def test_nothing_of_the_future_is_seen(model: wr.Model, origin: str, data: Any) -> None:
    """Later evidence, events and announcements replaced by rubbish change no bit of a forecast."""
    tables = [
        wr.backtest(one, start=origin, end=origin, data=data, **FEW).table
        for one in (model, rubbish(model, origin, data))
    ]
    honest, misled = (table[FORECAST] for table in tables)
    assert set(honest["method"]) == set(METHODS)
    pd.testing.assert_frame_equal(honest, misled, check_exact=True)
    # The rubbish is there: it is what the misled one is held against.
    assert not tables[0]["observed"].equals(tables[1]["observed"])


def test_every_row_was_unknown_at_its_origin(model: wr.Model, result: wr.Backtest) -> None:
    """Lead 0 is the month of the origin, of which nothing is known before the month after."""
    known = {row.id: row for row in model.evidence}
    for row in result.table.itertuples():
        origin, month = Month.read(row.origin), Month.read(row.month)
        assert row.lead == month - origin
        assert 0 <= row.lead <= 6
        one = known[row.row]
        assert (one.indicator, one.value) == (row.indicator, row.observed)
        assert one.months()[0][0] == month
    # A month counts as known one month later, even where the file says sooner.
    assert 0 in set(result.table.loc[result.table["indicator"] == "rate", "lead"])
    # A range and the mean of several months are held against nothing.
    assert set(result.names) == {"incidents", "rate", "closed", "mood"}


def test_a_back_test_reaches_beyond_the_horizon(small_text: str, small_evidence: str) -> None:
    """A file that asks about 2023-08 forecasts later months all the same, from later origins, too."""
    head, _, _ = small_text.partition("scenarios:")
    text = head.replace("as_of: 2023-12, horizon: 2024-06", "as_of: 2023-05, horizon: 2023-08")
    assert text != head
    model = wr.Model.from_texts(text, small_evidence)
    result = wr.backtest(
        model, start="2023-07", end="2023-10", leads=3, methods=["model", "last_value"], draws=50,
        tune=50, progressbar=False,
    )  # fmt: skip
    own = result.table[result.table["method"] == "model"]
    assert set(own["origin"]) == {"2023-07", "2023-08", "2023-09", "2023-10"}
    assert own["month"].max() > "2023-10" and own["crps"].notna().all()


def test_strict_and_revised_data_are_two_tables(model: wr.Model) -> None:
    """Revised: the last figure, from a month later. Strict: the first, where a date is stated."""
    revised = {(o.indicator, str(o.month)): o for o in outcomes(model, "revised")}
    strict = {(o.indicator, str(o.month)): o for o in outcomes(model, "strict")}
    assert revised["incidents", "2023-03"].row == "j2"
    assert strict["incidents", "2023-03"].row == "i2"
    assert str(revised["incidents", "2023-03"].published) == "2023-04"
    assert str(revised["rate", "2023-03"].published) == "2023-04"
    # Of the rate the file knows no dates, only a rule.
    assert not any(indicator == "rate" for indicator, _ in strict)
    known = as_known(model, Month.read("2023-06"), "strict")
    counts = {row.id for row in known.evidence if row.indicator == "incidents"}
    # By June the first two had been revised, and the next three had not.
    assert counts == {"j0", "j1", "i2", "i3", "i4"}
    late = as_known(model, Month.read("2023-06"), "revised")
    assert {row.id for row in late.evidence if row.indicator == "incidents"} == {
        "j0", "j1", "j2", "j3", "j4",
    }  # fmt: skip
    assert set(known.spec.events) == {"strike"}
    assert len(known.spec.policies["presence"].path) == 1


def test_densities_are_those_of_the_values(posterior: wr.Posterior) -> None:
    """Of every family, against the shares of the simulated values; one false alarm in 10,000."""
    months = Month.read("2024-02") - posterior.stored_months.first
    cells = [(k, months) for k in range(len(posterior.frame.indicators))]
    for group in ("posterior", "prior"):
        found = forecasts_of(posterior, cells, group=group, futures=4, random_seed=1)  # type: ignore[arg-type]
        for (_, item), one in zip(posterior.frame.indicators, found, strict=True):
            if family_of(item).whole:
                values, counted = np.unique(one.samples, return_counts=True)
                top = values[counted.argmax()]
                share, expected = (one.samples == top).mean(), math.exp(one.log_density(float(top)))
            else:
                low, high = np.quantile(one.samples, [0.3, 0.6])
                grid = np.linspace(low, high, 201)
                density = np.exp([one.log_density(float(value)) for value in grid])
                share = ((one.samples >= low) & (one.samples <= high)).mean()
                expected = float(np.trapezoid(density, grid))
            error = math.sqrt(expected * (1 - expected) / 1000)
            assert abs(share - expected) < stats.norm.isf(2e-6) * error


def test_a_state_is_forecast_from_the_looks_that_were_known(small_text: str) -> None:
    """A yes that hardly ever ends stays a yes, where its prior says seldom."""
    text = small_text.replace(
        "    family: binary\n    unit: {en: yes or no, ar: نعم أو لا}\n    polarity: \"+\"\n"
        "    at_reference: {p5: 0.2, p95: 0.7}\n",
        "    family: state\n    unit: {en: yes or no, ar: نعم أو لا}\n    polarity: \"+\"\n"
        "    enters: {p5: 0.01, p95: 0.03}\n    leaves: {p5: 0.005, p95: 0.01}\n    start: no\n",
    )  # fmt: skip
    assert "family: state" in text
    rows = [
        f"c{n},closed,2023-{n:02d},2023-{n:02d},2023-{n:02d},{int(n > 3)},,,,A,invented,,"
        for n in range(1, 13)
    ]
    header = "id,indicator,start,end,published,value,low,high,se,grade,source,url,note\n"
    model = wr.Model.from_texts(text, header + "\n".join(rows) + "\n")
    table = wr.backtest(
        model, start="2023-06", end="2023-06", leads=3, methods=["model", "prior"], **FEW
    ).table.set_index(["method", "lead"])
    assert table.loc[("model", 0), "probability"] > 0.9
    assert table.loc[("prior", 0), "probability"] < 0.5
    assert table.loc[("model", 0), "log_score"] < 0.1


def test_a_run_that_was_interrupted_goes_on(model: wr.Model, tmp_path: Path) -> None:
    """With the same table, whatever was kept, and whoever works it out."""
    asked = {"start": "2023-08", "end": "2023-10", "methods": ["model", "random_walk"]}
    stopping = _Stopping(3)
    with pytest.raises(KeyboardInterrupt):
        wr.backtest(model, **asked, folder=tmp_path, pool=stopping, **FEW)
    assert len(list(tmp_path.iterdir())) == 3
    goes_on = _Stopping(100)
    again = wr.backtest(model, **asked, folder=tmp_path, pool=goes_on, **FEW)
    assert goes_on.done == 3
    whole = wr.backtest(model, **asked, **FEW)
    pd.testing.assert_frame_equal(again.table, whole.table, check_exact=True)


class _Stopping:
    """A pool that is interrupted after some tasks."""

    def __init__(self, most: int) -> None:
        self.most, self.done = most, 0

    def map(self, function: Any, tasks: Any) -> Any:
        for task in tasks:
            if self.done == self.most:
                raise KeyboardInterrupt
            self.done += 1
            yield function(task)


def test_blocks_are_as_long_as_the_longest_lead(result: wr.Backtest) -> None:
    table = result.skill("conflictology", by="leads").loc["incidents"]
    for leads, longest in (("1-3", 3), ("4-6", 6)):
        origins = pd.unique(_of(result, "incidents", leads)["origin_number"])
        places = origins.max() - origins.min() + 1
        assert table.loc[leads, "blocks"] == pytest.approx(places / longest)


def _of(result: wr.Backtest, indicator: str, leads: str, method: str = "model") -> pd.DataFrame:
    table = result.table
    return table[
        (table["indicator"] == indicator) & (table["leads"] == leads) & (table["method"] == method)
    ]


def test_the_summary_pairs_the_model_with_the_best_of_the_others(result: wr.Backtest) -> None:
    rows = result.table[
        (result.table["indicator"] == "incidents") & (result.table["leads"] == "1-3")
    ]
    wide = rows.pivot(index=["origin", "month"], columns="method", values="crps").dropna()
    line = result.summary.loc[("incidents", "1-3")]
    others = wide.drop(columns="model").mean()
    assert line["best"] == others.idxmin()
    assert line["skill"] == pytest.approx(1 - wide["model"].sum() / wide[line["best"]].sum())
    assert line["pairs"] == len(wide)
    worst = wide["model"].groupby(level="month").sum().idxmax()
    rest = wide[wide.index.get_level_values("month") != worst]
    assert line["worst_month"] == worst
    expected = 1 - rest["model"].sum() / rest[line["best"]].sum()
    assert line["without_worst"] == pytest.approx(expected)


def test_skill_and_baselines_serve_alone(model: wr.Model, result: wr.Backtest) -> None:
    """The same numbers as in the table, from the months themselves."""
    rows = result.table[
        (result.table["indicator"] == "incidents") & (result.table["leads"] == "1-3")
    ]
    wide = rows.pivot(index=["origin", "month"], columns="method", values="crps")
    alone = wr.skill(
        wide["model"],
        wide["climatology"],
        origin=wide.index.get_level_values("origin"),
        month=wide.index.get_level_values("month"),
    )
    line = result.skill("climatology").loc[("incidents", "1-3")]
    assert alone.value == pytest.approx(line["skill"])
    assert alone.blocks == pytest.approx(line["blocks"])
    # At the last origin the months to September are known.
    known = {
        str(o.month): o.value for o in outcomes(model, "revised") if o.indicator == "incidents"
    }
    series = pd.Series(known)
    found = wr.baseline_forecasts(series, "count", until="2023-09", ahead=2)
    table = result.table[
        (result.table["origin"] == "2023-10") & (result.table["month"] == "2023-11")
    ]
    for method in ("climatology", "conflictology", "last_value"):
        row = table[(table["method"] == method) & (table["indicator"] == "incidents")].iloc[0]
        assert found[method][1].mean() == pytest.approx(row["mean"])
    later = series.copy()
    later["2023-10"] = 9999
    again = wr.baseline_forecasts(later, "count", until="2023-09", ahead=2)
    assert all((again[name] == found[name]).all() for name in found)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: wr.skill([1.0], [1.0], origin="2024-01", month=["2024-02"]), "list of months"),
        (lambda: wr.skill([1.0], [1.0, 2.0], origin=["2024-01"], month=["2024-02"]), "shapes"),
        (lambda: wr.skill([-1.0], [1.0], origin=["2024-01"], month=["2024-02"]), "log score"),
        (
            lambda: wr.skill([1.0], [1.0], origin=["2024-03"], month=["2024-02"]),
            "before its origin",
        ),
        (lambda: wr.baseline_forecasts(pd.Series([1.5], ["2024-01"]), "count"), "whole number"),
        (lambda: wr.baseline_forecasts(pd.Series([math.nan], ["2024-01"]), "count"), "no value"),
        (lambda: wr.baseline_forecasts(pd.Series([1], ["2024-01"]), "state"), "family"),
        (
            lambda: wr.baseline_forecasts(pd.Series([1], ["2024-01"]), "count", ahead=99),
            "at most 24",
        ),
    ],
)
def test_they_say_what_they_cannot_read(call: Any, says: str) -> None:
    assert says in refusal(call)


def test_only_months_that_both_forecast_are_compared(result: wr.Backtest) -> None:
    table = result.table
    gone = (table["method"] == "climatology") & (table["origin"] < "2023-07")
    some = replace(result, table=table[~gone])
    wide = table[(table["indicator"] == "incidents") & (table["leads"] == "1-3")].pivot(
        index=["origin", "month"], columns="method", values="crps"
    )
    later = wide[wide.index.get_level_values("origin") >= "2023-07"]
    expected = 1 - later["model"].sum() / later["climatology"].sum()
    line = some.skill("climatology").loc[("incidents", "1-3")]
    assert line["skill"] == pytest.approx(expected)
    assert line["pairs"] == len(later) < len(wide)


@pytest.mark.parametrize("by", ["leads", "lead", "origin", "month"])
def test_slices_hold_all_pairs(result: wr.Backtest, by: str) -> None:
    skill = result.skill("climatology", by=by)
    for name in ("incidents", "rate"):
        own = result.table[
            (result.table["method"] == "model") & (result.table["indicator"] == name)
        ]
        other = result.table[
            (result.table["method"] == "climatology") & (result.table["indicator"] == name)
        ]
        assert skill.loc[name, "pairs"].sum() == min(len(own), len(other))
    scores = result.scores(by=by)
    assert (
        scores.xs("model", level="method")["pairs"].sum()
        == (result.table["method"] == "model").sum()
    )
    # Yes or no and categories have no intervals.
    amounts = result.table["indicator"].isin(["incidents", "rate"])
    covered = (result.table["method"] == "model") & amounts
    assert result.coverage(by=by)["pairs"].sum() == covered.sum()


def test_a_peer_is_held_against_the_same_months(result: wr.Backtest, tmp_path: Path) -> None:
    """Its first lead is the month after the last one known: the origin itself, our lead 0."""
    own = _of(result, "incidents", "0")
    # By the first origin three months are known, too few for the errors of a smoothed level.
    own = own[own["origin"] > "2023-04"]
    file = tmp_path / "peer.csv"
    lines = [f"{row.origin},{row.month},{row.observed + 4}" for row in own.itertuples()]
    # A month of an origin that we do not have is left out.
    file.write_text("# somebody\norigin,month,mean\n" + "\n".join(lines) + "\n2020-01,2020-01,3\n")
    table = result.peer(file, "incidents")
    assert table.index.tolist() == [1]
    assert table.loc[1, "pairs"] == len(own)
    expected = np.abs(np.log1p(own["observed"] + 4) - np.log1p(own["observed"])).mean()
    assert table.loc[1, "peer"] == pytest.approx(expected)
    ours = np.abs(np.log1p(own["q50"]) - np.log1p(own["observed"])).mean()
    assert table.loc[1, "model"] == pytest.approx(ours)


def test_tables_are_written_and_read_back(result: wr.Backtest, tmp_path: Path) -> None:
    for name in ("table.parquet", "table.csv"):
        result.save(tmp_path / name)
        read = (pd.read_parquet if name.endswith("t") else pd.read_csv)(tmp_path / name)
        assert len(read) == len(result.table)
        assert set(read["data"]) == {"revised"}
        np.testing.assert_allclose(read["crps"], result.table["crps"])


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_sentence_says_which_data(result: wr.Backtest, lang: str) -> None:
    text = result.sentence(lang)
    assert text.startswith(result.heading(lang))
    words = words_of(lang)
    assert all(words.with_dates(month) in text for month in ("2023-04", "2023-10"))
    assert "nan" not in text
    assert repr(result).startswith("Backtest('small', revised data, 7 origins")
    assert result.to_dict()["data"] == "revised"


@pytest.mark.slow
def test_compare_gives_the_skill_of_the_second(model: wr.Model, small_text: str) -> None:
    """A model whose error is far too large loses, and the interval of a model against itself is 0."""
    blurred = wr.Model.from_texts(
        model.model_text.replace("error: {p5: 0.1, p95: 0.4}", "error: {p5: 2, p95: 4}"),
        model.evidence_text,
    )
    asked = {"start": "2023-05", "end": "2023-08", "leads": 2, **FEW}
    first = wr.backtest(model, methods=["model"], **asked)
    found = wr.compare(first, blurred, **asked)
    line = found.summary.loc[("incidents", "all")]
    assert line["skill"] < -0.2
    assert line["skill"] == pytest.approx(1 - line["score_b"] / line["score_a"])
    same = wr.compare(first, first)
    assert (same.summary["skill"] == 0).all()
    assert found.sentence("ar").startswith(first.heading("ar"))
    other = wr.Model.from_texts(
        model.model_text,
        (model.evidence_text or "").replace("2023-06,2023-10,", "2023-06,2023-10,9"),
    )
    assert "different evidence" in refusal(lambda: wr.compare(first, other, **asked))
    unknown = replace(wr.backtest(other, methods=["model"], **asked), evidence="")
    assert "is 20 in the first and 920 in the second" in refusal(lambda: wr.compare(first, unknown))
    strict = wr.backtest(model, methods=["model"], data="strict", **asked)
    assert "never" in refusal(lambda: wr.compare(first, strict))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"data": "real"}, ["data", "'revised'"]),
        ({"leads": 25}, ["leads", "at most 24"]),
        ({"methods": ["model1"]}, ["methods", "'model'"]),
        ({"methods": []}, ["methods is empty", "climatology"]),
        ({"start": "2023-10", "end": "2023-09"}, ["end", "before start"]),
        ({"start": "2022-01"}, ["start 2022-01", "is not after the model's start"]),
        ({"start": "2023-12", "end": "2023-12", "data": "strict"}, ["no month", "not by a rule"]),
    ],
)
def test_backtest_says_what_it_cannot_do(
    model: wr.Model, given: dict[str, Any], says: list[str]
) -> None:
    text = refusal(lambda: wr.backtest(model, **FEW, **given))
    assert all(word in text for word in says), text


def test_results_say_what_they_do_not_hold(result: wr.Backtest, tmp_path: Path) -> None:
    assert "over" in refusal(lambda: result.skill("peer"))
    assert "score" in refusal(lambda: result.skill("climatology", score="log_score"))
    assert "leads" in refusal(lambda: result.pit(leads="7-12"))
    assert "indicator" in refusal(lambda: result.pit(indicator="supply"))
    assert "parquet" in refusal(lambda: result.save(tmp_path / "table.txt"))
    assert "no intervals" in refusal(lambda: result.coverage(indicator="closed"))


PEER = pd.DataFrame({"origin": ["2023-05"], "month": ["2023-05"], "mean": [4.0]})


@pytest.mark.parametrize(
    ("peer", "says"),
    [
        (PEER.drop(columns="month"), ["no column month"]),
        (pd.concat([PEER, PEER]), ["2023-05 twice from 2023-05"]),
        # The same month, written in two ways.
        (pd.concat([PEER, PEER.assign(month=pd.Timestamp("2023-05-01"))]), ["twice"]),
        (pd.concat([PEER, PEER[["mean"]]], axis=1), ["more than one column mean"]),
        (PEER.assign(month="2024-05"), ["share no origin and month", "2023-04"]),
        (PEER.assign(month="May"), ["'May' is not a month"]),
        (PEER.assign(month=[["2023-05"]]), ["is not a month"]),
        (PEER.assign(mean="many"), ["no number"]),
        (PEER.assign(mean=True), ["no number"]),
        (PEER.assign(mean=math.inf), ["no finite number"]),
        ("nowhere.csv", ["nowhere.csv"]),
        (3, ["peer is 3"]),
    ],
)
def test_a_peer_that_cannot_be_read_is_refused(
    result: wr.Backtest, peer: Any, says: list[str]
) -> None:
    text = refusal(lambda: result.peer(peer, "incidents"))
    assert all(word in text for word in says), text


def test_a_peer_of_what_has_no_logarithms_is_refused(result: wr.Backtest) -> None:
    for name in ("closed", "mood"):
        assert "has no logarithms" in refusal(lambda name=name: result.peer(PEER, name))  # type: ignore[misc]


def test_of_two_rows_of_a_month_the_later_counts_everywhere(model: wr.Model) -> None:
    """In revised data, whether it is forecast or read."""
    evidence = (model.evidence_text or "") + "a9,rate,2023-05,2023-05,2023-08,77,,,,A,invented,,,\n"
    both = wr.Model.from_texts(model.model_text, evidence)
    found = {(o.indicator, str(o.month)): o for o in outcomes(both, "revised")}
    assert found["rate", "2023-05"].row == "a9"
    table = wr.backtest(
        both, start="2023-06", end="2023-06", methods=["last_value"], progressbar=False
    ).table
    assert set(table.loc[table["indicator"] == "rate", "mean"]) == {77.0}
    worse = wr.Model.from_texts(model.model_text, evidence.replace("77,,,,A", "77,,,,C"))
    found = {(o.indicator, str(o.month)): o for o in outcomes(worse, "revised")}
    assert found["rate", "2023-05"].row == "r4"


def test_methods_that_say_nothing_are_an_error(model: wr.Model) -> None:
    only = [line for line in (model.evidence_text or "").splitlines() if ",mood," in line]
    header = (model.evidence_text or "").splitlines()[0]
    quiet = wr.Model.from_texts(model.model_text, "\n".join([header, *only]) + "\n")
    asked = {"start": "2023-06", "end": "2023-06", "methods": ["random_walk"]}
    assert "says anything" in refusal(lambda: wr.backtest(quiet, **asked, progressbar=False))


def test_without_others_nothing_is_said_to_be_unresolved(model: wr.Model) -> None:
    alone = wr.backtest(model, start="2023-06", end="2023-06", methods=["model"], **FEW)
    assert "not resolved" not in alone.sentence()
    assert "crps" in alone.summary


def test_compare_refuses_before_it_fits(model: wr.Model, result: wr.Backtest) -> None:
    assert "setting" in refusal(lambda: wr.compare(model, model, nonsense=1))
    assert "would not be read" in refusal(lambda: wr.compare(result, result, start="2023-05"))
    assert "leaves out" in refusal(lambda: wr.compare(model, model, methods=["climatology"]))
    assert "compare takes a model" in refusal(lambda: wr.compare(model, 5))  # type: ignore[arg-type]
    assert "ci_prob" in refusal(lambda: wr.compare(model, model, ci_prob=2))
