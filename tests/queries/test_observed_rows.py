"""What is learnt in rows, as evidence has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.cli.test_commands import FAST, SMALL, run
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.observation import observation_of
from withdrawal_risk.simulation.worlds import horizon_window

RATE = {"name": "rate", "start": "2024-01", "value": 110}


def weights(posterior: wr.Posterior, rows: list[dict[str, object]]) -> np.ndarray:
    """Return log weights of a few futures of each draw."""
    observation = observation_of(posterior, rows, None)
    parts = simulate(
        posterior, lambda several: observation.log_weight(posterior, next(several)), futures=4
    )
    return np.concatenate(list(parts))


def levels(posterior: wr.Posterior, factor: str, first: str, last: str) -> np.ndarray:
    """Return the same futures' levels, shape (draw, month, future)."""
    window = horizon_window(posterior)
    months = [window.index(wr.Month.parse(month)) for month in (first, last)]
    j = posterior.frame.structure.factors.index(factor)
    parts = simulate(posterior, lambda several: next(several).level(j, *months), futures=4)
    return np.concatenate(list(parts))


def test_a_row_of_a_month_is_a_value_by_name(posterior: wr.Posterior) -> None:
    by_name = wr.observe(posterior, {"rate": 110, "tension": "high"}, month="2024-01")
    rows = [RATE, {"name": "tension", "start": "2024-01", "end": "2024-01", "level": "high"}]
    for given in (rows, pd.DataFrame(rows)):
        in_rows = wr.observe(posterior, given)
        pd.testing.assert_frame_equal(by_name.summary, in_rows.summary)
        assert by_name.sentence() == in_rows.sentence()


def test_a_mean_over_months_by_hand(posterior: wr.Posterior) -> None:
    """A normal indicator: the mean of its months, its error graded, together with a stated one."""
    row = {"name": "view", "start": "2024-01", "end": "2024-03", "value": 0.3, "se": 0.2, "grade": "B"}  # fmt: skip
    found, frame, draws = weights(posterior, [row]), posterior.frame, posterior.draws()
    k = frame.coords["indicator"].index("view")
    level = levels(posterior, "gaps", "2024-01", "2024-03").mean(axis=1)
    mean = draws["reference"][:, k, None] + frame.polarity[k] * draws["loading"][:, k, None] * level
    place = frame.noisy.tolist().index(k)
    sd = np.sqrt((1.5 * draws["error"][:, place, None]) ** 2 + 0.2**2)
    density = -np.log(sd) - (0.3 - mean) ** 2 / (2 * sd**2) - np.log(2 * np.pi) / 2
    np.testing.assert_allclose(found, density, rtol=1e-9)


def test_rows_multiply(posterior: wr.Posterior) -> None:
    quarter = {"name": "incidents", "start": "2024-01", "end": "2024-03", "value": 60}
    both = weights(posterior, [RATE, quarter])
    apart = weights(posterior, [RATE]) + weights(posterior, [quarter])
    np.testing.assert_allclose(both, apart, rtol=1e-12)


def test_a_total_stands_for_its_months(posterior: wr.Posterior, small_text: str) -> None:
    """A clause on the months that are learnt of is settled, and one on their first is bounded."""
    k = posterior.frame.coords["indicator"].index("incidents")
    window = horizon_window(posterior)
    rows = [{"name": "incidents", "start": "2024-01", "end": "2024-03", "value": 60}]
    learnt = observation_of(posterior, rows, None).learnt(posterior)
    span = tuple(window.index(wr.Month.parse(month)) for month in ("2024-01", "2024-03"))
    assert learnt.spans == {k: {span: 20.0}} and learnt.limits == {k: [(*span, 60.0)]}
    for bound, p in ((59, 0.0), (60, 1.0)):
        clause = f"{{indicator: incidents, statistic: total, from: 2024-01, to: 2024-03, at_most: {bound}}}"  # fmt: skip
        text = small_text.replace("{factor: gaps, statistic: mean", clause + "\n      - {factor: gaps, statistic: mean", 1)  # fmt: skip
        assert text != small_text
        model = wr.Model.from_texts(text, posterior.model.evidence_text)
        moved = wr.Posterior(
            tree=posterior.tree, model=model, as_of=posterior.as_of, settings=posterior.settings
        )
        without = wr.observe(posterior, rows).summary.loc["calm", "probability"]
        found = wr.observe(moved, rows).summary.loc["calm", "probability"]
        assert found == (pytest.approx(without, abs=1e-12) if p else 0.0)


def test_what_is_certain_has_a_probability_of_one(posterior: wr.Posterior) -> None:
    """Shares of weights add up to 1 but for rounding, whatever is learnt."""
    for value in range(8, 40, 4):
        row = {
            "name": "incidents",
            "start": "2024-01",
            "end": "2024-03",
            "value": np.float32(value),
        }
        found = wr.observe(posterior, [row]).summary["probability"]
        assert ((found >= 0) & (found <= 1)).all()


