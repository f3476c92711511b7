"""Ids of rows, and what an export changes of those that are there."""

from __future__ import annotations

from typing import Any

import pytest
from tests.imports import SMALL
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.exchange.vintages import Comparison, Draft, compare, note_of, row_id
from withdrawal_risk.model.evidence import COLUMNS, EvidenceRow
from withdrawal_risk.model.evidence_file import parse_evidence

SPEC = wr.load_model(SMALL).spec


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        ("2024-03", "2024-03", "x_2024_03"),
        ("2024-01", "2024-12", "x_2024"),
        ("2024-01", "2024-03", "x_2024_01_2024_03"),
        ("2024-04", "2025-03", "x_2024_04_2025_03"),
        ("2024-03-05", "2024-03-05", "x_2024_03_05"),
        ("2024-03-05", "2024-04", "x_2024_03_05_2024_04_30"),
    ],
)
def test_ids(start: str, end: str, name: str) -> None:
    assert row_id("x", Day.parse(start), Day.parse(end)) == name


def cells(
    name: str, value: str, published: str, month: str = "2023-03", **other: str
) -> dict[str, str]:
    base = {
        "id": name,
        "indicator": "rate",
        "start": month,
        "end": month,
        "published": published,
        "value": value,
    }
    return (
        base
        | {"grade": "A", "source": "UCDP GED", "note": note_of("a.csv", "deaths, country Iraq")}
        | other
    )


def rows_of(*rows: dict[str, str]) -> tuple[EvidenceRow, ...]:
    lines = [",".join(COLUMNS)]
    lines += [",".join(f'"{row.get(name, "")}"' for name in COLUMNS) for row in rows]
    return parse_evidence("\n".join(lines) + "\n", "e", SPEC).rows


def held(
    new: dict[str, str], *there: dict[str, str], published: str | None = "2023-09", **asked: Any
) -> Comparison:
    return compare(
        [Draft(cells=new, row=rows_of(new)[0])], rows_of(*there), "UCDP", published, **asked
    )


FIRST = cells("rate_2023_03", "100", "2023-04")


def test_new_same_and_changed() -> None:
    assert held(FIRST).added == ("rate_2023_03",)
    same = held(cells("rate_2023_03", "100.0", "2023-09"), FIRST)
    assert same.unchanged == ("rate_2023_03",) and same.rows == ()
    changed = held(cells("rate_2023_03", "101", "2023-09"), FIRST)
    assert changed.revised == ("rate_2023_03_v2",) and changed.rows[0]["replaces"] == "rate_2023_03"


def test_the_latest_of_a_chain_counts() -> None:
    second = cells("rate_2023_03_v2", "101", "2023-06", replaces="rate_2023_03")
    third = held(cells("rate_2023_03", "100", "2023-09"), FIRST, second)
    assert third.revised == ("rate_2023_03_v3",) and third.rows[0]["replaces"] == "rate_2023_03_v2"
    assert held(cells("rate_2023_03", "101", "2023-09"), FIRST, second).unchanged == (
        "rate_2023_03_v2",
    )


def test_ids_of_others_stay_theirs() -> None:
    other = cells("rate_2023_03", "7", "2023-06", month="2023-05")
    assert held(FIRST, other).added == ("rate_2023_03_2",)
    by_hand = FIRST | {"id": "ucdp march", "note": "typed by hand; from the site"}
    found = held(cells("rate_2023_03", "101", "2023-09"), by_hand)
    assert found.revised == ("ucdp march_v2",)


def test_errors_count_where_both_state_them() -> None:
    with_error = FIRST | {"se": "2"}
    assert held(with_error, FIRST).unchanged and held(FIRST, with_error).unchanged
    assert held(FIRST | {"se": "2.5"}, with_error).revised
    ranged = FIRST | {"value": "", "low": "90", "high": "110"}
    assert held(ranged, ranged).unchanged and held(ranged | {"high": "112"}, ranged).revised


def test_another_source_is_another_report() -> None:
    other = FIRST | {"id": "acled", "source": "ACLED, Armed Conflict"}
    found = held(FIRST, other)
    assert found.added == ("rate_2023_03",)
    assert found.notes == (
        "2023-03 is also given by row 'acled' ('ACLED, Armed Conflict'); two sources of a span are two reports of it",
    )


def test_what_is_refused() -> None:
    changed = cells("rate_2023_03", "101", "2023-09")
    found = refusal(lambda: held(changed, FIRST, published=None))
    assert (
        "the value of 2023-03 was 100 (row 'rate_2023_03') and is now 101: say when this export"
        in found
    )
    early = cells("rate_2023_03", "101", "2023-04")
    later = FIRST | {"published": "2023-06"}
    assert "import exports in the order in which they were published" in refusal(
        lambda: held(early, later)
    )
    syria = FIRST | {"note": note_of("b.csv", "deaths, country Syria")}
    found = refusal(lambda: held(changed, syria))
    assert "was made of 'deaths, country Syria', this import is of 'deaths, country Iraq'" in found
    twice = FIRST | {"id": "again"}
    assert "the rows again, rate_2023_03 are of the same source and span" in refusal(
        lambda: held(changed, FIRST, twice)
    )
