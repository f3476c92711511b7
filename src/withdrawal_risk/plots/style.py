"""What all plots share: one palette, one way to make axes, texts that fit, reading from a side."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from itertools import pairwise
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure, FigureBase, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from matplotlib.transforms import ScaledTranslation

from withdrawal_risk.arguments import whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language import words_of
from withdrawal_risk.queries.answers import About

__all__ = [
    "ACCENT",
    "ACCENT_MID",
    "ACCENT_PALE",
    "ACCENT_SOFT",
    "BAD",
    "BAD_SOFT",
    "GOOD",
    "GOOD_SOFT",
    "GRID",
    "INK",
    "LARGE",
    "LOWERS",
    "MUTED",
    "MUTED_PALE",
    "MUTED_SOFT",
    "PAPER",
    "SMALL",
    "STEPS",
    "WIDTH",
    "Z90",
    "LabelledFigure",
    "axes_on",
    "axis_on",
    "band",
    "check_answer",
    "check_count",
    "draw_words",
    "end_column",
    "error_handle",
    "error_line",
    "fitted",
    "grid",
    "interval_line",
    "legend",
    "legend_height",
    "marked",
    "mirrored",
    "month_axis",
    "month_label",
    "note",
    "palette",
    "percent_axis",
    "plain",
    "row_height",
    "row_labels",
    "say",
    "side",
    "styled",
    "text_on",
    "text_width",
    "title",
    "wrapped",
    "write_legend",
]

# INK is for texts and single lines, ACCENT for the answer, MUTED for what it is compared with.
# GOOD and BAD are the two directions of a probability, and the two ends of a factor: blue-green
# and orange, which every common kind of colour vision tells apart. A sign, a shape or a label says
# the same. LOWERS is that of an edge with a negative weight, which is neither good nor bad.
INK: Final = "#1c2733"
PAPER: Final = "#ffffff"
ACCENT: Final = "#1f4e79"
ACCENT_MID: Final = "#6291bd"
ACCENT_SOFT: Final = "#b5cce2"
ACCENT_PALE: Final = "#dde8f3"
MUTED: Final = "#5f6b78"
MUTED_SOFT: Final = "#c2cad2"
MUTED_PALE: Final = "#e7ebef"
GRID: Final = "#e1e5ea"
GOOD: Final = "#0b7a94"
GOOD_SOFT: Final = "#a3d5e0"
BAD: Final = "#b8500f"
BAD_SOFT: Final = "#f4caa6"
LOWERS: Final = "#7a6a00"

STEPS: Final = (PAPER, ACCENT_PALE, ACCENT_SOFT, ACCENT_MID, ACCENT)
"""Fills of a cell, from a probability of 0 to one of 1."""

_DARK: Final = {
    "ink": "#e8ecf1",
    "paper": "#12181f",
    "accent": "#8ab8e6",
    "accent-mid": "#466a8e",
    "accent-soft": "#335472",
    "accent-pale": "#22374b",
    "muted": "#9aa7b5",
    "muted-soft": "#47525e",
    "muted-pale": "#29313a",
    "grid": "#2b333c",
    "good": "#45b8d3",
    "good-soft": "#17505e",
    "bad": "#f0954e",
    "bad-soft": "#67391a",
    "lowers": "#cdb944",
}

WIDTH: Final = 7.0
"""Inches of a figure, at which its texts keep their size on a phone that scrolls it."""

SMALL: Final = 9.0
"""Points of every text but headings; nothing is smaller."""

LARGE: Final = 11.0
"""Points of a heading."""

_STYLE: Final[Any] = {
    "font.size": SMALL,
    "axes.titlesize": SMALL + 1,
    "axes.labelsize": SMALL,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "legend.edgecolor": GRID,
    "figure.titlesize": LARGE,
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.edgecolor": MUTED,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": "auto",
    "grid.color": GRID,
    "hatch.color": PAPER,
}

_SHAPES: Final = TextToPath()


def palette(theme: Literal["light", "dark"] = "light") -> dict[str, str]:
    """Return every colour that a plot may use, by name.

    A page that is to change its theme replaces the light colours, which is what plots are drawn
    in, by those of the same names.

    Parameters
    ----------
    theme : {"light", "dark"}
    """
    light = {
        "ink": INK,
        "paper": PAPER,
        "accent": ACCENT,
        "accent-mid": ACCENT_MID,
        "accent-soft": ACCENT_SOFT,
        "accent-pale": ACCENT_PALE,
        "muted": MUTED,
        "muted-soft": MUTED_SOFT,
        "muted-pale": MUTED_PALE,
        "grid": GRID,
        "good": GOOD,
        "good-soft": GOOD_SOFT,
        "bad": BAD,
        "bad-soft": BAD_SOFT,
        "lowers": LOWERS,
    }
    return light if theme == "light" else dict(_DARK)


def styled[**P](plot: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw a plot in the one style, whatever Matplotlib is set to."""

    @wraps(plot)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with mpl.rc_context(_STYLE):
            return plot(*args, **kwargs)

    return drawn


