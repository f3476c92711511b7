"""Dates of a column, and which part of them is the day."""

from __future__ import annotations

from datetime import date

import pytest

from withdrawal_risk.exchange.dates import spans


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-06-03", "2025-06-03", "2025-06-03"),
        ("2025-06-03 00:00:00.000", "2025-06-03", "2025-06-03"),
        ("2025-06-03T10:00:00Z", "2025-06-03", "2025-06-03"),
        ("2025/6/3", "2025-06-03", "2025-06-03"),
        ("03 June 2025", "2025-06-03", "2025-06-03"),
        ("3-Jun-2025", "2025-06-03", "2025-06-03"),
        ("June 3, 2025", "2025-06-03", "2025-06-03"),
        ("3/3/2025", "2025-03-03", "2025-03-03"),
        ("2025-06", "2025-06-01", "2025-06-30"),
        ("2025M6", "2025-06-01", "2025-06-30"),
        ("Jun-25", "2025-06-01", "2025-06-30"),
        ("June 2025", "2025-06-01", "2025-06-30"),
        ("2025-Q2", "2025-04-01", "2025-06-30"),
        ("2025Q4", "2025-10-01", "2025-12-31"),
        ("2024", "2024-01-01", "2024-12-31"),
    ],
)
def test_what_a_text_names(text: str, first: str, last: str) -> None:
    assert spans([text]) == [(date.fromisoformat(first), date.fromisoformat(last))]


@pytest.mark.parametrize(
    "text", ["", "soon", "2025-13-01", "2025-02-30", "03 Juin 2025", "03/04/2025", "12345"]
)
def test_what_names_no_day(text: str) -> None:
    assert spans([text]) == [None]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["03/04/2025", "15/04/2025"], ["2025-04-03", "2025-04-15"]),
        (["03/04/2025", "04/15/2025 12:00:00 AM"], ["2025-03-04", "2025-04-15"]),
        (["1/1/2025", "2/1/2025", "3/1/2025"], ["2025-01-01", "2025-02-01", "2025-03-01"]),
        (["1/1/2025", "1/2/2025", "1/3/2025"], ["2025-01-01", "2025-02-01", "2025-03-01"]),
        (["03/04/2025", "05/06/2025"], [None, None]),
        (["03/14/2025", "14/03/2025", "3/4/2025"], [None, None, None]),
    ],
)
def test_the_order_is_read_off_the_column(column: list[str], expected: list[str | None]) -> None:
    days = [None if span is None else span[0].isoformat() for span in spans(column)]
    assert days == expected
