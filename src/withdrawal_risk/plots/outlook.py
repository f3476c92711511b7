"""The probability of each condition, on the scale of words."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    MUTED,
    PAPER,
    axis_on,
    check_answer,
    draw_words,
    end_column,
    fitted,
    grid,
    interval_line,
    legend,
    marked,
    mirrored,
    month_label,
    percent_axis,
    row_labels,
    say,
    styled,
    title,
)
from withdrawal_risk.queries.results import Result

__all__ = ["plot_outlook"]

_LABELS: Final = 140.0
"""Points of the labels."""


@styled
def plot_outlook(result: Result, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw the probability of each condition with its interval, base rates and another analyst's.

    Dashed lines are the borders of the words that stand above.

    Parameters
    ----------
    result : Result
        From `outlook`.
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
    >>> figure = wr.plot_outlook(wr.outlook(posterior), lang="ar")
    >>> len(figure.axes)
    1
    """
    check_answer(result, Result, "plot_outlook")
    if "prior" not in result.summary:
        raise ArgumentError("plot_outlook draws an outlook; this is the answer to another question")
    # Rows are numbered from the bottom, and the first condition belongs on top.
    names = list(result.summary.index)[::-1]
    _, axis = axis_on(ax, 1.9 + 0.66 * len(names))
    for y, name in enumerate(names):
        row = result.summary.loc[name]
        interval_line(axis, y, row["lower"], row["upper"], ACCENT, width=3.5)
        axis.plot(row["structure"], y, "D", color=MUTED, mfc=PAPER, ms=6, mew=1.4, zorder=3)
        # The base rate is a tick, so that it stays visible behind the point of the probability.
        axis.plot(row["prior"], y, "|", color=MUTED, ms=17, mew=2.4, zorder=3)
        if row["range_of"]:
            # A thin line with ends below the interval: what another analyst would say.
            ends = [row["range_low"], row["range_high"]]
            axis.plot(ends, [y - 0.28] * 2, color=BAD, lw=1.4, marker="|", ms=8, mew=1.4)
        axis.plot(row["probability"], y, "o", color=ACCENT, mec=PAPER, ms=10, zorder=4)
        end_column(
            axis, y, percent(row["probability"], lang), lang, fontweight="bold", color=ACCENT
        )
    row_labels(axis, [fitted(result.label(name, lang), _LABELS) for name in names])
    axis.set(xlim=(0, 1), ylim=(-0.6, len(names) - 0.4), xlabel=say("probability", lang))
    percent_axis(axis.xaxis, lang)
    grid(axis, "x")
    draw_words(axis, (0.0, 1.0), lang, points=300)
    mirrored(axis, lang)
    title(axis, say("outlook", lang, when=month_label(result.about.horizon, lang)), lang)
    span = say("interval", lang, p=f"{100 * result.ci_prob:g}")
    handles = [
        Line2D([], [], ls="", marker="o", ms=8, color=ACCENT, label=say("posterior", lang)),
        Line2D([], [], color=ACCENT, lw=3.5, label=span),
        Line2D([], [], ls="", marker="|", ms=12, mew=2.4, color=MUTED, label=say("events", lang)),
        Line2D(
            [], [], ls="", marker="D", ms=6, mew=1.4, mfc=PAPER, color=MUTED,
            label=say("structure", lang),
        ),
        Line2D([], [], color=MUTED, lw=1, ls="--", label=say("border", lang)),
    ]  # fmt: skip
    if result.summary["range_of"].any():
        handles.append(
            Line2D([], [], color=BAD, lw=1.4, marker="|", ms=8, label=say("analyst", lang))
        )
    legend(axis, handles, lang)
    return marked(axis, result.about, lang)
