"""How much better the model forecasts than what it is compared with."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.figure import Figure

from withdrawal_risk.arguments import chosen
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import leads_in_words
from withdrawal_risk.plots.backtests import captioned
from withdrawal_risk.plots.style import (
    ACCENT,
    MUTED,
    check_answer,
    interval_line,
    new_figure,
    say,
    wrapped,
)
from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["plot_skill"]


def plot_skill(result: Backtest, indicator: str, *, lang: str = "en") -> Figure:
    """Draw the skill of the model over each of the others, one panel a block of leads.

    Parameters
    ----------
    result : Backtest
    indicator : str
    lang : {"en", "ar"}

    Raises
    ------
    ArgumentError
        For the answer to another question, an unknown indicator, or a table without the model.

    Examples
    --------
    >>> result = wr.backtest(
    ...     posterior.model, start="2023-10", end="2023-11", methods=["model", "climatology"],
    ...     draws=50, tune=50, progressbar=False,
    ... )
    >>> len(wr.plot_skill(result, "incidents").axes) >= 1
    True
    """
    check_answer(result, Backtest, "plot_skill")
    chosen(indicator, "indicator", tuple(result.names))
    chosen("model", "method", result.methods)
    words = words_of(lang)
    found: dict[str, Any] = {}
    for over in result.others:
        table = result.skill(over)
        if indicator in table.index.get_level_values(0):
            found[over] = table.loc[indicator]
    blocks = [
        leads
        for leads in result.table["leads"].cat.categories
        if any(leads in table.index for table in found.values())
    ]
    figure, axes = new_figure(3.2 + 2.4 * len(blocks), 1.8 + 0.38 * len(found), columns=len(blocks))
    hollow = False
    # Reading begins with the shortest lead.
    axes = axes[::-1] if words.right_to_left else axes
    for axis, leads in zip(axes, blocks, strict=True):
        for place, table in enumerate(found.values()):
            if leads not in table.index:
                continue
            row = table.loc[leads]
            resolved = math.isfinite(row["lower"])
            hollow |= not resolved
            if resolved:
                interval_line(axis, place, row["lower"], row["upper"], ACCENT)
            face = ACCENT if resolved else "white"
            axis.plot(row["skill"], place, "o", color=ACCENT, mfc=face, ms=6)
        axis.axvline(0, color=MUTED, lw=1)
        axis.set_title(say("leads", lang, leads=leads_in_words(leads, lang)), fontsize=10)
        axis.set_yticks(range(len(found)), ["" for _ in found])
        axis.set_ylim(len(found) - 0.5, -0.5)
        axis.grid(axis="x", alpha=0.25)
        # A skill far below 0 would press all others together; what lies beyond is at the edge.
        low, high = axis.get_xlim()
        axis.set_xlim(max(low, -1.5), min(high, 1.0))
    first = axes[0]
    first.set_yticks(range(len(found)), [wrapped(words.methods[over], 24) for over in found])
    if words.right_to_left:
        first.yaxis.tick_right()
    name = result.names[indicator][lang]
    note = say("unresolved", lang) if hollow else ""
    return captioned(
        figure, say("skill", lang, what=name), result, lang, say("skill_axis", lang), note
    )
