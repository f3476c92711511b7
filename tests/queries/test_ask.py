"""Forms that go out: what they ask, in which unit and language, and what they show."""

from __future__ import annotations

import csv
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from tests.filled_forms import cells_of, header_of
from tests.panels import panel_folder, panel_text, seeds_text
from tests.random_models import evidence_text, model_text, random_model
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.model.ranges import ranges

HALF, DOWN = "factors.gaps.half_life", "edges.presence->gaps.weight"


def test_every_range_is_asked_for_once(small: wr.Model, tmp_path: Path) -> None:
    form = wr.ask(small, tmp_path / "form.csv", expert="Amal", round=2)
    assert [item.target for item in form.questions] == list(ranges(small.spec))
    cells = cells_of(tmp_path / "form.csv")
    header = header_of(cells)
    assert [row[-2] for row in cells[header + 1 :]] == list(ranges(small.spec))
    assert [row[0] for row in cells[header + 1 :]] == [
        str(k) for k in range(1, len(cells) - header)
    ]
    about = {row[-1]: row[1] for row in cells[:header] if row[-1]}
    assert about.keys() == {"expert", "date", "round", "model"}
    assert (about["expert"], about["round"], about["model"]) == ("Amal", "2", "small")
    assert about["date"] == "", "when it was answered is for the expert to say"
    assert all(len(row) == len(cells[header]) for row in cells)


WORDS = {
    DOWN: ("negative", "levels", "Suppose “Presence” were 1,000 troops more than they would have been, permanently. By how many levels would “Gaps” FALL in the end? (Write it without a minus.)"),
    "edges.tension->gaps.weight": ("positive", "levels", "Suppose “Tension” stayed one level above what it would have been, permanently. By how many levels would “Gaps” RISE in the end?"),
    HALF: ("positive", "months", "What drives “Gaps” changes permanently. After how many months is it halfway to its new level?"),
    "indicators.supply.at_reference": ("percent", "per cent (64, not 0.64)", "“Tension” is at level 0. Which value do you expect of “Supply” in an ordinary month? (Half of such months have more.)"),
    "indicators.supply.odds_ratio_per_level": ("above_one", "times (more than 1)", "“Tension” rises by one level. By which number are the odds of “Supply” divided? (From 50 to 33 per cent they halve.)"),
    "indicators.rate.ratio_per_level": ("above_one", "times (more than 1)", "“Tension” rises by one level. By which number is “Rate” multiplied? (1.5 is half as much again, 2 twice as much.)"),
    "indicators.view.change_per_level": ("positive", "points", "“Gaps” rises by one level. By how much does “View” fall?"),
    "indicators.incidents.at_reference": ("positive", "per month", "“Gaps” is at level 0. Which value do you expect of “Incidents” in an ordinary month? (Half of such months have more.)"),
    "indicators.rate.error": ("positive", "share of the value (0.2 is a fifth)", "How far off is “Rate” from what one expects of such a month, by accident alone, typically?"),
    "events.strike.tension.size": ("number", "levels", "“Strike”: had it lasted, at which level would “Tension” have come to rest, compared with level 0? (Minus is lower.)"),
}  # fmt: skip


def test_questions_are_in_plain_words(small: wr.Model, tmp_path: Path) -> None:
    form = wr.ask(small, tmp_path / "form.csv")
    found = {item.target: (item.read_as, item.unit, item.question) for item in form.questions}
    assert {target: found[target] for target in WORDS} == WORDS


@pytest.mark.parametrize("kind", [{}, {"drifting": True, "heavy": True, "lasting": True}])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_kind_of_range_is_without_words(
    kind: dict[str, bool], lang: str, tmp_path: Path
) -> None:
    """Of every family and every part of a file; no path and no gap of a template shows."""
    file, rows = random_model(np.random.default_rng(5), **kind)  # type: ignore[arg-type]
    model = wr.Model.from_texts(model_text(file), evidence_text(rows))
    form = wr.ask(model, tmp_path / "form.csv", shown=True, lang=lang)
    assert len({item.question for item in form.questions}) == len(form.questions)
    for item in form.questions:
        assert item.unit and item.now and not re.search(r"[{}_]|->", item.question + item.unit)
        _, name, *keys = item.target.split(".")
        if "->" not in name and name in model.spec.indicators:
            # What is said where no language has a question.
            other = LANGUAGES[lang].forms["other"].format(key=".".join(keys), name=name)
            assert item.question != other
        if lang == "ar":
            assert re.search(r"[\u0600-\u06ff]", item.question)


