"""Texts of a model and its evidence run nothing, inject nothing and lead nowhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.hostile import PAYLOADS
from tests.browser.visits import visiting

from withdrawal_risk.characters import is_number

DATA = (
    "data:text/csv;charset=utf-8,",
    "data:application/json,",
    "data:image/png;base64,",
)


@pytest.fixture(params=["en", "ar"])
def attacked(
    request: pytest.FixtureRequest, browser: Browser, hostile_file: Path
) -> Iterator[Page]:
    """The page of the hostile model with everything unfolded."""
    with visiting(browser, hostile_file, request.param) as page:
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        yield page


def test_nothing_runs(attacked: Page) -> None:
    for link in attacked.locator("a:visible").all():
        link.focus()
    attacked.wait_for_load_state("networkidle")
    assert attacked.evaluate("typeof hit") == "undefined"


def test_nothing_is_injected(attacked: Page) -> None:
    count = attacked.evaluate(
        """() => Object.fromEntries(["x-hit", "img", "base", "iframe", "object", "embed", "link",
             "form", "textarea", "foreignObject", "style", "title", "main", "[onclick]", "[onload]"]
             .map((name) => [name, document.querySelectorAll(name).length]))"""
    )
    assert {name for name, number in count.items() if number} == {"style", "title", "main"}
    assert count["style"] == count["title"] == count["main"] == 1
    inside = attacked.locator("script").evaluate_all("all => all.map((one) => one.textContent)")
    assert not [text for text in inside if "window.hit" in text and "<script" in text]


def test_texts_are_shown_as_they_are(attacked: Page) -> None:
    """Each stands on the page character by character; none is taken for markup or a formula."""
    lang = attacked.evaluate("document.documentElement.lang")
    text = " ".join(attacked.locator(f"#{lang}").text_content().split())
    for payload in PAYLOADS:
        assert " ".join(payload.split()) in text, payload
    assert attacked.title() == attacked.locator(f"#{lang} h1").text_content()


def test_links_lead_to_the_web_or_the_page(attacked: Page) -> None:
    links = attacked.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap((one) =>
             ["href", "xlink:href", "src", "action", "formaction", "srcdoc", "data", "ping"]
             .map((name) => one.getAttribute(name)).filter((value) => value !== null))"""
    )
    assert len(links) > 20
    for link in links:
        assert link.startswith(("http://", "https://", "#", *DATA)), link


def test_tables_to_keep_hold_no_formula(attacked: Page) -> None:
    links = attacked.locator("#data a").evaluate_all("all => all.map((one) => one.href)")
    cells = [
        cell
        for link in links
        if link.startswith("data:text/csv")
        for row in csv.reader(io.StringIO(unquote(link.split(",", 1)[1]).removeprefix("\ufeff")))
        for cell in row
    ]
    assert any("HYPERLINK" in cell for cell in cells) and len(cells) > 100
    for cell in cells:
        assert is_number(cell) or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
