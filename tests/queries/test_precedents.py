"""Clauses held against earlier years: what is known, and what is not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML
from tests.refusals import refusal

import withdrawal_risk as wr

HEADER = "id,indicator,start,end,published,value,low,high,se,grade,source,url,note"


def folder(tmp_path: Path, small_text: str, clause: dict[str, Any], rows: list[str], evidence: str) -> Path:  # fmt: skip
    """Write the small model with one condition and a history."""
    spec = YAML(typ="safe").load(small_text)
    spec["history"] = "history.csv"
    spec["indicators"]["waiver"] = {
        "measures": "tension", "label": "Waiver", "family": "state", "unit": "yes or no", "polarity": "-",
        "enters": {"p5": 0.02, "p95": 0.2}, "leaves": {"p5": 0.02, "p95": 0.2},
        "odds_ratio_per_level": {"p5": 1.2, "p95": 2}, "basis": "judgement: invented", "why": "It lasts.",
    }  # fmt: skip
    spec["conditions"]["calm"]["all"] = [{"resolution": "The ministry.", **clause}]
    text = io.StringIO()
    YAML().dump(spec, text)
    (tmp_path / "model.yaml").write_text(text.getvalue(), encoding="utf-8")
    (tmp_path / "evidence.csv").write_text(evidence, encoding="utf-8")
    (tmp_path / "history.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return tmp_path


def row(name: str, indicator: str, start: str, end: str, value: str, low: str = "", high: str = "", grade: str = "A") -> str:  # fmt: skip
    return (
        f"{name},{indicator},{start},{end},rule:same_month,{value},{low},{high},,{grade},invented,,"
    )


TOTAL = {"indicator": "incidents", "statistic": "total", "last": 3, "at_most": 45}
"""Of April to June 2024."""

CASES: dict[str, tuple[dict[str, Any], list[str], bool | None]] = {
    "all months known": (
        TOTAL,
        [row(f"a{m}", "incidents", f"2022-{m:02d}", f"2022-{m:02d}", "15") for m in (4, 5, 6)],
        True,
    ),
    "one too many": (
        TOTAL,
        [row(f"a{m}", "incidents", f"2022-{m:02d}", f"2022-{m:02d}", str(v)) for m, v in ((4, 15), (5, 15), (6, 16))],
        False,
    ),
    "a month missing, and not needed": (TOTAL, [row("a", "incidents", "2022-04", "2022-05", "46")], False),
    "a month missing, and needed": (TOTAL, [row("a", "incidents", "2022-04", "2022-05", "40")], None),
    "a row that may lie outside": (TOTAL, [row("a", "incidents", "2022-01", "2022-06", "60")], None),
    "a row that cannot have more": (TOTAL, [row("a", "incidents", "2022-01", "2022-06", "45")], True),
    "a range on both sides": (TOTAL, [row("a", "incidents", "2022-04", "2022-06", "", "40", "50")], None),
    "a range below": (TOTAL, [row("a", "incidents", "2022-04", "2022-06", "", "20", "45")], True),
    "two reports of a month": (
        {"indicator": "incidents", "statistic": "last", "last": 1, "at_most": 10},
        [row("a", "incidents", "2022-06", "2022-06", "9"), row("b", "incidents", "2022-06", "2022-06", "11", grade="B")],
        True,
    ),
    "the month before its row over many": (
        {"indicator": "supply", "statistic": "last", "last": 1, "at_least": 0.5},
        [row("a", "supply", "2022-01", "2022-12", "0.4"), row("b", "supply", "2022-06", "2022-06", "0.6")],
        True,
    ),
    "a day speaks for the month of an average": (
        {"indicator": "supply", "statistic": "mean", "last": 1, "at_least": 0.5},
        [row("a", "supply", "2022-06-10", "2022-06-10", "0.6")],
        True,
    ),
    "a part of a month does not tell its count": (
        {"indicator": "incidents", "statistic": "last", "last": 1, "at_most": 10},
        [row("a", "incidents", "2022-06-01", "2022-06-20", "0")],
        None,
    ),
    "a state between equal looks": (
        {"indicator": "waiver", "statistic": "last", "last": 1, "at_least": 1},
        [row("a", "waiver", "2022-03-02", "2022-03-02", "1"), row("b", "waiver", "2022-09-02", "2022-09-02", "1")],
        True,
    ),
    "a state between unequal looks": (
        {"indicator": "waiver", "statistic": "last", "last": 1, "at_least": 1},
        [row("a", "waiver", "2022-03-02", "2022-03-02", "1"), row("b", "waiver", "2022-09-02", "2022-09-02", "0")],
        None,
    ),
    "a state after its last look": (
        {"indicator": "waiver", "statistic": "last", "last": 1, "at_least": 1},
        [row("a", "waiver", "2022-03-02", "2022-03-02", "1")],
        None,
    ),
    "below a lower bound that what is missing may reach": (
        {**TOTAL, "at_least": 45} | {"at_most": None},
        [row("a", "incidents", "2022-04", "2022-05", "40")],
        None,
    ),
    "above a lower bound already": (
        {**TOTAL, "at_least": 40} | {"at_most": None},
        [row("a", "incidents", "2022-04", "2022-05", "40")],
        True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_rows_settle(tmp_path: Path, small_text: str, case: str) -> None:
    clause, rows, expected = CASES[case]
    clause = {key: value for key, value in clause.items() if value is not None}
    # No evidence within the model's months, so that the history alone speaks.
    place = folder(tmp_path, small_text, clause, rows, HEADER + "\n")
    table = wr.precedents(wr.load_model(place))
    assert table["subject"].tolist() == [clause["indicator"]]
    found = table.loc[("calm", "all[0]")].get(2022)
    assert (None if pd.isna(found) else found) is expected


def test_history_and_evidence_are_read_together(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    """A year before the model's start is known from the history, a year after it from the evidence."""
    rows = [row("a", "incidents", "2021-04", "2021-06", "90")]
    rows += [row("b", "incidents", "2022-04", "2022-06", "30")]
    clauses = {"indicator": "incidents", "statistic": "total", "last": 3, "at_most": 45}
    place = folder(tmp_path, small_text, clauses, rows, small_evidence)
    found = wr.precedents(wr.load_model(place)).loc[("calm", "all[0]")]
    known = {year: value for year, value in found.items() if isinstance(year, int)}
    assert list(known)[:2] == [2021, 2022] and [known[2021], known[2022]] == [False, True]
    notes = [str(item) for item in wr.validate(place) if item.note]
    (said,) = [note for note in notes if "would have held" in note]
    assert "all[0] (incidents) would have held in 2022; not in 2021" in said


