"""What all plots share: colours, words in both languages, an axis read from its side."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text

from withdrawal_risk.arguments import whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import NO_BREAK
from withdrawal_risk.queries.answers import About

__all__ = [
    "ACCENT",
    "AGAINST",
    "FOR",
    "MUTED",
    "Z90",
    "LabelledFigure",
    "check_answer",
    "check_count",
    "draw_words",
    "error_line",
    "interval_line",
    "marked",
    "new_figure",
    "percent_tick",
    "plain",
    "say",
    "title",
    "wrapped",
]

# ACCENT is for the answer and MUTED for what it is compared with. FOR and AGAINST are the two signs
# of an effect; AGAINST also marks what has to stand out, such as evidence, targets and warnings.
ACCENT: Final = "#1f4e79"
MUTED: Final = "#9aa5b1"
FOR: Final = "#2a7f62"
AGAINST: Final = "#b5442e"


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

    def draw(self, renderer: RendererBase) -> None:
        """Draw, once every frame is around its text, because arrows may end at a frame."""
        # Done when drawing, so that texts added after the figure was made are covered.
        texts = [text for text in self.findobj(Text) if isinstance(text, Text)]
        for text in texts:
            text.set_parse_math(False)
        framed, engine = (
            [text for text in texts if text.get_bbox_patch() is not None],
            self.get_layout_engine(),
        )
        # A frame is fitted to its text when the text is drawn, which is after the arrows below it,
        # and the layout moves texts before that. Both are done here first.
        if framed and engine is not None:
            engine.execute(self)
        for text in framed:
            text.update_bbox_position_size(renderer)
        super().draw(renderer)


def interval_line(
    axis: Axes,
    y: float,
    low: float,
    high: float,
    colour: str,
    *,
    width: float = 4,
    alpha: float = 0.4,
) -> None:
    """Draw a credible interval as a broad pale line."""
    axis.plot([low, high], [y, y], color=colour, lw=width, alpha=alpha, solid_capstyle="butt")


def error_line(axis: Axes, y: float, value: float, error: float) -> None:
    """Draw 90 % of a Monte Carlo error, given by its standard deviation, about a value."""
    axis.plot([value - Z90 * error, value + Z90 * error], [y, y], color="black", lw=1)


def draw_words(axis: Axes, limits: tuple[float, float], lang: str) -> None:
    """Draw the borders of the words, and write each word above its stretch."""
    words = words_of(lang).icd_203
    edges = [0.0, *(upper for upper, _ in words[:-1]), 1.0]
    for (low, high), (_, word) in zip(pairwise(edges), words, strict=True):
        if limits[0] < high < limits[1]:
            axis.axvline(high, color=MUTED, lw=1, ls="--", zorder=0)
        left, right = max(low, limits[0]), min(high, limits[1])
        # A stretch too narrow for its word has none.
        if right - left > 0.14 * (limits[1] - limits[0]):
            axis.text(
                (left + right) / 2,
                1.01,
                wrapped(word, 16),
                transform=axis.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize=9,
                color="#5b6672",
            )


def percent_tick(value: float, _: float) -> str:
    """Write a tick of an axis of probabilities with the decimals it has."""
    return f"{100 * value:.3g}{NO_BREAK}%"


def plain(value: float, _: float) -> str:
    """Write a tick of a logarithmic axis as people write numbers."""
    return f"{value:,.10g}"


def new_figure(
    width: float,
    height: float,
    columns: int = 1,
    rows: int = 1,
    ratios: Sequence[float] | None = None,
    sharex: bool = False,
    height_ratios: Sequence[float] | None = None,
) -> tuple[Figure, list[Axes]]:
    """Return a figure outside pyplot's registry, and its axes in reading order.

    ``ratios`` are the columns' widths.
    """
    # pyplot would keep every figure alive until it is closed.
    figure = LabelledFigure(figsize=(width, height), layout="constrained")
    axes = (
        figure.subplots(
            rows,
            columns,
            squeeze=False,
            width_ratios=ratios,
            height_ratios=height_ratios,
            sharex=sharex,
        )
        .ravel()
        .tolist()
    )
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def marked(figure: Figure, of: About, lang: str, *, also: bool = False) -> Figure:
    """Return a figure, with a warning across it where a fit behind it failed its checks.

    Parameters
    ----------
    figure : Figure
    of : About
        The fit.
    lang : str
    also : bool
        Whether another fit behind it failed.
    """
    if also or not of.checks_passed:
        figure.text(
            0.5,
            0.5,
            say("failed", lang),
            ha="center",
            va="center",
            rotation=20,
            fontsize=26,
            fontweight="bold",
            color=AGAINST,
            alpha=0.45,
            zorder=10,
            in_layout=False,
        )
    return figure


def wrapped(text: str, width: int) -> str:
    """Break a text into lines, but never at a hyphen, so that a month stays in one piece."""
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False))


def title(figure: Figure, text: str, lang: str) -> None:
    """Write the title of a whole figure on the side reading begins."""
    words = words_of(lang)
    figure.suptitle(text, x=0.99 if words.right_to_left else 0.01, ha=words.side, fontsize=12)
