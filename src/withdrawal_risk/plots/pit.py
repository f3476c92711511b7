"""Where what was observed lay among what had been forecast."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

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

__all__ = ["plot_pit"]

_BAND = 0.9


def plot_pit(
    result: Backtest,
    *,
    method: str = "model",
    indicator: str | None = None,
    leads: str | None = None,
    lang: str = "en",
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
    figure, (bars, curve) = new_figure(10, 4.2, columns=2)
    width = 1 / len(histogram)
    place = histogram.index.to_numpy()
    band = say("band", lang, p=f"{100 * _BAND:g}")
    bars.bar(place + width / 2, histogram["share"], width * 0.92, color=ACCENT, alpha=0.75)
    bars.axhline(width, color="black", lw=1, ls="--")
    curve.plot([0, 1], [0, 1], color="black", lw=1, ls="--")
    resolved = bool(histogram["lower"].notna().all())
    if resolved:
        # A step a bin, to the end of the last.
        edges = np.append(place, 1.0)
        low, high = (
            np.append(histogram[name], histogram[name].iloc[-1]) for name in ("lower", "upper")
        )
        bars.fill_between(edges, low, high, step="post", color=MUTED, alpha=0.4, lw=0, zorder=0)
        curve.fill_between(ecdf.index, ecdf["lower"], ecdf["upper"], color=MUTED, alpha=0.4, lw=0)
    curve.plot(ecdf.index, ecdf["share"], "o-", color=ACCENT, lw=1.5, ms=3)
    bars.set(xlim=(0, 1), xlabel=say("pit_axis", lang), ylabel=say("pit_share", lang))
    curve.set(xlim=(0, 1), ylim=(0, 1), xlabel=say("pit_axis", lang), ylabel=say("pit_sum", lang))
    for axis in (bars, curve):
        axis.yaxis.set_major_formatter(percent_tick)
        axis.grid(axis="y", alpha=0.25)
    note = band if resolved else say("no_band", lang)
    return captioned(
        figure,
        say("pit", lang, what=method_name(method, lang)),
        result,
        lang,
        note,
        leads=leads,
        indicator=indicator,
    )
