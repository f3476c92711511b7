"""How often the intervals of forecasts held what was observed."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from withdrawal_risk.plots.backtests import captioned, method_name
from withdrawal_risk.plots.style import (
    ACCENT,
    FOR,
    MUTED,
    check_answer,
    new_figure,
    percent_tick,
    say,
)
from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["plot_coverage"]


def plot_coverage(
    result: Backtest, *, method: str = "model", indicator: str | None = None, lang: str = "en"
) -> Figure:
    """Draw the share of months that intervals of 50 and 90 % held, by lead.

    Parameters
    ----------
    result : Backtest
    method : str
    indicator : str, optional
        Default: all together.
    lang : {"en", "ar"}

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
    figure, (axis,) = new_figure(8, 4.2)
    for promised, colour in ((90, ACCENT), (50, FOR)):
        axis.fill_between(
            table.index,
            table[f"lower_{promised}"],
            table[f"upper_{promised}"],
            color=colour,
            alpha=0.15,
            lw=0,
        )
        axis.plot(
            table.index,
            table[f"covered_{promised}"],
            "o-",
            color=colour,
            lw=1.5,
            ms=4,
            label=say("held", lang, p=promised),
        )
        axis.axhline(promised / 100, color=colour, lw=1, ls="--")
    axis.plot([], [], color=MUTED, lw=1, ls="--", label=say("promised", lang))
    axis.set(ylim=(-0.02, 1.02), xlabel=say("lead", lang), ylabel=say("covered", lang))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.yaxis.set_major_formatter(percent_tick)
    axis.grid(axis="y", alpha=0.25)
    axis.legend(loc="lower left", ncols=3, framealpha=0.8, edgecolor="none")
    text = say("coverage", lang, what=method_name(method, lang))
    return captioned(figure, text, result, lang, indicator=indicator)
