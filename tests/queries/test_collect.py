"""Forms that come back: what the numbers become, in every way of writing them, and every fault."""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from tests.filled_forms import cells_of, fill, header_of
from tests.panels import panel_folder, panel_text, seeds_text
from tests.random_models import evidence_text, model_text, random_model
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.quantiles import Share
from withdrawal_risk.model.panel_file import PANEL_COLUMNS
from withdrawal_risk.model.ranges import ranges
from withdrawal_risk.queries.expert_packages import packages

HALF, DOWN, UP = (
    "factors.gaps.half_life",
    "edges.presence->gaps.weight",
    "edges.tension->gaps.weight",
)
SHARE = "indicators.supply.at_reference"
RATIO = "indicators.rate.ratio_per_level"


def random_of(**kind: Any) -> wr.Model:
    file, rows = random_model(np.random.default_rng(11), **kind)
    return wr.Model.from_texts(model_text(file), evidence_text(rows))


MODELS: Mapping[str, Callable[[], wr.Model]] = {
    "iraq-2025": lambda: wr.load_model("iraq-2025"),
    "random": random_of,
    "drifting": lambda: random_of(drifting=True),
    "heavy and lasting": lambda: random_of(heavy=True, lasting=True),
}


def asked(model: wr.Model) -> dict[str, list[float]]:
    """Return the ranges of a file as the form asks for them: sizes of weights, shares in per cent."""
    return {
        path: [100 * end if isinstance(given, Share) else end for end in (given.p5, given.p95)]
        for path, given in ranges(model.spec).items()
    }


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("name", MODELS)
def test_the_ranges_of_a_file_come_back(name: str, suffix: str, tmp_path: Path) -> None:
    """An expert who writes into the form what the file says has the file's own package."""
    model, place = MODELS[name](), tmp_path / f"form.{suffix}"
    lang = "ar" if suffix == "xlsx" else "en"
    wr.ask(model, place, expert="أمل", lang=lang, shown=True)
    given = asked(model)
    fill(place, {path: [low, "", high] for path, (low, high) in given.items()})
    assert wr.collect(place, tmp_path / "panel.csv") == len(given)
    (package,) = packages(model.spec, wr.read_panel(model, tmp_path / "panel.csv")).values()
    assert package.keys() == given.keys()
    for path, own in ranges(model.spec).items():
        assert (package[path].p5, package[path].p95) == pytest.approx((own.p5, own.p95), rel=1e-9)
    signs = {edge.id: edge.weight.sign for edge in model.spec.edges}
    assert {-1, 1} <= set(signs.values()), "the sign of both kinds of weight is tried"
    assert any(isinstance(own, Share) for own in ranges(model.spec).values())


def form(model: wr.Model, place: Path, given: Mapping[str, Any], **about: str) -> Path:
    """Write a form of a few questions, filled in."""
    wr.ask(model, place, targets=[*given], expert="Amal", round=2)
    return fill(place, given, **about)


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["target"]: row for row in csv.DictReader(file)}


def test_a_table_says_all_that_was_written(small: wr.Model, tmp_path: Path) -> None:
    place = form(
        small,
        tmp_path / "form.csv",
        {
            DOWN: ["0.1", "0.2", "0.4", "sure", "it, too, \ncovers", "talks"],
            SHARE: ["30", "", "60"],
            HALF: ["", "", "", "no idea"],
        },
        date="2024-02-03",
    )
    assert wr.collect([place], tmp_path / "panel.csv") == 2
    table = tmp_path / "panel.csv"
    assert table.read_text(encoding="utf-8").split("\n")[0] == ",".join(PANEL_COLUMNS)
    assert rows_of(table) == {
        DOWN: {
            "expert": "Amal", "round": "2", "target": DOWN, "p5": "-0.4", "p50": "-0.2", "p95": "-0.1", "word": "",
            "confidence": "sure", "why": "it, too, \ncovers", "source": "talks", "date": "2024-02-03",
        },
        SHARE: {
            "expert": "Amal", "round": "2", "target": SHARE, "p5": "0.3", "p50": "", "p95": "0.6", "word": "",
            "confidence": "", "why": "", "source": "", "date": "2024-02-03",
        },
    }  # fmt: skip
    read = {row.target: row for row in wr.read_panel(small, table).rows}
    assert (read[DOWN].p5, read[DOWN].p50, read[DOWN].p95) == (0.1, 0.2, 0.4)


