"""How well the experts of a panel judged questions whose answers are known."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from matplotlib.figure import Figure

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    check_answer,
    marked,
    new_figure,
    percent_tick,
    say,
    title,
    wrapped,
)
from withdrawal_risk.queries.calibration_cards import STATED
from withdrawal_risk.queries.panel import PanelResult

__all__ = ["plot_cards"]

_BINS: Final = ("below", "lower", "upper", "above")

_ACROSS: Final = 3
"""Cards in a row."""


def plot_cards(result: PanelResult, *, lang: str = "en") -> Figure:
    """Draw a card an expert: where the true values fell in the ranges that were given.

    Parameters
    ----------
    result : PanelResult
        From `panel`, of a panel with seed questions.
    lang : {"en", "ar"}

    Raises
    ------
    ArgumentError
        If no seed question has an answer.

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
    figure, axes = new_figure(10.5, 1.2 + 2.5 * rows, columns=_ACROSS, rows=rows)
    for axis in axes[len(result.cards) :]:
        axis.set_visible(False)
    for axis, (name, card) in zip(axes, result.cards.iterrows(), strict=False):
        count = max(int(card["seeds"]), 1)
        axis.bar(range(4), [card[part] / count for part in _BINS], color=ACCENT, width=0.7)
        for k, size in enumerate(expected):
            axis.plot([k - 0.42, k + 0.42], [size, size], color=AGAINST, lw=2)
        axis.set_xticks(
            range(4), [wrapped(say(f"bin_{part}", lang), 12) for part in _BINS], fontsize=7.5
        )
        axis.set_ylim(0, 1)
        axis.yaxis.set_major_formatter(percent_tick)
        score = say("card_title", lang, name=name, seeds=int(card["seeds"]))
        if card["calibration"] >= 0:
            shown = f"{card['calibration']:.3f}" if card["calibration"] >= 5e-4 else "<0.001"
            score += "\n" + say("card_score", lang, score=shown)
        axis.set_title(score, fontsize=9.5)
    axes[0].plot([], [], color=AGAINST, lw=2, label=say("cards_expected", lang))
    title(figure, say("cards", lang), lang)
    figure.legend(loc="outside lower center", frameon=False, fontsize=9)
    return marked(figure, result.about, lang)
