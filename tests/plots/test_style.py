"""One style: a palette that can be told apart, texts that can be read, axes from a reader's side."""

from __future__ import annotations

import io
import re
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.language import words_of
from withdrawal_risk.plots import style
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    GOOD,
    INK,
    LOWERS,
    MUTED,
    PAPER,
    SMALL,
    STEPS,
    WIDTH,
    axes_on,
    axis_on,
    fitted,
    legend,
    mirrored,
    month_axis,
    palette,
    text_on,
    text_width,
    title,
)

PLOTS = Path(style.__file__).parent

MARKS = ("accent", "accent-mid", "muted", "good", "bad", "lowers", "ink")
"""What is drawn to be seen by itself; the others fill areas that have an edge of these."""

WRITTEN = ("ink", "muted", "accent", "good", "bad", "lowers")
"""What texts are written in."""


def channels(colour: str) -> np.ndarray:
    """Return red, green and blue as amounts of light, from 0 to 1."""
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(weights @ channels(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_recommendation() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # The example of W3C's "Understanding": the lightest grey that passes on white.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_and_texts_stand_out(theme: str) -> None:
    colours = palette(theme)  # type: ignore[arg-type]
    assert colours.keys() == palette().keys()
    paper = colours["paper"]
    assert min(contrast(colours[name], paper) for name in MARKS) >= 3
    assert min(contrast(colours[name], paper) for name in WRITTEN) >= 4.5
    # Texts on the cells of a table.
    name_of = {colour: name for name, colour in palette().items()}
    for fill in STEPS:
        text = colours[name_of[text_on(fill)]]
        assert contrast(text, colours[name_of[fill]]) >= 4.5, name_of[fill]


# Machado, Oliveira and Fernandes (IEEE TVCG 15, 2009), severity 1.
KINDS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(light: np.ndarray) -> np.ndarray:
    """Return amounts of light in CIELAB, white of D65."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ratio = np.array(to_xyz) @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("kind", KINDS)
def test_good_and_bad_are_told_apart_by_every_eye(kind: str) -> None:
    """A distance of 20 in CIELAB is seen at a glance; red and green lie closer for many."""
    seen = {c: lab(np.array(KINDS[kind]) @ channels(c)) for c in (GOOD, BAD, ACCENT, LOWERS)}
    pairs = [(GOOD, BAD), (ACCENT, BAD), (ACCENT, LOWERS)]
    assert min(np.linalg.norm(seen[a] - seen[b]) for a, b in pairs) > 20


def test_colours_stand_in_the_palette_alone() -> None:
    colours = set(palette().values())
    named = re.compile(r"""["'](?:black|white|red|green|blue|gr[ae]y|orange|C\d|tab:\w+)["']""")
    for file in PLOTS.glob("*.py"):
        text = file.read_text("utf-8")
        if file.name != "style.py":
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", text), file.name
        assert not named.findall(text), file.name
        assert "colormap" not in text and "cmap" not in text, file.name
    assert len(colours) == len(palette())


def test_no_size_of_a_text_is_written_below_the_smallest() -> None:
    for file in PLOTS.glob("*.py"):
        sizes = re.findall(
            r"\b(?:fontsize|labelsize|size)\s*=\s*(\d+(?:\.\d+)?)", file.read_text("utf-8")
        )
        assert all(float(size) >= SMALL for size in sizes), file.name


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_an_axis_is_turned_to_the_side_of_its_readers(lang: str) -> None:
    axis = Figure().subplots()
    axis.set_xlim(0, 2)
    mirrored(axis, lang)
    assert axis.get_xlim() == ((2, 0) if lang == "ar" else (0, 2))
    assert axis.yaxis.get_ticks_position() == ("right" if lang == "ar" else "left")
    assert axis.spines["left"].get_visible() == (lang == "en")
    # Twice is once.
    mirrored(axis, lang)
    assert axis.get_xlim() == ((2, 0) if lang == "ar" else (0, 2))


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_time_runs_from_left_to_right(lang: str) -> None:
    axis = Figure().subplots()
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    month_axis(axis, months, lang, most=4)
    low, high = axis.get_xlim()
    assert low < high
    ticks = [tick.get_text() for tick in axis.get_xticklabels()]
    # Evenly spaced, and the last month is always named.
    named = [words_of(lang).month_short(wr.Month.parse(months[k])) for k in (2, 5, 8, 11)]
    assert ticks == named
    assert set(np.diff(axis.get_xticks())) == {3}


def test_texts_are_broken_where_they_fit() -> None:
    text = "Security gaps in the disputed areas of the north and of the west"
    lines = fitted(text, 120).split("\n")
    assert " ".join(lines) == text
    assert max(map(text_width, lines)) <= 120
    # About equally long: no short last line.
    assert min(map(text_width, lines)) > 0.5 * max(map(text_width, lines))
    assert fitted("unbreakable", 5) == "unbreakable" and fitted("", 5) == ""
    assert fitted("one\ntwo", 500) == "one\ntwo"


def test_a_plot_is_drawn_where_it_is_told(posterior: wr.Posterior) -> None:
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    result = wr.outlook(posterior)
    assert wr.plot_outlook(result, ax=right) is figure
    assert not left.lines and right.lines and figure.get_suptitle() == ""
    assert right.get_title("left") and right.get_legend() is not None and not figure.legends
    parts = Figure(figsize=(12, 5), layout="constrained").subfigures(1, 2)
    drawn = wr.plot_drivers(wr.drivers(posterior, "calm", futures=4), figure=parts[1])
    assert drawn is parts[0].get_figure(root=True)
    assert len(parts[1].axes) == 2 and not parts[0].axes
    drawn.savefig("/dev/null", format="svg")


def test_elsewhere_is_refused(posterior: wr.Posterior) -> None:
    result = wr.outlook(posterior)
    assert "ax is 3" in refusal(lambda: wr.plot_outlook(result, ax=3))  # type: ignore[arg-type]
    answer = wr.drivers(posterior, "calm", futures=4)
    said = refusal(lambda: wr.plot_drivers(answer, figure="here"))  # type: ignore[arg-type]
    assert "figure is 'here'" in said


def test_a_legend_has_as_many_columns_as_fit() -> None:
    for count, columns in ((3, 3), (30, 1)):
        _, axis = axis_on(None, 3)
        handles = axis.plot([[0], [1], [2]], [[0], [1], [2]])
        for handle in handles:
            handle.set_label("label " * count)
        legend(axis, handles, "en")
        (drawn,) = axis.figure.legends
        assert drawn._ncols <= columns  # type: ignore[attr-defined]
        assert max(text_width(t.get_text().split("\n")[0]) for t in drawn.get_texts()) < 72 * WIDTH


def test_a_figure_is_drawn_in_the_one_style_whatever_is_set() -> None:
    with mpl.rc_context({"text.color": "red", "xtick.labelcolor": "red", "font.size": 3}):
        figure = wr.plot_network(wr.load_model("iraq-2011"))
        figure.canvas.draw()
        shown = [
            text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()
        ]
    assert min(text.get_fontsize() for text in shown if text.get_visible()) >= SMALL
    colours = {to_hex(text.get_color()) for text in shown if text.get_visible()}
    assert colours <= {INK, MUTED, ACCENT, LOWERS, PAPER}


def test_titles_stand_where_reading_begins() -> None:
    for lang, side in (("en", "left"), ("ar", "right")):
        part, _ = axes_on(None, 3, columns=2)
        title(part, "A title", lang)
        assert part._suptitle.get_ha() == side  # type: ignore[attr-defined]


def test_soft_fills_are_no_marks() -> None:
    """The contrast of those that fill areas is too low for a line, so that none is drawn in them."""
    soft = [name for name in palette() if name not in (*MARKS, "paper")]
    assert all(contrast(palette()[name], PAPER) < 3 for name in soft)


@pytest.fixture(scope="module")
def figures(posterior: wr.Posterior) -> dict[str, Figure]:
    """A figure of every kind of drawing, in the language whose texts are harder to lay out."""
    table = wr.implied_table(posterior, "gaps", parents=["tension"])
    return {
        "network": wr.plot_network(posterior, lang="ar"),
        "forecast": wr.plot_forecast(
            posterior, var_names=["gaps", "incidents", "mood", "closed", "presence"], lang="ar"
        ),
        "outlook": wr.plot_outlook(wr.outlook(posterior), lang="ar"),
        "scenarios": wr.plot_scenarios(wr.scenarios(posterior, futures=4), lang="ar"),
        "drivers": wr.plot_drivers(wr.drivers(posterior, "calm", futures=4), lang="ar"),
        "edges": wr.plot_edges(posterior, lang="ar"),
        "do": wr.plot_do(wr.do(posterior, {"tension": wr.shift(-1)}, futures=4), lang="ar"),
        "implied": wr.plot_implied_table(table, model=posterior.model, lang="ar"),
        "routes": wr.plot_path_effects(
            wr.path_effects(posterior, "tension", "gaps", draws=50), lang="ar"
        ),
        "watch": wr.plot_watch_list(wr.watch_list(posterior, months=1, futures=4), lang="ar"),
    }


KINDS_OF_DRAWING = (
    *("network", "forecast", "outlook", "scenarios", "drivers"),
    *("edges", "do", "implied", "routes", "watch"),
)


@pytest.mark.parametrize("kind", KINDS_OF_DRAWING)
def test_a_page_can_turn_every_colour(figures: dict[str, Figure], kind: str) -> None:
    """In SVG, with real text, every colour is one of the palette, and no letter is too small."""
    picture = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none"}):
        figures[kind].savefig(picture, format="svg", metadata={"Date": None})
    svg = picture.getvalue()
    colours = set(re.findall(r"(?:fill|stroke): ?(#[0-9a-f]{6})", svg))
    assert colours and colours <= set(palette().values())
    assert "<text" in svg and "<image" not in svg
    # Points of a font are pixels of the picture at 72 of them to the inch.
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:bold |\d+ )?([\d.]+)px", svg)]
    assert sizes and min(sizes) >= SMALL
    assert figures[kind].get_size_inches()[0] <= WIDTH + 1e-9


@pytest.mark.parametrize("kind", KINDS_OF_DRAWING)
def test_nothing_is_cut_off_and_no_label_lies_on_another(
    figures: dict[str, Figure], kind: str
) -> None:
    figure = figures[kind]
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    width, height = canvas.get_width_height()
    shown = [
        text
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_visible() and text.get_text().strip()
    ]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown]
    # Ticks beyond the limits of an axis are made and not drawn.
    ticks = {
        id(label)
        for axis in figure.axes
        for label in (*axis.get_xticklabels(which="both"), *axis.get_yticklabels(which="both"))
    }
    seen = [
        (words, box)
        for text, (words, box) in zip(shown, boxes, strict=True)
        if id(text) not in ticks
    ]
    for words, box in seen:
        assert box.x0 >= -1 and box.x1 <= width + 1, words
        assert box.y0 >= -1 and box.y1 <= height + 1, words
    for (one, first), (other, second) in combinations(seen, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        # The height of a box holds room for marks above and below letters.
        assert across < 2 or down < 4, (one, other)
