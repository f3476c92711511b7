"""ACLED: events and deaths by month, whole months alone, and when they were uploaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.imports import EXPORTS, numbers, read
from tests.refusals import refusal

from withdrawal_risk.elements.timeline import Month

FILE = "acled.csv"


def test_months_of_a_country_by_hand() -> None:
    """April ends on the 9th of the export, and is no whole month."""
    series = read("acled", FILE, country=("Iraq",))
    assert numbers(series) == {"2023-01": 3, "2023-02": 0, "2023-03": 1}
    assert any(
        "2023-04 is left out: the last event of the export is of 2023-04-09" in note
        for note in series.notes
    )


def test_a_month_is_whole_where_its_user_says_so() -> None:
    series = read(
        "acled", FILE, country=("Iraq",), measure="fatalities", end=Month.parse("2023-04")
    )
    assert list(numbers(series).values()) == [5, 0, 0, 5]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"region": ("Kirkuk",)}, [1, 0, 0]),
        ({"region": ("amedi",)}, [1, 0, 0]),
        ({"actor": ("Islamic State",)}, [2, 1, 0]),
        ({"country": ("Iraq",), "event_type": ("Battles",)}, [2, 0, 0]),
        ({"country": ("Iraq",), "event_type": ("peaceful protest", "Air/drone strike")}, [1, 0, 1]),
    ],
    ids=str,
)
def test_what_counts(asked: dict[str, Any], expected: list[int]) -> None:
    assert list(numbers(read("acled", FILE, **asked)).values()) == expected


def test_published_when_the_last_event_was_uploaded() -> None:
    """One event of January was uploaded again in April; a month without events follows the rule."""
    values = read("acled", FILE, country=("Iraq",)).values
    assert [value.published for value in values] == ["2023-04", "rule:press", "2023-04"]
    syria = read("acled", FILE, country=("Syria",)).values
    assert [value.published for value in syria] == ["rule:press", "2023-03", "rule:press"]


def test_dates_as_iso_and_an_event_that_was_corrected(tmp_path: Path) -> None:
    text = (EXPORTS / FILE).read_text(encoding="utf-8-sig")
    line = next(line for line in text.splitlines() if line.startswith('"IRQ1"'))
    text = text.replace("02 January 2023", "2023-01-02") + line.replace('"2","",', '"9","",') + "\n"
    path = tmp_path / FILE
    path.write_text(text, encoding="utf-8")
    assert numbers(read("acled", path, country=("Iraq",)))["2023-01"] == 3
    assert numbers(read("acled", path, country=("Iraq",), measure="fatalities"))["2023-01"] == 12


def test_what_is_refused(tmp_path: Path) -> None:
    assert "acled needs --country" in refusal(lambda: read("acled", FILE))
    found = refusal(lambda: read("acled", FILE, country=("Iraq",), event_type=("Battle",)))
    assert "has the event type 'Battle'; did you mean 'Battles'?" in found
    lines = (EXPORTS / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / FILE
    path.write_text("".join(lines[:3]), encoding="utf-8")
    assert "the export covers no whole month" in refusal(
        lambda: read("acled", path, country=("Iraq",))
    )
    path.write_text("".join(lines[:1]), encoding="utf-8")
    assert "holds no events" in refusal(lambda: read("acled", path, country=("Iraq",)))
