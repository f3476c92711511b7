"""Exports into a model: rows, vintages, refusals, and that nothing is half written."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.imports import EXPORTS, model_folder
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.model.library import models_folder

HEADER = "id,indicator,start,end,published,value,grade,source\n"

FIRST, LATER = "GEDEvent_v23_01_23_04.csv", "GEDEvent_v23_01_23_05.csv"


def imported(folder: Path, file: str | Path, source: str = "ucdp", **asked: Any) -> wr.Imported:
    base: dict[str, Any] = {"indicator": "incidents"}
    if source in ("ucdp", "acled"):
        base["country"] = "Iraq"
    return wr.import_evidence(folder, source, EXPORTS / file, **base | asked)


def evidence(folder: Path) -> bytes:
    return (folder / "evidence.csv").read_bytes()


def deaths(folder: Path, as_of: str, start: str) -> list[float]:
    rows = wr.load_model(folder).evidence_at(Month.parse(as_of))
    return [row.value for row in rows if row.source.startswith("UCDP") and str(row.start) == start]


def test_rows_as_a_model_reads_them(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    before = evidence(folder)
    found = imported(folder, FIRST)
    assert found.written and found.path == folder / "evidence.csv"
    assert evidence(folder).startswith(before)
    row = next(row for row in wr.load_model(folder).evidence if row.id == "incidents_2023_01")
    assert (row.value, str(row.published), row.grade, row.by_rule) == (16.0, "2023-02", "A", True)
    assert row.note == "file GEDEvent_v23_01_23_04.csv; deaths (best estimate), country Iraq"
    assert found.rows["id"].tolist() == list(found.added) and len(found.added) == 4
    assert found.to_dict()["rows"][0]["value"] == "16"


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    first = imported(folder, FIRST)
    once = evidence(folder)
    again = imported(folder, FIRST)
    assert evidence(folder) == once
    assert again.unchanged == first.added and not again.written and again.rows.empty
    assert again.sentence().endswith("0 rows added, 0 revised, 4 unchanged; nothing was written")


def test_an_as_of_sees_what_was_published_then(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    imported(folder, FIRST)
    found = imported(folder, LATER, published="2023-07-15")
    assert found.revised == ("incidents_2023_01_v2", "incidents_2023_02_v2")
    assert found.added == ("incidents_2023_05",)
    assert deaths(folder, "2023-06", "2023-01") == [16] and deaths(
        folder, "2023-07", "2023-01"
    ) == [17]
    assert deaths(folder, "2023-06", "2023-02") == [0] and deaths(folder, "2023-07", "2023-02") == [
        3
    ]
    assert deaths(folder, "2023-01", "2023-01") == []
    # What stood in that export stays what was known then, though its first months are back.
    third = imported(folder, FIRST, published="2023-09")
    assert third.revised == ("incidents_2023_01_v3", "incidents_2023_02_v3")
    assert deaths(folder, "2023-08", "2023-01") == [17] and deaths(
        folder, "2023-09", "2023-01"
    ) == [16]


def test_every_as_of_sees_the_export_that_was_out(tmp_path: Path) -> None:
    """Random exports in the order of their publication, and every as_of against the latest of them."""
    rng = random.Random(8)
    folder, export = model_folder(tmp_path, evidence=HEADER), tmp_path / "gpr.csv"
    months = [f"2023-{month:02d}" for month in range(1, 9)]
    known: dict[str, dict[str, float]] = {}
    values: dict[str, float] = {}
    for month in range(1, 9):
        # A new month, and every earlier one revised or not.
        values = {name: value + rng.choice([0, 0, 1]) for name, value in values.items()}
        values[months[month - 1]] = 100.0 + rng.randrange(9)
        lines = [f"{name},{value}" for name, value in values.items()]
        export.write_text("\n".join(["month,GPR", *lines]) + "\n", encoding="utf-8")
        published = f"2023-{month + 1:02d}"
        imported(folder, export, "gpr", indicator="rate", published=published)
        known[published] = dict(values)
        once = evidence(folder)
        imported(folder, export, "gpr", indicator="rate")
        assert evidence(folder) == once
    model = wr.load_model(folder)
    for published, expected in known.items():
        rows = model.evidence_at(Month.parse(published))
        assert {str(row.start): row.value for row in rows} == expected
        assert len(rows) == len(expected)


def test_a_changed_value_asks_when_it_was_published(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    imported(folder, FIRST)
    before = evidence(folder)
    found = refusal(lambda: imported(folder, LATER))
    assert (
        "the value of 2023-01 was 16 (row 'incidents_2023_01') and is now 17 (and 1 other value changed)"
        in found
    )
    found = refusal(lambda: imported(folder, LATER, published="2023-03"))
    assert "published: 2023-03 is before the end of the span, 2023-04" in found
    assert evidence(folder) == before


@pytest.mark.parametrize(
    ("file", "source", "asked", "row"),
    [
        ("acled.csv", "acled", {}, ("2023-01", 3, "B", "2023-04")),
        ("data_gpr_export.csv", "gpr", {"indicator": "rate"}, ("2023-01", 104.267, "A", "2023-02")),
        ("CPI.csv", "fred", {"indicator": "rate", "grade": "C"}, ("2023-01", 104.2, "C", "2023-02")),
        ("GDPQ.csv", "fred", {"indicator": "rate"}, ("2023-01", 100, "A", "2023-06")),
        ("wgi_long.csv", "wgi", {"indicator": "view", "country": "Iraq", "series": "rl"}, ("2023-01", -1.5821, "A", "2024-12")),
        ("API_wdi.csv", "wdi", {"indicator": "view", "country": "IRQ", "scale": 0.01}, ("2023-01", -0.029, "A", "2024-12")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_every_source(
    file: str, source: str, asked: dict[str, Any], row: tuple[Any, ...], tmp_path: Path
) -> None:
    folder = model_folder(tmp_path)
    found = imported(folder, file, source, **asked)
    first = next(item for item in wr.load_model(folder).evidence if item.id == found.added[0])
    assert (str(first.start), first.value, first.grade, str(first.published)) == row
    once = evidence(folder)
    assert not imported(folder, file, source, **asked).written and evidence(folder) == once


def test_a_standard_error(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    imported(folder, "wgi_long.csv", "wgi", indicator="view", country="Iraq", series="rl")
    (row,) = [row for row in wr.load_model(folder).evidence if row.id == "view_2023"]
    assert row.se == 0.1587 and str(row.start) == "2023-01" and str(row.end) == "2023-12"


def test_months_that_are_taken(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    found = imported(folder, FIRST, start="2023-02", end="2023-03")
    assert found.added == ("incidents_2023_02", "incidents_2023_03")
    assert "left out: 2 values outside the months that are asked for" in found.notes
    assert "has no values in the months that are asked for" in refusal(
        lambda: imported(folder, FIRST, start="2030-01")
    )


HISTORY = ("evidence: evidence.csv", "evidence: evidence.csv\nhistory: history.csv")


def test_what_lies_before_the_start(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    found = imported(folder, "GEDEvent_v24_1.csv", end="2023-12")
    assert len(found.added) == 12
    assert any(
        note.startswith("left out: 20 values before the model's start, 2023-01")
        for note in found.notes
    )
    asked = refusal(lambda: imported(folder, "GEDEvent_v24_1.csv", history=True))
    assert "the model names no history file; write 'history: history.csv' into" in asked


def test_a_history_is_made_and_added_to(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    text = (folder / "model.yaml").read_text(encoding="utf-8")
    (folder / "model.yaml").write_text(text.replace(*HISTORY), encoding="utf-8")
    found = imported(folder, "GEDEvent_v24_1.csv", history=True)
    assert len(found.added) == 32
    assert found.notes[-1] == "20 rows before the model's start, 2023-01, for history.csv"
    model = wr.load_model(folder)
    assert len(model.history) == 20 and str(model.history[0].start) == "2021-05"
    assert {row.id: row.value for row in model.history}["incidents_2022_12"] == 5
    again = imported(folder, "GEDEvent_v24_1.csv", history=True)
    assert len(again.unchanged) == 32 and not again.written
    assert not any("for history.csv" in note for note in again.notes)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    found = imported(folder, "incidents.csv", "csv", mapping=MAPPING, dry_run=True)
    assert len(found.added) == 4 and not found.written
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


MAPPING = {
    "date": "Monat", "value": "Anzahl", "aggregate": "sum", "published": "rule:press", "grade": "B", "source": "by hand",
}  # fmt: skip


def test_a_mapping_is_saved_and_used_again(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    first = imported(folder, "incidents.csv", "csv", mapping=MAPPING)
    saved = folder / "import-incidents.yaml"
    assert saved.is_file() and 'value: "Anzahl"' in saved.read_text(encoding="utf-8")
    assert imported(folder, "incidents.csv", "csv").unchanged == first.added
    elsewhere = shutil.copy(saved, tmp_path / "mine.yaml")
    assert imported(folder, "incidents.csv", "csv", mapping=elsewhere).unchanged == first.added
    other = MAPPING | {"aggregate": "last"}
    assert "is there and says something else" in refusal(
        lambda: imported(folder, "incidents.csv", "csv", mapping=other)
    )
    assert "csv needs a mapping" in refusal(
        lambda: imported(folder, "incidents.csv", "csv", indicator="rate")
    )


def test_words_of_an_ordinal_indicator(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    export = tmp_path / "moods.csv"
    export.write_text("month,mood\n2023-04,good\n2023-05,grim\n", encoding="utf-8")
    words = {
        "date": "month",
        "value": "mood",
        "published": "rule:press",
        "grade": "A",
        "source": "a poll",
    }
    found = refusal(lambda: imported(folder, export, "csv", indicator="mood", mapping=words))
    assert f"{export}:3:1: 2023-05 value: 'grim'" in found and "good" in found
    export.write_text("month,mood\n2023-04,good\n", encoding="utf-8")
    assert imported(folder, export, "csv", indicator="mood", mapping=words).added == (
        "mood_2023_04",
    )


def test_values_that_an_indicator_cannot_have(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    before = evidence(folder)
    export = tmp_path / "X.csv"
    export.write_text("observation_date,X\n2023-04-01,56.3\n2023-05-01,60\n", encoding="utf-8")
    found = refusal(lambda: imported(folder, export, "fred", indicator="supply"))
    assert (
        f"{export}:2:1: 2023-04 value: 56.3 is outside (0, 1); write a share" in found
        and "--scale" in found
    )
    assert evidence(folder) == before
    assert imported(folder, export, "fred", indicator="supply", scale=0.01).rows[
        "value"
    ].tolist() == ["0.563", "0.6"]


def test_an_old_layout_gets_the_column(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    assert b"replaces" not in evidence(folder)
    rows = wr.load_model(folder).evidence
    imported(folder, FIRST)
    imported(folder, LATER, published="2023-07")
    assert evidence(folder).splitlines()[0].endswith(b",note,replaces")
    after = {row.id: row for row in wr.load_model(folder).evidence}
    assert all(after[row.id] == row for row in rows)


def test_nothing_is_written_where_the_evidence_is_at_fault(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    broken = evidence(folder).replace(b"rule:press", b"rule:pres")
    (folder / "evidence.csv").write_bytes(broken)
    assert "'pres' is not a release rule" in refusal(lambda: imported(folder, FIRST))
    assert evidence(folder) == broken


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = model_folder(tmp_path)
    before = evidence(folder)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "the disk is full" in refusal(lambda: imported(folder, FIRST))
    assert evidence(folder) == before and sorted(path.name for path in folder.iterdir()) == [
        "evidence.csv",
        "model.yaml",
    ]


def test_a_model_without_evidence_yet(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    (folder / "evidence.csv").unlink()
    assert len(imported(folder, FIRST).added) == 4 and len(wr.load_model(folder).evidence) == 4
    text = (folder / "model.yaml").read_text(encoding="utf-8")
    (folder / "model.yaml").write_text(
        text.replace("evidence: evidence.csv\n", ""), encoding="utf-8"
    )
    assert "the model names no evidence file; write 'evidence: evidence.csv' into" in refusal(
        lambda: imported(folder, FIRST)
    )
    for name in ("../evidence.csv", "sub/evidence.csv"):
        (folder / "model.yaml").write_text(text.replace("evidence.csv", name), encoding="utf-8")
        assert "is not a file beside the model" in refusal(lambda: imported(folder, FIRST))


def test_links_do_not_lead_elsewhere(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    other = tmp_path / "elsewhere.csv"
    shutil.move(folder / "evidence.csv", other)
    (folder / "evidence.csv").symlink_to(other)
    assert "is not a file beside the model" in refusal(lambda: imported(folder, FIRST))


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """Neither a file's name nor what is asked for begins a cell."""
    folder = model_folder(tmp_path)
    export = tmp_path / "=cmd|calc.csv"
    shutil.copy(EXPORTS / FIRST, export)
    found = imported(folder, export, country=None, actor="=IS", allow_none=True)
    cells = found.rows.to_numpy().ravel()
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t")]
    assert "is 'I\\nS'; write a name, in one line" in refusal(
        lambda: imported(folder, FIRST, actor="I\nS")
    )
    assert "holds the character U+202E" in refusal(
        lambda: imported(folder, FIRST, actor="I\u202eS")
    )


