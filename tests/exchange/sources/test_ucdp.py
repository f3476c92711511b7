"""UCDP: sums of events by month, against sums worked by hand from the small export."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.imports import EXPORTS, numbers, read
from tests.refusals import refusal

CANDIDATE, YEARLY = "GEDEvent_v23_01_23_04.csv", "GEDEvent_v24_1.csv"


def by_loop(file: str, test: Any) -> dict[str, int]:
    """Sum deaths by the month in which events began, in the plainest way."""
    sums: dict[str, int] = {}
    with (EXPORTS / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if test(row):
                month = row["date_start"][:7]
                sums[month] = sums.get(month, 0) + int(row["best"])
    return sums


def test_months_of_a_country_by_hand() -> None:
    """January: 5 + 4 + 7, the last of which began then and ended in February."""
    series = read("ucdp", CANDIDATE, country=("Iraq",))
    assert numbers(series) == {"2023-01": 16, "2023-02": 0, "2023-03": 4, "2023-04": 0}
    assert {value.published for value in series.values} == {"rule:monthly_index"}
    assert series.selection == "deaths (best estimate), country Iraq"
    assert "1 event over several months, each in the month in which it began" in series.notes


@pytest.mark.parametrize(
    ("asked", "test"),
    [
        ({"country": ("Syria",)}, lambda row: row["country"] == "Syria"),
        ({"country": ("iraq", "Syria")}, lambda row: row["country"] in ("Iraq", "Syria")),
        ({"country": ("Myanmar",)}, lambda row: row["country"].startswith("Myanmar")),
        ({"region": ("Diyala province",)}, lambda row: row["adm_1"] == "Diyala province"),
        ({"region": ("Palmyra",)}, lambda row: row["adm_2"] == "Palmyra"),
        ({"actor": ("is",)}, lambda row: "is" in (row["side_a"] + "|" + row["side_b"]).lower()),
        (
            {"country": ("Iraq",), "kind": ("state",)},
            lambda row: row["country"] == "Iraq" and row["type_of_violence"] == "1",
        ),
        (
            {"country": ("Iraq",), "kind": ("non-state", "one-sided")},
            lambda row: row["country"] == "Iraq" and row["type_of_violence"] in "23",
        ),
    ],
    ids=lambda value: "" if callable(value) else " ".join(value),
)
def test_what_counts(asked: dict[str, Any], test: Any) -> None:
    found = numbers(read("ucdp", CANDIDATE, **asked))
    assert list(found) == ["2023-01", "2023-02", "2023-03", "2023-04"]
    assert {month: total for month, total in found.items() if total} == by_loop(CANDIDATE, test)


def test_other_measures() -> None:
    asked: dict[str, Any] = {"country": ("Iraq",)}
    assert list(numbers(read("ucdp", CANDIDATE, measure="events", **asked)).values()) == [
        3,
        0,
        1,
        0,
    ]
    civilians = numbers(read("ucdp", CANDIDATE, measure="deaths_civilians", **asked))
    assert list(civilians.values()) == [4, 0, 1, 0]


def test_the_yearly_release() -> None:
    """It covers whole years of all countries, and each year was out in June of the next."""
    series = read("ucdp", YEARLY, country=("Iraq",))
    values = {value.span: value for value in series.values}
    assert next(iter(values)) == "2021-05" and list(values)[-1] == "2023-12"
    found = {span: value.value for span, value in values.items() if value.value}
    assert found == {"2022-12": 5, "2023-01": 11, "2023-03": 4}
    assert values["2022-12"].published == "2023-06" and values["2023-01"].published == "2024-06"


def test_a_month_without_a_header(tmp_path: Path) -> None:
    series = read("ucdp", "GEDEvent_v24_0_1.csv", country=("Iraq",))
    assert numbers(series) == {"2024-01": 5}
    assert "the export has no header; its usual columns are taken" in series.notes
    # By another name it is still one month, as its events say.
    other = shutil.copy(EXPORTS / "GEDEvent_v24_0_1.csv", tmp_path / "events.csv")
    assert numbers(read("ucdp", Path(other), country=("Iraq",))) == {"2024-01": 5}


def month_file(tmp_path: Path, name: str, *days: tuple[str, str]) -> Path:
    """Return the candidate file with the first event of Iraq at other days, once for each."""
    lines = (EXPORTS / CANDIDATE).read_text(encoding="utf-8").splitlines()
    day = "2023-01-05 00:00:00.000"
    rows = [
        lines[1].replace(f"{day},{day}", f"{start},{end}").replace("1,IRQ-2023-1-1", f"{n},X", 1)
        for n, (start, end) in enumerate(days)
    ]
    path = tmp_path / name
    path.write_text("\n".join([lines[0], *rows]) + "\n", encoding="utf-8")
    return path


def test_a_monthly_file_covers_its_month_alone(tmp_path: Path) -> None:
    """An event that began before counts in it; one that ended before is no sign of a whole month."""
    days = [
        ("2023-06-28", "2023-07-02"),
        ("2023-07-05", "2023-07-05"),
        ("2023-05-01", "2023-05-01"),
    ]
    series = read("ucdp", month_file(tmp_path, "GEDEvent_v23_0_7.csv", *days), country=("Iraq",))
    assert numbers(series) == {"2023-07": 10}
    assert "left out: 1 event that ended outside these months" in series.notes


def test_a_name_that_events_contradict_says_nothing(tmp_path: Path) -> None:
    path = month_file(tmp_path, "GEDEvent_v23_0_7.csv", ("2023-03-02", "2023-03-02"))
    assert numbers(read("ucdp", path, country=("Iraq",))) == {"2023-03": 5}


def test_an_event_that_stands_twice_counts_once(tmp_path: Path) -> None:
    lines = (EXPORTS / CANDIDATE).read_text(encoding="utf-8")
    path = tmp_path / CANDIDATE
    path.write_text(lines + "\n".join(lines.splitlines()[1:2]) + "\n", encoding="utf-8")
    series = read("ucdp", path, country=("Iraq",))
    assert numbers(series)["2023-01"] == 16
    assert "left out: 1 event that the export holds once more" in series.notes


def test_semicolons_and_an_archive(tmp_path: Path) -> None:
    import zipfile

    with (EXPORTS / CANDIDATE).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    path = tmp_path / CANDIDATE
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    expected = numbers(read("ucdp", CANDIDATE, country=("Iraq",)))
    assert numbers(read("ucdp", path, country=("Iraq",))) == expected
    archive = tmp_path / "ged231-csv.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(path, "GEDEvent.csv")
    assert numbers(read("ucdp", archive, country=("Iraq",))) == expected


def test_what_is_refused() -> None:
    def refused(**asked: Any) -> str:
        return refusal(lambda: read("ucdp", CANDIDATE, **asked))

    assert "ucdp needs --country, --region or --actor" in refused()
    irak = refused(country=("Irak",))
    assert "has the country 'Irak'; did you mean 'Iraq'?" in irak and "--allow-none" in irak
    assert "has the actor 'Boko Haram'" in refused(actor=("Boko Haram",))
    assert "kind is 'wars'; Valid: 'non-state', 'one-sided', 'state'" in refused(
        country=("Iraq",), kind=("wars",)
    )
    assert "measure is 'dead'; " in refused(country=("Iraq",), measure="dead")
    assert "ucdp takes no --series (series=)" in refused(country=("Iraq",), series="GPR")
    quiet = read("ucdp", CANDIDATE, country=("Mali",), allow_none=True)
    assert set(numbers(quiet).values()) == {0}


def test_a_cell_at_fault_is_located(tmp_path: Path) -> None:
    """The fourth event stands in line 6, since an article before it breaks its line."""
    text = (EXPORTS / CANDIDATE).read_text(encoding="utf-8")
    lines = text.splitlines()
    path = tmp_path / CANDIDATE
    days = "2023-03-11 00:00:00.000,2023-03-11 00:00:00.000"
    path.write_text(text.replace(days, "11-13-13,2023-03-11"), encoding="utf-8")
    found = refusal(lambda: read("ucdp", path, country=("Iraq",)))
    line = next(n for n, line in enumerate(lines, start=1) if line.startswith("4,"))
    column = lines[line - 1].index(days) + 1
    assert found.startswith(f"{path}:{line}:{column}: date_start: '11-13-13' is not a date")
