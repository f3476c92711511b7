"""A phone: no sideways scrolling, and figures whose texts can be read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Visit
from tests.browser.visits import PHONE

LANGUAGES = pytest.mark.parametrize("lang", ["en", "ar"])

# The size of a text on the screen is that of its font times the scale that it is drawn at, which
# the determinant gives also where the text is turned.
SMALLEST = """(lang) => [...document.querySelectorAll(`#${lang} svg text`)].map((text) => {
  const { a, b, c, d } = text.getScreenCTM();
  const size = parseFloat(getComputedStyle(text).fontSize) * Math.sqrt(Math.abs(a * d - b * c));
  return [text.textContent, size];
}).sort((one, other) => one[1] - other[1]).slice(0, 3)"""


def unfold(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@LANGUAGES
@pytest.mark.parametrize("folded", [True, False], ids=["folded", "unfolded"])
def test_a_phone_does_not_scroll_sideways(visit: Visit, lang: str, folded: bool) -> None:
    page = visit(lang, **PHONE)
    if not folded:
        unfold(page)
    assert page.evaluate("innerWidth") == 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    outside = page.evaluate(
        """(lang) => [...document.querySelectorAll(`#${lang} *, #data *`)].filter((one) => {
             const { left, right, width } = one.getBoundingClientRect();
             return width && one.checkVisibility() && (left < -1 || right > 391)
               && !one.closest(".scroll");
           }).map((one) => one.outerHTML.slice(0, 80))""",
        lang,
    )
    assert outside == []


@LANGUAGES
def test_texts_of_figures_can_be_read_on_a_phone(visit: Visit, lang: str) -> None:
    page = visit(lang, **PHONE)
    unfold(page)
    smallest = page.evaluate(SMALLEST, lang)
    assert smallest and smallest[0][1] >= 9, smallest


@LANGUAGES
def test_what_is_wider_than_a_phone_scrolls_and_can_be_reached(visit: Visit, lang: str) -> None:
    page = visit(lang, **PHONE)
    unfold(page)
    frames = page.locator(f"#{lang} .scroll")
    wide = [one for one in frames.all() if one.evaluate("one => one.scrollWidth > one.clientWidth")]
    assert wide
    for frame in wide:
        assert frame.get_attribute("tabindex") == "0" and frame.get_attribute("aria-label")


@LANGUAGES
def test_texts_of_figures_stay_inside_their_figure(visit: Visit, lang: str) -> None:
    """Without its own direction an Arabic text would fly across the picture."""
    page = visit(lang)
    unfold(page)
    outside = page.evaluate(
        """(lang) => [...document.querySelectorAll(`#${lang} figure svg text`)].filter((text) => {
             const frame = text.ownerSVGElement.getBoundingClientRect();
             const box = text.getBoundingClientRect();
             return box.left < frame.left - 6 || box.right > frame.right + 6;
           }).map((text) => text.textContent)""",
        lang,
    )
    assert outside == []


@LANGUAGES
def test_dates_are_not_broken_or_turned_round(visit: Visit, lang: str) -> None:
    """A date such as 2023-10-17 stays on one line and reads from the year on in Arabic, too."""
    page = visit(lang, **PHONE)
    unfold(page)
    broken = page.evaluate(
        r"""(lang) => {
          const walker = document.createTreeWalker(document.getElementById(lang), NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) {
            const node = walker.currentNode;
            if (node.parentElement.closest("svg") || !node.parentElement.checkVisibility()) continue;
            for (const match of node.data.matchAll(/(?<!\d)\d{4}-\d{2}(\d{2}|-\d{2})?(?!\d)/g)) {
              const place = (from, to) => {
                const range = document.createRange();
                range.setStart(node, match.index + from);
                range.setEnd(node, match.index + to);
                return range.getBoundingClientRect();
              };
              const year = place(0, 4), month = place(5, 7);
              if (year.top !== month.top || year.right > month.left) found.push(match[0]);
            }
          }
          return found;
        }""",
        lang,
    )
    assert broken == []


CONTRASTS = """(lang) => {
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [red, green, blue] = channels(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll(`#${lang} figure svg text`)].map((text) => {
    const ink = light(getComputedStyle(text).fill);
    return [text.textContent, Math.max(ink / paper, paper / ink)];
  }).sort((one, other) => one[1] - other[1]);
}"""


@LANGUAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_of_figures_stand_out_in_either_theme(visit: Visit, lang: str, scheme: str) -> None:
    """By the formula of WCAG 2, against the ground of the page, on which all of them stand."""
    page = visit(lang, color_scheme=scheme)
    contrasts = page.evaluate(CONTRASTS, lang)
    assert len(contrasts) > 50 and contrasts[-1][1] > 12
    assert [item for item in contrasts if item[1] < 4.5] == []
