"""A bar an indicator."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from withdrawal_risk.queries.rows_seen import RowsSeen  # type: ignore[import-untyped]

from withdrawal_risk.plots.style import (
    ACCENT,
    axis_on,
    check_answer,
    marked,
    mirrored,
    say,
    styled,
    title,
)

__all__ = ["plot_rows_seen"]


@styled
def plot_rows_seen(result: RowsSeen, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw how many rows of evidence a fit saw.

    Parameters
    ----------
    result : RowsSeen
        From `rows_seen`.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.
    """
    check_answer(result, RowsSeen, "plot_rows_seen")
    _, axis = axis_on(ax, 4)
    labels = [result.about.label(str(name), lang) for name in result.summary.index]
    axis.barh(labels, result.summary["rows"], color=ACCENT)
    mirrored(axis, lang)
    title(axis, say("rows_seen", lang), lang)
    return marked(axis, result.about, lang)
