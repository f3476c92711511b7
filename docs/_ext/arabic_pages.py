"""Pages below `ar/` are Arabic: from right to left, with Arabic words around the text.

`ar/NAME` and `NAME` are a pair, and each links to the other.
"""

from __future__ import annotations

from typing import Any, Final

from bs4 import BeautifulSoup
from sphinx.application import Sphinx

FOLDER: Final = "ar/"

CAPTION: Final = "العربية"
"""Of the part of the contents that holds them."""

WORDS: Final = {
    "Skip to content": "إلى النص",
    "Back to top": "إلى أعلى الصفحة",
    "On this page": "في هذه الصفحة",
    "Next": "التالي",
    "Previous": "السابق",
    "Home": "البداية",
    "Search": "بحث",
}
"""What the theme writes around a text."""


def pair_of(page: str) -> str:
    """Return the page that says the same in the other language."""
    return page.removeprefix(FOLDER) if page.startswith(FOLDER) else FOLDER + page


def _before_writing(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: Any
) -> str | None:
    """Give a page its direction, its words, its part of the contents and a link to its pair."""
    arabic = page.startswith(FOLDER)
    pair = pair_of(page)
    if pair in app.env.found_docs:
        context["pair"] = {"page": pair, "lang": "en" if arabic else "ar"}
    # Whoever reads on stays in a language.
    if page == f"{FOLDER}index":
        context["prev"] = None
    elif not arabic and f"{FOLDER}index" in (context.get("next") or {}).get("link", ""):
        context["next"] = None
    if not arabic:
        return None
    context["language"] = "ar"
    context["master_doc"] = f"{FOLDER}index"
    context["_"] = context["gettext"] = lambda text: WORDS.get(text.strip(), text)
    context["furo_navigation_tree"] = _arabic_part(context["furo_navigation_tree"])
    return "right_to_left.html"


def _arabic_part(tree: str) -> str:
    """Return the part of the contents below the Arabic caption."""
    caption = BeautifulSoup(tree, "html.parser").find("p", string=CAPTION)
    return "" if caption is None else str(caption.find_next_sibling("ul"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page after the theme has done so."""
    app.connect("html-page-context", _before_writing, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