def check_answer(value: object, kind: type, function: str) -> None:
    """Refuse to draw what is not the answer that a plot is made for.

    Raises
    ------
    ArgumentError
    """
    if not isinstance(value, kind):
        raise ArgumentError(
            f"{function} draws {kind.__name__}, the answer to a question, not {quoted(value)}"
        )


def check_count(value: int, what: str) -> None:
    """Check that a number of things to show is a positive whole number.

    Raises
    ------
    ArgumentError
    """
    whole_number(value, what, least=1, most=10**6)


def say(word: str, lang: str, **values: object) -> str:
    """Return a word of the plots in a language.

    Raises
    ------
    ArgumentError
        If the language is not one of ``en`` and ``ar``.
    """
    words = words_of(lang)
    return words.with_dates(words.plots[word].format(**values))


def month_label(month: Month | str, lang: str) -> str:
    """Return a month as an axis names it; a text may be that of a day."""
    when = month if isinstance(month, Month) else Month.parse(month[:7])
    return words_of(lang).month_short(when)


class LabelledFigure(Figure):
    """A figure whose texts are no mathematics: a dollar sign is a dollar sign."""

    def __repr__(self) -> str:
        """Name it by its titles."""
        titles = [
            self.get_suptitle(),
            *(axis.get_title(loc) for axis in self.axes for loc in ("left", "center", "right")),
        ]
        text = "; ".join(dict.fromkeys(" ".join(title.split()) for title in titles if title))
        width, height = self.get_size_inches()
        return f"Figure({width:g} x {height:g} in: {text[:200]})"

    def _repr_png_(self) -> bytes:
        """Show it in a notebook, whether or not its backend knows of it."""
        picture = io.BytesIO()
        self.savefig(picture, format="png", dpi=100)
        return picture.getvalue()

    def lay_out(self) -> None:
        """Lay it out for good; Matplotlib draws a figure twice that is laid out as it is saved."""
        if layout := self.get_layout_engine():
            for part in self.axes:
                for axis in (part.xaxis, part.yaxis):
                    # Matplotlib measures all labels of ticks to place what says nothing.
                    if not axis.label.get_text():
                        axis.set_label_coords(0, 0)
            with mpl.rc_context(_STYLE):
                layout.execute(self)
            self.set_layout_engine("none")

    def draw(self, renderer: RendererBase) -> None:
        """Draw in the one style; ticks are only made now."""
        # Texts that were added after the figure was made.
        for text in self.findobj(Text):
            if isinstance(text, Text):
                text.set_parse_math(False)
        with mpl.rc_context(_STYLE):
            super().draw(renderer)


# Where a plot draws: on an axis or on a figure of its own, or on those that it is given.


def axis_on(
    ax: Axes | None, height: float, *, width: float = WIDTH, bare: bool = False
) -> tuple[Figure, Axes]:
    """Return the figure and the axis that a plot of one panel draws on.

    Parameters
    ----------
    ax : Axes, optional
        Default: one of a figure of its own.
    height, width : float
        Of that figure, in inches.
    bare : bool
        Whether the plot fills it to its edges, without axes.

    Raises
    ------
    ArgumentError
        For something else than an axis.
    """
    if ax is None:
        # pyplot would keep every figure alive until it is closed.
        figure = LabelledFigure(figsize=(width, height), layout=None if bare else "constrained")
        if bare:
            return figure, figure.add_axes((0, 0, 1, 1))
        return figure, _tidy(figure.subplots())
    if not isinstance(ax, Axes):
        raise ArgumentError(f"ax is {quoted(ax)}; give an Axes of Matplotlib, or leave it out")
    given = ax.get_figure(root=True)
    assert given is not None
    return given, ax if bare else _tidy(ax)