WRITTEN = {
    "decimal comma": (HALF, "2,5", 2.5),
    "decimal point": (HALF, "2.5", 2.5),
    "blank between thousands": (HALF, "1 250.5", 1250.5),
    "narrow blank between thousands": (HALF, "1\u202f250", 1250),
    "comma and two thousands": (HALF, "12,34", 12.34),
    "Arabic digits": (HALF, "٢٥", 25),
    "Arabic decimal separator": (HALF, "٢٫٥", 2.5),
    "sign of its own": ("events.strike.tension.size", "−0.5", -0.5),
    "power of ten": (HALF, "1e1", 10),
    "per cent": (SHARE, "30%", 0.3),
    "per cent after a blank": (SHARE, "30 %", 0.3),
    "Arabic per cent": (SHARE, "٣٠٪", 0.3),
    "per cent with a comma": (SHARE, "30,5 %", 0.305),
    "per cent without a sign": (SHARE, "30", 0.3),
}


@pytest.mark.parametrize(("target", "text", "value"), WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_numbers_as_people_write_them(
    small: wr.Model, tmp_path: Path, suffix: str, target: str, text: str, value: float
) -> None:
    high = "99" if target == SHARE else "9999"
    place = form(small, tmp_path / f"form.{suffix}", {target: [text, "", high]})
    wr.collect(place, tmp_path / "panel.csv")
    assert float(rows_of(tmp_path / "panel.csv")[target]["p5"]) == value


def test_cells_of_a_spreadsheet_are_read_as_they_are_shown(small: wr.Model, tmp_path: Path) -> None:
    """Who types 30% into a spreadsheet leaves 0.3 in a cell that shows it in per cent."""
    place = form(
        small, tmp_path / "form.xlsx", {SHARE: [0.3, 0.455, 60], HALF: [2, 3.5, 9.0]}, round="1"
    )
    book = load_workbook(place)
    sheet = book.worksheets[0]
    row = next(row for row in sheet.iter_rows() if SHARE in [cell.value for cell in row])
    for cell, shown in zip(row[3:6], ("0%", "0.0%", '0"%"'), strict=True):
        cell.number_format = shown
    day = next(row for row in sheet.iter_rows() if row[10].value == "date")[1]
    day.value, day.number_format = dt.datetime(2024, 2, 3), "dd.mm.yyyy"
    book.save(place)
    wr.collect(place, tmp_path / "panel.csv")
    rows = rows_of(tmp_path / "panel.csv")
    assert [rows[SHARE][key] for key in ("p5", "p50", "p95")] == ["0.3", "0.455", "0.6"]
    assert [rows[HALF][key] for key in ("p5", "p50", "p95", "date", "round")] == [
        "2", "3.5", "9", "2024-02-03", "1",
    ]  # fmt: skip


def test_semicolons_and_old_ends_of_lines(small: wr.Model, tmp_path: Path) -> None:
    """As spreadsheets of many countries save a table."""
    place = form(small, tmp_path / "form.csv", {HALF: ["2,5", "", "9", "", "so, or so"]})
    with (tmp_path / "saved.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r").writerows(cells_of(place))
    wr.collect(tmp_path / "saved.csv", tmp_path / "panel.csv")
    row = rows_of(tmp_path / "panel.csv")[HALF]
    assert (row["p5"], row["p95"], row["why"]) == ("2.5", "9", "so, or so")


def test_a_name_that_looks_like_a_formula_comes_back(small: wr.Model, tmp_path: Path) -> None:
    for name in ("form.csv", "form.xlsx"):
        wr.ask(small, tmp_path / name, targets=[HALF], expert="=Amal")
        fill(tmp_path / name, {HALF: [2, "", 9]})
        wr.collect(tmp_path / name, tmp_path / "panel.csv", replace=True)
        assert rows_of(tmp_path / "panel.csv")[HALF]["expert"] == "=Amal"


def test_seeds_come_back_as_numbers(tmp_path: Path) -> None:
    folder = panel_folder(
        tmp_path, "{file: panel.csv, seeds: seeds.csv}", panel_text(f"A {HALF} 2 . 4"), seeds_text([3])
    )  # fmt: skip
    model = wr.load_model(folder)
    wr.ask(model, tmp_path / "form.csv", targets=[HALF], expert="Amal")
    fill(tmp_path / "form.csv", {"seeds.S1": [-1, 2, 30]})
    wr.collect(tmp_path / "form.csv", folder / "panel.csv")
    answers = wr.load_model(folder).panel
    assert answers is not None
    assert [(row.target, row.p5, row.p50, row.p95) for row in answers.rows[1:]] == [
        ("seeds.S1", -1, 2, 30)
    ]
    assert answers.rows[0].target == HALF, "what stood in the table before stays"


def test_several_experts_and_rounds(small: wr.Model, tmp_path: Path) -> None:
    given = [("Amal", 1, [2, "", 4]), ("Basim", 1, [3, "", 6]), ("Amal", 2, [4, "", 8])]
    places = []
    for k, (expert, number, line) in enumerate(given):
        places.append(tmp_path / f"{k}.csv")
        wr.ask(small, places[-1], targets=[HALF], expert=expert, round=number)
        fill(places[-1], {HALF: line})
    assert wr.collect(places, tmp_path / "panel.csv") == 3
    answers = wr.read_panel(small, tmp_path / "panel.csv")
    assert {key: row.p5 for key, row in answers.latest().items()} == {
        ("Amal", HALF): 4, ("Basim", HALF): 3,
    }  # fmt: skip


def without_cells(text: str) -> str:
    """Return a message without the names that spreadsheets give cells."""
    return re.sub(r" \([A-Z]+\d+\)(?=: )", "", text)


# Faults. The three questions stand in the order of the file: half-life, shares, weights.
ORDER = (HALF, SHARE, DOWN)
FAULTS: Mapping[str, tuple[dict[str, list[Any]], str | None, int, str]] = {
    "text in a number": ({HALF: ["two", "", 4]}, HALF, 4, "low: 'two' is not a number; write digits"),
    "underscore": ({HALF: ["1_0", "", 40]}, HALF, 4, "low: '1_0' is not a number"),
    "thousands or decimals": ({HALF: ["1,250", "", 4000]}, HALF, 4, "low: '1,250': is it 1250, or 1.250 with decimals? Write 1250 or 1.2500"),
    "Arabic thousands": ({HALF: ["١٬٢٥٠", "", 4000]}, HALF, 4, "low: '١٬٢٥٠' is not a number; is it with a point or with thousands?"),
    "two numbers": ({HALF: ["2 4", "", 9]}, HALF, 4, "low: '2 4' is not a number"),
    "infinite": ({HALF: [2, "", "inf"]}, HALF, 6, "high: 'inf' is not a number"),
    "per cent of months": ({HALF: ["20%", "", 40]}, HALF, 4, "low: '20%' is not a number"),
    "low above high": ({HALF: [4, "", 2]}, HALF, 4, "low: must be below the middle, and that below the high"),
    "middle outside": ({HALF: [2, 5, 4]}, HALF, 4, "low: must be below the middle, and that below the high"),
    "no high": ({HALF: [2, "", ""]}, HALF, 6, "high: is empty; write both ends, or leave out the line"),
    "no low": ({HALF: ["", 3, 4]}, HALF, 4, "low: is empty; write both ends, or leave out the line"),
    "above 100": ({SHARE: [20, "", 120]}, SHARE, 6, "high: 120 per cent; write a number between 0 and 100"),
    "nought": ({SHARE: [0, "", 20]}, SHARE, 4, "low: 0 per cent; write a number between 0 and 100"),
    "minus before a size": ({DOWN: ["-0.4", "", "-0.1"]}, DOWN, 4, "low: -0.4: write how far it falls, as a number above 0, without a sign"),
    "unseen character": ({HALF: [2, "", 4, "", "so\u200b"]}, HALF, 8, "why: the character U+200B; remove it"),
    "nothing filled in": ({}, None, 1, "no line of it is filled in"),
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(("given", "target", "column", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_has_file_row_and_column(
    small: wr.Model,
    tmp_path: Path,
    suffix: str,
    given: dict[str, list[Any]],
    target: str | None,
    column: int,
    said: str,
) -> None:
    place = tmp_path / f"form.{suffix}"
    wr.ask(small, place, targets=ORDER, expert="Amal")
    fill(place, given)
    rows = [row[-2] for row in cells_of(place)]
    line = 1 if target is None else rows.index(target) + 1
    text = refusal(lambda: wr.collect([place], tmp_path / "panel.csv"))
    if suffix == "xlsx" and target is not None:
        assert f" ({chr(ord('A') + column - 1)}{line}): " in text
    assert text.startswith(f"{place}:{line}:{column}: ") and said in without_cells(text)
    assert not (tmp_path / "panel.csv").exists()


ABOUT = {
    "no name": ("expert", "", "is empty; write a name or a sign for it"),
    "long name": ("expert", "A" * 101, "has more than 100 characters"),
    "unseen character": ("expert", "A\u200b", "the character U+200B; remove it"),
    "date of another country": ("date", "2/1/2024", "'2/1/2024' is not a date; write YYYY-MM-DD"),
    "no day": ("date", "2024-02-30", "'2024-02-30' is not a date; write YYYY-MM-DD"),
    "round": ("round", "second", "'second' is not a round; write 1, 2 and so on"),
    "round 0": ("round", "0", "'0' is not a round; write 1, 2 and so on"),
}


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(("key", "text", "said"), ABOUT.values(), ids=ABOUT.keys())
def test_a_fault_of_the_lines_at_the_top(
    small: wr.Model, tmp_path: Path, suffix: str, key: str, text: str, said: str
) -> None:
    place = form(small, tmp_path / f"form.{suffix}", {HALF: [2, "", 4]}, **{key: text})
    line = [row[-1] for row in cells_of(place)].index(key) + 1
    found = refusal(lambda: wr.collect(place, tmp_path / "panel.csv"))
    cell = f" (B{line})" if suffix == "xlsx" else ""
    assert found == f"{place}:{line}:2: {key}{cell}: {said}"
    assert not (tmp_path / "panel.csv").exists()


def test_a_date_and_a_round_may_be_left_out(small: wr.Model, tmp_path: Path) -> None:
    place = form(small, tmp_path / "form.csv", {HALF: [2, "", 4]}, date="", round="")
    wr.collect(place, tmp_path / "panel.csv")
    row = rows_of(tmp_path / "panel.csv")[HALF]
    assert (row["date"], row["round"]) == ("", "1")


def test_all_faults_of_all_forms_are_told(small: wr.Model, tmp_path: Path) -> None:
    places = [tmp_path / f"{k}.csv" for k in "ab"]
    form(small, places[0], {HALF: ["two", "", 4], SHARE: [5, "", 2]})
    form(small, places[1], {HALF: [2, "", ""]}, expert="")
    (tmp_path / "panel.csv").write_text("what was there", encoding="utf-8")
    assert "this is no header of such a file: 'what was there'" in refusal(
        lambda: wr.collect(places, tmp_path / "panel.csv")
    )
    lines = refusal(lambda: wr.collect(places, tmp_path / "panel.csv", replace=True)).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        [f"{places[0]}:11:4", "low"],
        [f"{places[0]}:12:4", "low"],
        [f"{places[1]}:5:2", "expert"],
        [f"{places[1]}:11:6", "high"],
    ]
    assert (tmp_path / "panel.csv").read_text(encoding="utf-8") == "what was there"


def changed(place: Path, change: Callable[[list[list[str]]], Any]) -> Path:
    """Change the cells of a form in CSV."""
    cells = cells_of(place)
    change(cells)
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(cells)
    return place


def test_forms_whose_keys_are_gone(small: wr.Model, tmp_path: Path) -> None:
    def fresh() -> Path:
        return form(small, tmp_path / "form.csv", {HALF: [2, "", 4]})

    def said(change: Callable[[list[list[str]]], Any]) -> str:
        place = changed(fresh(), change)
        text = refusal(lambda: wr.collect(place, tmp_path / "panel.csv"))
        assert text.startswith(f"{place}:") and not (tmp_path / "panel.csv").exists()
        return text.removeprefix(f"{place}:")

    gone = "1:1: this is no form: the line of headings is gone; fill in the form as sent"
    assert said(lambda cells: cells.pop(header_of(cells))) == gone

    def shorter(cells: list[list[str]]) -> None:
        for row in cells:
            del row[-2:]

    assert said(shorter) == gone

    def without_keys(cells: list[list[str]]) -> None:
        cells[-1][-2:] = ["", ""]

    line = len(cells_of(fresh()))
    target = f"{line}:10: target: "
    assert said(without_keys) == f"{target}the last two columns are gone; fill in the form as sent"
    twice = said(lambda cells: cells.append(cells[-1]))
    assert twice == f"{line + 1}:10: target: '{HALF}' stands twice"


def test_forms_that_do_not_go_together(small: wr.Model, tmp_path: Path) -> None:
    table = tmp_path / "panel.csv"
    a = form(small, tmp_path / "a.csv", {HALF: [2, "", 4]})
    b = form(small, tmp_path / "b.xlsx", {DOWN: [0.2, "", 0.4]})
    assert refusal(lambda: wr.collect([a, b], table)) == (
        f"{b}:1:1: expert: Amal answered round 2 in {a}, too; keep one of the two"
    )
    c = form(small, tmp_path / "c.csv", {HALF: [2, "", 4]}, round="٢")
    assert "Amal answered round 2 in" in refusal(lambda: wr.collect([a, c], table))
    other = wr.Model.from_texts(small.model_text.replace("id: small", "id: other"))
    d = form(other, tmp_path / "d.csv", {HALF: [2, "", 4]}, expert="Basim")
    assert refusal(lambda: wr.collect([a, d], table)) == (
        f"{d}:1:1: model: this form is about other, {a} about small; collect one model at a time"
    )
    assert refusal(lambda: wr.collect([], table)) == (
        "no form is given; name the files that came back"
    )
    before = a.read_bytes()
    assert "is one of the forms; name another place" in refusal(lambda: wr.collect([a], a))
    assert a.read_bytes() == before and not table.exists()


def test_files_that_are_no_forms(small: wr.Model, tmp_path: Path) -> None:
    table = tmp_path / "panel.csv"

    def said(name: str, content: bytes) -> str:
        place = tmp_path / name
        place.write_bytes(content)
        text = refusal(lambda: wr.collect(place, table))
        assert text.startswith(f"{place}:1:1: ") and not table.exists()
        return text.removeprefix(f"{place}:1:1: ")

    assert said("a.xlsx", b"no spreadsheet") == (
        "it is not a spreadsheet that can be read (BadZipFile)"
    )
    assert said("a.ods", b"x") == "a form is .xlsx or .csv; save it as one of the two"
    assert said("a.csv", "عراق".encode("utf-16")).startswith("it is not UTF-8; save the form as")
    assert said("a.csv", b"a,b\n1,2\n").startswith("this is no form: the line of headings is gone")
    assert said("a.csv", b"").startswith("this is no form: the line of headings is gone")
    assert said("a.csv", b'"' + b"x" * 200_000).startswith("not valid CSV: field larger than")
    missing = refusal(lambda: wr.collect(tmp_path / "none.csv", table))
    assert missing.startswith(f"{tmp_path / 'none.csv'}:1:1: ") and not table.exists()
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (65 * 1024**2))
    assert bomb.stat().st_size < 100_000
    assert refusal(lambda: wr.collect(bomb, table)) == (
        f"{bomb}:1:1: it unfolds to far more than a form; fill in the form that was sent"
    )
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (5 * 1024**2))
    assert refusal(lambda: wr.collect(large, table)).startswith(f"{large}:1:1: ")
