"""The probability of a condition by each month ahead."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from withdrawal_risk.language import words_of
from withdrawal_risk.plots.style import (
    ACCENT,
    check_answer,
    marked,
    new_figure,
    percent_tick,
    say,
)
from withdrawal_risk.queries.by_when import ByWhen

__all__ = ["plot_by_when"]


def plot_by_when(result: ByWhen, *, lang: str = "en") -> Figure:
    """Draw the probability by each month, with its credible interval.

    Parameters
    ----------
    result : ByWhen
        From `by_when`.
    lang : {"en", "ar"}

    Raises
    ------
    ArgumentError
        For the answer to another question.

    Examples
    --------
    >>> figure = wr.plot_by_when(wr.by_when(posterior, "calm"))
    >>> len(figure.axes)
    1
    """
    check_answer(result, ByWhen, "plot_by_when")
    table, words = result.summary, words_of(lang)
    figure, (axis,) = new_figure(8, 4)
    x = np.arange(len(table))
    band = say("interval", lang, p=f"{100 * result.ci_prob:g}")
    axis.fill_between(x, table["lower"], table["upper"], color=ACCENT, alpha=0.2, lw=0, label=band)
    axis.plot(
        x, table["probability"], "o-", color=ACCENT, lw=1.5, ms=4, label=say("probability", lang)
    )
    axis.set_xticks(x[:: max(len(x) // 8, 1)], table.index[:: max(len(x) // 8, 1)], rotation=30)
    axis.set(ylim=(0, 1), ylabel=say("probability", lang))
    axis.yaxis.set_major_formatter(percent_tick)
    axis.grid(axis="y", alpha=0.25)
    name = result.about.condition(result.condition, lang)
    axis.set_title(say("by_when", lang, name=name), loc=words.side)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return marked(figure, result.about, lang)
