"""What a reader finds on the page, in either language, with and without script."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Visit

from withdrawal_risk.language import words_of

SECTIONS = (
    "bottom_line", "success", "change", "why", "scenarios", "ask", "levers", "watch", "measured",
    "network", "trust", "evidence", "method",
)  # fmt: skip

LANGUAGES = pytest.mark.parametrize("lang", ["en", "ar"])

SHOWN = "(lang) => getComputedStyle(document.getElementById(lang)).display !== 'none'"


def shown(page: Page) -> list[str]:
    """Return the languages of which a page shows its part, and of which it is said to be."""
    assert page.evaluate(SHOWN, "en") != page.evaluate(SHOWN, "ar")
    lang = "en" if page.evaluate(SHOWN, "en") else "ar"
    root = page.locator("html")
    return [lang, root.get_attribute("lang") or "", root.get_attribute("dir") or ""]


ENGLISH, ARABIC = ["en", "en", "ltr"], ["ar", "ar", "rtl"]


@LANGUAGES
def test_all_sections_stand_in_the_order_of_a_briefing(visit: Visit, lang: str) -> None:
    page, words = visit(lang), words_of(lang).report
    titles = page.locator(f"#{lang} h2").all_inner_texts()
    assert titles == [words[key] for key in SECTIONS]
    assert [page.locator(f"#{lang}-{key}").count() for key in SECTIONS] == [1] * len(SECTIONS)
    for key in SECTIONS:
        # A title, and below it something to read.
        assert len(page.locator(f"#{lang}-{key}").inner_text()) > len(words[key]) + 20, key
    assert page.locator(f"#{lang} header h1").inner_text()
    assert page.locator(f"#{lang} .facts dd").count() == 3
    assert page.locator("main").count() == 1


@LANGUAGES
def test_headings_leave_out_no_rank(visit: Visit, lang: str) -> None:
    ranks = visit(lang).evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
             .filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"""
    )
    assert ranks[0] == 1 and ranks.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))


@LANGUAGES
def test_contents_lead_to_every_section(visit: Visit, lang: str) -> None:
    page = visit(lang)
    links = page.locator(f"#{lang} nav a")
    assert links.count() == len(SECTIONS)
    page.emulate_media(reduced_motion="reduce")
    links.nth(3).click()
    assert page.evaluate("location.hash") == f"#{lang}-why"
    expect(page.locator(f"#{lang}-why h2")).to_be_in_viewport()


def test_every_figure_says_what_it_shows(visit: Visit) -> None:
    page = visit("en")
    figures = page.locator("figure svg")
    assert figures.count() >= 12
    for label in figures.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))"):
        assert len(label) > 15
    assert page.locator("figure:has(svg text)").count() == page.locator("figure").count()


@LANGUAGES
def test_the_bar_of_a_condition_is_drawn_from_where_its_text_begins(
    visit: Visit, lang: str
) -> None:
    """Empty, the interval within it, and the probability within that; mirrored in Arabic."""
    page = visit(lang)
    text = page.locator(f"#{lang}-success .card p").first.bounding_box()
    boxes = [
        page.locator(f"#{lang}-success .card .bar .{part}").first.bounding_box()
        for part in ("empty", "between", "full")
    ]
    assert text and all(boxes)
    begins = [box["x"] + (0 if lang == "en" else box["width"]) for box in (text, boxes[0])]
    assert abs(begins[0] - begins[1]) < 1
    (left, right), *inner = [(box["x"] - 1, box["x"] + box["width"] + 1) for box in boxes]
    assert right - left > 200
    for one, other in inner:
        assert left <= one < other <= right
    number = page.locator(f"#{lang}-success .card .bar").first.get_attribute("aria-label")
    share = int(re.search(r"\d+", number)[0]) / 100
    middle = boxes[2]["x"] + boxes[2]["width"] / 2
    along = (middle - boxes[0]["x"]) / boxes[0]["width"]
    assert abs((along if lang == "en" else 1 - along) - share) < 0.01


def test_data_can_be_kept(visit: Visit) -> None:
    page = visit("en")
    links = page.locator("#data a").evaluate_all(
        "all => all.map((one) => [one.download, one.getAttribute('href'), one.innerText])"
    )
    assert len(links) >= 5
    for name, address, text in links:
        kind, content = address.split(",", 1)
        assert kind in ("data:application/json", "data:text/csv;charset=utf-8")
        assert name.endswith((".json", ".csv"))
        assert text.isascii(), "the page shows English"
        if name.endswith(".csv"):
            table = list(csv.reader(io.StringIO(unquote(content).removeprefix("\ufeff"))))
            assert len(table) > 1 and {len(row) for row in table} == {len(table[0])}


def test_the_switch_is_worked_by_keyboard(visit: Visit) -> None:
    page = visit()
    assert shown(page) == ENGLISH
    english = page.title()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "switch-en"
    page.keyboard.press("ArrowRight")
    assert shown(page) == ARABIC
    assert page.title() == page.locator("#ar h1").inner_text() != english
    assert page.evaluate("location.hash") == "#ar"
    page.keyboard.press("ArrowLeft")
    assert shown(page) == ENGLISH and page.title() == english
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#en-bottom_line"


def test_what_has_the_focus_is_outlined(visit: Visit) -> None:
    page = visit()
    for _ in range(3):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert float(outline.removesuffix("px")) >= 2


def test_the_switch_works_without_script(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    expect(page.locator("#en")).to_be_visible()
    expect(page.locator("#ar")).to_be_hidden()
    page.locator("#switch-ar").click()
    expect(page.locator("#ar-bottom_line h2")).to_be_visible()
    expect(page.locator("#en")).to_be_hidden()
    # What belongs to the other language is hidden elsewhere on the page, too.
    assert page.locator("#data h2").inner_text() == words_of("ar").report["data"]
    expect(page.locator("#ar-ask noscript p")).to_be_visible()


def test_the_address_is_followed_and_remembers(visit: Visit) -> None:
    page = visit("ar-why")
    assert shown(page) == ARABIC
    expect(page.locator("#ar-why h2")).to_be_in_viewport()
    page.locator("#switch-en").check()
    assert shown(page) == ENGLISH and page.evaluate("location.hash") == "#en-why"
    page.reload()
    assert shown(page) == ENGLISH
    page.evaluate("location.hash = '#ar-trust'")
    expect(page.locator("#ar-trust h2")).to_be_in_viewport()
    assert shown(page) == ARABIC


@pytest.mark.parametrize("part", ["en-no-such-part", "arrow", "xx", "%D8%A7", "data"])
def test_an_address_of_nothing_changes_nothing(visit: Visit, part: str) -> None:
    assert shown(visit(part)) == ENGLISH


@LANGUAGES
def test_rows_of_evidence_are_filtered(visit: Visit, lang: str) -> None:
    page = visit(lang)
    fold = page.locator(f"#{lang}-evidence details").first
    fold.locator("summary").click()
    rows = fold.locator("tbody tr")
    texts = [text.lower() for text in rows.all_text_contents()]
    word = rows.first.locator("th").inner_text().split()[0].lower()
    expected = [word in text for text in texts]
    assert 0 < sum(expected) < len(texts)
    field = fold.get_by_role("searchbox")
    field.fill(word.upper())
    assert [row.is_visible() for row in rows.all()] == expected
    field.fill(f"{word} nothing has this")
    assert not any(row.is_visible() for row in rows.all())
    field.fill("")
    assert all(row.is_visible() for row in rows.all())
