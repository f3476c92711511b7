"""Where what was observed lay among what had been forecast."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure, FigureBase

from withdrawal_risk.plots.backtests import captioned, method_name
from withdrawal_risk.plots.style import (
    ACCENT,
    ACCENT_SOFT,
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

__all__ = ["plot_pit"]

_BAND = 0.9


@styled
def plot_pit(
    result: Backtest,
    *,
    method: str = "model",
    indicator: str | None = None,
    leads: str | None = None,
    lang: str = "en",
    figure: FigureBase | None = None,
) -> Figure:
    """Draw the histogram of the PIT and its cumulative shares, with the bands of a calibrated one.

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
    >>> len(wr.plot_pit(result, method="climatology").axes)
    2
    """
    check_answer(result, Backtest, "plot_pit")
    histogram = result.pit(method=method, indicator=indicator, leads=leads, ci_prob=_BAND)
    ecdf = result.ecdf(method=method, indicator=indicator, leads=leads, ci_prob=_BAND)
    part, (bars, curve) = axes_on(figure, 4.0, columns=2)
    width = 1 / len(histogram)
    place = histogram.index.to_numpy()
    bars.bar(place + width / 2, histogram["share"], width * 0.92, fc=ACCENT_SOFT, ec=ACCENT)
    bars.axhline(width, color=INK, lw=1, ls="--")
    curve.plot([0, 1], [0, 1], color=INK, lw=1, ls="--")
    resolved = bool(histogram["lower"].notna().all())
    if resolved:
        # A step a bin, to the end of the last.
        edges = np.append(place, 1.0)
        low, high = (
            np.append(histogram[name], histogram[name].iloc[-1]) for name in ("lower", "upper")
        )
        band(bars, edges, low, high, MUTED_SOFT, MUTED, step="post", zorder=0)
        band(curve, ecdf.index, ecdf["lower"], ecdf["upper"], MUTED_SOFT, MUTED, zorder=0)
    curve.plot(ecdf.index, ecdf["share"], "o-", color=ACCENT, lw=1.5, ms=3)
    for axis, label in ((bars, "pit_share"), (curve, "pit_sum")):
        axis.set(xlim=(0, 1), ylabel=say(label, lang))
        axis.set_xlabel(fitted(say("pit_axis", lang), 190))
        percent_axis(axis.yaxis, lang)
        grid(axis, "y")
    curve.set_ylim(0, 1)
    note = say("band", lang, p=f"{100 * _BAND:g}") if resolved else say("no_band", lang)
    return captioned(
        part,
        say("pit", lang, what=method_name(method, lang)),
        result,
        lang,
        note,
        leads=leads,
        indicator=indicator,
    )
