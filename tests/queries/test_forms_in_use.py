"""What first readers did to forms: columns moved, sheets copied, thousands with a point, a table there already."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.filled_forms import cells_of, fill, header_of
from tests.panels import answers_of, seeds_text
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.panel import Panel
from withdrawal_risk.queries.calibration_cards import calibration_cards

HALF, DOWN = "factors.gaps.half_life", "edges.presence->gaps.weight"


def asked(model: wr.Model, place: Path) -> Path:
    wr.ask(model, place, targets=[HALF, DOWN], expert="Amal")
    return fill(place, {HALF: [2, 4, 9, "90"], DOWN: [0.1, 0.2, 0.3, "80"]})


@pytest.mark.parametrize("before", range(5, 10))
def test_an_inserted_column_is_noticed(small: wr.Model, tmp_path: Path, before: int) -> None:
    """Numbers in how sure one is of it would otherwise be read as percentiles."""
    place = asked(small, tmp_path / "form.xlsx")
    book = load_workbook(place)
    book.worksheets[0].insert_cols(before)
    book.save(place)
    said = refusal(lambda: wr.collect(place, tmp_path / "panel.csv"))
    assert "a column was added, taken away or moved; fill in the form as sent" in said
    assert not (tmp_path / "panel.csv").exists()


@pytest.mark.parametrize("gone", range(4, 8))
def test_a_column_that_is_gone_is_noticed(small: wr.Model, tmp_path: Path, gone: int) -> None:
    place = asked(small, tmp_path / "form.csv")
    rows = [[cell for c, cell in enumerate(row) if c != gone] for row in cells_of(place)]
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    said = refusal(lambda: wr.collect(place, tmp_path / "panel.csv"))
    assert "a column was added, taken away or moved" in said


def test_headings_worded_otherwise_are_read(small: wr.Model, tmp_path: Path) -> None:
    place = asked(small, tmp_path / "form.xlsx")
    book = load_workbook(place)
    header = header_of(cells_of(place)) + 1
    book.worksheets[0].cell(row=header, column=4).value = "at least"
    book.save(place)
    assert wr.collect(place, tmp_path / "panel.csv") == 2


def test_forms_on_other_sheets(small: wr.Model, tmp_path: Path) -> None:
    place = asked(small, tmp_path / "form.xlsx")
    book = load_workbook(place)
    book.create_sheet("notes", 0)["A1"] = "call him on Monday"
    book.save(place)
    assert wr.collect(place, tmp_path / "panel.csv") == 2
    book.copy_worksheet(book["form"])
    book.save(place)
    said = refusal(lambda: wr.collect(place, tmp_path / "panel.csv", replace=True))
    assert "two of its sheets are forms; keep the one that counts" in said


def test_a_formula_without_a_value(small: wr.Model, tmp_path: Path) -> None:
    place = asked(small, tmp_path / "form.xlsx")
    book = load_workbook(place)
    row = header_of(cells_of(place)) + 2
    book.worksheets[0].cell(row=row, column=4).value = "=1+1"
    book.save(place)
    said = refusal(lambda: wr.collect(place, tmp_path / "panel.csv"))
    assert f"low (D{row}): holds a formula without a value; type the number" in said


def test_thousands_with_a_point_are_asked_about(small: wr.Model, tmp_path: Path) -> None:
    place = tmp_path / "form.csv"
    wr.ask(small, place, targets=[HALF, "indicators.rate.ratio_per_level"], expert="Amal")
    line = {HALF: ["1.250", "", "3.500"], "indicators.rate.ratio_per_level": ["1.125", "", "1.875"]}
    said = refusal(lambda: wr.collect(fill(place, line), tmp_path / "panel.csv")).splitlines()
    assert len(said) == 2 and "is it 1250, or 1.250 with decimals?" in said[0]
    # In a spreadsheet a number is a number, and a ratio is never in the thousands.
    place = tmp_path / "form.xlsx"
    wr.ask(small, place, targets=[HALF], expert="Amal")
    wr.collect(fill(place, {HALF: [1.25, "", 3.125]}), tmp_path / "panel.csv")
    (row,) = wr.read_panel(small, tmp_path / "panel.csv").rows
    assert (row.p5, row.p95) == (1.25, 3.125)


def test_a_table_that_is_there_is_added_to(small: wr.Model, tmp_path: Path) -> None:
    table = tmp_path / "panel.csv"
    wr.collect(asked(small, tmp_path / "a.csv"), table)
    said = refusal(lambda: wr.collect(tmp_path / "a.csv", table))
    assert "round 1 of Amal stands in" in said and "give the form another round, or replace" in said
    wr.ask(small, tmp_path / "b.csv", targets=[HALF], expert="Boris")
    assert wr.collect(fill(tmp_path / "b.csv", {HALF: [3, "", 5]}), table) == 1
    assert wr.read_panel(small, table).experts == ("Amal", "Boris")
    wr.collect(tmp_path / "b.csv", table, replace=True)
    assert wr.read_panel(small, table).experts == ("Boris",)


def test_one_person_is_written_alike(small: wr.Model) -> None:
    said = refusal(lambda: answers_of(small, f"Karim {HALF} 2 . 4", f"karim {DOWN} -0.3 . -0.1"))
    assert "'karim' is 'Karim' elsewhere; write one person alike" in said


def test_one_who_answered_few_holds_nobody_back(small: wr.Model) -> None:
    """Each expert has a card of her own; weights need all of them."""
    full = [f"Amal seeds.S{k} {k - 1} {k} {k + 1}" for k in range(1, 11)]
    few = [f"Boris seeds.S{k} {k - 1} {k} {k + 1}" for k in range(1, 4)]
    answers = answers_of(small, *full, *few, seeds=seeds_text(k + 0.5 for k in range(1, 11)))
    cards = calibration_cards(answers, Panel(file="panel.csv"))
    assert cards is not None and cards.weighting is None
    assert cards.table.loc["Amal", "calibration"] > 0  # type: ignore[operator]
    assert cards.table["calibration"].isna().to_dict() == {"Amal": False, "Boris": True}
    assert "Boris answered fewer than 8 seed questions" in cards.why_not


def test_who_answers_seeds_alone_has_no_voice(posterior: wr.Posterior) -> None:
    rows = [f"Amal {HALF} 2 . 5", *(f"Boris seeds.S{k} 1 2 3" for k in range(1, 11))]
    answers = answers_of(posterior.model, *rows, seeds=seeds_text([2.5] * 10))
    result = wr.panel(posterior, "calm", answers=answers, refit=False)
    assert result.experts == ["Amal"] and list(result.cards.index) == ["Amal", "Boris"]
    said = refusal(lambda: wr.feedback(posterior, "Boris", "calm", answers=answers))
    assert said == "Boris judged no range of the model, and answered seeds alone"
    alone = answers_of(posterior.model, *rows[1:], seeds=seeds_text([2.5] * 10))
    assert "nobody judged a range" in refusal(lambda: wr.panel(posterior, "calm", answers=alone))
