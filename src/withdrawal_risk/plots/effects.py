"""A condition where a factor is set to each level, beside where it is seen there."""

from __future__ import annotations

import math
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import points
from withdrawal_risk.plots.style import (
    ACCENT,
    LOWERS,
    MUTED,
    PAPER,
    Z90,
    axis_on,
    check_answer,
    end_column,
    error_handle,
    error_line,
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
from withdrawal_risk.queries.effects import Effects

__all__ = ["plot_effects"]

_LABELS: Final = 110.0
"""Points of the labels."""


@styled
def plot_effects(result: Effects, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw a condition's probability where a factor is set to each level beside where it is seen.

    The gap stands at the end of each row. What is seen in too few futures is not resolved.

    Parameters
    ----------
    result : Effects
        From `effects`.
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
    >>> figure = wr.plot_effects(wr.effects(posterior, "tension", "calm"))
    >>> len(figure.axes)
    1
    """
    check_answer(result, Effects, "plot_effects")
    table = result.summary
    _, axis = axis_on(ax, 3.6)
    furthest = 0.0
    # The lowest level stands lowest.
    for y, (_, row) in enumerate(table.iterrows()):
        held: Any = row["set"]
        furthest = max(furthest, float(held + Z90 * row["set_mcse"]))
        seen = float(row["seen"])
        written = words_of(lang).names["not_resolved"]
        if math.isfinite(seen):
            furthest = max(furthest, seen + Z90 * float(row["seen_mcse"]))
            axis.plot([held, seen], [y, y], color=MUTED, lw=1.2, zorder=1)
            error_line(axis, y - 0.13, seen, float(row["seen_mcse"]))
            axis.plot(seen, y - 0.13, "D", color=LOWERS, mfc=PAPER, ms=7, mew=1.8, zorder=3)
            written = points(float(row["gap"]), lang)
        error_line(axis, y + 0.13, float(held), float(row["set_mcse"]))
        axis.plot(held, y + 0.13, "o", color=ACCENT, ms=8, zorder=3)
        end_column(axis, y, written, lang, color=MUTED)
    row_labels(axis, [fitted(result.label(str(level), lang), _LABELS) for level in table.index])
    axis.set(
        xlim=(0, min(1.08 * furthest + 0.01, 1.0)),
        ylim=(-0.6, len(table) - 0.4),
        xlabel=say("probability", lang),
        ylabel=fitted(result.about.label(result.factor, lang), 200),
    )
    percent_axis(axis.xaxis, lang)
    grid(axis, "x")
    mirrored(axis, lang)
    names = {
        "what": result.about.condition(result.condition, lang),
        "factor": result.about.label(result.factor, lang),
    }
    title(axis, say("effects", lang, **names), lang)
    handles = [
        Line2D([], [], ls="", marker="o", ms=8, color=ACCENT, label=say("set_there", lang)),
        Line2D(
            [], [], ls="", marker="D", ms=7, mfc=PAPER, mew=1.8, color=LOWERS,
            label=say("found_there", lang),
        ),
        error_handle(lang),
        Line2D([], [], color=MUTED, lw=1.2, label=say("gap", lang)),
    ]  # fmt: skip
    legend(axis, handles, lang)
    return marked(axis, result.about, lang)
