"""Any table by its mapping: rows as they are, and rows by month."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.imports import numbers, read
from tests.refusals import refusal

from withdrawal_risk.exchange.mapping import mapping_of
from withdrawal_risk.exchange.series import Series

FILE = "incidents.csv"
BASE = {"date": "Monat", "published": "rule:press", "grade": "B", "source": "by hand"}


def mapped(file: str | Path = FILE, **keys: Any) -> Series:
    return read("csv", file, mapping=mapping_of(BASE | keys))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"value": "Anzahl", "aggregate": "sum"}, [14, 12, 0, 9]),
        ({"aggregate": "count"}, [2, 1, 0, 1]),
        ({"value": "Anzahl", "aggregate": "mean"}, [7, 12, 9]),
        ({"value": "Anzahl", "aggregate": "last"}, [4, 12, 9]),
        ({"value": "Anzahl", "where": {"Land": "Irak"}}, [10, 12, 9]),
        ({"value": "Wert", "decimal": ",", "where": {"Land": "Irak"}}, [1.5, 2.25, 3]),
    ],
    ids=str,
)
def test_rows_and_months(keys: dict[str, Any], expected: list[float]) -> None:
    assert list(numbers(mapped(**keys)).values()) == expected


def test_rows_that_say_when_they_were_published() -> None:
    series = mapped(value="Anzahl", published="Stand", aggregate="sum")
    assert [value.published for value in series.values] == ["2023-02", "2023-04", "2023-05"]
    assert series.selection == "column Anzahl (sum)" and series.grade == "B"


def test_spans_ranges_errors_and_words(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "from,to,a,b,e,word\n2023-01-05,2023-02-10,1,2,,good\n2024,2024,,,,bad\n2023-Q3,2023-Q3,3,5,,..\n"
    )
    spans = {"start": "from", "end": "to", "published": "2025-01", "grade": "C", "source": "x"}
    series = read("csv", path, mapping=mapping_of(spans | {"low": "a", "high": "b"}))
    assert [(value.span, value.low, value.high, value.value) for value in series.values] == [
        ("2023-01-05 to 2023-02-10", 1, 2, ""),
        ("2023-07 to 2023-09", 3, 5, ""),
    ]
    assert series.notes == ("left out: 1 row without a value",)
    words = read("csv", path, mapping=mapping_of(spans | {"value": "word"}))
    assert numbers(words) == {"2023-01-05 to 2023-02-10": "good", "2024-01 to 2024-12": "bad"}


def test_what_is_refused() -> None:
    assert "csv needs a mapping: --map date=COLUMN" in refusal(lambda: read("csv", FILE))
    assert "names a column 'Anzal', which is not there; did you mean 'Anzahl'?" in refusal(
        lambda: mapped(value="Anzal", separator=";")
    )
    assert ":4:1: Monat: this span stands twice" in refusal(lambda: mapped(value="Anzahl"))
    assert "no row has 'Iran' in the column 'Land'" in refusal(
        lambda: mapped(value="Anzahl", where={"Land": "Iran"})
    )
    assert "'Irak' is not a number" in refusal(lambda: mapped(value="Land", aggregate="sum"))
