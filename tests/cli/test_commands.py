"""The command line as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import withdrawal_risk as wr
from withdrawal_risk.cli import main
from withdrawal_risk.cli.options import edges, settings

SMALL = str(Path(__file__).parents[1] / "data" / "small")
FAST = ["--draws", "100", "--tune", "200", "--chains", "2"]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(stopped.value.code or 0)


def test_validate(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate", SMALL) == 0
    assert "small: 2 factors, 1 policies, 2 edges" in capsys.readouterr().out


def test_validate_reports_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.yaml").write_text("id: x\n", encoding="utf-8")
    assert run("validate", str(tmp_path)) == 1
    shown = capsys.readouterr()
    assert "error: the key 'factors' is missing; add it" in shown.out


def test_outlook_json_is_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path))
    answers = []
    for _ in range(2):
        assert run("outlook", SMALL, "--json", *FAST) == 3, "so short a fit fails its checks"
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".nc"]
    assert set(answers[0]["conditions"]) == {"calm", "supplied"}
    assert answers[0]["checks_passed"] is False and answers[0]["failed_checks"]


FAULTY = {
    "factor": (
        ["do", "--set", "tensoin=high"],
        "'tensoin' is not a factor or policy; did you mean 'tension'?",
    ),
    "span": (["do", "--set", "tension=high", "--start", "2020-01"], "is not within the future"),
    "past": (
        ["counterfactual", "--set", "tension=high", "--end", "2030-01"],
        "is not within the past",
    ),
    "edge": (
        ["do", "--edge", "tension->gabs=0.5"],
        "'tension->gabs' is not an edge of the model; did you mean 'tension->gaps'?",
    ),
    "scale": (
        ["counterfactual", "--edge", "tension->gaps=low"],
        "tension->gaps: 'low' is not a scale",
    ),
    "nothing": (["do"], "nothing is set; name a factor or policy and its setting, or an edge"),
    "observed": (
        ["observe", "--observe", "attakcs=3", "--month", "2024-01"],
        "is neither an indicator nor a factor",
    ),
    "condition": (
        ["why", "--condition", "clam"],
        "'clam' is not a condition; did you mean 'calm'?",
    ),
    "lever": (["reach", "--lever", "nobody"], "'nobody'"),
    "target": (
        ["reach", "--probability", "70"],
        "probability is 70.0; it must lie between 0 and 1",
    ),
    "months": (["watch", "--months", "99"], "before the horizon"),
    "interval": (["outlook", "--ci-prob", "90"], "ci_prob is 90.0; it must lie between 0 and 1"),
    "as-of": (["outlook", "--as-of", "2031-01"], "as_of 2031-01 is not between the start"),
    "language": (["draw", "--lang", "xx"], "lang is 'xx'; use 'en' or 'ar'"),
    "folder": (["report", "--output", "."], ". is a folder; name a file in it"),
    "languages": (["report", "--lang", "xx"], "use 'en' or 'ar' or 'both'"),
}


@pytest.mark.parametrize("command, told", FAULTY.values(), ids=FAULTY.keys())
def test_faulty_questions_cost_no_fit(
    command: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path))
    assert run(command[0], SMALL, *command[1:]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and told in shown.err and "Fitting" not in shown.err
    assert not list(tmp_path.iterdir())


def test_validate_notes_two_rows_of_one_span(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in Path(SMALL).iterdir():
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    with (tmp_path / "evidence.csv").open("a", encoding="utf-8") as evidence:
        evidence.write("c2,closed,2023-12,2023-12,2023-12,1,,,,B,another paper,,\n")
    assert run("validate", str(tmp_path)) == 0
    assert "note: rows c1, c2 are all about closed, 2023-12 to 2023-12" in capsys.readouterr().out


def test_edges_are_scaled_beside_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without ``--set``, several, and with a shift; another scale is another question."""
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path))
    answers = []
    for scale in ("0.5", "0.25"):
        asked = ["--edge", f"tension->gaps={scale}", "--edge", "presence->gaps=2"]
        assert run("do", SMALL, *asked, "--start", "2024-02", "--futures", "4", *FAST) == 3
        answers.append(" ".join(capsys.readouterr().out.split()))
    assert (
        "effect of Tension on Gaps scaled to 50 % and the effect of Presence on Gaps" in answers[0]
    )
    assert "scaled to 25 %" in answers[1]
    assert run("do", SMALL, "--edge", "tension->gaps=2", "--shift", "gaps=1", "--json", *FAST) == 3
    assert "difference" in json.loads(capsys.readouterr().out)["conditions"]["calm"]


def test_settings_are_levels_or_shifts() -> None:
    assert edges(["a->b=0.5", "c -> d=2"]) == {"a->b": 0.5, "c -> d": 2.0} and edges(None) == {}
    with pytest.raises(wr.WithdrawalRiskError, match="write for example us_iran_tension->fac"):
        edges(["a->b"])
    assert settings(["a=1", "b=-1", "d=0.5", "e=very low", "f=1_5"], ["g=+1", "h=-1"]) == {
        "a": 1.0, "b": -1.0, "d": 0.5, "e": "very low", "f": "1_5", "g": wr.shift(1), "h": wr.shift(-1)
    }  # fmt: skip
    with pytest.raises(
        wr.WithdrawalRiskError, match=r"is it a shift\? Write --shift a=1, or the level without \+"
    ):
        settings(["a=+1"], [])
    with pytest.raises(
        wr.WithdrawalRiskError, match="'low' is not a number; write for example a=-1"
    ):
        settings([], ["a=low"])
    with pytest.raises(wr.WithdrawalRiskError, match="'a' is both set and shifted"):
        settings(["a=1"], ["a=1"])
