"""Mappings of any table: what they say, and every fault by line and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.refusals import refusal

from withdrawal_risk.exchange.mapping import mapping_of, mapping_text, read_mapping

WHOLE: dict[str, Any] = {
    "date": "Month", "value": "Deaths", "published": "rule:press", "grade": "B", "source": "A list: by hand",
    "url": "https://example.org/x", "aggregate": "sum", "decimal": ",", "where": {"Country": "Côte \"d'Or\""},
}  # fmt: skip


def test_saved_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "import-x.yaml"
    mapping = mapping_of(WHOLE)
    path.write_text(mapping_text(mapping), encoding="utf-8")
    assert read_mapping(path) == mapping
    assert mapping.columns == ("Month", "Deaths", "Country")


def test_which_publication_is_a_column() -> None:
    for published, column in [
        ("rule:press", False),
        ("2025-03", False),
        ("2025-03-04", False),
        ("Stand", True),
    ]:
        mapping = mapping_of(WHOLE | {"published": published})
        assert mapping.has_published_column is column
        assert ("Stand" in mapping.columns) is column


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dates": "x"}, "unknown key 'dates'; did you mean 'date'?"),
        ({"value": 3}, "3 is not a text; put it in quotes"),
        ({"grade": "D"}, "'D' is not valid; Valid: 'A', 'B', 'C'"),
        ({"aggregate": "total"}, "'total' is not valid; Valid: 'count'"),
        ({"published": "rule:pres"}, "'pres' is not a release rule; did you mean 'press'?"),
        ({"source": "=cmd|'/c calc'!A1"}, "begins as a formula does in a spreadsheet"),
        ({"source": "a\u202eb"}, "holds the character U+202E"),
        ({"url": "javascript:x"}, "is not an http or https address"),
        ({"where": "Iraq"}, "write {COLUMN: TEXT}"),
        ({"where": {"Year": 2024}}, "2024 is not a text; put the column and the text in quotes"),
        ({"start": "a"}, "name the column of the date, or those of start and end"),
        ({"low": "a"}, "low and high go together"),
        ({"se": "a"}, "aggregate goes with date and value alone"),
        ({"aggregate": "count"}, "leave out value where rows are counted"),
        ({"value": None}, "the key 'value' is missing"),
        ({"source": None}, "the key 'source' is missing; every row of evidence states it"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_faults(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    data = {key: value for key, value in (WHOLE | change).items() if value is not None}
    assert words in refusal(lambda: mapping_of(data))


def test_a_fault_of_a_file_is_located(tmp_path: Path) -> None:
    path = tmp_path / "import-x.yaml"
    path.write_text(
        "date: a\nvalue: b\npublished: rule:press\nsource: x\ngrade: D\n", encoding="utf-8"
    )
    assert refusal(lambda: read_mapping(path)).startswith(f"{path}:5:8: grade: 'D' is not valid")
    path.write_text("date: a\nvalues: b\n", encoding="utf-8")
    assert f"{path}:2:1: values: unknown key 'values'; did you mean 'value'?" in refusal(
        lambda: read_mapping(path)
    )
