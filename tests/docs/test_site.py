"""The site as it is written: nothing is left out of the contents, no link leads nowhere, Arabic runs from right to left."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import arabic_pages
import example_runs
import nothing_remote
import pytest

import withdrawal_risk as wr

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MADE = DOCS / "gallery"
"""By the gallery, from `examples`, when the site is built."""

PAGES = sorted(
    page
    for kind in ("*.md", "*.rst")
    for page in DOCS.rglob(kind)
    if MADE not in page.parents and not page.relative_to(DOCS).parts[0].startswith("_")
)
READ = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "models").rglob("*.md")), *PAGES]
"""Whose links are followed."""


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```|`[^`\n]+`", "", text, flags=re.MULTILINE | re.DOTALL)


def _anchors(page: Path) -> set[str]:
    """Return what the headings of a page are linked by."""
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    headings = re.findall(r"^#{1,3} (.+)$", text, flags=re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\- ]", "", heading).strip()) for heading in plain}


def _exists(place: Path) -> bool:
    """Say whether a file is there, or will be made from an example that is."""
    if place.parent == MADE:
        return place.stem == "index" or (ROOT / "examples" / f"{place.stem}.py").is_file()
    return place.exists()


def broken(page: Path, text: str) -> list[str]:
    """Return the links of a page that lead nowhere."""
    found = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _without_code(text)):
        if re.match(r"(https?|mailto):", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        if not _exists(place) or (anchor and anchor not in _anchors(place)):
            found.append(target)
    return found


@pytest.mark.parametrize("page", READ, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page, page.read_text(encoding="utf-8")) == []


def test_links_that_lead_nowhere_are_seen() -> None:
    page = DOCS / "index.md"
    good = "[a](trust.md#files-from-elsewhere) [b](gallery/panel.rst) `[c](code.md)`"
    assert broken(page, good) == []
    bad = "[a](trust.md#nowhere) [b](gallery/none.rst) [c](none.md)"
    assert broken(page, bad) == ["trust.md#nowhere", "gallery/none.rst", "none.md"]


def _listed(page: Path) -> list[Path]:
    """Return the pages that the tables of contents of a page name."""
    text = page.read_text(encoding="utf-8")
    entries = [
        line.strip()
        for block in re.findall(r"^```{toctree}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
        if line.strip() and not line.startswith(":")
    ]
    return [(page.parent / entry).resolve() for entry in entries]


def test_every_page_is_in_the_contents_once() -> None:
    listed = [entry for page in PAGES if page.suffix == ".md" for entry in _listed(page)]
    named = [str(entry.relative_to(DOCS)) for entry in listed]
    pages = [str(page.relative_to(DOCS).with_suffix("")) for page in PAGES]
    assert sorted(named) == sorted({*pages, "gallery/index"} - {"index"})


def test_every_public_name_is_in_the_reference_once() -> None:
    named = [
        name
        for page in (DOCS / "reference").glob("*.rst")
        for block in re.findall(
            r"\.\. functions::\n\n((?:   \w+\n)+)", page.read_text(encoding="utf-8")
        )
        for name in block.split()
    ]
    assert sorted(named) == sorted(wr.__all__)  # type: ignore[attr-defined]


def test_every_example_is_in_the_gallery() -> None:
    assert sorted(example_runs.ORDER) == sorted(
        page.name for page in (ROOT / "examples").glob("*.py")
    )
    header = (ROOT / "examples" / "README.rst").read_text(encoding="utf-8")
    assert "with |draws| draws" in header


def test_fits_are_small_while_an_example_runs_and_no_longer() -> None:
    usual = wr.fit
    example_runs.fit_few({}, "panel.py", "before")
    assert wr.fit is example_runs._fit_quickly
    example_runs.fit_few({}, "panel.py", "after")
    assert wr.fit is usual


def _page_of(name: str, **context: Any) -> tuple[str | None, dict[str, Any]]:
    """Return the template and the context that a page is written with."""
    pages = {"index", "trust", "reference/errors", "ar/index", "ar/tutorial", "tutorial"}
    app = SimpleNamespace(env=SimpleNamespace(found_docs=pages))
    tree = '<p class="caption"><span>Trust</span></p><ul><li>trust</li></ul>'
    tree += '<p class="caption"><span>العربية</span></p><ul><li>البداية</li></ul>'
    given = {"_": str, "furo_navigation_tree": tree, "language": "en", "master_doc": "index"}
    given |= {"prev": {"link": "x.html"}, "next": {"link": "y.html"}, **context}
    return arabic_pages._before_writing(app, name, "page.html", given, None), given  # type: ignore[arg-type]


def test_an_arabic_page_is_arabic_all_around() -> None:
    template, context = _page_of("ar/tutorial")
    assert template == "right_to_left.html" and context["language"] == "ar"
    assert context["_"]("On this page") == "في هذه الصفحة"
    assert context["master_doc"] == "ar/index"
    assert "البداية" in context["furo_navigation_tree"]
    assert "trust" not in context["furo_navigation_tree"]
    text = (DOCS / "_templates" / template).read_text(encoding="utf-8")
    assert '<html dir="rtl" ' in text


def test_other_pages_are_as_they_were() -> None:
    template, context = _page_of("trust")
    assert template is None and context["language"] == "en" and "pair" not in context
    assert context["next"] == {"link": "y.html"}


def test_pairs_link_to_each_other_and_reading_on_keeps_the_language() -> None:
    assert _page_of("tutorial")[1]["pair"] == {"page": "ar/tutorial", "lang": "ar"}
    assert _page_of("ar/tutorial")[1]["pair"] == {"page": "tutorial", "lang": "en"}
    assert _page_of("ar/index")[1]["prev"] is None
    assert _page_of("reference/errors", next={"link": "../ar/index.html"})[1]["next"] is None


def test_every_arabic_page_has_an_english_one() -> None:
    arabic = [page.name for page in PAGES if page.parent == DOCS / "ar"]
    assert arabic and all((DOCS / name).is_file() for name in arabic)


@pytest.mark.parametrize(
    ("page", "loads"),
    [
        (
            '<a href="https://a.org">x</a><img src="y.png"><link rel="canonical" href="https://a.org">',
            [],
        ),
        ('<script async src="https://a.org/x.js"></script>', ["https://a.org/x.js"]),
        ('<link href="//a.org/x.css" rel="stylesheet">', ["//a.org/x.css"]),
        ("@import url(https://a.org/x.css); b {}", ["https://a.org/x.css"]),
        ("b {background: url('https://a.org/y.png')}", ["https://a.org/y.png"]),
    ],
)
def test_what_a_page_loads_from_elsewhere_is_seen(page: str, loads: list[str]) -> None:
    assert nothing_remote.remote(page) == loads
