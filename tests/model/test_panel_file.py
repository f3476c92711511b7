"""Tables of a panel: every fault by file, line and column, and what sound tables say."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tests.panels import HEADER, SEED_HEADER, panel_folder, panel_text, seeds_text
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.model.panel_file import (
    Answers,
    PanelRow,
    parse_panel,
    parse_seeds,
)
from withdrawal_risk.model.ranges import sign_of

UP, DOWN = "edges.tension->gaps.weight", "edges.presence->gaps.weight"
HALF = "factors.gaps.half_life"

ROWS = {
    "unknown range": ("A,1,^factors.gaps.half_lif,2,,4,,,,,", "target: 'factors.gaps.half_lif' is neither a range nor a seed; did you mean 'factors.gaps.half_life' or 'factors."),
    "unknown seed": ("A,1,^seeds.S9,2,3,4,,,,,", "target: 'seeds.S9' is neither a range nor a seed; did you mean 'seeds.S2' or 'seeds.S1'?"),
    "no target": ("A,1,^,2,,4,,,,,", "target: '' is neither a range nor a seed; Valid: "),
    "no expert": (f"^,1,{HALF},2,,4,,,,,", "expert: expert is empty"),
    "long name": (f"^{'A' * 101},1,{HALF},2,,4,,,,,", "expert: expert has more than 100 characters"),
    "name of a row": (f"^pooled,1,{HALF},2,,4,,,,,", "expert: 'pooled' is the name of a row of the answer; write another"),
    "round": (f"A,^first,{HALF},2,,4,,,,,", "round: 'first' is not a round; write 1, 2 and so on"),
    "round 0": (f"A,^0,{HALF},2,,4,,,,,", "round: '0' is not a round; write 1, 2 and so on"),
    "not a number": (f"A,1,{HALF},^two,,4,,,,,", "p5: 'two' is not a number; write digits, such as 0.25"),
    "underscore": (f"A,1,{HALF},2,,^1_0,,,,,", "p95: '1_0' is not a number; write digits, such as 0.25"),
    "infinite": (f"A,1,{HALF},2,,^inf,,,,,", "p95: 'inf' is not a number; write digits, such as 0.25"),
    "one end": (f"A,1,{HALF},^2,,,,,,,", "p5: p5 or p95 is empty; write both, or a word for a weight"),
    "order": (f"A,1,{HALF},^4,,2,,,,,", "p5: percentiles must rise from p5 over p50 to p95"),
    "equal": (f"A,1,{HALF},^4,,4,,,,,", "p5: percentiles must rise from p5 over p50 to p95"),
    "median": (f"A,1,{HALF},^2,5,4,,,,,", "p5: percentiles must rise from p5 over p50 to p95"),
    "positive": (f"A,1,{HALF},^-1,,4,,,,,", "p5: p5 is -1; it must be above 0"),
    "slip of the unit": (f"A,1,{HALF},^1,,1e30,,,,,", "p5: 1 to 1e+30 spans more than a millionfold; narrow it"),
    "per cent": ("A,1,indicators.closed.at_reference,^20,,60,,,,,", "p5: 20 to 60 reaches outside (0, 1); write a share, not a percentage"),
    "ratio": ("A,1,indicators.rate.ratio_per_level,^0.9,,1.5,,,,,", "p5: p5 is 0.9; a ratio per level must be above 1"),
    "sign of a negative weight": (f"A,1,{DOWN},^0.2,,0.4,,,,,", "p5: the file asserts that this weight is negative, and all of the range must be; an expert who doubts the sign needs another edge"),
    "sign of a positive weight": (f"A,1,{UP},^-0.4,,-0.2,,,,,", "p5: the file asserts that this weight is positive, and all of the range must be"),
    "both signs": (f"A,1,{DOWN},^-0.4,,0.1,,,,,", "p5: the file asserts that this weight is negative"),
    "word against the sign": (f"A,1,{DOWN},,,,^+weak,,,,", "word: the file asserts - here; write -weak"),
    "word against the other sign": (f"A,1,{UP},,,,^-strong,,,,", "word: the file asserts + here; write +strong"),
    "word without a sign": (f"A,1,{UP},,,,^strong,,,,", "word: 'strong' is not a word for it; only weights have words: +weak, +moderate, +strong or with -"),
    "word for another": (f"A,1,{HALF},,,,^+weak,,,,", "word: '+weak' is not a word for it; only weights have words"),
    "word and numbers": (f"A,1,{UP},0.2,,0.4,^+weak,,,,", "word: write percentiles or a word, not both"),
    "median of a seed": ("A,1,seeds.S1,2,^,4,,,,,", "p50: is empty; a seed question needs all three percentiles"),
    "logarithm": ("A,1,seeds.S2,^0,1,4,,,,,", "p5: the question is on a logarithmic scale; write numbers above 0"),
    "date": (f"A,1,{HALF},2,,4,,,,,^15.1.2024", "date: "),
    "twice": (f"A,1,{HALF},2,,4,,,,,\nA,1,^{HALF},2,,5,,,,,", "target: 'A' answered this in round 1 in line 2, too"),
    "twice without a round": (f"A,,{HALF},2,,4,,,,,\nA,1,^{HALF},2,,5,,,,,", "target: 'A' answered this in round 1 in line 2, too"),
    "too many fields": (f"^A,1,{HALF},2,,4,,,so, it seems,,2024-01-15", "the row has 12 fields, the header 11; quote commas in texts"),
    "too few fields": (f"^A,1,{HALF},2,,4", "the row has 6 fields, the header 11"),
    "open quote": (f'^A,1,{HALF},2,,4,,,"so,,', "not valid CSV: "),
    "unseen character": (f"A^\u200b,1,{HALF},2,,4,,,,,", "the character U+200B"),
}  # fmt: skip

SEEDS = parse_seeds(
    SEED_HEADER + "S1,q,u,linear,3,2024-01-01,x,\nS2,q,u,log,3,2024-01-01,x,\n", "seeds.csv"
)


def marked(text: str) -> tuple[str, str]:
    """Return a text without its mark ``^``, and the line and column at which that stood."""
    before, after = text.split("^")
    return before + after, f"{before.count(chr(10)) + 1}:{len(before.rsplit(chr(10), 1)[-1]) + 1}"


@pytest.mark.parametrize(("row", "said"), ROWS.values(), ids=ROWS.keys())
def test_a_fault_of_an_answer_has_a_place(small: wr.Model, row: str, said: str) -> None:
    table, place = marked(HEADER + row + "\n")
    text = refusal(lambda: parse_panel(table, "panel.csv", small.spec, SEEDS))
    assert text.startswith(f"panel.csv:{place}: ") and said in text


HEADERS = {
    "slip": (HEADER.replace("expert", "exprt"), "'exprt' is not a column; did you mean 'expert'?"),
    "missing": (HEADER.replace("p95,", ""), "no column p95; the header must have expert, target, p5, p95, and may have round, p50,"),
    "no answers": (HEADER, "no answers; a panel has at least one row"),
    "nothing": ("", "the file is empty; the header must have expert, target, p5, p95"),
}  # fmt: skip


def test_columns_are_found_by_their_names(small: wr.Model) -> None:
    text = f"P95;target;expert;p5;comment\n4,5;{HALF};A;2;x\n"
    read = parse_panel(text, "panel.csv", small.spec)
    (row,) = read.rows
    assert (row.expert, row.target, row.p5, row.p95) == ("A", HALF, 2, 4.5)
    assert [str(note) for note in read.notes] == [
        "panel.csv:1:22: the column 'comment' is not read",
        "panel.csv:1:1: read with ';' between columns",
        "panel.csv:2:1: p95: 4,5 is read as 4.5, with a decimal comma",
    ]


@pytest.mark.parametrize(("text", "said"), HEADERS.values(), ids=HEADERS.keys())
def test_a_fault_of_the_header(small: wr.Model, text: str, said: str) -> None:
    found = refusal(lambda: parse_panel(text, "panel.csv", small.spec))
    assert found.startswith("panel.csv:1:1: ") and said in found


def test_every_fault_is_told_at_once(small: wr.Model) -> None:
    rows = f"A,1,{HALF},4,,2,,,,,\nB,x,{HALF},1,,2,,,,,\nC,1,{UP},,,,-weak,,,,\n"
    lines = refusal(lambda: parse_panel(HEADER + rows, "p", small.spec)).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["p:2:28:", "p:3:3:", "p:4:35:"]


QUESTIONS = {
    "duplicate": ("S1,q,u,linear,3,2024-01-01,x,\n^S1,q,u,linear,4,2024-01-01,x,", "id: duplicate id 'S1'; give every question one of its own"),
    "no id": ("^,q,u,linear,3,2024-01-01,x,", "id: id is empty"),
    "scale": ("S1,q,u,^logs,3,2024-01-01,x,", "scale: 'logs' is not a scale; write linear or log"),
    "logarithm": ("S1,q,u,log,^0,2024-01-01,x,", "value: 0 has no logarithm; write scale linear"),
    "not a number": ("S1,q,u,log,^three,2024-01-01,x,", "value: 'three' is not a number"),
    "no date": ("S1,q,u,linear,3,^,x,", "resolved: a value and the date it became known go together; write both or none"),
    "no value": ("S1,q,u,linear,,^2024-01-01,x,", "resolved: a value and the date it became known go together; write both or none"),
    "date": ("S1,q,u,linear,3,^last year,x,", "resolved: "),
    "no source": ("S1,q,u,linear,3,2024-01-01,^,", "source: is empty; every figure names its source"),
    "unseen character": ("S1,q^\u202e,u,linear,3,2024-01-01,x,", "the character U+202E"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "said"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_fault_of_a_question_has_a_place(row: str, said: str) -> None:
    table, place = marked(SEED_HEADER + row + "\n")
    text = refusal(lambda: parse_seeds(table, "seeds.csv"))
    assert text.startswith(f"seeds.csv:{place}: ") and said in text


def test_negative_weights_are_sizes(small: wr.Model) -> None:
    """As the file writes them, with a sign; the larger size comes first in the table."""
    table = panel_text(
        f"A {DOWN} -0.4 -0.3 -0.1",
        f"B {DOWN} −0.4 . −0.1",
        f"C {DOWN} -moderate",
        f"D {UP} 0.1 0.3 0.4",
        f"E {DOWN} −weak",
    )
    a, b, c, d, e = parse_panel(table, "panel.csv", small.spec).rows
    assert (a.p5, a.p50, a.p95) == (d.p5, d.p50, d.p95) == (0.1, 0.3, 0.4)
    assert (b.p5, b.p95) == (0.1, 0.4) and math.isnan(b.p50)
    assert (c.p5, c.p95) == (0.15, 0.5) and (e.p5, e.p95) == (0.05, 0.3)
    assert sign_of(small.spec, DOWN) == -1 and sign_of(small.spec, UP) == 1
    assert sign_of(small.spec, HALF) == sign_of(small.spec, "seeds.S1") == 1


def test_the_last_round_counts() -> None:
    """Whatever the order of the rows; of each expert and range by itself."""

    def row(expert: str, number: int, target: str, p5: float) -> PanelRow:
        return PanelRow(expert=expert, round=number, target=target, p5=p5, p50=math.nan, p95=9)

    answers = Answers(
        rows=(row("A", 2, "x", 2), row("A", 1, "x", 1), row("B", 1, "x", 3), row("A", 1, "y", 4))
    )
    latest = {key: item.p5 for key, item in answers.latest().items()}
    assert latest == {("A", "x"): 2, ("B", "x"): 3, ("A", "y"): 4}
    assert answers.experts == ("A", "B")
    assert answers.digest != Answers(rows=answers.rows[:3]).digest
    assert answers.digest == Answers(rows=answers.rows).digest


def test_quotes_breaks_and_empty_lines(small: wr.Model) -> None:
    text = HEADER.replace("\n", ",,\r\n")
    text += f'"A, of B",,{HALF},2,3,4,,sure,"one,\ntwo ""three""",talks,2024-01-15\n\n,,,,,,,,,,\n'
    text += f"C,2,{HALF},9,,2,,,,,\n"
    assert refusal(lambda: parse_panel(text, "p", small.spec)).startswith("p:6:")
    rows = parse_panel(text.rsplit("C,2", 1)[0], "p", small.spec).rows
    assert rows == (
        PanelRow(
            expert="A, of B", round=1, target=HALF, p5=2, p50=3, p95=4, confidence="sure",
            why='one,\ntwo "three"', source="talks", date="2024-01-15", line=2,
        ),
    )  # fmt: skip