def test_ranges_of_the_file_are_shown_where_asked(small: wr.Model, tmp_path: Path) -> None:
    hidden = wr.ask(small, tmp_path / "hidden.csv")
    assert not any(item.now for item in hidden.questions) and "now" not in hidden.columns
    shown = wr.ask(small, tmp_path / "shown.csv", shown=True)
    now = {item.target: item.now.replace("\u00a0", " ") for item in shown.questions}
    # A negative weight is shown as it is asked for, by its size.
    assert now[DOWN] == "0.15 to 0.5" and now[HALF] == "2 to 6 months"
    assert now["indicators.supply.at_reference"].endswith("%")
    cells = cells_of(tmp_path / "shown.csv")
    assert "The file says" in cells[header_of(cells)]
    assert "The file says" not in (tmp_path / "hidden.csv").read_text(encoding="utf-8")


def test_targets_are_chosen(small: wr.Model, tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    form = wr.ask(small, path, targets=["events.", DOWN, "edges."])
    assert [item.target for item in form.questions] == [
        "edges.tension->gaps.weight", DOWN, "events.strike.tension.size",
    ]  # fmt: skip


def test_seeds_are_asked_too(tmp_path: Path) -> None:
    folder = panel_folder(
        tmp_path, "{file: panel.csv, seeds: seeds.csv}", panel_text(f"A {HALF} 2 . 4"), seeds_text([3])
    )  # fmt: skip
    form = wr.ask(wr.load_model(folder), tmp_path / "form.csv", targets=[HALF])
    assert [
        (item.target, item.question, item.unit, item.read_as) for item in form.questions[1:]
    ] == [("seeds.S1", "question 1", "units", "number")]
    text = (tmp_path / "form.csv").read_text(encoding="utf-8")
    assert "from memory and without looking anything up" in text
    assert "2024-01-01" not in text and "invented" not in text, "what the answer is stays unsaid"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_spreadsheet_reads_from_its_side_and_hides_its_keys(
    small: wr.Model, tmp_path: Path, lang: str
) -> None:
    wr.ask(small, tmp_path / "form.xlsx", lang=lang, expert="Amal")
    sheet = load_workbook(tmp_path / "form.xlsx").worksheets[0]
    assert bool(sheet.sheet_view.rightToLeft) is (lang == "ar")
    hidden = {letter for letter, column in sheet.column_dimensions.items() if column.hidden}
    assert hidden == {"J", "K"}
    header = next(row for row in sheet.iter_rows() if row[10].value == "read_as")
    assert header[9].value == "target" and header[1].value == LANGUAGES[lang].forms["question"]
    words = LANGUAGES[lang].forms
    assert [cell.value for cell in header[3:9]] == [
        words[key] for key in ("low", "middle", "high", "confidence", "why", "source")
    ]


FORMULAE = ("=1+1", "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "-x")


@pytest.mark.parametrize("label", FORMULAE)
def test_no_label_is_a_formula(small: wr.Model, tmp_path: Path, label: str) -> None:
    """A unit is the one label that a cell may begin with."""
    text = small.model_text.replace("unit: {en: per month,", f'unit: {{en: "{label}",')
    model = wr.Model.from_texts(text)
    for name in ("form.csv", "form.xlsx"):
        wr.ask(model, tmp_path / name, targets=["indicators."], expert=label)
        cells = cells_of(tmp_path / name)
        if name == "form.csv":
            assert not any(cell[:1] in ("=", "+", "-", "@") for row in cells for cell in row)
            assert sum(cell == f"'{label}" for row in cells for cell in row) == 2
    sheet = load_workbook(tmp_path / "form.xlsx").worksheets[0]
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value == label]
    assert len(found) == 2 and all(cell.data_type == "s" for cell in found)


def test_numbers_are_no_formulae(small: wr.Model, tmp_path: Path) -> None:
    text = small.model_text.replace("unit: {en: per month,", 'unit: {en: "-1.5",')
    wr.ask(wr.Model.from_texts(text), tmp_path / "form.csv")
    with (tmp_path / "form.csv").open(encoding="utf-8-sig", newline="") as file:
        assert any("-1.5" in row for row in csv.reader(file))


def test_what_cannot_be_asked(small: wr.Model, tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    cases = {
        "is not a range of the file; did you mean 'factors.gaps.half_life'": {"targets": ["factors.gaps.half_lif"]},
        "'edge.' is not a range of the file": {"targets": ["edge."]},
        "round is 0": {"round": 0},
        "shown is": {"shown": "yes"},
        "write a name of at most 100 characters": {"expert": "A\u200b"},
        "lang is 'xx'": {"lang": "xx"},
    }  # fmt: skip
    for said, options in cases.items():
        assert said in refusal(partial(wr.ask, small, path, **options)), said  # type: ignore[arg-type]
    assert "at most 100 characters" in refusal(lambda: wr.ask(small, path, expert="A" * 101))
    said = refusal(lambda: wr.ask(small, tmp_path / "form.ods"))
    assert said == "form.ods is neither .xlsx nor .csv; name one of the two"
    assert "ask takes a model" in refusal(lambda: wr.ask("small", path))  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir()), "nothing is written where anything is at fault"
