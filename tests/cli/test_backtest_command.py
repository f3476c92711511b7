"""The command that holds past forecasts against what was observed."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from tests.cli.test_commands import run
from tests.watched import watched

import withdrawal_risk as wr
from withdrawal_risk.cli.questions import FAILED_CHECKS

FEW = ("--draws", "20", "--tune", "30", "--chains", "1", "--futures", "2")
SPAN = ("--start", "2023-07", "--end", "2023-08", "--leads", "3")


@pytest.fixture
def folder(small_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the model; nothing is kept from one test to the next."""
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    model = watched(small_text)
    (tmp_path / "model.yaml").write_text(model.model_text, encoding="utf-8")
    (tmp_path / "evidence.csv").write_text(model.evidence_text or "", encoding="utf-8")
    return tmp_path


def test_the_table_is_printed_and_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    methods = ("--method", "model", "--method", "climatology")
    target = folder / "out" / "table.parquet"
    asked = ("backtest", str(folder), *SPAN, *FEW, *methods)
    # Two chains of twenty draws do not agree, which is said, and ends with the code of failed checks.
    assert run(*asked, "--output", str(target)) in (0, FAILED_CHECKS)
    shown = capsys.readouterr().out
    assert shown.startswith("Revised data")
    assert "Best of the others" in shown and "Incidents" in shown
    table = pd.read_parquet(target)
    own = wr.backtest(
        wr.load_model(folder),
        start="2023-07",
        end="2023-08",
        leads=3,
        methods=["model", "climatology"],
        draws=20,
        tune=30,
        chains=1,
        futures=2,
        progressbar=False,
    )
    pd.testing.assert_series_equal(table["crps"], own.table["crps"])
    # Asked again it is not worked out again, and the cache lists what was kept.
    assert run(*asked, "--json") in (0, FAILED_CHECKS)
    data = json.loads(capsys.readouterr().out)
    assert data["data"] == "revised"
    assert {line["indicator"] for line in data["summary"]} >= {"incidents", "rate"}
    assert run("cache", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["files"]) == 4


def test_a_peer_stands_beside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peer = folder / "peer.csv"
    peer.write_text("origin,month,mean\n2023-07,2023-07,20\n2023-07,2023-08,20\n")
    asked = ("backtest", str(folder), *SPAN, "--method", "climatology", "--peer", str(peer))
    assert run(*asked, "--indicator", "incidents", "--lang", "ar") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("بيانات منقّحة")
    assert "النظام النظير" in shown


def test_what_cannot_be_done_is_said_before_any_work(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("backtest", str(folder), *SPAN)
    for wrong, says in (
        (("--peer", "peer.csv"), "--indicator"),
        (("--output", "table.xlsx"), ".parquet"),
        (("--data", "real"), "'revised'"),
        (("--method", "model1"), "'model'"),
        (("--peer", "peer.csv", "--indicator", "incident"), "'incidents'"),
        (("--peer", "nowhere.csv", "--indicator", "incidents"), "nowhere.csv"),
        (("--peer", "p.csv", "--indicator", "incidents", "--data", "strict"), "revised"),
    ):
        assert run(*asked, *wrong) == 1
        assert says in capsys.readouterr().err