def test_a_question_that_is_open_has_no_value() -> None:
    (seed,) = parse_seeds(seeds_text([math.nan]), "seeds.csv").rows
    assert math.isnan(seed.value) and seed.resolved == "" and seed.scale == "linear"


ANSWER = panel_text(f"A {HALF} 2 . 4", "A seeds.S1 1 2 3")


def test_a_folder_is_read_with_its_panel(tmp_path: Path, small: wr.Model) -> None:
    folder = panel_folder(tmp_path, "{file: panel.csv, seeds: seeds.csv}", ANSWER, seeds_text([3]))
    model = wr.load_model(folder)
    assert model.panel is not None and model.panel.experts == ("A",)
    assert [row.target for row in model.panel.rows] == [HALF, "seeds.S1"]
    assert model.panel.seeds[0].value == 3
    assert small.panel is None and wr.Model.from_texts(model.model_text).panel is None
    # A panel is no part of a fit.
    (folder / "panel.csv").write_text(ANSWER.replace("2,,4", "2,,5"), encoding="utf-8")
    other = wr.load_model(folder)
    assert other.panel is not None and other.panel.digest != model.panel.digest
    assert other.digest == model.digest
    # What is at fault in a table is told when the folder is loaded.
    (folder / "panel.csv").write_text(ANSWER.replace("2,,4", "2,,1"), encoding="utf-8")
    assert refusal(lambda: wr.load_model(folder)).startswith(f"{folder / 'panel.csv'}:2:28: p5: ")
    (folder / "seeds.csv").write_text(SEED_HEADER + "S1,q,u,linear,3,,x,\n", encoding="utf-8")
    assert refusal(lambda: wr.load_model(folder)).startswith(f"{folder / 'seeds.csv'}:2:17: ")


