"""A bar an indicator."""

from __future__ import annotations

from matplotlib.figure import Figure
from withdrawal_risk.queries.rows_seen import RowsSeen  # type: ignore[import-untyped]

from withdrawal_risk.plots.style import ACCENT, check_answer, marked, new_figure, say, title

__all__ = ["plot_rows_seen"]


def plot_rows_seen(result: RowsSeen, *, lang: str = "en") -> Figure:
    """Draw how many rows of evidence a fit saw.

    Parameters
    ----------
    result : RowsSeen
        From `rows_seen`.
    lang : {"en", "ar"}
    """
    check_answer(result, RowsSeen, "plot_rows_seen")
    figure, (axis,) = new_figure(8, 4)
    labels = [result.about.label(str(name), lang) for name in result.summary.index]
    axis.barh(labels, result.summary["rows"], color=ACCENT)
    title(figure, say("rows_seen", lang), lang)
    return marked(figure, result.about, lang)
