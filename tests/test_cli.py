"""The command line as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from withdrawal_risk.cli import main

SMALL = str(Path(__file__).parent / "data" / "small")
FAST = ["--draws", "100", "--tune", "200", "--chains", "2"]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(stopped.value.code or 0)


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", SMALL) == 0
    assert "small: 2 factors, 1 policies, 2 edges" in capsys.readouterr().out


def test_check_reports_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.yaml").write_text("id: x\n", encoding="utf-8")
    assert run("check", str(tmp_path)) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and "the key 'factors' is missing; add it" in shown.err


def test_outlook_json_is_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path))
    answers = []
    for _ in range(2):
        assert run("outlook", SMALL, "--json", *FAST) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".nc"]
    assert set(answers[0]["conditions"]) == {"calm", "supplied"}
