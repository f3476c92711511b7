"""An analyst's day on the command line: from a blank page to a briefing, and back next month."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.cli.test_commands import FAST, run
from tests.queries.test_scaffold import write_answers

import withdrawal_risk as wr

MONTHS = [f"2023-{month:02d}" for month in range(1, 13)]


def export(folder: Path, name: str, months: list[str], *, revised: bool = False) -> str:
    """Write a list of incidents as somebody keeps it, and return its name."""
    counts = np.random.default_rng(1).poisson(20, len(MONTHS) + 1)
    rows = [
        f"{month};{count + (revised and k == 3)}"
        for k, (month, count) in enumerate(zip([*MONTHS, "2024-01"], counts, strict=True))
        if month in months
    ]
    (folder / name).write_text("\n".join(["Monat;Anzahl", *rows]) + "\n", encoding="utf-8")
    return str(folder / name)


@pytest.mark.slow
def test_a_day_and_the_month_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    edges = tmp_path / "edges.csv"
    edges.write_text("from,to,sign\ntension,gaps,+\ncapacity,gaps,-\n", encoding="utf-8")

    assert run("new", "ruritania", "--from", str(edges)) == 0
    assert run("validate", "ruritania") == 1
    shown = capsys.readouterr().out
    assert "model.yaml:5:10: todo: time.start: the first month of evidence" in shown
    assert " to do, no faults, no warnings" in shown
    write_answers(tmp_path / "ruritania")
    assert run("format", "ruritania", "--check") == 0
    assert run("explain", "ruritania") == 0
    assert "tension raises gaps" in capsys.readouterr().out

    mapping = ["date=Monat", "value=Anzahl", "aggregate=none", "published=rule:press", "grade=A"]
    options = [text for part in [*mapping, "source=Our list"] for text in ("--map", part)]
    where = ["--model", "ruritania", "--indicator", "gaps_count"]
    assert run("import", "csv", export(tmp_path, "first.csv", MONTHS), *where, *options) == 0
    assert run("validate", "ruritania") == 0
    assert "12 evidence rows" in capsys.readouterr().out

    assert run("outlook", "ruritania", "--preliminary", "--json") == 0
    quick = json.loads(capsys.readouterr().out)
    # So short a fit fails its checks, and every answer says so.
    assert run("fit", "ruritania", *FAST) == 3
    assert run("outlook", "ruritania", "--json", *FAST) == 3
    fitted = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (
        abs(quick["all_conditions"]["probability"] - fitted["all_conditions"]["probability"]) < 0.1
    )
    assert run("issue", "ruritania", *FAST) == 3

    # A month later a new export has one more month, and one that was revised.
    later = export(tmp_path, "second.csv", [*MONTHS, "2024-01"], revised=True)
    assert run("import", "csv", later, *where) == 1
    assert "--published" in capsys.readouterr().err
    assert run("import", "csv", later, *where, "--published", "2024-02-05") == 0
    file = tmp_path / "ruritania" / "model.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("as_of: 2023-12", "as_of: 2024-02"), encoding="utf-8")
    model = wr.load_model(tmp_path / "ruritania")
    assert len(model.evidence) == 14
    before, after = (
        {row.start.first.month: row.value for row in model.evidence_at(wr.Month.parse(month))}
        for month in ("2024-01", "2024-02")
    )
    assert before[4] + 1 == after[4] and len(before) == 12 and len(model.evidence_at(model.as_of)) == 13  # fmt: skip
    assert run("issue", "ruritania", "--no-explain", *FAST) == 3
    capsys.readouterr()
    assert run("diff", "1", "2", "--no-explain") == 0
    assert "evidence" in capsys.readouterr().out

    assert run("report", "ruritania", "--lang", "both", "--output", "ruritania.html", *FAST) == 3
    assert "Ruritania" in (tmp_path / "ruritania.html").read_text(encoding="utf-8")
