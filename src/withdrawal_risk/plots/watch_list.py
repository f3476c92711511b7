"""How informative each indicator is."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from withdrawal_risk.language.numbers import in_months
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    MUTED,
    check_answer,
    check_count,
    error_line,
    marked,
    new_figure,
    say,
    title,
    wrapped,
)
from withdrawal_risk.queries.watch_list import WatchList
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS

__all__ = ["plot_watch_list"]


def plot_watch_list(
    result: WatchList, *, condition: str = ALL_CONDITIONS, top: int = 12, lang: str = "en"
) -> Figure:
    """Draw how much of the variance of a condition's probability each indicator explains.

    Parameters
    ----------
    result : WatchList
        From `watch_list`.
    condition : str
        Default: all conditions together.
    top : int
        Indicators shown.
    lang : {"en", "ar"}

    Raises
    ------
    ArgumentError
        For an unknown condition, or fewer than one indicator.

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
    figure, (axis,) = new_figure(9.5, 1.7 + 0.38 * len(table))
    for y, (_, row) in enumerate(table.iterrows()):
        # Reductions become percentages of the variance; where there is none, they are drawn as 0.
        unit = 100 / float(row["variance"]) if row["variance"] > 0 else 0.0
        colour = ACCENT if row["informative"] else MUTED
        # An estimate below 0 is noise: it gets no bar, but keeps its error line.
        axis.barh(y, max(row["reduction"] * unit, 0), color=colour, height=0.6, alpha=0.75)
        error_line(axis, y, row["reduction"] * unit, row["mcse"] * unit)
        # A bar that does not pass this line says no more than values shuffled between draws.
        axis.plot([row["floor"] * unit] * 2, [y - 0.42, y + 0.42], color=AGAINST, lw=1.4)
    labels = [wrapped(result.label(str(name), lang), 38) for name in table.index]
    axis.set_yticks(range(len(table)), labels, fontsize=9)
    axis.axvline(0, color="black", lw=0.8)
    axis.set(xlabel=say("reduction", lang))
    axis.grid(axis="x", alpha=0.25)
    axis.set_axisbelow(True)
    title(figure, say("watch", lang, what=name, n=in_months(result.months, lang)), lang)
    handles = [
        Line2D([], [], color="black", lw=1, label=say("mcse", lang)),
        Line2D([], [], color=AGAINST, lw=1.4, label=say("floor", lang)),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)
    return marked(figure, result.about, lang)
