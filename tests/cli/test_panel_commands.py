"""The commands of a panel as a person types them: forms out, answers in, what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.filled_forms import fill
from tests.panels import panel_folder, panel_text, seeds_text

import withdrawal_risk as wr
from withdrawal_risk.cli import main

DATA = Path(__file__).parents[1] / "data"
SMALL = str(DATA / "small")
FAST = ["--draws", "100", "--tune", "200", "--chains", "2"]

HALF, LEVEL, DOWN = (
    "factors.gaps.half_life", "indicators.incidents.at_reference", "edges.presence->gaps.weight",
)  # fmt: skip


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(stopped.value.code or 0)


def test_ask_collect_and_load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forms = [tmp_path / "amal.xlsx", tmp_path / "basim.csv"]
    for place, name, lang in zip(forms, ("Amal", "Basim"), ("ar", "en"), strict=True):
        assert run("ask", SMALL, "-o", str(place), "--for", name, "--target", HALF, "--target", "edges.",
                   "--round", "2", "--lang", lang) == 0  # fmt: skip
        assert capsys.readouterr().out == f"{place}: 3 questions\n"
        fill(place, {HALF: [2, "", 7], DOWN: [0.2, 0.3, 0.6]})
    table = tmp_path / "panel.csv"
    assert run("collect", *map(str, forms), "-o", str(table)) == 0
    assert capsys.readouterr().out == f"{table}: 4 answers\n"
    answers = wr.read_panel(wr.load_model(SMALL), table)
    assert answers.experts == ("Amal", "Basim") and {row.round for row in answers.rows} == {2}
    table.unlink()
    fill(forms[1], {HALF: ["two", "", 7]})
    assert run("collect", *map(str, forms), "-o", str(table)) == 1
    shown = capsys.readouterr()
    assert "low: 'two' is not a number" in shown.out + shown.err and not table.exists()
    assert "Traceback" not in shown.out + shown.err


def test_collect_from_excalibur(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dtt, rls = (str(DATA / "tobacco" / f"tobacco.{end}") for end in ("dtt", "rls"))
    panel, seeds = tmp_path / "panel.csv", tmp_path / "seeds.csv"
    whole = [
        "collect",
        dtt,
        "-o",
        str(panel),
        "--realisations",
        rls,
        "--seeds",
        str(seeds),
        "--source",
        "x",
    ]
    assert run(*whole, "--target", f"MinVio={HALF}") == 0
    assert capsys.readouterr().out == f"{panel}: 70 answers\n"
    answers = wr.read_panel(wr.load_model(SMALL), panel, seeds)
    assert len([row for row in answers.rows if row.target == HALF]) == 7
    assert run("collect", dtt, "-o", str(panel)) == 1
    assert (
        "a .dtt file needs --realisations FILE.rls and --seeds seeds.csv" in capsys.readouterr().err
    )
    assert run(*whole, "--target", "MinVio") == 1
    assert "--target 'MinVio' is not QUESTION=PATH" in capsys.readouterr().err


ROWS = (f"Amal {HALF} 2 . 6.5", f"Basim {HALF} 1.9 . 6", f"Basim {LEVEL} 5 . 27")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a model with a panel, and beside it a cache for its fit."""
    folder = tmp_path_factory.mktemp("panel") / "model"
    folder.mkdir()
    rows = [*ROWS, "Amal seeds.S1 1 2 3", "Basim seeds.S1 3 4 5"]
    rules = "{file: panel.csv, seeds: seeds.csv}"
    return panel_folder(folder, rules, panel_text(*rows), seeds_text([2.5]))


@pytest.mark.slow
def test_panel_and_feedback(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = place.parent / "cache"
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(cache))

    def ask(*arguments: str) -> str:
        assert run(arguments[0], str(place), *arguments[1:], *FAST) == 3, (
            "so short a fit fails its checks"
        )
        return capsys.readouterr().out

    first = ask("panel", "--condition", "calm", "--json")
    data = json.loads(first)
    assert list(data["experts"]) == ["Amal", "Basim"] and data["method"] == "linear"
    assert data["calibration"]["Basim"]["below"] == 1 and data["failed_checks"]
    assert ask("panel", "--condition", "calm", "--json") == first
    stored = sorted(path.name for path in cache.iterdir())
    # The text of the same answer needs no further one.
    text = ask("panel", "--condition", "calm")
    assert sorted(path.name for path in cache.iterdir()) == stored
    assert all(
        word in text
        for word in ("Expert", "Amal", "Basim", "Together", "The file itself", "Calibration")
    )
    assert "would go if the experts agreed" in text
    log = json.loads(ask("panel", "--condition", "calm", "--method", "log", "--json"))
    assert log["method"] == "log" and log["pooled"]["probability"] != data["pooled"]["probability"]
    shown = ask("feedback", "--for", "Amal", "--condition", "calm")
    assert "Amal, on Calm" in shown and "above all others" in shown
    back = json.loads(ask("feedback", "--for", "Amal", "--condition", "calm", "--json"))
    assert back["probability"] == data["experts"]["Amal"]["probability"]
    assert back["ranges"][HALF]["place"] == "above"
    arabic = ask("feedback", "--for", "Amal", "--condition", "calm", "--lang", "ar")
    assert "هدوء" in arabic and "above" not in arabic
    fits = [path for path in cache.iterdir() if path.suffix == ".nc"]
    # Another answer of an expert: another answer to the question, of the same fit.
    table = place / "panel.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("2,,6.5", "1.8,,5.5"), encoding="utf-8"
    )
    changed = json.loads(ask("panel", "--condition", "calm", "--json"))
    assert [path for path in cache.iterdir() if path.suffix == ".nc"] == fits and len(fits) == 1
    assert changed["experts"]["Amal"] != data["experts"]["Amal"]
    assert changed["experts"]["Basim"]["probability"] == data["experts"]["Basim"]["probability"]
    assert changed["file"] == data["file"]
    # Questions with an answer that is known belong to it, too.
    seeds = place / "seeds.csv"
    seeds.write_text(seeds.read_text(encoding="utf-8").replace("2.5", "4.5"), encoding="utf-8")
    assert (
        json.loads(ask("panel", "--condition", "calm", "--json"))["calibration"]["Basim"]["below"]
        == 0
    )


def test_a_fault_costs_no_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "model"
    folder.mkdir()
    panel_folder(folder, "{file: panel.csv}", panel_text("Amal factors.gaps.half_lif 2 . 7"))
    for command in (["panel"], ["feedback", "--for", "Amal"]):
        assert run(command[0], str(folder), *command[1:], *FAST) == 1
        shown = capsys.readouterr()
        assert "panel.csv:2:8: target:" in shown.err and shown.out == ""
        assert "Fitting" not in shown.err
    for command, said in (
        (["ask", SMALL, "-o", str(tmp_path / "form.doc")], "form.doc is neither .xlsx nor .csv"),
        (
            ["ask", SMALL, "-o", str(tmp_path / "f.csv"), "--target", "edge."],
            "is not a range of the file",
        ),
        (["collect", str(tmp_path / "none.csv"), "-o", str(tmp_path / "p.csv")], "none.csv:1:1: "),
    ):
        assert run(*command) == 1
        assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
