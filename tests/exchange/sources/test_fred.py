"""FRED: months as they are, quarters as spans, days as means of whole months."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.imports import EXPORTS, numbers, read
from tests.refusals import refusal


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "X.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_months() -> None:
    series = read("fred", "CPI.csv")
    assert numbers(series) == {"2023-01": 104.2, "2023-03": 105.125}
    assert [value.line for value in series.values] == [2, 4]
    assert series.notes == ("left out: 1 date without a value",)
    assert series.source.endswith("St. Louis, CPI") and series.url.endswith("/series/CPI")


def test_quarters_and_years(tmp_path: Path) -> None:
    series = read("fred", "GDPQ.csv")
    assert numbers(series) == {
        "2023-01 to 2023-03": 100,
        "2023-04 to 2023-06": 101.5,
        "2023-07 to 2023-09": 103,
    }
    assert {value.published for value in series.values} == {"rule:oversight"}
    years = read("fred", written(tmp_path, "observation_date,X\n2021-01-01,1\n2022-01-01,2\n"))
    assert list(numbers(years)) == ["2021-01 to 2021-12", "2022-01 to 2022-12"]
    assert {value.published for value in years.values} == {"rule:official_year"}


def test_days_by_hand() -> None:
    """From Monday 2 January on, so January is whole; March ends on the 20th."""
    rows = [line.split(",") for line in (EXPORTS / "OIL.csv").read_text().splitlines()[1:]]
    means = {
        month: np.mean([float(value) for day, value in rows if day[:7] == month and value != "."])
        for month in ("2023-01", "2023-02")
    }
    series = read("fred", "OIL.csv")
    assert numbers(series) == pytest.approx(means)
    assert "2023-03 is left out, its days are not all there" in series.notes


def test_a_first_month_that_is_cut(tmp_path: Path) -> None:
    text = (EXPORTS / "OIL.csv").read_text()
    later = [line for line in text.splitlines() if not "2023-01-01" < line < "2023-01-06"]
    assert list(numbers(read("fred", written(tmp_path, "\n".join(later))))) == ["2023-02"]


def test_one_of_several_series(tmp_path: Path) -> None:
    path = written(tmp_path, "observation_date,A,B\n2023-01-01,1,3\n2023-02-01,2,4\n")
    assert numbers(read("fred", path, series="b")) == {"2023-01": 3, "2023-02": 4}
    assert "holds 2 series; name one with --series: A, B" in refusal(lambda: read("fred", path))
    assert "no series 'C'; Valid: 'A', 'B'" in refusal(
        lambda: read("fred", path, series="C")
    ).replace(", 'observation_date'", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "observation_date,X\n2023-01-01,1\n2023-01-01,2\n",
            ":3:1: observation_date: 2023-01-01 stands twice",
        ),
        ("observation_date,X\n2023-01-01,1\n2023-02-01,x\n", ":3:12: X: 'x' is not a number"),
        (
            "observation_date,X\n2023-01-01,1\n2023-02-31,2\n",
            ":3:1: observation_date: '2023-02-31' is not a date",
        ),
        ("observation_date,X\n2023-01-05,1\n2023-02-05,2\n", "is not the first day of a month"),
        ("observation_date,X\n2023-01-01,1\n", "fewer than two dates"),
        ("observation_date,X\n2000-01-01,1\n2010-01-01,1\n", "only up to a year is read"),
        (
            "observation_date,=cmd|'/c calc'!A1\n2023-01-01,1\n2023-02-01,1\n",
            "is no id of a FRED series",
        ),
        (
            "month,X\n2023-01-01,1\n",
            "this is not a FRED export; it needs the columns observation_date",
        ),
    ],
)
def test_what_is_refused(text: str, words: str, tmp_path: Path) -> None:
    assert words in refusal(lambda: read("fred", written(tmp_path, text)))
