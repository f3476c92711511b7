"""Exports as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.test_commands import FAST, SMALL, run


def test_a_drawing_needs_no_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    place = tmp_path / "small.dot"
    assert run("export", SMALL, "--output", str(place), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"format": "dot", "output": str(place)}
    assert "digraph" in place.read_text(encoding="utf-8")
    place = tmp_path / "prior.bif"
    assert run("export", SMALL, "--output", str(place), "--prior", "--levels", "3") == 0
    text = place.read_text(encoding="utf-8")
    assert "prior means" in text and "{ low, medium, high }" in text
    assert not (tmp_path / "cache").exists()


def test_a_static_network_is_that_of_the_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    place = tmp_path / "small.txt"
    asked = ["--format", "bif", "--month", "2023-09", "--lang", "ar", "--output", str(place)]
    assert run("export", SMALL, *asked, *FAST) == 3, "so short a fit fails its checks"
    shown = capsys.readouterr()
    assert shown.out.strip() == str(place) and "CHECK FAILED" in shown.err
    text = place.read_text(encoding="utf-8")
    assert "أيلول/سبتمبر 2023" in text and "كانون الأول/ديسمبر 2023" in text
    assert "// الفجوات" in text
    drawn = str(tmp_path / "small.graphml")
    assert run("export", SMALL, "--fitted", "--output", drawn, *FAST) == 3
    assert 'attr.name="lower"' in Path(drawn).read_text(encoding="utf-8")


def test_a_wrong_argument_is_said_before_anything_is_fitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    for asked, message in (
        (["--output", "a.net"], "ends in none of .bif"),
        (["--output", str(tmp_path / "a.bif"), "--levels", "4"], "choose 5 or 3"),
        (["--output", str(tmp_path / "a.bif"), "--month", "2040-01"], "levels are known from"),
    ):
        assert run("export", SMALL, *asked) != 0
        assert message in capsys.readouterr().err
    assert not (tmp_path / "cache").exists()
