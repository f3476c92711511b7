"""The page that puts the library beside other tools: what it prints, and whether the answers are right."""

from __future__ import annotations

import re
from typing import Any

import pytest
from benchmarks.beside.task import QUESTIONS, Way, enumerated, level_had_control_been_firm, lines
from benchmarks.beside.with_library import TOOL as LIBRARY
from benchmarks.beside_other_tools import (
    ANSWERS,
    BY_HAND,
    PAGE,
    SET_UP,
    TOOLS,
    number,
    part,
    run,
)

EXACT = ("pgmpy", "pyAgrum")
LEARNT = ("dowhy.gcm", "pathmc")


def shown() -> dict[str, list[list[str]]]:
    """Return the tables of the page, by the heading above each."""
    text = PAGE.read_text(encoding="utf-8").split("<!-- answers -->")[1].split("<!-- end -->")[0]
    tables = {}
    for piece in text.split("### ")[1:]:
        heading, *rest = piece.splitlines()
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in rest if line]
        tables[heading] = [row for row in rows if row[0] != "---"]
    return tables


def _as_if_run() -> dict[str, dict[str, Any]]:
    """Give every tool the answers by hand, in no time, so that the tables can be written at once."""
    ran = {"version": "", "import": 0.0, "build": 0.0, "answers": enumerated()}
    return dict.fromkeys(TOOLS, ran | {"seconds": dict.fromkeys(QUESTIONS, 0.0)})


def test_page_has_the_tables_that_the_script_writes() -> None:
    tables = shown()
    assert list(tables) == ["Set up", *QUESTIONS.values()]
    assert tables["Set up"][0] == list(SET_UP)
    assert [row[0] for row in tables["Set up"][1:]] == list(TOOLS)
    for question in QUESTIONS.values():
        assert tables[question][0] == list(ANSWERS)
        assert [row[0] for row in tables[question][1:]] == [BY_HAND, *TOOLS]


def test_page_differs_from_the_script_in_nothing_but_what_was_measured() -> None:
    """Calls, lines, what each number is, and where there is none: written now and as they stand."""

    def unmeasured(text: str) -> list[str]:
        kept = []
        for line in text.splitlines():
            cells = [re.sub(r"^\d[\d.]*( to \d[\d.]*)?", "#", cell) for cell in line.split(" | ")]
            kept.append(" | ".join([cells[0], *cells[2:4], *cells[4:-2]]))
        return kept

    now = part(_as_if_run())
    text = PAGE.read_text(encoding="utf-8").split("<!-- answers -->\n")[1]
    assert unmeasured(text.split("\n<!-- end -->")[0]) == unmeasured(now)


def test_lines_of_the_page_are_those_of_the_functions() -> None:
    tables = shown()
    for question, words in QUESTIONS.items():
        for name, row in zip(TOOLS, tables[words][2:], strict=True):
            way = TOOLS[name].ways[question]
            assert (
                row[1:] == [way, "", "", ""]
                if isinstance(way, str)
                else row[3] == str(lines(way.ask))
            )


@pytest.mark.parametrize("name", EXACT)
def test_page_shows_the_enumerated_answers_of_exact_tools(name: str) -> None:
    tables = shown()
    for (question, words), exact in zip(QUESTIONS.items(), enumerated().values(), strict=True):
        row = next(row for row in tables[words] if row[0] == name)
        if isinstance(TOOLS[name].ways[question], Way):
            assert row[1].split(" (")[0] == number(exact)


@pytest.mark.parametrize("name", LEARNT)
def test_page_shows_answers_of_learning_tools_near_the_enumerated_ones(name: str) -> None:
    """2,000 rows: a standard error of about 0.01 for P(gaps), 0.015 where control is given; 4 of these."""
    tables, exact = shown(), enumerated()
    for question, error in (("probability", 0.011), ("do", 0.015), ("observe", 0.015)):
        row = next(row for row in tables[QUESTIONS[question]] if row[0] == name)
        assert float(row[1].split(" (")[0]) == pytest.approx(exact[question], abs=4 * error)
    row = next(row for row in tables[QUESTIONS["counterfactual"]] if row[0] == name)
    # The error of a slope with 0.6 of noise beside 0.8 of a cause's own, times the step of 2.
    slope = 0.6 / 0.8 / 2000**0.5
    assert float(row[1].split(" (")[0]) == pytest.approx(
        level_had_control_been_firm(), abs=4 * 2 * slope
    )


def test_page_states_the_level_worked_out_by_hand() -> None:
    assert f"<!-- level -->{number(level_had_control_been_firm())}<!-- end -->" in PAGE.read_text(
        encoding="utf-8"
    )


def test_page_shows_that_setting_is_not_seeing() -> None:
    tables, exact = shown(), enumerated()
    assert exact["observe"] < exact["do"] < exact["probability"]
    ours = {
        question: float(next(row for row in tables[QUESTIONS[question]] if row[0] == LIBRARY.name)[1].split(" (")[0])
        for question in ("probability", "do", "observe")
    }  # fmt: skip
    assert ours["observe"] < ours["do"] < ours["probability"]


def test_pyagrum_agrees_with_enumeration() -> None:
    answers = run(TOOLS["pyAgrum"])["answers"]
    assert list(answers) == list(QUESTIONS)
    for question, exact in enumerated().items():
        assert answers[question] == pytest.approx(exact, abs=1e-9)


@pytest.mark.slow
def test_pgmpy_agrees_with_enumeration() -> None:
    exact = enumerated()
    for question, answer in run(TOOLS["pgmpy"])["answers"].items():
        assert answer == pytest.approx(exact[question], abs=1e-9)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["dowhy.gcm", LIBRARY.name])
def test_every_way_answers(name: str) -> None:
    """What the page states was answered in a run; here it still runs, with answers in the same order.

    pathmc compiles and samples for minutes, so only the script runs it.
    """
    answers = run(TOOLS[name])["answers"]
    assert answers["observe"] < answers["do"] < answers["probability"]
    low, high = answers["interval"]
    assert low < answers["do"] < high