def axes_on(
    figure: FigureBase | None,
    height: float,
    *,
    columns: int = 1,
    rows: int = 1,
    width: float = WIDTH,
    ratios: Sequence[float] | None = None,
    height_ratios: Sequence[float] | None = None,
    sharex: bool = False,
) -> tuple[FigureBase, list[Axes]]:
    """Return the figure that a plot of several panels draws on, and its axes in reading order.

    Parameters
    ----------
    figure : Figure or SubFigure, optional
        Default: one of its own, of `width` and `height` inches.
    columns, rows : int
    ratios, height_ratios : sequence of float, optional
        Of the columns' widths and the rows' heights.
    sharex : bool

    Raises
    ------
    ArgumentError
        For something else than a figure.
    """
    if figure is None:
        figure = LabelledFigure(figsize=(width, height), layout="constrained")
    elif not isinstance(figure, Figure | SubFigure):
        raise ArgumentError(
            f"figure is {quoted(figure)}; give a Figure of Matplotlib, or leave it out"
        )
    axes = figure.subplots(
        rows,
        columns,
        squeeze=False,
        width_ratios=ratios,
        height_ratios=height_ratios,
        sharex=sharex,
    )
    return figure, [_tidy(axis) for axis in axes.ravel()]


def _tidy(axis: Axes) -> Axes:
    """Take away the frame, and set what only shows when ticks are made."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["bottom", "left"]].set_color(MUTED)
    axis.tick_params(colors=INK, color=MUTED, labelsize=SMALL)
    axis.set_axisbelow(True)
    return axis


def _whole(part: Axes | FigureBase) -> FigureBase | None:
    """Return the figure whose title and legend are those of a plot, if it has one."""
    if not isinstance(part, Axes):
        return part
    figure = part.figure
    return figure if isinstance(figure, LabelledFigure) and len(figure.axes) == 1 else None


def title(part: Axes | FigureBase, text: str, lang: str) -> None:
    """Write the title of a plot on the side reading begins.

    Parameters
    ----------
    part : Axes or Figure
        What the plot was given to draw on.
    text, lang : str
    """
    whole, words = _whole(part), words_of(lang)
    if whole is None:
        assert isinstance(part, Axes)
        # Above the words of an axis of probabilities.
        transform = part.get_xaxis_transform()
        above = [one.get_text() for one in part.texts if one.get_transform() == transform]
        pad = 6 + 12.0 * max((text.count("\n") + 1 for text in above), default=0)
        # At the top of the axis; without a height Matplotlib measures all labels to find one.
        heading = fitted(text, _points(part), SMALL + 1)
        part.set_title(heading, loc=words.side, y=1, pad=pad, color=INK)
        return
    room = _points(whole)
    whole.suptitle(
        fitted(text, room - 14, LARGE, weight="bold"),
        x=0.99 if words.right_to_left else 0.01,
        ha=words.side,
        fontsize=LARGE,
        fontweight="bold",
        color=INK,
    )


def legend(part: Axes | FigureBase, handles: Sequence[Any], lang: str, *, note: str = "") -> None:
    """Write a legend below a plot, in as many columns as fit, under what else is to be known."""
    whole = _whole(part)
    owner: Any = part if whole is None else whole
    room = _points(owner)
    if whole is None:
        # Below the labels of the axis, whose heights are those of a line of text each.
        below = owner.transAxes + ScaledTranslation(0, -40 / 72, owner.figure.dpi_scale_trans)
        place: dict[str, Any] = {
            "loc": "upper center",
            "bbox_to_anchor": (0.5, 0.0),
            "bbox_transform": below,
        }
    else:
        root = whole.get_figure(root=True)
        engine = None if root is None else root.get_layout_engine()
        outside = engine is not None and not engine.adjust_compatible
        place = {"loc": "outside lower center" if outside else "lower center"}
    if note:
        place |= {"title": fitted(note, room - 20), "title_fontsize": SMALL}
    write_legend(owner, handles, lang, room, **place)


def write_legend(
    owner: Any, handles: Sequence[Any], lang: str, points: float, **place: Any
) -> None:
    """Write a legend of so many points on an axis or a figure."""
    labels = _legend_labels(handles, points)
    owner.legend(
        handles=list(handles),
        labels=labels,
        ncols=_legend_columns(labels, points),
        frameon=False,
        fontsize=SMALL,
        labelcolor=INK,
        # Where reading begins on the right, marks stand right of their labels.
        markerfirst=not words_of(lang).right_to_left,
        columnspacing=1.4,
        handlelength=2.2,
        **place,
    )


def legend_height(handles: Sequence[Any], points: float) -> float:
    """Return about how high a legend is, in points."""
    labels = _legend_labels(handles, points)
    columns = _legend_columns(labels, points)
    rows = -(-len(labels) // columns)
    # Entries run down the columns.
    lines = [label.count("\n") + 1 for label in labels]
    tallest = max(sum(lines[k : k + rows]) for k in range(0, len(lines), rows))
    return 11.5 * tallest + 5 * rows + 8


def _legend_labels(handles: Sequence[Any], points: float) -> list[str]:
    return [fitted(str(handle.get_label()), points - 60) for handle in handles]


def _legend_columns(labels: Sequence[str], points: float) -> int:
    widest = max(text_width(line) for label in labels for line in label.split("\n"))
    return min(max(int((points - 16) // (widest + 46)), 1), len(labels))


def marked(part: Axes | FigureBase, of: About, lang: str, *, also: bool = False) -> Figure:
    """Return the figure of a plot, with a warning across it where a fit failed its checks.

    Parameters
    ----------
    part : Axes or Figure
        What the plot was given to draw on.
    of : About
        The fit.
    lang : str
    also : bool
        Whether another fit behind it failed.
    """
    figure, whole = part.get_figure(root=True), _whole(part)
    assert isinstance(figure, Figure)
    if also or not of.checks_passed:
        # An axis inside a figure of others is marked alone.
        alone = {"transform": part.transAxes} if isinstance(part, Axes) and whole is None else {}
        target: Any = part if whole is None else whole
        target.text(
            0.5,
            0.5,
            say("failed", lang),
            ha="center",
            va="center",
            rotation=20,
            fontsize=24,
            fontweight="bold",
            color=BAD,
            alpha=0.55,
            zorder=10,
            in_layout=False,
            **alone,
        )
    return figure


def note(part: Axes | FigureBase, text: str, lang: str) -> None:
    """Write what else is to be known of a plot below it."""
    whole = _whole(part)
    if whole is None:
        assert isinstance(part, Axes)
        part.set_xlabel("\n".join(filter(None, (part.get_xlabel(), fitted(text, _points(part))))))
        return
    room = _points(whole)
    whole.supxlabel(fitted(text, room - 20), fontsize=SMALL, color=MUTED)


def _points(part: Any) -> float:
    """Return the width of an axis or a figure in points, before a layout moves it."""
    box = part.get_window_extent() if isinstance(part, Axes) else part.bbox
    return 72 * float(box.width) / float(part.get_figure(root=True).dpi)


# Texts.


def text_width(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Return the width of a line of text in points."""
    # No letter joins another over a space, so a line is as wide as its words and its spaces. Few
    # words are measured for the many lines that are tried.
    words = text.split(" ")
    return sum(_word_width(word, size, weight) for word in words if word) + (
        (len(words) - 1) * _word_width(" ", size, weight)
    )


