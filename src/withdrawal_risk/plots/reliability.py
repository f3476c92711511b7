"""How often what had been given a probability came to pass."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from withdrawal_risk.plots.backtests import captioned, method_name
from withdrawal_risk.plots.style import (
    ACCENT,
    MUTED,
    check_answer,
    new_figure,
    percent_tick,
    say,
)
from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["plot_reliability"]

_BAND = 0.9


def plot_reliability(
    result: Backtest,
    *,
    method: str = "model",
    indicator: str | None = None,
    leads: str | None = None,
    lang: str = "en",
) -> Figure:
    """Draw how often events happened against the probability they had been given.

    Events are a yes, and values above the middle of what was known at the origin.

    Parameters
    ----------
    result : Backtest
    method : str
    indicator : str, optional
        Default: all together.
    leads : str, optional
        A block such as ``"1-3"``. Default: all.
    lang : {"en", "ar"}

    Raises
    ------
    ArgumentError
        For the answer to another question, or an unknown method, indicator or block.

    Examples
    --------
    >>> result = wr.backtest(
    ...     posterior.model, start="2023-10", end="2023-11", methods=["climatology"],
    ...     progressbar=False,
    ... )
    >>> len(wr.plot_reliability(result, method="climatology").axes)
    2
    """
    check_answer(result, Backtest, "plot_reliability")
    table = result.reliability(method=method, indicator=indicator, leads=leads, ci_prob=_BAND)
    figure, (curve, counts) = new_figure(9, 4.4, columns=2, ratios=[2, 1])
    curve.plot([0, 1], [0, 1], color="black", lw=1, ls="--")
    resolved = bool(len(table)) and bool(table["lower"].notna().all())
    note = say("no_band", lang)
    if resolved:
        curve.fill_between(
            table.index, table["lower"], table["upper"], color=MUTED, alpha=0.4, lw=0
        )
        note = say("band", lang, p=f"{100 * _BAND:g}")
    curve.plot(table.index, table["frequency"], "-", color=ACCENT, lw=2)
    curve.set(xlim=(0, 1), ylim=(0, 1), xlabel=say("given", lang), ylabel=say("happened", lang))
    counts.bar(table.index, table["pairs"], 0.02, color=ACCENT, alpha=0.75)
    counts.yaxis.set_major_locator(MaxNLocator(integer=True))
    counts.set(xlim=(0, 1), xlabel=say("given", lang), ylabel=say("given_here", lang))
    for axis in (curve, counts):
        axis.xaxis.set_major_formatter(percent_tick)
        axis.grid(axis="y", alpha=0.25)
    curve.yaxis.set_major_formatter(percent_tick)
    text = say("reliability", lang, what=method_name(method, lang))
    return captioned(figure, text, result, lang, note, leads=leads, indicator=indicator)