@pytest.mark.parametrize(
    ("bound", "words"),
    [(95, "every year that is known: 2021, 2022"), (5, "no year that is known: 2021, 2022")],
)
def test_a_mark_that_was_met_always_or_never_is_said_so(
    tmp_path: Path, small_text: str, small_evidence: str, bound: int, words: str
) -> None:
    rows = [row("a", "incidents", "2021-04", "2021-06", "90")]
    rows += [row("b", "incidents", "2022-04", "2022-06", "30")]
    clauses = {"indicator": "incidents", "statistic": "total", "last": 3, "at_most": bound}
    place = folder(tmp_path, small_text, clauses, rows, small_evidence)
    notes = [str(item) for item in wr.validate(place) if item.note]
    (said,) = [note for note in notes if "would have held" in note]
    assert f"would have held in {words}" in said


def test_judged_clauses_have_no_precedents(small: wr.Model) -> None:
    assert wr.precedents(small).empty


def test_a_history_is_no_part_of_a_fit(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    place = folder(tmp_path, small_text, TOTAL, [row("a", "incidents", "2022-01", "2022-03", "9")], small_evidence)  # fmt: skip
    model = wr.load_model(place)
    assert [item.id for item in model.history] == ["a"]
    assert "a" not in {item.id for item in model.evidence}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (row("a", "incidents", "2022-12", "2023-01", "9"), "2023-01 is not before the model's start, 2023-01; a row from then on belongs into the evidence"),
        (row("a", "incident", "2022-12", "2022-12", "9"), "did you mean 'incidents'"),
    ],
    ids=["across the start", "of nothing"],
)  # fmt: skip
def test_faults_of_a_history_are_located(
    tmp_path: Path, small_text: str, small_evidence: str, line: str, message: str
) -> None:
    place = folder(tmp_path, small_text, TOTAL, [line], small_evidence)
    said = refusal(lambda: wr.load_model(place))
    assert "history.csv:2:" in said and message in said


def test_a_history_stands_beside_the_model(tmp_path: Path, small_text: str) -> None:
    place = folder(tmp_path, small_text, TOTAL, [], HEADER + "\n")
    (place / "history.csv").unlink()
    with pytest.raises(
        wr.ModelFileError, match=r"history: 'history.csv' is not a file beside the model"
    ):
        wr.load_model(place)
    (place / "history.csv").symlink_to("/etc/hostname")
    with pytest.raises(wr.ModelFileError, match="is not a file beside the model"):
        wr.load_model(place)


def test_evidence_before_the_start_is_pointed_to_the_history(small_text: str) -> None:
    with pytest.raises(wr.ModelFileError, match="or move the row to the history"):
        wr.Model.from_texts(
            small_text, f"{HEADER}\n{row('a', 'incidents', '2022-12', '2022-12', '9')}\n"
        )
