"""Figures as inline SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from matplotlib.figure import Figure

from withdrawal_risk.plots import style
from withdrawal_risk.reports.palette import colour_rules
from withdrawal_risk.reports.pictures import inline_svg


def figure() -> Figure:
    drawn = Figure()
    axes = drawn.subplots()
    axes.plot([0, 2], [0, 1], color=style.ACCENT, clip_on=True)
    axes.fill_between([0, 1], [0, 1], color="#12ab9f")
    axes.set_xlabel("<b>Süd & التوتر</b>")
    return drawn


def test_figures_of_one_page_share_no_id() -> None:
    one, other = (
        ElementTree.fromstring(inline_svg(figure(), name, "A picture")) for name in ("en1", "ar1")
    )
    ids = [{item.get("id") for item in root.iter() if item.get("id")} for root in (one, other)]
    assert ids[0] and ids[0].isdisjoint(ids[1])
    for root, own in zip((one, other), ids):
        values = [value for item in root.iter() for value in item.attrib.values()]
        used = {
            found[1]
            for value in values
            for found in re.finditer(r"(?:^|url\()#(en1-\d+|ar1-\d+)", value)
        }
        assert used and used <= own


def test_texts_are_text_and_nothing_has_a_style_of_its_own() -> None:
    root = ElementTree.fromstring(inline_svg(figure(), "en1", 'What "it" <shows>'))
    assert "<b>Süd & التوتر</b>" in [item.text for item in root.iter("text")]
    assert root.get("role") == "img" and root.get("aria-label") == 'What "it" <shows>'
    assert {key for item in root.iter() for key in item.attrib}.isdisjoint({"style", "font-family"})
    assert not [item.tag for item in root.iter() if item.tag in ("style", "metadata", "script")]


def test_colours_follow_the_theme_and_others_stay() -> None:
    root = ElementTree.fromstring(inline_svg(figure(), "en1", "A picture"))
    accent = f"s{style.ACCENT[1:]}"
    assert accent in {item.get("class") for item in root.iter()}
    assert f"svg .{accent} {{ stroke: var(--figure-accent); }}" in colour_rules()
    assert "#12ab9f" in {item.get("fill") for item in root.iter()}


def test_the_ground_is_that_of_the_page() -> None:
    root = ElementTree.fromstring(inline_svg(figure(), "en1", "A picture"))
    grounds = [item for item in root.iter("path") if item.get("d", "").startswith("m0 345.6")]
    assert not grounds, "a figure paints no ground of its own"


def test_the_same_figure_gives_the_same_text() -> None:
    assert inline_svg(figure(), "a", "b") == inline_svg(figure(), "a", "b")
