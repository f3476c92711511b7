"""How far each cost gets, and which levers it takes."""

from __future__ import annotations

import itertools

from matplotlib import colormaps
from matplotlib.figure import Figure

from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    check_answer,
    marked,
    new_figure,
    percent_tick,
    say,
    title,
)
from withdrawal_risk.queries.reach import Reach

__all__ = ["plot_reach"]


def plot_reach(result: Reach, *, lang: str = "en") -> Figure:
    """Draw the highest probability for each cost, and below it which levers it takes.

    Parameters
    ----------
    result : Reach
        From `reach`.
    lang : {"en", "ar"}

    Examples
    --------
    >>> figure = wr.plot_reach(wr.reach(posterior, "calm", probability=0.5, draws=100))
    >>> len(figure.axes)
    2
    """
    check_answer(result, Reach, "plot_reach")
    way = result.frontier
    figure, (axis, below) = new_figure(9.5, 7, rows=2, sharex=True)
    axis.plot(way["cost"], way["probability"], color=ACCENT, lw=2)
    axis.axhline(result.target, color=AGAINST, lw=1.2, ls="--")
    text = say("target", lang, p=percent(result.target, lang))
    # The frontier rises to the right, perhaps as far as the target.
    axis.text(
        way["cost"].min(), result.target, text, ha="left", va="bottom", fontsize=9, color=AGAINST
    )
    axis.plot(result.cost, result.probability, "o", color=ACCENT, ms=9)
    note = f"{percent(result.probability, lang)} ({say('answer', lang)})"
    # Between an answer that falls short and the target there may be no room.
    away = -32 if result.probability < result.target else 9
    axis.annotate(
        note,
        (result.cost, result.probability),
        xytext=(0, away),
        textcoords="offset points",
        ha="center",
        fontsize=9,
    )
    top = max(result.target, float(way["probability"].max()), result.probability)
    axis.set(ylim=(0, min(1.15 * top + 0.02, 1.0)), ylabel=say("probability", lang))
    axis.yaxis.set_major_formatter(percent_tick)
    axis.grid(alpha=0.25)
    colours = colormaps["tab10"].colors  # type: ignore[attr-defined]
    for lever, colour in zip(result.summary.index, itertools.cycle(colours), strict=False):
        below.plot(
            way["cost"], way[str(lever)], color=colour, lw=2, label=result.label(str(lever), lang)
        )
    below.set(xlabel=say("cost", lang), ylabel=say("shift", lang))
    below.grid(alpha=0.25)
    title(figure, say("reach", lang, what=result.about.condition(result.condition, lang)), lang)
    figure.legend(
        *below.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
        frameon=False,
        fontsize=9,
    )
    return marked(figure, result.about, lang)
