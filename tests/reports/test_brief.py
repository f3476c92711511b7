"""The brief: one sheet a language, and text that stands alone."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

import html5lib
import pytest
from tests.browsers import needs_chromium

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.reports.printing import print_pdf


@pytest.fixture(scope="module")
def sheet(posterior: wr.Posterior) -> wr.Brief:
    return wr.brief(posterior, made_on=date(2024, 1, 15))


def test_text_says_the_outlook(sheet: wr.Brief, posterior: wr.Posterior) -> None:
    row = wr.outlook(posterior).summary.loc["all_conditions"]
    for lang in LANGUAGES:
        text = sheet.text(lang)
        number = re.search(rf"{100 * float(row['probability']):.0f}\W{{1,3}}[%٪]", text)
        assert number and posterior.model.digest[:12] in text
    english = sheet.text("en").splitlines()
    assert english[1:4] == [
        "Evidence until: December 2023",
        "Deadline: June 2024 (167 days left)",
        "Made on: 15 January 2024",
    ]
    # Likelihood and confidence stand in separate sentences.
    assert sum("Confidence in this analysis is" in line for line in english) == 1
    assert not re.search(r"\d{4}-\d{2}", sheet.text("ar"))


def test_page_is_valid_and_has_a_sheet_a_language(sheet: wr.Brief, tmp_path: Path) -> None:
    text = sheet.save(tmp_path / "b.html", lang="both").read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(text)
    assert text.count('class="sheet"') == 2 and "<script" not in text
    assert not re.search(r'\sstyle="', text)


@needs_chromium
def test_each_language_prints_on_one_sheet(sheet: wr.Brief, tmp_path: Path) -> None:
    page = sheet.save(tmp_path / "b.html", lang="both")
    printed = print_pdf(page, tmp_path / "b.pdf")
    found = subprocess.run(["pdfinfo", printed], capture_output=True, text=True, check=True)
    assert re.search(r"Pages:\s+2\n", found.stdout) and "A4" in found.stdout