@lru_cache(maxsize=4096)
def _word_width(word: str, size: float, weight: str) -> float:
    font = FontProperties(size=size, weight=weight)
    return float(_SHAPES.get_text_width_height_descent(word, font, False)[0])


def fitted(text: str, points: float, size: float = SMALL, weight: str = "normal") -> str:
    """Break a text into lines of at most so many points, of about the same length.

    A line is broken at spaces alone: a word that is wider stays whole. Line breaks of the text
    stay.
    """
    lines: list[str] = []
    for part in text.split("\n"):
        words = [word for word in part.split(" ") if word]
        best = _filled(words, points, size, weight)
        # The narrowest width that needs no more lines leaves no short last line.
        low, high = 0.0, points
        for _ in range(6):
            middle = (low + high) / 2
            tried = _filled(words, middle, size, weight)
            if len(tried) > len(best) or any(text_width(t, size, weight) > points for t in tried):
                low = middle
            else:
                best, high = tried, middle
        lines += best
    return "\n".join(lines)


def _filled(words: Sequence[str], points: float, size: float, weight: str) -> list[str]:
    """Return lines that are filled one after the other."""
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and text_width(longer, size, weight) > points:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def wrapped(text: str, width: int) -> str:
    """Break a text into lines, but never at a hyphen, so that a month stays in one piece."""
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False))


def row_height(labels: Iterable[str], least: float = 22.0) -> float:
    """Return the inches of a row that holds the longest of some labels, already broken."""
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    return max(11.5 * lines + 4, least) / 72


def percent_axis(axis: Axis, lang: str) -> None:
    """Write the ticks of an axis of probabilities as percentages, with the decimals they have."""
    template = words_of(lang).percent
    axis.set_major_formatter(lambda value, _: template.format(number=f"{100 * value:.3g}"))


def plain(value: float, _: float) -> str:
    """Write a tick of a logarithmic axis as people write numbers."""
    return f"{value:,.10g}"


# Reading from a side.


def side(lang: str, *, end: bool = False) -> Literal["left", "right"]:
    """Return the side on which reading begins or, with `end`, ends."""
    return "right" if words_of(lang).right_to_left != end else "left"