def test_a_factor_over_months_is_its_mean(posterior: wr.Posterior) -> None:
    row = {"name": "tension", "start": "2024-01", "end": "2024-04", "level": "very high"}
    found = weights(posterior, [row])
    mean = levels(posterior, "tension", "2024-01", "2024-04").mean(axis=1)
    cut = posterior.model.spec.factors["tension"].cuts[-1]
    assert np.array_equal(np.isfinite(found), mean > cut)


FAULTS = {
    "no name": ({"start": "2024-01", "value": 1}, "row 1: name is None"),
    "no start": ({"name": "rate", "value": 1}, "row 1: start is missing; write the first month"),
    "turned": (RATE | {"end": "2023-12"}, "row 1: end 2023-12 is before start 2024-01"),
    "outside": (RATE | {"end": "2031-01"}, "row 1: month 2024-01 to 2031-01 is outside 2023-01 to 2024-06"),
    "key": (RATE | {"vlaue": 3}, "row 1: 'vlaue' is not a key; did you mean 'value'?"),
    "level of an indicator": (RATE | {"level": "high"}, "row 1: rate: level goes with factors"),
    "number of a factor": ({"name": "tension", "start": "2024-01", "value": 1}, "row 1: tension: a factor is never seen as a number"),
    "grade": (RATE | {"grade": "D"}, "row 1: rate: 'D' is not a grade; write A, B or C"),
    "half a range": ({"name": "rate", "start": "2024-01", "low": 3}, "row 1: rate: low and high go together"),
    "nothing": ({"name": "rate", "start": "2024-01"}, "row 1: rate: is empty; write a value, or low and high"),
    "words": (RATE | {"value": "many"}, "row 1: rate: 'many' is not a number"),
    "twice": ({"name": "rate", "start": "2023-12", "end": "2024-02", "value": 108}, "row 2: rate of 2024-01 is learnt twice, over 2024-01 and 2023-12 to 2024-02; give rows that share no month"),
    "known": ({"name": "rate", "start": "2023-03", "value": 104}, "rate of 2023-03 is known already, from evidence row 'r1'"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_faults_name_their_row(posterior: wr.Posterior, case: str) -> None:
    row, told = FAULTS[case]
    rows = [RATE, row] if case == "twice" else [row]
    said = refusal(lambda: wr.observe(posterior, rows))  # type: ignore[arg-type]
    assert told in said and "\n" not in said


def test_what_is_no_row(posterior: wr.Posterior) -> None:
    assert "write values by name and month=..., or a list of rows" in refusal(
        lambda: wr.observe(posterior, 3)  # type: ignore[arg-type]
    )
    assert "nothing is observed" in refusal(lambda: wr.observe(posterior, []))
    assert "rows have their own months" in refusal(
        lambda: wr.observe(posterior, [RATE], month="2024-01")
    )
    assert "month is missing" in refusal(lambda: wr.observe(posterior, {"rate": 110}))


def test_it_is_said_with_its_months(posterior: wr.Posterior) -> None:
    rows = [RATE, {"name": "incidents", "start": "2024-02", "end": "2024-03", "low": 20, "high": 60}]  # fmt: skip
    result = wr.observe(posterior, rows)
    assert result.sentence().startswith(
        "Given Rate = 110 in 2024-01 and Incidents = 20 to 60 from 2024-02 to 2024-03, "
    ), result.sentence()
    assert "20" in result.sentence("ar") and "آذار/مارس 2024" in result.sentence("ar")


def test_rows_after_a_setting(posterior: wr.Posterior) -> None:
    rows = [{"name": "incidents", "start": "2024-02", "end": "2024-03", "value": 50}]
    result = wr.do(posterior, {"tension": "low"}, start="2024-01", end="2024-06", observed=rows)
    assert "and then given Incidents = 50 from 2024-02 to 2024-03" in result.sentence()
    assert "is set by the same question" in refusal(
        lambda: wr.do(
            posterior,
            {"tension": "low"},
            observed=[{"name": "tension", "start": "2024-02", "level": "high"}],
        )
    )


def test_the_command_takes_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    table = tmp_path / "seen.csv"
    table.write_text("name,start,end,value\nincidents,2024-01,2024-03,60\n", encoding="utf-8")
    run("observe", str(SMALL), "--observed", str(table), *FAST)
    assert "= 60 from 2024-01 to 2024-03" in capsys.readouterr().out
    # A stored answer belongs to what is in the table, and not to its name.
    table.write_text("name,start,end,value\nincidents,2024-01,2024-03,50\n", encoding="utf-8")
    run("observe", str(SMALL), "--observed", str(table), *FAST)
    assert "= 50 from 2024-01 to 2024-03" in capsys.readouterr().out
    table.write_text("name,strat,value\nincidents,2024-01,60\n", encoding="utf-8")
    assert run("observe", str(SMALL), "--observed", str(table), *FAST) == 1
    assert "seen.csv:1:6: 'strat' is not a column; did you mean 'start'?" in capsys.readouterr().err
