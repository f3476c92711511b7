"""Figures as SVG: no inline style, colours as classes, ids that do not meet, real text."""

from __future__ import annotations

import re

from matplotlib.figure import Figure

from withdrawal_risk.reports.pictures import inline_svg


def figure() -> Figure:
    drawn = Figure(figsize=(4, 3))
    axis = drawn.add_subplot()
    axis.plot([0, 1, 2], [1.23456, 2, 3], color="#1f4e79", marker="o")
    axis.bar([0, 1], [1, 2], color="#b5442e", alpha=0.5)
    axis.set_title("كلمة & <word>", fontweight="bold")
    axis.grid()
    return drawn


def test_nothing_inline_and_every_colour_a_class() -> None:
    svg = str(inline_svg(figure(), "one", 'what "it" shows <now>'))
    assert not re.search(r"\s(style|on\w+)=", svg) and "<style" not in svg and "metadata" not in svg
    assert "s1f4e79" in svg and "fb5442e" in svg and not re.search(r"#[0-9a-f]{6}", svg)
    assert 'aria-label="what &quot;it&quot; shows &lt;now&gt;"' in svg
    assert "كلمة &amp; &lt;word&gt;" in svg and 'font-weight="700"' in svg
    assert "font-family" not in svg and not re.search(r"\d\.\d{2,}", svg)


def test_ids_of_two_figures_do_not_meet() -> None:
    one, two = (str(inline_svg(figure(), name, "")) for name in ("en1", "en2"))
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (one, two)]
    assert ids[0] and not ids[0] & ids[1]
    for svg, own in zip((one, two), ids, strict=True):
        assert set(re.findall(r'(?:href="#|url\(#)([\w-]+)', svg)) == own


def test_the_same_figure_gives_the_same_text() -> None:
    assert inline_svg(figure(), "a", "b") == inline_svg(figure(), "a", "b")
