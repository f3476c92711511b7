"""The probability of each condition."""

from __future__ import annotations

from matplotlib.figure import Figure

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import (
    ACCENT,
    FOR,
    MUTED,
    check_answer,
    interval_line,
    marked,
    new_figure,
    percent_tick,
    say,
)
from withdrawal_risk.queries.results import Result

__all__ = ["plot_outlook"]


def plot_outlook(result: Result, *, lang: str = "en") -> Figure:
    """Draw the probability of each condition with its interval, base rate and another analyst's.

    Parameters
    ----------
    result : Result
        From `outlook`.
    lang : {"en", "ar"}

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
    figure, (axis,) = new_figure(9, 1.2 + 0.7 * len(names))
    for y, name in enumerate(names):
        row = result.summary.loc[name]
        interval_line(axis, y, row["lower"], row["upper"], ACCENT, width=5, alpha=0.35)
        # The base rate is a tick, so that it stays visible behind the point of the probability.
        axis.plot(row["prior"], y, "|", color=MUTED, ms=18, mew=2.5)
        if row["range_of"]:
            # A thin line with ends below the interval: what another analyst would say.
            ends = [row["range_low"], row["range_high"]]
            axis.plot(ends, [y - 0.24] * 2, color=FOR, lw=1.4, marker="|", ms=8, mew=1.4)
        axis.plot(row["probability"], y, "o", color=ACCENT, ms=9)
        axis.text(
            1.02, y, percent(row["probability"], lang), va="center", fontweight="bold", color=ACCENT
        )
    axis.set_yticks(range(len(names)), [result.label(name, lang) for name in names])
    axis.set(xlim=(0, 1), ylim=(-0.6, len(names) - 0.4), xlabel=say("probability", lang))
    axis.xaxis.set_major_formatter(percent_tick)
    axis.grid(axis="x", alpha=0.25)
    horizon = result.about.horizon
    axis.set_title(say("outlook", lang, when=horizon), loc=words_of(lang).side)
    handles = [
        *axis.plot([], [], "o", color=ACCENT, label=say("posterior", lang)),
        *axis.plot(
            [],
            [],
            color=ACCENT,
            lw=5,
            alpha=0.35,
            label=say("interval", lang, p=f"{100 * result.ci_prob:g}"),
        ),
        *axis.plot([], [], "|", color=MUTED, ms=12, mew=2.5, label=say("prior", lang)),
    ]
    if result.summary["range_of"].any():
        handles += axis.plot(
            [], [], color=FOR, lw=1.4, marker="|", ms=8, label=say("analyst", lang)
        )
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)
    return marked(figure, result.about, lang)
