"""Printing by a browser that may be missing, or say no."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.browsers import needs_chromium

import withdrawal_risk as wr
from withdrawal_risk.reports.printing import find_browser, print_pdf


def test_without_a_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(wr.WithdrawalRiskError, match=r"no Chromium was found .*chromium.*print it"):
        find_browser()


def test_a_browser_that_prints_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\necho 'no display' >&2\nexit 3\n", encoding="utf-8")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    page = tmp_path / "p.html"
    page.write_text("<p>x", encoding="utf-8")
    with pytest.raises(wr.WithdrawalRiskError, match="no display"):
        print_pdf(page, tmp_path / "p.pdf")
    assert not (tmp_path / "p.pdf").exists()


@needs_chromium
def test_a_page_is_printed(tmp_path: Path) -> None:
    page = tmp_path / "p.html"
    page.write_text("<!doctype html><title>x</title><p>words", encoding="utf-8")
    assert print_pdf(page, tmp_path / "p.pdf").read_bytes().startswith(b"%PDF")
