"""How often the intervals of forecasts held what was observed."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from withdrawal_risk.plots.backtests import captioned, method_name
from withdrawal_risk.plots.style import (
    ACCENT,
    ACCENT_PALE,
    BAD,
    BAD_SOFT,
    MUTED,
    axis_on,
    band,
    check_answer,
    grid,
    percent_axis,
    say,
    styled,
)
from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["plot_coverage"]


@styled
def plot_coverage(
    result: Backtest,
    *,
    method: str = "model",
    indicator: str | None = None,
    lang: str = "en",
    ax: Axes | None = None,
) -> Figure:
    """Draw the share of months that intervals of 50 and 90 % held, by lead.

    Parameters
    ----------
    result : Backtest
    method : str
    indicator : str, optional
        Default: all together.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question, or an unknown method or indicator.

    Examples
    --------
    >>> result = wr.backtest(
    ...     posterior.model, start="2023-10", end="2023-11", methods=["climatology"],
    ...     progressbar=False,
    ... )
    >>> len(wr.plot_coverage(result, method="climatology").axes)
    1
    """
    check_answer(result, Backtest, "plot_coverage")
    table = result.coverage(method=method, indicator=indicator)
    _, axis = axis_on(ax, 4.4)
    handles = []
    for promised, colour, fill, marker in (
        (90, ACCENT, ACCENT_PALE, "o"),
        (50, BAD, BAD_SOFT, "s"),
    ):
        low, high = table[f"lower_{promised}"], table[f"upper_{promised}"]
        band(axis, table.index, low, high, fill, colour, zorder=1)
        style: dict[str, Any] = {"color": colour, "lw": 1.6, "marker": marker, "ms": 4.5}
        axis.plot(table.index, table[f"covered_{promised}"], zorder=3, **style)
        axis.axhline(promised / 100, color=colour, lw=1.2, ls="--")
        handles.append(Line2D([], [], label=say("held", lang, p=promised), **style))
    handles.append(Line2D([], [], color=MUTED, lw=1.2, ls="--", label=say("promised", lang)))
    axis.set(ylim=(-0.02, 1.02), xlabel=say("lead", lang), ylabel=say("covered", lang))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    percent_axis(axis.yaxis, lang)
    grid(axis, "y")
    text = say("coverage", lang, what=method_name(method, lang))
    return captioned(axis, text, result, lang, indicator=indicator, handles=handles)