OUTSIDE = {
    "beside the folder": ("{file: ../panel.csv}", "panel.file: '../panel.csv' is not a file beside the model; name one, or drop the key"),
    "below it": ("{file: below/panel.csv}", "panel.file: 'below/panel.csv' is not a file beside the model"),
    "absolute": ("{file: /etc/passwd}", "panel.file: '/etc/passwd' is not a file beside the model"),
    "not there": ("{file: answers.csv}", "panel.file: 'answers.csv' is not a file beside the model"),
    "a link": ("{file: link.csv}", "panel.file: 'link.csv' is not a file beside the model"),
    "seeds": ("{file: panel.csv, seeds: ../panel.csv}", "panel.seeds: '../panel.csv' is not a file beside the model"),
}  # fmt: skip


@pytest.mark.parametrize(("panel", "said"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_names_outside_the_folder(tmp_path: Path, panel: str, said: str) -> None:
    folder = tmp_path / "model"
    (folder / "below").mkdir(parents=True)
    for place in (tmp_path, folder / "below"):
        (place / "panel.csv").write_text(ANSWER, encoding="utf-8")
    (folder / "link.csv").symlink_to(tmp_path / "panel.csv")
    panel_folder(folder, panel, ANSWER)
    line = (folder / "model.yaml").read_text(encoding="utf-8").count("\n")
    text = refusal(lambda: wr.load_model(folder))
    at = f"panel: {panel}".index(said.split("'")[1]) + 1
    assert text.startswith(f"{folder / 'model.yaml'}:{line}:{at}: ") and said in text


RULES = {
    "weights alone": ("{file: panel.csv, weights: {A: 1}}", "weights go with pool: given, and pool: given with weights"),
    "given alone": ("{file: panel.csv, pool: given}", "weights go with pool: given, and pool: given with weights"),
    "all 0": ("{file: panel.csv, pool: given, weights: {A: 0}}", "all weights are 0; give at least one expert a weight above 0"),
    "below 0": ("{file: panel.csv, pool: given, weights: {A: -1}}", "panel.weights.A: -1 is not valid here; it must be at least 0"),
    "no seeds": ("{file: panel.csv, pool: cooke}", "pool: cooke needs seeds: questions whose answers are known"),
    "alpha": ("{file: panel.csv, alpha: 0.05}", "alpha goes with pool: cooke"),
    "pool": ("{file: panel.csv, pool: log-linear}", "panel.pool: 'log-linear' is not valid here; did you mean 'linear'"),
    "overshoot": ("{file: panel.csv, overshoot: 0}", "panel.overshoot: 0 is not valid here; it must be above 0"),
    "anonymous": ("{file: panel.csv, anonymous: 'yes'}", "panel.anonymous: 'yes' is not valid here; write true or false, without quotes"),
    "key": ("{file: panel.csv, sedes: x.csv}", "panel.sedes: unknown key 'sedes'; did you mean 'seeds'?"),
}  # fmt: skip


@pytest.mark.parametrize(("panel", "said"), RULES.values(), ids=RULES.keys())
def test_rules_of_a_panel(tmp_path: Path, panel: str, said: str) -> None:
    folder = panel_folder(tmp_path, panel, ANSWER)
    line = (folder / "model.yaml").read_text(encoding="utf-8").count("\n")
    text = refusal(lambda: wr.load_model(folder))
    assert text.startswith(f"{folder / 'model.yaml'}:{line}:") and said in text


def test_a_table_of_its_own_is_read(tmp_path: Path, small: wr.Model) -> None:
    table, questions = tmp_path / "answers.csv", tmp_path / "questions.csv"
    table.write_text(ANSWER, encoding="utf-8")
    questions.write_text(seeds_text([3]), encoding="utf-8")
    found = wr.read_panel(small, table, questions)
    assert found.experts == ("A",) and len(found.seeds) == 1
    assert refusal(lambda: wr.read_panel(small, table)).startswith(f"{table}:3:5: target: ")
    assert "does not exist" in refusal(lambda: wr.read_panel(small, tmp_path / "none.csv"))
    assert "read_panel takes a model" in refusal(lambda: wr.read_panel("small", table))  # type: ignore[arg-type]
