"""How far each indicator would move a probability."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import in_months
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    INK,
    MUTED,
    PAPER,
    Z90,
    axis_on,
    check_answer,
    check_count,
    end_column,
    error_handle,
    fitted,
    grid,
    legend,
    marked,
    mirrored,
    row_height,
    row_labels,
    say,
    styled,
    title,
)
from withdrawal_risk.queries.watch_list import WatchList
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS

__all__ = ["plot_watch_list"]

_LABELS: Final = 185.0
"""Points of the labels."""


@styled
def plot_watch_list(
    result: WatchList,
    *,
    condition: str = ALL_CONDITIONS,
    top: int = 12,
    lang: str = "en",
    ax: Axes | None = None,
) -> Figure:
    """Draw by how many percentage points each indicator would typically move a probability.

    Each row says how many values will be out within the months that are watched. A full bar lies
    above the noise floor and the Monte Carlo error, a hollow one does not.

    Parameters
    ----------
    result : WatchList
        From `watch_list`.
    condition : str
        Default: all conditions together.
    top : int
        Indicators shown.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question, an unknown condition, or fewer than one indicator.

    Examples
    --------
    >>> figure = wr.plot_watch_list(wr.watch_list(posterior, months=1), condition="calm")
    >>> len(figure.axes)
    1
    """
    check_answer(result, WatchList, "plot_watch_list")
    name = result.about.condition(condition, lang)
    check_count(top, "top")
    table = result.summary.loc[condition].iloc[:top][::-1]
    labels = [
        fitted(f"{result.label(str(key), lang)}\n{_looks(int(row['looks']), lang)}", _LABELS)
        for key, row in table.iterrows()
    ]
    _, axis = axis_on(ax, 1.6 + len(labels) * row_height(labels))
    for y, (_, row) in enumerate(table.iterrows()):
        informative = bool(row["informative"])
        axis.barh(
            y, row["move"], fc=ACCENT if informative else PAPER,
            ec=ACCENT if informative else MUTED, lw=1.2, height=0.56,
        )  # fmt: skip
        # The root of each end: a reduction below 0 is noise and moves nothing.
        error = Z90 * float(row["mcse"])
        ends = np.sqrt(np.maximum([row["reduction"] - error, row["reduction"] + error], 0.0))
        axis.plot(ends, [y, y], color=INK, lw=1)
        # A bar that does not pass this line says no more than values shuffled between draws.
        floor = float(np.sqrt(max(row["floor"], 0.0)))
        axis.plot([floor] * 2, [y - 0.4, y + 0.4], color=BAD, lw=1.6)
        text = "" if not row["looks"] else say("noise", lang)
        if informative:
            number = f"±{100 * row['move']:.{1 if row['move'] < 0.0995 else 0}f}"
            text = words_of(lang).counted(number, "point")
        end_column(axis, y, text, lang, color=INK if informative else MUTED)
    row_labels(axis, labels)
    axis.set(ylim=(-0.6, len(table) - 0.4), xlabel=say("moves", lang))
    axis.set_xlim(left=0)
    axis.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}")
    grid(axis, "x")
    mirrored(axis, lang)
    title(axis, say("watch", lang, what=name, n=in_months(result.months, lang)), lang)
    handles = [
        Patch(fc=ACCENT, ec=ACCENT, label=say("informative", lang)),
        Patch(fc=PAPER, ec=MUTED, lw=1.2, label=say("uninformative", lang)),
        Line2D([], [], color=BAD, lw=1.6, label=say("floor", lang)),
        error_handle(lang),
    ]
    legend(axis, handles, lang)
    return marked(axis, result.about, lang)


def _looks(count: int, lang: str) -> str:
    """Say how many values will be published."""
    return say("looks", lang, count=count) if count else say("no_looks", lang)
