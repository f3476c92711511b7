"""Scenarios side by side."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import (
    ACCENT,
    MUTED,
    check_answer,
    interval_line,
    marked,
    new_figure,
    percent_tick,
    say,
    wrapped,
)
from withdrawal_risk.queries.scenarios import BASELINE, Scenarios

__all__ = ["plot_scenarios"]


def plot_scenarios(result: Scenarios, *, lang: str = "en") -> Figure:
    """Draw the probability of every condition in every scenario, with a line for the baseline.

    Parameters
    ----------
    result : Scenarios
        From `scenarios`.
    lang : {"en", "ar"}

    Examples
    --------
    >>> figure = wr.plot_scenarios(wr.scenarios(posterior))
    >>> len(figure.axes)
    3
    """
    check_answer(result, Scenarios, "plot_scenarios")
    base = result.results[BASELINE]
    conditions = list(base.summary.index)
    names = list(result.results)[::-1]
    figure, axes = new_figure(
        3.1 * len(conditions) + 2.4, 1.4 + 0.55 * len(names), columns=len(conditions)
    )
    for place, (axis, condition) in enumerate(zip(axes, conditions, strict=True)):
        # One panel a condition; the distance from the dashed line is the difference from the
        # baseline.
        axis.axvline(base.summary.loc[condition, "probability"], color=MUTED, lw=1, ls="--")
        for y, name in enumerate(names):
            row = result.results[name].summary.loc[condition]
            colour = MUTED if name == BASELINE else ACCENT
            interval_line(axis, y, row["lower"], row["upper"], colour)
            axis.plot(row["probability"], y, "o", color=colour, ms=7)
            # Above its point, within its own panel.
            at = min(max(float(row["probability"]), 0.08), 0.92)
            axis.annotate(
                percent(row["probability"], lang),
                (at, y),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=9,
            )
        labels = [wrapped(result.label(name, lang), 28) for name in names]
        axis.set_yticks(range(len(names)), labels if place == 0 else [""] * len(names))
        axis.set(xlim=(0, 1), ylim=(-0.6, len(names) - 0.4), xlabel=say("probability", lang))
        axis.set_xticks([0, 0.5, 1])
        axis.xaxis.set_major_formatter(percent_tick)
        axis.grid(axis="x", alpha=0.25)
        axis.set_title(wrapped(base.label(condition, lang), 26), fontsize=10.5)
    handles = [
        Line2D(
            [],
            [],
            color=ACCENT,
            marker="o",
            lw=4,
            alpha=0.7,
            label=say("scenario", lang, p=f"{100 * base.ci_prob:g}"),
        ),
        Line2D([], [], color=MUTED, lw=1, ls="--", label=result.label(BASELINE, lang)),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)
    return marked(figure, base.about, lang)
