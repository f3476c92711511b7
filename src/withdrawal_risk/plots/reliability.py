"""How often what had been given a probability came to pass."""

from __future__ import annotations

from matplotlib.figure import Figure, FigureBase
from matplotlib.ticker import MaxNLocator

from withdrawal_risk.plots.backtests import captioned, method_name
from withdrawal_risk.plots.style import (
    ACCENT,
    INK,
    MUTED,
    MUTED_SOFT,
    axes_on,
    band,
    check_answer,
    fitted,
    grid,
    percent_axis,
    say,
    styled,
)
from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["plot_reliability"]

_BAND = 0.9


@styled
def plot_reliability(
    result: Backtest,
    *,
    method: str = "model",
    indicator: str | None = None,
    leads: str | None = None,
    lang: str = "en",
    figure: FigureBase | None = None,
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
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw. Default: one of its own.

    Returns
    -------
    matplotlib.figure.Figure

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
    part, (curve, counts) = axes_on(figure, 4.2, columns=2, ratios=[2, 1])
    curve.plot([0, 1], [0, 1], color=INK, lw=1, ls="--")
    resolved = bool(len(table)) and bool(table["lower"].notna().all())
    note = say("no_band", lang)
    if resolved:
        band(curve, table.index, table["lower"], table["upper"], MUTED_SOFT, MUTED, zorder=1)
        note = say("band", lang, p=f"{100 * _BAND:g}")
    curve.plot(table.index, table["frequency"], "-", color=ACCENT, lw=2, zorder=3)
    curve.set(xlim=(0, 1), ylim=(0, 1), ylabel=say("happened", lang))
    counts.bar(table.index, table["pairs"], 0.02, color=ACCENT)
    counts.yaxis.set_major_locator(MaxNLocator(integer=True))
    counts.set(xlim=(0, 1), ylabel=say("given_here", lang))
    for axis, room in ((curve, 240), (counts, 110)):
        axis.set_xlabel(fitted(say("given", lang), room))
        percent_axis(axis.xaxis, lang)
        grid(axis, "y")
    counts.set_xticks([0, 0.5, 1])
    percent_axis(curve.yaxis, lang)
    text = say("reliability", lang, what=method_name(method, lang))
    return captioned(part, text, result, lang, note, leads=leads, indicator=indicator)
