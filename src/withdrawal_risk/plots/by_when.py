"""The probability of a condition by each month ahead."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.plots.style import (
    ACCENT,
    ACCENT_SOFT,
    axis_on,
    band,
    check_answer,
    grid,
    legend,
    marked,
    month_axis,
    percent_axis,
    say,
    styled,
    title,
)
from withdrawal_risk.queries.by_when import ByWhen

__all__ = ["plot_by_when"]


@styled
def plot_by_when(result: ByWhen, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw the probability by each month, with its credible interval.

    Parameters
    ----------
    result : ByWhen
        From `by_when`.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

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
    table = result.summary
    _, axis = axis_on(ax, 3.6)
    x = np.arange(len(table))
    band(axis, x, table["lower"], table["upper"], ACCENT_SOFT, ACCENT)
    axis.plot(x, table["probability"], "o-", color=ACCENT, lw=1.5, ms=4)
    month_axis(axis, [str(month) for month in table.index], lang)
    axis.set(ylim=(0, 1), ylabel=say("probability", lang))
    percent_axis(axis.yaxis, lang)
    grid(axis, "y")
    name = result.about.condition(result.condition, lang)
    title(axis, say("by_when", lang, name=name), lang)
    span = say("interval", lang, p=f"{100 * result.ci_prob:g}")
    handles = [
        Line2D([], [], color=ACCENT, marker="o", ms=4, lw=1.5, label=say("probability", lang)),
        Patch(fc=ACCENT_SOFT, ec=ACCENT, lw=0.7, label=span),
    ]
    legend(axis, handles, lang)
    return marked(axis, result.about, lang)
