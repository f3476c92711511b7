"""The live part by itself: in a frame of a notebook, offline and shut off."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import html5lib
import pytest
from playwright.sync_api import sync_playwright
from tests.browsers import CHROMIUM, needs_chromium
from tests.refusals import refusal
from tests.reports.live.node import answered, needs_node
from tests.reports.live.random_posteriors import random_posterior

import withdrawal_risk as wr
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.reports.live.export import live_export


@pytest.fixture(scope="module")
def asked() -> wr.Posterior:
    return random_posterior(6, draws=120)


def test_frame_holds_the_whole_page(asked: wr.Posterior) -> None:
    page = wr.explore(asked, height=700)
    frame = page._repr_html_()
    found = re.fullmatch(r'<iframe sandbox="allow-scripts" [^>]*srcdoc="([^"]*)"></iframe>', frame)
    assert found is not None and unescape(found[1]) == page.html
    assert 'height="700"' in frame
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(page.html)
    assert "default-src 'none'" in unescape(page.html)
    assert not re.search(r"<[^>]*(src|href)=", page.html)
    assert len(repr(page)) < 200


def test_languages(asked: wr.Posterior) -> None:
    arabic = wr.explore(asked, lang="ar").html
    assert '<html lang="ar" dir="rtl">' in arabic
    data = json.loads(re.search(r'id="live-data">(.*?)</script>', arabic)[1])  # type: ignore[index]
    assert list(data["labels"]) == ["ar"]


def test_refusals(asked: wr.Posterior) -> None:
    assert "fr" in refusal(lambda: wr.explore(asked, lang="fr"))
    assert "draws" in refusal(lambda: wr.explore(asked, draws=1))
    assert "height" in refusal(lambda: wr.explore(asked, height=1))
    assert "explore takes a posterior" in refusal(lambda: wr.explore(asked.model))  # type: ignore[arg-type]


_ANSWERED = '#live [aria-busy="false"] table'


def _dom(page: Path, address: str = "", *, first: str = "") -> str:
    """Return the document once it has its answer; a script may run first."""
    with sync_playwright() as driver:
        # Tests run as root in containers, where Chromium refuses to start in its sandbox.
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.add_init_script(first)
        opened.goto(page.as_uri() + address)
        opened.wait_for_selector(_ANSWERED, state="attached")
        text = opened.content()
        browser.close()
    return text


def _cells(dom: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", dom, re.S)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[unescape(re.sub("<[^>]*>", "", cell)) for cell in row] for row in cells]


# Without workers, or where they are not let in, the page works its answers out itself.
@pytest.mark.parametrize("workers", ["shared out", "none", "not let in"])
@needs_node
@needs_chromium
def test_page_answers_the_question_of_its_address(
    asked: wr.Posterior, tmp_path: Path, workers: str
) -> None:
    page, first = tmp_path / "page.html", "delete window.Worker" if workers == "none" else ""
    html = wr.explore(asked).html
    if workers == "not let in":
        html = html.replace("; worker-src blob:", "")
    page.write_text(html, encoding="utf-8")
    export = live_export(asked)
    months = export.data["months"]
    names = [node["name"] for node in export.data["nodes"] if node.get("levels")]
    place = [node["name"] for node in export.data["nodes"]].index(names[0])
    span = {"node": place, "first": 0, "last": len(months) - 1, "shifted": False, "ramp": 1}
    request = {"spans": [span | {"size": export.data["nodes"][place]["levels"][4]}]}
    usual, answer = answered(export, [{"request": request, "seen": []}], tmp_path)
    baseline = _cells(_dom(page, first=first))
    address = f"#ask=%3Cb%3E;{names[0]}:very_high@{months[0]}..{months[-1]}"
    asked_for = _cells(_dom(page, address, first=first))
    for cells, rows in ((baseline, usual["rows"]), (asked_for, answer["rows"])):
        assert len(cells) == len(rows)
        for cell, row, before in zip(cells, rows, usual["rows"], strict=True):
            assert cell[1] == percent(row["probability"])
            assert cell[3] == percent(before["probability"])
    assert [cell[4] for cell in baseline] == ["–"] * len(baseline)
    assert any("points" in cell[4] for cell in asked_for)
    assert not any("…" in cell[4] for cell in asked_for), "every interval came"


@needs_chromium
def test_rubbish_in_the_address_is_said_and_never_markup(
    asked: wr.Posterior, tmp_path: Path
) -> None:
    page: Any = tmp_path / "page.html"
    page.write_text(wr.explore(asked).html, encoding="utf-8")
    dom = _dom(page, "#ask=<img src=x onerror=alert(1)>;nobody:high@2025-01..2025-02")
    assert "<img" not in dom and "was not understood" in dom
