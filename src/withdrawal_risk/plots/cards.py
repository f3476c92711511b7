"""How well the experts of a panel judged questions whose answers are known."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language import words_of
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    axes_on,
    check_answer,
    fitted,
    grid,
    legend,
    marked,
    mirrored,
    percent_axis,
    row_labels,
    say,
    styled,
    title,
)
from withdrawal_risk.queries.calibration_cards import STATED
from withdrawal_risk.queries.panel import PanelResult

__all__ = ["plot_cards"]

_BINS: Final = ("below", "lower", "upper", "above")

_ACROSS: Final = 2
"""Cards in a row."""


@styled
def plot_cards(
    result: PanelResult, *, lang: str = "en", figure: FigureBase | None = None
) -> Figure:
    """Draw a card an expert: where the true values fell in the ranges that were given.

    Parameters
    ----------
    result : PanelResult
        From `panel`, of a panel with seed questions.
    lang : {"en", "ar"}
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw. Default: one of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question, or if no seed question has an answer.

    Examples
    --------
    >>> wr.plot_cards("no answer")
    Traceback (most recent call last):
    withdrawal_risk.errors.ArgumentError: plot_cards draws PanelResult, the answer to a question, \
not 'no answer'
    """
    check_answer(result, PanelResult, "plot_cards")
    if result.cards.empty:
        raise ArgumentError("no seed question has an answer, so there is nothing to draw")
    edges = (0.0, *STATED, 1.0)
    expected = [b - a for a, b in pairwise(edges)]
    rows = -(-len(result.cards) // _ACROSS)
    part, axes = axes_on(figure, 1.3 + 1.75 * rows, columns=_ACROSS, rows=rows)
    for axis in axes[len(result.cards) :]:
        axis.set_visible(False)
    names = [fitted(say(f"bin_{name}", lang), 84) for name in _BINS]
    for axis, (name, card) in zip(axes, result.cards.iterrows(), strict=False):
        count = max(int(card["seeds"]), 1)
        axis.barh(range(4), [card[kind] / count for kind in _BINS], color=ACCENT, height=0.66)
        for k, size in enumerate(expected):
            axis.plot([size, size], [k - 0.42, k + 0.42], color=BAD, lw=2.4)
        row_labels(axis, names)
        axis.set(xlim=(0, 1), ylim=(-0.6, 3.6))
        percent_axis(axis.xaxis, lang)
        axis.locator_params(axis="x", nbins=4)
        grid(axis, "x")
        mirrored(axis, lang)
        score = say("card_title", lang, name=name, seeds=int(card["seeds"]))
        if card["calibration"] >= 0:
            shown = (
                f"{card['calibration']:.3f}"
                if card["calibration"] >= 5e-4
                else words_of(lang).below.format(number="0.001")
            )
            score += "\n" + say("card_score", lang, score=shown)
        axis.set_title(score)
    title(part, say("cards", lang), lang)
    legend(part, [Line2D([], [], color=BAD, lw=2.4, label=say("cards_expected", lang))], lang)
    return marked(part, result.about, lang)
