"""On paper: everything that is folded, one language only, and no heading at the foot of a page."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.conftest import Visit
from tests.browser.hostile import SOURCE
from tests.browser.needs import tool
from tests.browser.visits import visiting

LANGUAGES = pytest.mark.parametrize("lang", ["en", "ar"])

VOWEL = re.compile(r"[\u064b-\u0652]")
ARABIC = re.compile(r"[\u0600-\u06ff]")


TEXT = """(selector) => [...document.querySelectorAll(selector)].flatMap((one) => {
  const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode.data);
  return texts;
}).join(" ")"""


class Printed(NamedTuple):
    """The text of each sheet, and its size in points."""

    sheets: list[str]
    sizes: set[str]


def printed(page: Page, folder: Path) -> Printed:
    file = folder / "page.pdf"
    page.pdf(path=file, format="A4", prefer_css_page_size=True)
    told = [
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for command in (
            [tool("pdfinfo", "poppler-utils"), "-f", "1", "-l", "999", str(file)],
            [tool("pdftotext", "poppler-utils"), str(file), "-"],
        )
    ]
    sizes = set(re.findall(r"Page +\d+ size: +(.*?) pts", told[0]))
    # Arabic letters come in the forms that they have on paper.
    sheets = unicodedata.normalize("NFKC", told[1]).split("\f")[:-1]
    assert re.search(r"Pages: +(\d+)", told[0])[1] == str(len(sheets))
    return Printed(sheets, sizes)


def plain(text: str) -> str:
    """Return a text as far as one that is read back from paper can hold it.

    The reader joins words at a hyphen at the end of a line, divides words at vowel signs, and turns
    the two letters of the Arabic ligature of lam and alif round.
    """
    spelt = unicodedata.normalize("NFKD", text)
    spelt = "".join(sign for sign in spelt if unicodedata.category(sign) not in ("Mn", "Lm"))
    return re.sub(
        "[\u0627\u0644]", "", re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", " ", spelt)
    )


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]{2,}", plain(text)))


def run_together(text: str) -> str:
    return re.sub(r"[\W_]+", "", plain(text))


def unsigned(text: str) -> str:
    """Return a text without the words that have vowel signs."""
    return " ".join(word for word in text.split() if not VOWEL.search(word))


@LANGUAGES
def test_everything_is_on_paper_in_one_language(visit: Visit, tmp_path: Path, lang: str) -> None:
    page = visit(lang)
    folded = page.evaluate(TEXT, f"#{lang} details > :not(.filter)")
    other = page.evaluate(TEXT, f"#{'ar' if lang == 'en' else 'en'}")
    addresses = page.locator("a[href^=http]").evaluate_all("all => all.map((one) => one.href)")
    own = " ".join([page.evaluate(TEXT, f"#{lang}"), *addresses])
    sheets, sizes = printed(page, tmp_path)
    text = "\n".join(sheets)
    assert len(words(folded)) > 100
    on_paper = run_together(text)
    assert [word for word in words(unsigned(folded)) if word not in on_paper] == []
    of_both = run_together(own)
    strange = {
        word
        for word in words(other)
        if len(word) > 4 and word not in of_both and bool(ARABIC.search(word)) == (lang == "en")
    }
    assert len(strange) > 100
    assert strange & words(text) == set()
    assert all(re.fullmatch(r"59[45](\.\d+)? x 84[12](\.\d+)?", size) for size in sizes), sizes


@LANGUAGES
def test_sheets_are_full_and_begin_with_the_title(visit: Visit, tmp_path: Path, lang: str) -> None:
    page = visit(lang)
    title = page.locator(f"#{lang} h1").inner_text()
    sheets, _ = printed(page, tmp_path)
    assert 4 <= len(sheets) <= 60
    assert words(title) <= words(sheets[0])
    for number, sheet in enumerate(sheets):
        assert len(words(sheet)) >= 8, f"sheet {number + 1} holds only {sheet!r}"


@LANGUAGES
def test_no_heading_stands_at_the_foot_of_a_sheet(visit: Visit, tmp_path: Path, lang: str) -> None:
    page = visit(lang)
    heads = [
        words(text) for text in page.locator(f"#{lang} :is(h2, h3, summary)").all_inner_texts()
    ]
    sheets, _ = printed(page, tmp_path)
    for number, sheet in enumerate(sheets[:-1]):
        last = words(sheet.strip().splitlines()[-1])
        assert last not in heads, f"sheet {number + 1} ends in {last}"


def test_what_is_folded_is_folded_again(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    page.locator("#en details summary").first.click()
    before = page.locator("details[open]").count()
    printed(page, tmp_path)
    page.evaluate(
        "dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'));"
    )
    assert page.locator("details[open]").count() == before == 1


def test_addresses_of_sources_are_printed(
    browser: Browser, hostile_file: Path, tmp_path: Path
) -> None:
    with visiting(browser, hostile_file) as page:
        links = page.locator("#en a[href^=http]")
        assert links.count() >= 2
        assert set(links.evaluate_all("all => all.map((one) => one.href)")) == {SOURCE}
        text = run_together("".join(printed(page, tmp_path).sheets))
    assert run_together(SOURCE) in text