def mirrored(axis: Axes, lang: str) -> None:
    """Turn an axis to the side reading begins: values grow away from it, labels stand on it.

    Rows, bars and networks are turned. Time runs from left to right in every language, so an axis
    of time is not given to this. It is called last, since setting limits turns them back.
    """
    if not words_of(lang).right_to_left:
        return
    low, high = sorted(axis.get_xlim())
    axis.set_xlim(high, low)
    axis.yaxis.tick_right()
    axis.yaxis.set_label_position("right")
    axis.spines["right"].set_visible(axis.spines["left"].get_visible())
    axis.spines["right"].set_color(MUTED)
    axis.spines["left"].set_visible(False)


def row_labels(axis: Axes, labels: Sequence[str], **options: Any) -> None:
    """Name the rows of an axis, the first at the bottom; the labels are already broken."""
    axis.set_yticks(range(len(labels)), labels, fontsize=SMALL, color=INK, **options)
    axis.tick_params(axis="y", length=0)


def end_column(axis: Axes, y: float, text: str, lang: str, **options: Any) -> Text:
    """Write a text beyond the end of a row, outside the panel."""
    turned = words_of(lang).right_to_left
    return axis.text(
        -0.015 if turned else 1.015,
        y,
        text,
        transform=axis.get_yaxis_transform(),
        ha=side(lang),
        va="center",
        fontsize=SMALL,
        **({"color": INK} | options),
    )


def text_on(fill: str) -> str:
    """Return the colour of a text on a cell."""
    return PAPER if fill in (ACCENT, MUTED, GOOD, BAD, LOWERS, INK) else INK


# Marks.


def grid(axis: Axes, along: Literal["x", "y", "both"]) -> None:
    """Draw the lines of a grid, below everything else."""
    axis.grid(axis=along, color=GRID, lw=0.8)


def band(axis: Axes, x: Any, low: Any, high: Any, fill: str, edge: str, **options: Any) -> None:
    """Fill between two lines; thin edges keep a pale band visible."""
    axis.fill_between(x, low, high, fc=fill, ec="none", lw=0, **options)
    style: Any = f"steps-{options['step']}" if "step" in options else "default"
    for end in (low, high):
        axis.plot(x, end, color=edge, lw=0.7, drawstyle=style, zorder=2.2)


def month_axis(axis: Axes, months: Sequence[Month | str], lang: str, *, most: int = 7) -> None:
    """Name some months of an axis of time, evenly; time runs from left to right."""
    step = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) <= most * n), len(months))
    # The last month is a date that matters, and is always named.
    ticks = range((len(months) - 1) % step, len(months), step)
    axis.set_xticks(list(ticks), [month_label(months[t], lang) for t in ticks])
    axis.set_xlim(-0.5, len(months) - 0.5)


def interval_line(
    axis: Axes, y: float, low: float, high: float, colour: str, *, width: float = 2.5
) -> None:
    """Draw a credible interval as a line."""
    axis.plot([low, high], [y, y], color=colour, lw=width, solid_capstyle="butt")


def error_line(axis: Axes, y: float, value: float, error: float) -> None:
    """Draw 90 % of a Monte Carlo error, given by its standard deviation, about a value."""
    # Outlined, so that it is seen on a dark bar too.
    outline = [withStroke(linewidth=2.4, foreground=PAPER)]
    ends = [value - Z90 * error, value + Z90 * error]
    axis.plot(ends, [y, y], color=INK, lw=1, path_effects=outline)


def error_handle(lang: str) -> Line2D:
    """Return what stands for a Monte Carlo error in a legend."""
    return Line2D([], [], color=INK, lw=1, label=say("mcse", lang))


def draw_words(
    axis: Axes, limits: tuple[float, float], lang: str, *, points: float = 300.0
) -> None:
    """Draw the borders of the words, and write each word above its stretch.

    Parameters
    ----------
    axis : Axes
    limits : (float, float)
        Probabilities at the ends of the axis.
    lang : str
    points : float
        About how wide the axis is at most; a stretch that is too narrow for its word has none.
    """
    words = words_of(lang).icd_203
    edges, points = [0.0, *(upper for upper, _ in words[:-1]), 1.0], min(points, _points(axis))
    for (low, high), (_, word) in zip(pairwise(edges), words, strict=True):
        if limits[0] < high < limits[1]:
            axis.axvline(high, color=MUTED, lw=1, ls="--", zorder=0)
        left, right = max(low, limits[0]), min(high, limits[1])
        room = points * (right - left) / (limits[1] - limits[0]) - 4
        broken = fitted(word, room)
        if right > left and max(text_width(line) for line in broken.split("\n")) <= room:
            axis.text(
                (left + right) / 2,
                1.01,
                broken,
                transform=axis.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize=SMALL,
                color=MUTED,
            )
