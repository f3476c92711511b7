"""The import as a person types it, and every command of its page."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from tests.imports import EXPORTS, model_folder

from withdrawal_risk.cli import main

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(stopped.value.code or 0)


def test_notes_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --model the folder is the one where the command is typed."""
    monkeypatch.chdir(model_folder(tmp_path))
    export = str(EXPORTS / "acled.csv")
    whole = [
        "import",
        "acled",
        export,
        "--indicator",
        "incidents",
        "--country",
        "Iraq",
        "--country",
        "Syria",
    ]
    assert run(*whole, "--event-type", "Battles", "--measure", "fatalities") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "evidence.csv: 3 rows added, 0 revised, 0 unchanged"
    assert "- ACLED data are licensed to you; check its terms before you share the rows" in lines
    assert run(*whole, "--event-type", "Battles", "--measure", "fatalities", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["unchanged"] == ["incidents_2023_01", "incidents_2023_02", "incidents_2023_03"]
    assert answer["written"] is False


def test_a_mapping_by_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = model_folder(tmp_path)
    base = [
        "import",
        "csv",
        str(EXPORTS / "incidents.csv"),
        "--model",
        str(folder),
        "--indicator",
        "incidents",
    ]
    keys = [
        "date=Monat",
        "value=Anzahl",
        "grade=B",
        "source=by hand",
        "published=rule:press",
        "where.Land=Irak",
    ]
    options = [part for key in keys for part in ("--map", key)]
    assert run(*base, *options) == 0
    assert "3 rows added" in capsys.readouterr().out
    assert run(*base) == 0
    assert "3 unchanged" in capsys.readouterr().out
    assert run(*base, *options, "--mapping", "x.yaml") == 1
    assert "give --map or --mapping, not both" in capsys.readouterr().err
    assert run(*base, "--map", "date") == 1
    assert "--map 'date' is not KEY=COLUMN" in capsys.readouterr().err


def test_faults_are_messages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = model_folder(tmp_path)
    assert run("import", "ucdp", str(EXPORTS / "acled.csv"), "--model", str(folder), "--indicator", "incidents",
               "--country", "Iraq") == 1  # fmt: skip
    shown = capsys.readouterr()
    assert "this is not a UCDP GED or Candidate export; it looks like an ACLED export" in shown.err
    assert "Traceback" not in shown.out + shown.err


def test_the_commands_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Typed one after the other, in a folder with a model and the exports."""
    folder = model_folder(tmp_path)
    for export in EXPORTS.glob("*.csv"):
        shutil.copy(export, folder)
    monkeypatch.chdir(folder)
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ withdrawal-risk (import .*)$", page, re.MULTILINE)
    answers = []
    for command in commands:
        assert run(*shlex.split(command)) == 0, command
        answers.append(capsys.readouterr().out.splitlines()[-1].partition(": ")[2])
    assert answers == [
        "4 rows added, 0 revised, 0 unchanged",
        "1 row added, 2 revised, 2 unchanged",
        "4 rows added, 0 revised, 0 unchanged",
        "0 rows added, 0 revised, 4 unchanged; nothing was written",
    ]