def test_arguments(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)

    def refused(**asked: Any) -> str:
        return refusal(lambda: imported(folder, FIRST, **asked))

    assert "indicator is 'incident'; did you mean 'incidents'?" in refused(indicator="incident")
    assert "published: '2023' is not a date" in refused(published="2023")
    assert "grade is 'D'; Valid: 'A', 'B', 'C'" in refused(grade="D")
    assert "scale is 0" in refused(scale=0)
    assert "history is 1; write True or False" in refused(history=1)
    assert "start: " in refused(start="May")
    assert "country is 3" in refused(country=3)
    assert "source is 'ucpd'; did you mean 'ucdp'?" in refusal(
        lambda: imported(folder, FIRST, "ucpd")
    )
    assert "is no model: there is no model.yaml" in refusal(lambda: imported(tmp_path, FIRST))
    assert "'iraq-2025' is a shipped model" in refusal(lambda: imported("iraq-2025", FIRST))
    assert "is a shipped model, which stays as it is" in refusal(
        lambda: imported(models_folder() / "iraq-2025", FIRST)
    )


def test_a_month_that_stands_twice(tmp_path: Path) -> None:
    export = tmp_path / "gpr.csv"
    export.write_text("month,GPR\n2023-04,100\n2023-05,1\n2023-04,101\n", encoding="utf-8")
    found = refusal(lambda: imported(model_folder(tmp_path), export, "gpr", indicator="rate"))
    assert found == f"{export}:4:1: 2023-04: the export gives this span twice; keep one of the two"
