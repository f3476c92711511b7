"""What must change, and what to watch."""

from __future__ import annotations

import itertools

from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from withdrawal_risk.language.numbers import in_months, percent
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    MUTED,
    Z90,
    an_answer,
    check_most,
    marked,
    new_figure,
    percent_tick,
    say,
    title,
    wrapped,
)
from withdrawal_risk.queries.information import WatchList
from withdrawal_risk.queries.reach import Reach
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS

__all__ = ["plot_reach", "plot_watch_list"]


def plot_reach(found: Reach, *, lang: str = "en") -> Figure:
    """Draw the highest probability for each cost, and below it which levers it takes.

    Parameters
    ----------
    found : Reach
        From `reach`.
    lang : {"en", "ar"}
    """
    an_answer(found, Reach, "plot_reach")
    way = found.frontier
    figure, (axis, below) = new_figure(9.5, 7, rows=2, sharex=True)
    axis.plot(way["cost"], way["probability"], color=ACCENT, lw=2)
    axis.axhline(found.target, color=AGAINST, lw=1.2, ls="--")
    text = say("target", lang, p=percent(found.target, lang))
    # The frontier rises to the right, perhaps as far as the target.
    axis.text(way["cost"].min(), found.target, text, ha="left", va="bottom", fontsize=9, color=AGAINST)
    axis.plot(found.cost, found.probability, "o", color=ACCENT, ms=9)
    note = f"{percent(found.probability, lang)} ({say('answer', lang)})"
    # Between an answer that falls short and the target there may be no room.
    away = -32 if found.probability < found.target else 9
    axis.annotate(
        note, (found.cost, found.probability), xytext=(0, away), textcoords="offset points", ha="center", fontsize=9
    )
    top = max(found.target, float(way["probability"].max()), found.probability)
    axis.set(ylim=(0, min(1.15 * top + 0.02, 1.0)), ylabel=say("probability", lang))
    axis.yaxis.set_major_formatter(percent_tick)
    axis.grid(alpha=0.25)
    colours = colormaps["tab10"].colors  # type: ignore[attr-defined]
    for lever, colour in zip(found.summary.index, itertools.cycle(colours), strict=False):
        below.plot(way["cost"], way[str(lever)], color=colour, lw=2, label=found.label(str(lever), lang))
    below.set(xlabel=say("cost", lang), ylabel=say("shift", lang))
    below.grid(alpha=0.25)
    title(figure, say("reach", lang, what=found.about.condition(found.condition, lang)), lang)
    figure.legend(*below.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return marked(figure, found.about, lang)


def plot_watch_list(found: WatchList, *, condition: str = ALL_CONDITIONS, most: int = 12, lang: str = "en") -> Figure:
    """Draw how much of the uncertainty about a condition each indicator would take away.

    Parameters
    ----------
    found : WatchList
        From `watch_list`.
    condition : str
        A condition, or ``"all_conditions"``.
    most : int
        Indicators shown.
    lang : {"en", "ar"}

    Raises
    ------
    QueryError
        For an unknown condition, or fewer than one indicator.
    """
    an_answer(found, WatchList, "plot_watch_list")
    name = found.about.condition(condition, lang)
    check_most(most)
    table = found.summary.loc[condition].iloc[:most][::-1]
    figure, (axis,) = new_figure(9.5, 1.7 + 0.38 * len(table))
    for y, (_, row) in enumerate(table.iterrows()):
        unit = 100 / float(row["variance"]) if row["variance"] > 0 else 0.0
        colour = ACCENT if row["telling"] else MUTED
        axis.barh(y, max(row["reduction"] * unit, 0), color=colour, height=0.6, alpha=0.75)
        error = Z90 * row["mcse"] * unit
        axis.plot([row["reduction"] * unit - error, row["reduction"] * unit + error], [y, y], color="black", lw=1)
        axis.plot([row["floor"] * unit] * 2, [y - 0.42, y + 0.42], color=AGAINST, lw=1.4)
    labels = [wrapped(found.label(str(name), lang), 38) for name in table.index]
    axis.set_yticks(range(len(table)), labels, fontsize=9)
    axis.axvline(0, color="black", lw=0.8)
    axis.set(xlabel=say("reduction", lang))
    axis.grid(axis="x", alpha=0.25)
    axis.set_axisbelow(True)
    title(figure, say("watch", lang, what=name, n=in_months(found.months, lang)), lang)
    handles = [
        Line2D([], [], color="black", lw=1, label=say("mcse", lang)),
        Line2D([], [], color=AGAINST, lw=1.4, label=say("floor", lang)),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)
    return marked(figure, found.about, lang)
